"""Releases: what was frozen when by whom, which one is in force, and the way back to an older."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import audit
from clinic.permissions import actor, allowed
from clinic.roles import Action
from clinic.scoping import membership_of
from clinic.service_admin import ReadOnlyAdmin
from clinic.text import with_commas
from treatments.admin.draft_steps import note_field
from treatments.admin.rows import missing_mark
from treatments.models import Release, ReleaseActivation, ReleaseApproval
from treatments.services.approvals import approve_release
from treatments.services.releases import activate_release


class ActivateForm(forms.Form):
    note = note_field(
        gettext_lazy("Why"),
        gettext_lazy("It stands in the history of releases."),
        required=False,
    )


class ApproveReleaseForm(forms.Form):
    note = note_field(gettext_lazy("What you approve, and on what grounds"))


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    view_action = Action.VIEW_CATALOGUE
    list_display = (
        "key",
        "state",
        "in_force_since",
        "published_at",
        "published_by",
        "approved_by",
        "short_digest",
        "note",
    )
    list_select_related = ("published_by",)
    search_fields = ("key", "digest", "note")
    actions = None
    change_list_template = "admin/treatments/release/change_list.html"
    change_form_template = "admin/treatments/release/change_form.html"
    fields = (
        "key",
        "state",
        "in_force_since",
        "published_at",
        "published_by",
        "digest",
        "holds",
        "note",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the document, which only the page of one release opens."""
        current = ReleaseActivation.objects.in_force().values("release")[:1]
        rows: QuerySet = super().get_queryset(request).annotate(current=Subquery(current))
        membership = membership_of(request)
        clinic = membership.clinic if membership else None
        own = ReleaseApproval.objects.filter(clinic=clinic).select_related("approved_by")
        return rows.defer("body").prefetch_related(
            "activations", Prefetch("approvals", own, to_attr="own_approvals")
        )

    def get_urls(self) -> list[URLPattern]:
        wrapped = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/activate/",
                wrapped(self.activate_view),
                name="treatments_release_activate",
            ),
            path(
                "<int:pk>/approve/", wrapped(self.approve_view), name="treatments_release_approve"
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        release: Any = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if release is not None:
            context |= {
                "is_current": release.pk == release.current,
                "own_approvals": release.own_approvals,
                "history": release.activations.select_related("activated_by"),
            }
        return super().change_view(request, object_id, form_url, context)

    def activate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One click and its confirmation: an older release is current again."""

        def activate(release: Release, note: str) -> str:
            activate_release(release, by=actor(request), note=note)
            return _("Release %(key)s is in force again.") % {"key": release.key}

        return self._decide(request, pk, Action.PUBLISH_RELEASE, ActivateForm, activate)

    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The medical lead stands behind a release in the clinic's name."""

        def approve(release: Release, note: str) -> str:
            membership = membership_of(request)
            if membership is None:
                raise PermissionDenied
            approve_release(release, clinic=membership.clinic, by=actor(request), note=note)
            return _("Release %(key)s is approved.") % {"key": release.key}

        return self._decide(request, pk, Action.APPROVE_RELEASE, ApproveReleaseForm, approve)

    def _decide(
        self,
        request: HttpRequest,
        pk: int,
        action: Action,
        form_class: type[forms.Form],
        work: Callable[[Release, str], str],
    ) -> HttpResponse:
        if not allowed(request, action):
            audit.refused(str(action))
            raise PermissionDenied
        release = self.get_object(request, str(pk))
        if release is None:
            answer: HttpResponse = self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, str(pk)
            )
            return answer
        form = form_class(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                text = work(release, form.cleaned_data["note"])
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                self.message_user(request, text, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:treatments_release_changelist"))
        approving = action is Action.APPROVE_RELEASE
        texts = {"key": release.key}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Approve release %(key)s") % texts
            if approving
            else _("Make release %(key)s current again") % texts,
            "approving": approving,
            "opts": self.opts,
            "original": release,
            "form": form,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/treatments/release/decide.html", context)

    @admin.display(description=gettext_lazy("state"))
    def state(self, release: Any) -> str:
        if release.pk == release.current:
            return _("current")
        now = timezone.now()
        moments = [row.effective_at for row in release.activations.all()]
        return _("to come") if any(moment > now for moment in moments) else _("retired")

    @admin.display(description=gettext_lazy("last in force from"))
    def in_force_since(self, release: Release) -> Any:
        now = timezone.now()
        moments = [row.effective_at for row in release.activations.all()]
        return max((moment for moment in moments if moment <= now), default=None)

    @admin.display(description=gettext_lazy("approved by the clinic"))
    def approved_by(self, release: Any) -> str:
        names = [str(row.approved_by) for row in release.own_approvals]
        return with_commas(names) or missing_mark(_("not yet"))

    @admin.display(description=gettext_lazy("digest"))
    def short_digest(self, release: Release) -> str:
        return f"{release.digest[:19]}…"

    @admin.display(description=gettext_lazy("holds"))
    def holds(self, release: Release) -> str:
        """How many rows of each kind were frozen."""
        document = json.loads(release.body)
        parts = [f"{name}: {len(rows)}" for name, rows in document.items() if _counts(rows)]
        return with_commas(sorted(parts))


def _counts(rows: object) -> bool:
    return isinstance(rows, list | dict)
