"""Patients who may be the one that is being added."""

from difflib import SequenceMatcher
from typing import Any

from clinic.text import search_key
from consultations.models import Patient

ALIKE = 0.75
MOST = 5


def lookalikes(*, family_name: str, given_name: str, birth_date: Any, **_other: Any) -> list[Any]:
    """Those born on the same day with a similar name, and those of the same name."""
    name = _sorted_words(family_name, given_name)
    same_name = Patient.objects.matching(f"{family_name} {given_name}")[: MOST * 4]
    born = Patient.objects.filter(birth_date=birth_date)[:200] if birth_date else []
    rows = {row.pk: row for row in [*born, *same_name]}
    scored = [(_likeness(name, row), row) for row in rows.values()]
    found = [
        row
        for likeness, row in sorted(scored, key=lambda pair: -pair[0])
        if likeness >= ALIKE and _may_be_born(row, birth_date)
    ]
    return found[:MOST]


def _may_be_born(row: Any, birth_date: Any) -> bool:
    return birth_date is None or row.birth_date in (None, birth_date)


def _likeness(name: str, row: Any) -> float:
    return SequenceMatcher(None, name, _sorted_words(row.family_name, row.given_name)).ratio()


def _sorted_words(*names: str) -> str:
    return " ".join(sorted(search_key(*names).split()))
