"""Around the record: input that is not part of it yet, who changed what, and who is here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clinic import audit
from clinic.models import User
from consultations import policies
from consultations.models import Consultation, DraftInput, FieldChange, Presence

PRESENT = timedelta(seconds=20)
FORGOTTEN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field's unfinished input and what the record held when it began, both as JSON."""

    value: str
    base: str


def note_changes(consultation: Consultation, fields: Iterable[str], *, by: User) -> None:
    """Write down who changed these fields last. Call it in the transaction of the change."""
    now = timezone.now()
    FieldChange.objects.bulk_create(
        [
            FieldChange(
                clinic_id=consultation.clinic_id,
                consultation=consultation,
                field=field,
                version=consultation.version,
                by=by,
                at=now,
            )
            for field in dict.fromkeys(fields)
        ],
        update_conflicts=True,
        unique_fields=["consultation", "field"],
        update_fields=["version", "by", "at"],
    )


@transaction.atomic
def keep_inputs(
    consultation: Consultation, inputs: Mapping[str, Input], *, by: User, at: datetime
) -> None:
    """Keep what ``by`` typed and what is not part of the record. One event a field, not a key."""
    if not inputs:
        return
    locked = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    policies.check_can_edit(locked)
    known = set(_of(consultation, by).values_list("field", flat=True))
    DraftInput.objects.bulk_create(
        [
            DraftInput(
                clinic_id=consultation.clinic_id,
                consultation=consultation,
                user=by,
                field=field,
                value=one.value,
                base=one.base,
                saved_at=at,
            )
            for field, one in inputs.items()
        ],
        update_conflicts=True,
        unique_fields=["consultation", "user", "field"],
        update_fields=["value", "base", "saved_at"],
    )
    if begun := sorted(set(inputs) - known):
        audit.record(
            "input-kept",
            consultation,
            by=by,
            patient=consultation.patient_id,
            detail={"fields": begun},
        )


@transaction.atomic
def forget_inputs(consultation: Consultation, fields: Collection[str], *, by: User) -> None:
    """The fields are part of the record now, or their author gave the input up."""
    if fields:
        _of(consultation, by).filter(field__in=fields).delete()


@transaction.atomic
def discard_inputs(consultation: Consultation, keys: Collection[UUID], *, by: User) -> None:
    """Give up for good what was typed and never became part of the record, one's own or another's.

    Whose it was, and in which field, stays in the audit trail; what it said does not.
    """
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    policies.check_can_edit(consultation)
    rows = DraftInput.objects.filter(consultation=consultation, pk__in=keys)
    for row in rows:
        audit.record(
            "input-discarded",
            consultation,
            by=by,
            patient=consultation.patient_id,
            detail={"field": row.field, "author": str(row.user_id)},
        )
    rows.delete()


def settle_inputs(consultation: Consultation, values: Mapping[str, str]) -> None:
    """Inputs of anybody that say what these fields of the record now say are finished."""
    for field, value in values.items():
        DraftInput.objects.filter(consultation=consultation, field=field, value=value).delete()


def close_editing(consultation: Consultation) -> None:
    """The record closes. Of inputs only those are left by then that say nothing."""
    DraftInput.objects.filter(consultation=consultation).delete()
    Presence.objects.filter(consultation=consultation).delete()


@transaction.atomic
def note_presence(consultation: Consultation, *, by: User) -> None:
    """``by`` has the consultation open now; whoever has long gone is forgotten."""
    now = timezone.now()
    here = Presence(
        clinic_id=consultation.clinic_id, consultation=consultation, user=by, seen_at=now
    )
    Presence.objects.bulk_create(
        [here],
        update_conflicts=True,
        unique_fields=["consultation", "user"],
        update_fields=["seen_at"],
    )
    left = Presence.objects.filter(consultation=consultation, seen_at__lt=now - FORGOTTEN)
    left.delete()


def others_present(consultation: Consultation, *, by: User) -> list[User]:
    """Who else has it open."""
    here = Presence.objects.filter(
        consultation=consultation, seen_at__gte=timezone.now() - PRESENT
    ).exclude(user=by)
    return [row.user for row in here.select_related("user")]


def _of(consultation: Consultation, user: User) -> QuerySet[DraftInput]:
    return DraftInput.objects.filter(consultation=consultation, user=user)
