"""Notes on the map: pinned, changed and taken off while the consultation is open.

They are no facts: the consultation's version stays, and so does what was proposed from it.
"""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import User
from consultations import policies
from consultations.errors import StaleVersion
from consultations.models import Consultation, MapNote

FIELDS: Final = ("view", "x", "y", "area", "text")
MOST_NOTES: Final = 100


@transaction.atomic
def pin_note(consultation: Consultation, *, by: User, **values: Any) -> MapNote:
    """Pin a note to a place of a drawing; it keeps its number for as long as it stands."""
    consultation = _locked(consultation)
    pinned = MapNote.objects.filter(consultation=consultation)
    if pinned.count() >= MOST_NOTES:
        raise ValidationError(
            _("The map holds %(most)d notes and no more."), params={"most": MOST_NOTES}
        )
    last = pinned.aggregate(last=Max("number"))["last"] or 0
    note = MapNote(
        clinic=consultation.clinic, consultation=consultation, number=last + 1, created_by=by
    )
    _put(note, values)
    _record("map-note-pinned", note, by)
    return note


@transaction.atomic
def change_note(note: MapNote, *, by: User, version: int, **values: Any) -> MapNote:
    """Move a note or write it anew. Raises StaleVersion when somebody changed it since."""
    row = _locked_note(note, version)
    changed = sorted(name for name, value in values.items() if getattr(row, name, None) != value)
    if not changed:
        return row
    row.version += 1
    row.changed_by, row.changed_at = by, timezone.now()
    _put(row, values)
    _record("map-note-changed", row, by, fields=changed)
    return row


@transaction.atomic
def remove_note(note: MapNote, *, by: User, version: int) -> None:
    """Take a note off the map. Raises StaleVersion when somebody changed it since."""
    row = _locked_note(note, version)
    _record("map-note-removed", row, by)
    row.delete()


def _put(note: MapNote, values: dict[str, Any]) -> None:
    if unknown := set(values) - set(FIELDS):
        raise ValidationError({name: _("This cannot be set.") for name in sorted(unknown)})
    for name, value in values.items():
        setattr(note, name, value)
    note.text = note.text.strip()
    note.full_clean(exclude=["clinic"])
    note.save()


def _locked(consultation: Consultation) -> Consultation:
    row: Consultation = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("clinic")
        .get(pk=consultation.pk)
    )
    policies.check_can_edit(row)
    return row


def _locked_note(note: MapNote, version: int) -> MapNote:
    """The consultation comes first, as everywhere, so that nobody waits for another in a ring."""
    consultation = _locked(note.consultation)
    row: MapNote | None = (
        MapNote.objects.select_for_update(of=("self",))
        .filter(pk=note.pk, consultation=consultation)
        .select_related("area", "consultation")
        .first()
    )
    if row is None:
        raise ValidationError(_("This note was taken off the map meanwhile."), code="gone")
    if row.version != version:
        raise StaleVersion(row.version)
    return row


def _record(action: str, note: MapNote, by: User, **detail: object) -> None:
    patient = note.consultation.patient_id
    audit.record(action, note, by=by, patient=patient, detail={"number": note.number, **detail})
