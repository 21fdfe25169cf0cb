"""Pages of patients by name, each beginning after the last row of the one before."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from consultations.models import Patient

PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPage:
    """``more`` is the row that the next page begins after; none when this is the last page."""

    rows: list[Patient]
    after: Patient | None
    more: Patient | None


def page_of_patients(text: str, *, after: str | None) -> PatientPage:
    """The patients that fit the text (all, without one), in the order of their names."""
    last = _row(after)
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


def _row(key: str | None) -> Patient | None:
    try:
        return Patient.objects.filter(pk=UUID(key)).first() if key else None
    except ValueError:
        return None
