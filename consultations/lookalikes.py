"""Patients who may be the one that is being added."""

from difflib import SequenceMatcher
from typing import Any

from clinic.text import search_key
from consultations.models import Patient

ALIKE = 0.75
MOST = 5
LOOKED_AT = 200


def lookalikes(*, family_name: str, given_name: str, birth_date: Any, **_other: Any) -> list[Any]:
    """Those of a similar name who were born on the same day or of whom no day is known, then those
    of the very same name whose day is another: it is easily mistyped, here or then.

    Each says by ``other_day`` whether its day is another.
    """
    name = _sorted_words(family_name, given_name)
    same_name = Patient.objects.matching(f"{family_name} {given_name}")[:LOOKED_AT]
    born = Patient.objects.filter(birth_date=birth_date)[:LOOKED_AT] if birth_date else []
    rows: dict[Any, Any] = {row.pk: row for row in [*born, *same_name]}
    found = []
    for row in rows.values():
        likeness = _likeness(name, row)
        row.other_day = not _may_be_born(row, birth_date)
        if likeness >= (1 if row.other_day else ALIKE):
            found.append((row.other_day, -likeness, row))
    return [row for *_weight, row in sorted(found, key=lambda one: one[:2])][:MOST]


def _may_be_born(row: Any, birth_date: Any) -> bool:
    return birth_date is None or row.birth_date in (None, birth_date)


def _likeness(name: str, row: Any) -> float:
    return SequenceMatcher(None, name, _sorted_words(row.family_name, row.given_name)).ratio()


def _sorted_words(*names: str) -> str:
    return " ".join(sorted(search_key(*names).split()))
