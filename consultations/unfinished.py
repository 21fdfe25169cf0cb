"""What was typed into an open consultation and is not part of its record.

What it says is its author's alone. That it is there, by whom and in which field, everybody is told
who works on the consultation: a proposal or a signature would stand as if it had not been typed.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from clinic.dates import day_and_time
from clinic.models import User
from clinic.text import isolated
from consultations.errors import Fault
from consultations.models import Consultation, DraftInput

UNFINISHED: Final = "unfinished"
MAP_NOTES: Final = "map_notes"
NOTE_FIELD: Final = "map-note"
_QUESTION: Final = "condition-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """One person's input into one field; ``path`` is the field's place in the facts."""

    pk: UUID
    field: str
    path: str
    by: User
    saved_at: datetime

    @property
    def is_fact(self) -> bool:
        return self.path != MAP_NOTES

    @property
    def message(self) -> str:
        text = _("Unfinished input of %(name)s (%(time)s) is not part of the record.")
        return text % {"name": isolated(self.by), "time": day_and_time(self.saved_at)}


def unfinished_in(consultation: Consultation) -> list[Unfinished]:
    """All there is, of everybody. A note that says nothing, or nothing new, is nothing yet."""
    every = DraftInput.objects.filter(consultation=consultation).select_related("user")
    rows = list(every.order_by("field", "saved_at", "id"))
    said = _said_by_notes(consultation, rows)
    return [
        Unfinished(
            pk=row.pk,
            field=row.field,
            path=_path_of(row.field),
            by=row.user,
            saved_at=row.saved_at,
        )
        for row in rows
        if not row.field.startswith(NOTE_FIELD) or _text_of(row) not in said.get(row.field, {""})
    ]


def faults(consultation: Consultation) -> list[Fault]:
    """What stands in the way of a proposal. Notes on the map are no facts and do not."""
    return [_fault(one) for one in unfinished_in(consultation) if one.is_fact]


def _fault(one: Unfinished) -> Fault:
    return Fault(path=one.path, code=UNFINISHED, message=one.message)


def _path_of(field: str) -> str:
    if field.startswith(_QUESTION):
        return f"conditions.{field.removeprefix(_QUESTION)}"
    return MAP_NOTES if field.startswith(NOTE_FIELD) else field


def _said_by_notes(consultation: Consultation, rows: list[DraftInput]) -> dict[str, set[str]]:
    """What the notes that somebody has begun to change say now."""
    if not any(row.field.startswith(f"{NOTE_FIELD}-") for row in rows):
        return {}
    notes = consultation.map_notes.values_list("pk", "text")
    return {f"{NOTE_FIELD}-{pk}": {"", text} for pk, text in notes}


def _text_of(row: DraftInput) -> str:
    value = json.loads(row.value)
    return str(value["text"]).strip() if isinstance(value, dict) else ""
