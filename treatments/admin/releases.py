"""Releases: what was frozen when by whom, which one is in force, and the way back to an older."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import audit
from clinic.dates import day_and_time
from clinic.digits import local_digits
from clinic.permissions import actor, allowed
from clinic.reauthentication import is_confirmed, own_password
from clinic.roles import Action
from clinic.scoping import membership_of
from clinic.service_admin import ReadOnlyAdmin
from clinic.text import with_commas
from treatments.admin.draft_steps import note_field
from treatments.admin.rows import missing_mark
from treatments.admin.ways_back import WaysBackMixin
from treatments.browsing import KINDS
from treatments.models import Release, ReleaseActivation, ReleaseApproval
from treatments.services.approvals import approve_release


class ApproveReleaseForm(forms.Form):
    note = note_field(gettext_lazy("What you approve, and on what grounds"))
    password = own_password()


@admin.register(Release)
class ReleaseAdmin(WaysBackMixin, ReadOnlyAdmin):
    view_action = Action.VIEW_CATALOGUE
    list_display = (
        "key",
        "state",
        "in_force_since",
        "published_at",
        "published_by",
        "approved_by",
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
        "note",
        "holds",
        "fingerprint",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the document, which only the page of one release opens."""
        decisions = ReleaseActivation.objects
        mine = OuterRef("pk")
        begun = decisions.took_effect().filter(release=mine).order_by("-effective_at")
        rows: QuerySet = super().get_queryset(request)
        rows = rows.annotate(
            current=Subquery(decisions.in_force().values("release")[:1]),
            waiting=Exists(decisions.to_come().filter(release=mine)),
            in_force_from=Subquery(begun.values("effective_at")[:1]),
        )
        membership = membership_of(request)
        clinic = membership.clinic if membership else None
        own = ReleaseApproval.objects.filter(clinic=clinic).select_related("approved_by")
        return rows.defer("body").prefetch_related(
            Prefetch("approvals", own, to_attr="own_approvals")
        )

    def get_urls(self) -> list[URLPattern]:
        approve = self.admin_site.admin_view(self.approve_view)
        return [
            path("<int:pk>/approve/", approve, name="treatments_release_approve"),
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
            }
        return super().change_view(request, object_id, form_url, context)

    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The medical lead stands behind a release in the clinic's name."""
        membership = membership_of(request)
        if membership is None or not allowed(request, Action.APPROVE_RELEASE):
            audit.refused(str(Action.APPROVE_RELEASE))
            raise PermissionDenied
        release = self.get_object(request, str(pk))
        if release is None:
            answer: HttpResponse = self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, str(pk)
            )
            return answer
        form = ApproveReleaseForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and is_confirmed(request, form):
            note = form.cleaned_data["note"]
            try:
                approve_release(release, clinic=membership.clinic, by=actor(request), note=note)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                text = _("Release %(key)s is approved.") % {"key": release.key}
                self.message_user(request, text, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:treatments_release_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Approve release %(key)s") % {"key": release.key},
            "opts": self.opts,
            "original": release,
            "form": form,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/treatments/release/approve.html", context)

    @admin.display(description=gettext_lazy("state"))
    def state(self, release: Any) -> str:
        if release.pk == release.current:
            return _("current")
        if release.waiting:
            return _("to come")
        return _("retired") if release.in_force_from else _("never in force")

    @admin.display(description=gettext_lazy("last in force from"))
    def in_force_since(self, release: Any) -> str | None:
        return day_and_time(release.in_force_from) if release.in_force_from else None

    @admin.display(description=gettext_lazy("approved by the clinic"))
    def approved_by(self, release: Any) -> str:
        names = [str(row.approved_by) for row in release.own_approvals]
        return with_commas(names) or missing_mark(_("not yet"))

    @admin.display(description=gettext_lazy("fingerprint of its content"))
    def fingerprint(self, release: Release) -> str:
        return format_html(
            '<code class="fingerprint">{}</code><div class="help">{}</div>',
            release.digest,
            _("Two releases with the same fingerprint are the same, word for word."),
        )

    @admin.display(description=gettext_lazy("holds"))
    def holds(self, release: Release) -> str:
        """How many rows of each kind were frozen, in the words and the order of the browser."""
        document = json.loads(release.body)
        lines = (
            (kind.several, local_digits(str(len(document[kind.section]))))
            for kind in KINDS.values()
            if document.get(kind.section)
        )
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", lines))
