"""The way back, in one click: to another release, from one that waits, and with the rows.

Nothing asks whether one is sure, for every one of these is taken back by the same kind of click.
What changes the release in force asks for the password, as every decision in one's own name does.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic import audit
from clinic.dates import day_and_time
from clinic.permissions import actor, allowed
from clinic.reauthentication import is_confirmed, own_password
from clinic.roles import Action
from treatments.models import Release, ReleaseActivation
from treatments.services.going_back import Gone, go_to_release, put_rows_back, take_back_release

LONGEST_REASON = 2000


class WayBackForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=LONGEST_REASON)
    put_rows_back = forms.BooleanField(required=False)


class DecisionForm(WayBackForm):
    password = own_password()


class WaysBackMixin:
    """Pages of a release that are only ever posted to."""

    admin_site: Any
    message_user: Any

    def get_urls(self) -> list[URLPattern]:
        wrapped = self.admin_site.admin_view
        views = (
            ("<int:pk>/activate/", self.activate_view, "activate"),
            ("take-back/<int:pk>/", self.take_back_view, "take_back"),
            ("put-rows-back/", self.put_rows_back_view, "put_rows_back"),
        )
        return [
            *(
                path(at, wrapped(view), name=f"treatments_release_{name}")
                for at, view, name in views
            ),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def activate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another release is in force; going forward again is the same click on the other one."""
        release = get_object_or_404(Release.objects.defer("body"), pk=pk)

        def activate(data: dict[str, Any]) -> None:
            self._tell(request, _in_force_now(go_to_release(release, by=actor(request), **data)))

        return self._click(request, Action.PUBLISH_RELEASE, DecisionForm, activate)

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A release that was to come into force later does not."""
        rows = ReleaseActivation.objects.select_related("release").defer("release__body")
        activation = get_object_or_404(rows, pk=pk)

        def take_back(data: dict[str, Any]) -> None:
            gone = take_back_release(activation, by=actor(request), **data)
            self._tell(request, _not_in_force(activation, gone))

        return self._click(request, Action.PUBLISH_RELEASE, DecisionForm, take_back)

    def put_rows_back_view(self, request: HttpRequest) -> HttpResponse:
        """The rows that curators edit are again what was decided last."""

        def put_back(data: dict[str, Any]) -> None:
            rows = put_rows_back(by=actor(request), note=data["note"])
            self._tell(request, ([_rows(rows)], ""))

        return self._click(request, Action.EDIT_CATALOGUE, WayBackForm, put_back)

    def _click(
        self,
        request: HttpRequest,
        action: Action,
        asked: type[WayBackForm],
        work: Callable[[dict[str, Any]], None],
    ) -> HttpResponse:
        if not allowed(request, action):
            audit.refused(str(action))
            raise PermissionDenied
        form = asked(request.POST)
        if request.method == "POST" and form.is_valid() and _is_meant(request, form):
            data = form.cleaned_data
            try:
                work({"note": data["note"], "put_rows_back": data["put_rows_back"]})
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
        elif request.method == "POST":
            told = form.errors.items()
            texts = [f"{form[name].label}: {text}" for name, errors in told for text in errors]
            self.message_user(request, " ".join(texts), messages.ERROR)
        return HttpResponseRedirect(_page_before(request))

    def _tell(self, request: HttpRequest, told: tuple[list[str], str]) -> None:
        sentences, kept = told
        self.message_user(request, " ".join(sentences), messages.SUCCESS)
        if kept:
            self.message_user(request, kept, messages.WARNING)


def _is_meant(request: HttpRequest, form: WayBackForm) -> bool:
    return "password" not in form.fields or is_confirmed(request, form)


def _page_before(request: HttpRequest) -> str:
    """Where the click was made, when that is a page of ours; else the list of releases."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return reverse("admin:treatments_release_changelist")


def _in_force_now(gone: Gone) -> tuple[list[str], str]:
    texts = {"key": gone.activation.release.key}
    before = gone.before
    if before is None or before == gone.activation.release:
        return [_("Release %(key)s is in force.") % texts, *_rows_if(gone)], gone.kept
    texts["before"] = before.key
    return [
        _("Release %(key)s is in force now; until now it was %(before)s.") % texts,
        *_rows_if(gone),
        _("If that was a slip: the same click on release %(before)s undoes it.") % texts,
    ], gone.kept


def _not_in_force(activation: ReleaseActivation, gone: Gone) -> tuple[list[str], str]:
    texts = {"key": activation.release.key, "time": day_and_time(activation.effective_at)}
    return [
        _("Release %(key)s does not come into force on %(time)s.") % texts,
        *_rows_if(gone),
    ], gone.kept


def _rows_if(gone: Gone) -> list[str]:
    return [_rows(gone.rows)] if gone.rows else []


def _rows(number: int) -> str:
    if not number:
        return _("The rows that curators edit were like that already.")
    return ngettext(
        "The rows that curators edit are put back to it: %(number)d change.",
        "The rows that curators edit are put back to it: %(number)d changes.",
        number,
    ) % {"number": number}
