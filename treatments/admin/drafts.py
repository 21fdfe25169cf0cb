"""Drafts: what would change, what is still to be settled, and the steps to a release."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import audit
from clinic.permissions import allowed
from clinic.reauthentication import is_confirmed
from clinic.roles import Action
from clinic.service_admin import ReadOnlyAdmin
from treatments.admin.draft_page import Failed, page_context, refused_form
from treatments.admin.draft_steps import STEPS
from treatments.models import Draft


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    view_action = Action.VIEW_CATALOGUE
    list_display = (
        "key",
        "status",
        "edits",
        "opened_at",
        "opened_by",
        "submitted_by",
        "closed_by",
        "closed_at",
        "closing_note",
    )
    list_filter = ("status",)
    list_select_related = ("opened_by", "submitted_by", "closed_by")
    search_fields = ("key", "closing_note")
    change_list_template = "admin/treatments/draft/change_list.html"
    page_template = "admin/treatments/draft/page.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request).annotate(edits_total=Count("changes"))
        people = ("opened_by", "submitted_by", "closed_by", "base", "release")
        return rows.select_related(*people).defer("base__body", "release__body")

    @admin.display(description=gettext_lazy("edits of rows"))
    def edits(self, draft: Any) -> int:
        return int(draft.edits_total)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self.telling(request, lambda: self._page(request, object_id))

    def _page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        draft = self.get_object(request, object_id)
        if draft is None:
            answer: HttpResponse = self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
            return answer
        failed = None
        if request.method == "POST":
            failed = self._take_step(request, draft)
            if failed is None:
                return HttpResponseRedirect(request.get_full_path())
            draft = self.get_object(request, object_id) or draft
        context = {
            **self.admin_site.each_context(request),
            **page_context(request, draft, failed),
            "title": _("Draft %(key)s") % {"key": draft.key},
            "opts": self.opts,
            "media": self.media,
            "failed": failed,
        }
        return TemplateResponse(request, self.page_template, context)

    def _take_step(self, request: HttpRequest, draft: Draft) -> Failed | None:
        """Do it, or say why not. What the role does not allow is a refusal, whatever the page
        offered."""
        name = request.POST.get("do", "")
        if name not in STEPS:
            raise ValidationError(_("This page does not know that step."))
        step = STEPS[name]
        if not allowed(request, step.action):
            audit.refused(str(step.action), draft)
            raise PermissionDenied
        form = step.form(request.POST)
        if not form.is_valid() or (step.signed and not is_confirmed(request, form)):
            subject = form.data.get(step.subject, "") if step.subject else ""
            return Failed(step=name, subject=subject, form=form)
        try:
            step.run(request, draft, form.cleaned_data)
        except ValidationError as error:
            if getattr(error, "code", None) == "self":
                audit.refused("approve-own-draft", draft)
            return refused_form(name, form, error)
        self.message_user(request, str(step.done), messages.SUCCESS)
        return None
