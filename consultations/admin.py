"""Clinical records, to look at only: they are written by the flow's services, never here.

Lists search by record number alone, because the admin keeps a search in the address.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from clinic.permissions import actor
from clinic.roles import Action
from clinic.service_admin import ReadOnlyAdmin, RoleGate
from consultations import models
from consultations.services.patients import note_listed, note_opened


class RecordAdmin(ReadOnlyAdmin):
    """Rows of the clinic that the request speaks for; opening one is audited."""

    view_action = Action.VIEW_CONSULTATION
    actions = None

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            note_opened(row, by=actor(request))
        return super().change_view(request, object_id, form_url, extra_context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if "cl" in context:  # a faulty address leads back to the whole list
            rows, filters = context["cl"].result_list, request.GET
            note_listed(self.model, rows, by=actor(request), filters=filters)
        return response

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related(*self.related)

    related: tuple[str, ...] = ()


class FactInline(RoleGate, admin.TabularInline):
    view_action = Action.VIEW_CONSULTATION
    extra = 0
    exclude = ("position",)
    related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related(*self.related)


def _inline(of: Any, *related: str, **options: Any) -> type[FactInline]:
    values = {"model": of, "related": related, **options}
    return type(f"{of.__name__}Inline", (FactInline,), values)


@admin.register(models.Patient)
class PatientAdmin(RecordAdmin):
    view_action = Action.VIEW_PATIENT
    list_display = ("number", "family_name", "given_name", "birth_date", "sex", "created_at")
    list_filter = ("sex",)
    search_fields = ("number",)
    search_help_text = _("Record number. To search by name, use the Patients page.")
    related = ("created_by",)


@admin.register(models.Consultation)
class ConsultationAdmin(RecordAdmin):
    list_display = ("consulted_on", "patient", "clinician", "status", "updated_at", "signed_at")
    list_filter = ("status",)
    search_fields = ("patient__number",)
    search_help_text = _("Record number of the patient.")
    date_hierarchy = "consulted_on"
    related = ("patient", "clinician", "performer", "signed_by")
    inlines = (
        _inline(models.ConcernEntry, "concern", "area"),
        _inline(models.ConditionAnswer, "condition"),
        _inline(models.AllergyEntry, "allergen"),
        _inline(models.MedicationEntry, "medication"),
        _inline(models.LabEntry, "test"),
        _inline(models.FindingEntry, "finding", "area"),
        _inline(models.ProcedureEntry, "procedure", "area"),
        _inline(models.ClosedDayEntry),
        _inline(models.ProductEntry),
        _inline(models.RuleOverride, "area", "treatment", "made_by", exclude=()),
        _inline(
            models.PrescriberQuestion,
            "area",
            "treatment",
            "asked_by",
            "recorded_by",
            exclude=("grounds",),
        ),
        _inline(models.MapNote, "area", "created_by", "changed_by", exclude=()),
        _inline(models.Amendment, "by", exclude=()),
    )


@admin.register(models.Proposal)
class ProposalAdmin(RecordAdmin):
    list_display = ("created_at", "patient", "number", "status", "release", "created_by")
    list_filter = ("status", "release")
    search_fields = ("consultation__patient__number", "=receipt")
    search_help_text = _("Record number of the patient, or a receipt.")
    related = ("consultation__patient", "release", "created_by")
    inlines = (_inline(models.Decision, "area", "decided_by", exclude=()),)

    @admin.display(description=_("patient"), ordering="consultation__patient")
    def patient(self, row: models.Proposal) -> str:
        return str(row.consultation.patient)


@admin.register(models.Plan)
class PlanAdmin(RecordAdmin):
    view_action = Action.VIEW_PLAN
    list_display = ("signed_at", "patient", "signed_by", "digest")
    search_fields = ("patient__number", "=digest")
    search_help_text = _("Record number of the patient, or a digest.")
    date_hierarchy = "signed_at"
    related = ("patient", "signed_by", "proposal__consultation__patient", "consultation__patient")
    inlines = (
        _inline(models.PlanSession, exclude=(), view_action=Action.VIEW_PLAN),
        _inline(
            models.AdverseEvent,
            "treatment",
            "area",
            "kind",
            "session",
            "recorded_by",
            "corrects",
            exclude=("patient",),
            view_action=Action.VIEW_PLAN,
        ),
    )
