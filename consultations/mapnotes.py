"""The notes of a map as pages show them, and what somebody has begun to write and not pinned."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from clinic.models import User
from clinic.text import is_storable
from consultations.models import Consultation, DraftInput, MapNote
from consultations.models.notes import LONGEST_NOTE
from consultations.services import editing
from consultations.unfinished import NOTE_FIELD

_NAMES: Final = ("view", "x", "y", "area", "text")
_LONGEST: Final = 2 * LONGEST_NOTE  # too long a note is kept as it was typed, too

Begun = Mapping[str, str]


def notes_of(consultation: Consultation) -> list[MapNote]:
    """In the order of their numbers, with the names that stand beside them."""
    rows = consultation.map_notes.select_related("area", "created_by", "changed_by")
    return list(rows)


def begun_by(consultation: Consultation, user: User) -> dict[str, Begun]:
    """What this person began, by the note's id; under "" what is to be a new one."""
    rows = DraftInput.objects.filter(
        consultation=consultation, user=user, field__startswith=NOTE_FIELD
    )
    return {row.field[len(NOTE_FIELD) + 1 :]: json.loads(row.value) for row in rows}


def keep_begun(consultation: Consultation, note: str, value: Begun, *, by: User) -> datetime:
    """Keep what was typed so far. Only its author ever sees it."""
    now = timezone.now()
    written = json.dumps(value, ensure_ascii=False)
    editing.keep_inputs(
        consultation, {_field(note): editing.Input(value=written, base="null")}, by=by, at=now
    )
    return now


def forget_begun(consultation: Consultation, note: str, *, by: User) -> None:
    editing.forget_inputs(consultation, [_field(note)], by=by)


def readable(value: Any) -> Begun | None:
    """What a page sends of a note that is being written; None when it is something else."""
    if not isinstance(value, dict) or set(value) != set(_NAMES):
        return None
    texts = list(value.values())
    if not all(isinstance(one, str) and len(one) <= _LONGEST for one in texts):
        return None
    return value if all(map(is_storable, texts)) else None


def _field(note: str) -> str:
    return f"{NOTE_FIELD}-{note}" if note else NOTE_FIELD
