"""Answers that were taken over from an earlier consultation and wait for a word.

A mark names an answer together with its values, so that only what was seen can be confirmed: once
the answer says something else, the mark is no longer there.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from clinic.dates import long_day
from consultations.errors import Fault
from consultations.facts import SECTIONS, Section
from consultations.models import Consultation
from consultations.models.consultations import CARRIED_SCALARS
from consultations.models.rows import CarriedRow
from treatments.engine import digest_of

UNCONFIRMED = "unconfirmed"
_PATHS = {"combination": "preferences.combination", "laser": "preferences.laser"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """``path`` is the answer's place in the facts, ``key`` names it with what it says."""

    part: str
    path: str
    key: str
    day: date


def carrying_sections() -> list[Section]:
    return [one for one in SECTIONS.values() if issubclass(one.model, CarriedRow)]


def marks(consultation: Consultation) -> list[Mark]:
    """What waits for a word, in the order of the facts. Load the consultation with its facts."""
    return [
        *(one for section in carrying_sections() for one in _of_section(section, consultation)),
        *(
            mark
            for name in CARRIED_SCALARS
            if (mark := scalar_mark(consultation, name)) is not None
        ),
    ]


def _of_section(section: Section, consultation: Consultation) -> Iterable[Mark]:
    for index, row in enumerate(getattr(consultation, section.related).all()):
        if mark := row_mark(section, row, index):
            yield mark


def row_mark(section: Section, row: Any, index: int) -> Mark | None:
    if not getattr(row, "carried_from", None):
        return None
    if section.key == "conditions":
        path = f"conditions.{row.condition.code}"
    else:
        path = f"{section.key}[{index}]"
    key = f"{section.key}:{_digest(_said(row, section.terms, section.fields))}"
    return Mark(part=section.key, path=path, key=key, day=row.carried_from)


def scalar_mark(consultation: Consultation, name: str) -> Mark | None:
    day = consultation.carried.get(name)
    if day is None:
        return None
    key = f"{name}:{_digest([_plain(getattr(consultation, name))])}"
    path = _PATHS.get(name, name)
    return Mark(part=name, path=path, key=key, day=date.fromisoformat(day))


def faults(consultation: Consultation) -> list[Fault]:
    """What an unconfirmed answer is to a proposal: it stands in the way like a missing one."""
    return [
        Fault(
            path=mark.path,
            code=UNCONFIRMED,
            message=_("From %(day)s, to be confirmed.") % {"day": long_day(mark.day)},
        )
        for mark in marks(consultation)
    ]


def drop_changed(consultation: Consultation, values: Mapping[str, Any]) -> None:
    """A single value that is said anew and differently waits no longer."""
    consultation.carried = {
        name: day
        for name, day in consultation.carried.items()
        if name not in values or _plain(values[name]) == _plain(getattr(consultation, name))
    }


class Waiting:
    """The marked rows of a section while it is written anew."""

    def __init__(self, section: Section, stored: Iterable[Any]) -> None:
        carries = issubclass(section.model, CarriedRow)
        self._section = section
        self._rows = [row for row in stored if row.carried_from] if carries else []

    def mark(self, row: Any, *, told: Collection[str]) -> None:
        """Mark a row that says what a marked one said; ``told`` are the fields that were sent."""
        names = [*dict.fromkeys([*self._section.fields, *told])]
        said = _said(row, self._section.terms, names)
        for one in self._rows:
            if _said(one, self._section.terms, names) == said:
                row.carried_from = one.carried_from
                self._rows.remove(one)
                return


def _said(row: Any, terms: Iterable[str], fields: Iterable[str]) -> list[str | None]:
    names = [*(f"{term}_id" for term in terms), *(one for one in fields if one not in terms)]
    return [_plain(getattr(row, name)) for name in names]


def _plain(value: Any) -> str | None:
    """As text, so that it stays the same through a form: 80.0 is 80, line ends do not matter."""
    if value is None:
        return None
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return " ".join(str(value).split())


def _digest(said: list[str | None]) -> str:
    return digest_of({"said": said})[-20:]
