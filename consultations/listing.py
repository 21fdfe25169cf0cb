"""Pages of lists, each beginning after the last row of the one before."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from clinic.models import User
from consultations.models import Consultation, Patient

PAGE = 25
OPEN_PAGE = 30
Row = TypeVar("Row", Consultation, Patient)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPage:
    """``more`` is the row that the next page begins after; none when this is the last page."""

    rows: list[Patient]
    after: Patient | None
    more: Patient | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """``more`` as of patients; ``later`` says that newer ones are on the pages before."""

    rows: list[Consultation]
    later: bool
    more: Consultation | None


def page_of_patients(text: str, *, after: str | None) -> PatientPage:
    """The patients that fit the text (all, without one), in the order of their names."""
    last = _found(Patient.objects.all(), after)
    query = Patient.objects.matching(text)
    if last is not None:
        query = query.filter(_behind(last))
    rows = list(query[: PAGE + 1])
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    return PatientPage(rows=rows[:PAGE], after=last, more=more)


def _behind(row: Patient) -> Q:
    same_family = Q(family_name=row.family_name)
    return (
        Q(family_name__gt=row.family_name)
        | same_family & Q(given_name__gt=row.given_name)
        | same_family & Q(given_name=row.given_name, id__gt=row.pk)
    )


def page_of_open(clinician: User, *, after: str | None) -> OpenPage:
    """The consultations that a clinician has open, the newest first."""
    last = _found(Consultation.objects.all(), after)
    query = Consultation.objects.for_list().open().filter(clinician=clinician)
    if last is not None:
        query = query.filter(_before(last))
    rows = list(query.order_by("-consulted_on", "-created_at", "id")[: OPEN_PAGE + 1])
    more = rows[OPEN_PAGE - 1] if len(rows) > OPEN_PAGE else None
    return OpenPage(rows=rows[:OPEN_PAGE], later=last is not None, more=more)


def _before(row: Consultation) -> Q:
    same_day = Q(consulted_on=row.consulted_on)
    return (
        Q(consulted_on__lt=row.consulted_on)
        | same_day & Q(created_at__lt=row.created_at)
        | same_day & Q(created_at=row.created_at, id__gt=row.pk)
    )


def _found(rows: QuerySet[Row], key: str | None) -> Row | None:
    try:
        return rows.filter(pk=UUID(key)).first() if key else None
    except ValueError:
        return None
