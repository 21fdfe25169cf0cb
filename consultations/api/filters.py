"""What lists can be filtered by."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django_filters import (
    BooleanFilter,
    CharFilter,
    ChoiceFilter,
    DateFilter,
    FilterSet,
    NumberFilter,
    UUIDFilter,
)

from clinic.text import LONGEST_SEARCH
from consultations.enums import ConsultationStatus, Effect, RunStatus, Seriousness, SessionStatus
from consultations.models import Patient
from consultations.radius import KINDS


def day(field: str, lookup: str = "exact") -> DateFilter:
    return DateFilter(field, lookup, input_formats=["%Y-%m-%d"])


class PatientFilters(FilterSet):  # type: ignore[misc]
    search = CharFilter(
        method="matching",
        max_length=LONGEST_SEARCH,
        help_text="Words of names, record number, phone or date of birth, in any order.",
    )
    number = CharFilter("number", max_length=20)
    birth_date = day("birth_date")

    def matching(self, queryset: Any, name: str, value: str) -> QuerySet:
        found: QuerySet = queryset.matching(value)
        return found


class OfPatientFilters(FilterSet):  # type: ignore[misc]
    """Rows are looked for by whose they are."""

    leads_to: ClassVar[str] = "consultation__patient"
    search = CharFilter(
        method="of_matching",
        max_length=LONGEST_SEARCH,
        help_text="By the patient: words of names, record number, phone or date of birth.",
    )

    def of_matching(self, queryset: Any, name: str, value: str) -> QuerySet:
        rows = Patient.objects.matching(value).order_by().values("pk")
        found: QuerySet = queryset.filter(**{f"{self.leads_to}__in": rows})
        return found


class ConsultationFilters(OfPatientFilters):
    leads_to = "patient"
    patient = UUIDFilter("patient_id")
    status = ChoiceFilter(choices=ConsultationStatus.choices)
    consulted_on = day("consulted_on")
    consulted_from = day("consulted_on", "gte")
    consulted_to = day("consulted_on", "lte")


class ProposalFilters(OfPatientFilters):
    consultation = UUIDFilter("consultation_id")
    patient = UUIDFilter("consultation__patient_id")


class PlanFilters(OfPatientFilters):
    leads_to = "patient"
    patient = UUIDFilter("patient_id")
    consultation = UUIDFilter("consultation_id")


class AmendmentFilters(OfPatientFilters):
    consultation = UUIDFilter("consultation_id")
    patient = UUIDFilter("consultation__patient_id")


class ConsentFilters(OfPatientFilters):
    consultation = UUIDFilter("consultation_id")
    patient = UUIDFilter("consultation__patient_id")


class OverrideFilters(OfPatientFilters):
    consultation = UUIDFilter("consultation_id")
    patient = UUIDFilter("consultation__patient_id")


class MapNoteFilters(FilterSet):  # type: ignore[misc]
    consultation = UUIDFilter("consultation_id")
    patient = UUIDFilter("consultation__patient_id")


class QuestionFilters(OverrideFilters):
    open = BooleanFilter(method="unanswered", help_text="true: not answered yet.")

    def unanswered(self, queryset: Any, name: str, value: bool) -> QuerySet:  # noqa: FBT001
        found: QuerySet = queryset.filter(answer="") if value else queryset.exclude(answer="")
        return found


class AdverseEventFilters(OfPatientFilters):
    leads_to = "patient"
    plan = UUIDFilter("plan_id")
    patient = UUIDFilter("patient_id")
    seriousness = ChoiceFilter(choices=Seriousness.choices)
    standing = BooleanFilter(
        method="counting", help_text="true: neither corrected since nor recorded by mistake."
    )

    def counting(self, queryset: Any, name: str, value: bool) -> QuerySet:  # noqa: FBT001
        counts = Q(correction__isnull=True, withdrawn=False)
        found: QuerySet = queryset.filter(counts if value else ~counts)
        return found


class SessionFilters(OfPatientFilters):
    leads_to = "plan__patient"
    plan = UUIDFilter("plan_id")
    patient = UUIDFilter("plan__patient_id")
    status = ChoiceFilter(choices=SessionStatus.choices)
    planned_on = day("planned_on")
    planned_from = day("planned_on", "gte")
    planned_to = day("planned_on", "lte")


class BlastRunFilters(FilterSet):  # type: ignore[misc]
    draft = NumberFilter("draft_id", min_value=1, max_value=2**31 - 1, decimal_places=0)
    status = ChoiceFilter(choices=RunStatus.choices)


class BlastResultFilters(FilterSet):  # type: ignore[misc]
    effect = ChoiceFilter(method="having", choices=Effect.choices)
    kind = ChoiceFilter(method="being", choices=[(kind, kind) for kind in KINDS])

    def having(self, queryset: Any, name: str, value: str) -> QuerySet:
        found: QuerySet = queryset.filter(effects__contains=f" {value} ")
        return found

    def being(self, queryset: Any, name: str, value: str) -> QuerySet:
        found: QuerySet = queryset.filter(plan__isnull=value != "plans")
        return found
