"""A returning patient: the next consultation starts from the last signed one.

What is taken over is marked with the day it was said and counts for nothing until somebody
confirms it. What only holds for its own day is not taken over at all.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.models import User
from consultations import policies
from consultations.carried import Mark, carrying_sections, marks
from consultations.enums import Answer, LeftOut
from consultations.errors import StaleVersion
from consultations.facts import SECTIONS, Section
from consultations.models import Consultation
from consultations.models.consultations import CARRIED_SCALARS
from consultations.services import intake
from consultations.services.days import check_follows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """The rows to carry, and what stays behind with its reason."""

    rows: dict[str, list[Any]] = field(default_factory=dict)
    left_out: list[dict[str, str]] = field(default_factory=list)


@transaction.atomic
def start_from(source: Consultation, *, by: User, consulted_on: date | None = None) -> Consultation:
    """Open a consultation with what the patient's last signed one says, every answer marked.

    Raises ValidationError when the source is not the last signed consultation of its patient.
    """
    source = Consultation.objects.with_facts().get(pk=source.pk)
    policies.check_can_copy(source)
    day = consulted_on or source.patient.clinic.today()
    check_follows(day, source)
    scalars = {name: getattr(source, name) for name in CARRIED_SCALARS}
    said = {name: value for name, value in scalars.items() if value not in (None, "")}
    consultation = intake.start_consultation(source.patient, by=by, consulted_on=day, **said)
    copy = _copy_of(source, day)
    for key, rows in copy.rows.items():
        _write(consultation, SECTIONS[key], rows, source.consulted_on)
    consultation.copied_from = source
    consultation.carried = dict.fromkeys(said, source.consulted_on.isoformat())
    consultation.left_out = copy.left_out
    consultation.full_clean(exclude=["clinic", "patient", "clinician", "signed_by", "copied_from"])
    consultation.save()
    counts = {key: len(rows) for key, rows in copy.rows.items() if rows}
    audit.record(
        "consultation-carried-forward",
        consultation,
        by=by,
        patient=consultation.patient_id,
        detail={
            "source": str(source.pk),
            "carried": counts | dict.fromkeys(said, 1),
            "left_out": [[one["section"], one["code"], one["reason"]] for one in copy.left_out],
        },
    )
    return consultation


@transaction.atomic
def confirm(
    consultation: Consultation, keys: Collection[str], *, by: User, version: int | None = None
) -> Consultation:
    """Take the mark off the answers that these keys name, as they were seen.

    A key whose answer has been confirmed, changed or removed since names nothing any more and is
    passed over. The answer comes with its facts. Raises StaleVersion when a ``version`` is given
    and somebody saved since.
    """
    Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    locked: Consultation = Consultation.objects.with_facts().get(pk=consultation.pk)
    policies.check_can_edit(locked)
    if version is not None and locked.version != version:
        raise StaleVersion(locked.version)
    found = [mark for mark in marks(locked) if mark.key in keys]
    if not found:
        return locked
    for section in carrying_sections():
        _confirm_rows(section, locked, {mark.path for mark in found if mark.part == section.key})
    parts = {mark.part for mark in found}
    locked.carried = {name: day for name, day in locked.carried.items() if name not in parts}
    locked.version += 1
    locked.save(update_fields=["carried", "version", "updated_at"])
    audit.record(
        "answers-confirmed",
        locked,
        by=by,
        patient=locked.patient_id,
        detail={"answers": [[mark.path, mark.day.isoformat()] for mark in found]},
    )
    confirmed: Consultation = Consultation.objects.with_facts().get(pk=locked.pk)
    return confirmed


def _confirm_rows(section: Section, consultation: Consultation, paths: set[str]) -> None:
    """Equal rows have equal keys and are confirmed together."""
    if not paths:
        return
    told = [mark for mark in marks(consultation) if mark.part == section.key]
    rows = [row for row in getattr(consultation, section.related).all() if row.carried_from]
    confirmed = [row.pk for row, mark in zip(rows, told, strict=True) if mark.path in paths]
    model: Any = section.model
    model.objects.filter(pk__in=confirmed).update(carried_from=None)


def _copy_of(source: Consultation, day: date) -> _Copy:
    copy = _Copy()
    for section in carrying_sections():
        for row in getattr(source, section.related).all():
            reason = _reason_to_leave(section, row, day)
            if reason is not None:
                copy.left_out.append(_left_out(section, row, reason))
            elif getattr(row, "answer", None) != Answer.UNKNOWN:
                copy.rows.setdefault(section.key, []).append(row)
    return copy


def _reason_to_leave(section: Section, row: Any, day: date) -> LeftOut | None:
    terms = [getattr(row, term) for term in section.terms]
    if not all(term.active for term in terms if term):
        return LeftOut.RETIRED
    if any(getattr(term, "ask_each_time", False) for term in terms):
        return LeftOut.ASKED_ANEW
    clears_on = getattr(row, "clears_on", None)
    if clears_on is not None and clears_on <= day:
        return LeftOut.CLEARED
    return None


def _left_out(section: Section, row: Any, reason: LeftOut) -> dict[str, str]:
    term = next(iter(section.terms))
    named = getattr(row, term)
    return {
        "section": section.key,
        "code": named.code,
        "name": str(row) if term != "condition" else named.name,
        "reason": reason.value,
    }


def _write(
    consultation: Consultation, section: Section, rows: Iterable[Any], said_on: date
) -> None:
    model: Any = section.model
    kept = {"id", "clinic", "consultation", "position", "carried_from"}
    names = [one.name for one in model._meta.concrete_fields if one.name not in kept]
    model.objects.bulk_create(
        model(
            clinic=consultation.clinic,
            consultation=consultation,
            position=position,
            carried_from=said_on,
            **{name: getattr(row, name) for name in names},
        )
        for position, row in enumerate(rows)
    )


__all__ = ["Mark", "confirm", "start_from"]
