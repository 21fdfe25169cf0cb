"""Writing down what was said and seen. Drafts may be partial; only proposing asks for the rest."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import Membership, User
from consultations import carried, policies
from consultations.errors import StaleVersion
from consultations.facts import MOST_ROWS, SECTIONS, Section, stored_from, too_long
from consultations.models import ConditionAnswer, Consultation, Patient, ProductPart
from consultations.services.days import DAYS, check_days, check_follows
from consultations.services.documents import check_document
from consultations.services.editing import note_changes
from treatments.models import Condition, PerformerLevel

SCALARS = frozenset(
    {
        "consulted_on",
        "start_on",
        "stated_age",
        "no_known_allergies",
        "medications_reviewed",
        "fitzpatrick",
        "glogau",
        "skin_note",
        "goals",
        "combination",
        "laser",
        "performer",
        "closed_weekdays",
    }
)
_CLOSED_DAY = re.compile(r"closed_days(\[\d+\])\.day")
_NOT_CHECKED = ("clinic", "patient", "clinician", "signed_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Some fields of a consultation: single values, whole sections, answers to questions."""

    scalars: Mapping[str, Any] = field(default_factory=dict)
    sections: Mapping[str, Iterable[Mapping[str, Any]]] = field(default_factory=dict)
    answers: Mapping[str, str | None] = field(default_factory=dict)


@transaction.atomic
def start_consultation(patient: Patient, *, by: User, **scalars: Any) -> Consultation:
    """Open a consultation today, with the clinic's own calendar and the person's own level."""
    consultation = Consultation(
        clinic=patient.clinic,
        patient=patient,
        clinician=by,
        consulted_on=scalars.pop("consulted_on", None) or patient.clinic.today(),
        closed_weekdays=patient.clinic.closed_weekdays,
        performer=_performer_of(by, patient),
    )
    _set(consultation, scalars)
    check_days(consultation, DAYS)
    consultation.full_clean(exclude=_NOT_CHECKED)
    consultation.save()
    ahead = patient.clinic.closed_days.filter(day__gte=consultation.consulted_on)
    days = [{"day": row.day} for row in ahead]
    _write_rows(consultation, SECTIONS["closed_days"], days)
    audit.record("consultation-started", consultation, by=by, patient=patient.pk)
    return consultation


@transaction.atomic
def update_consultation(
    consultation: Consultation, *, by: User, version: int, **scalars: Any
) -> Consultation:
    """Save single values. Raises StaleVersion when somebody else saved since ``version``."""
    return change_fields(consultation, Entries(scalars=scalars), by=by, version=version)


@transaction.atomic
def change_fields(
    consultation: Consultation, entries: Entries, *, by: User, version: int
) -> Consultation:
    """Save these fields and leave the others alone, as one change."""
    consultation = _locked(consultation, version)
    changed = _set(consultation, entries.scalars)
    check_days(consultation, changed)
    _check_follows(consultation, changed)
    for section, rows in entries.sections.items():
        changed += _write_rows(consultation, SECTIONS[section], rows)
    for condition, answer in entries.answers.items():
        _answer(consultation, condition, answer)
        changed.append(f"condition-{condition}")
    told = [*entries.sections, *(f"conditions.{code}" for code in entries.answers)]
    return _saved(consultation, by=by, fields=[*told, *sorted(entries.scalars)], changed=changed)


@transaction.atomic
def replace_facts(
    consultation: Consultation, document: Mapping[str, Any], *, by: User, version: int
) -> Consultation:
    """Put the facts of an engine request in place of all facts. Gaps are kept as gaps.

    ``patient`` may repeat the patient's own sex and birth date, or give an age. Without
    ``clinic`` the consultation's calendar and products stay. Raises InvalidFacts.
    """
    consultation = _locked(consultation, version)
    check_document(consultation, document)
    stored = stored_from(document)
    scalars = {**stored.scalars}
    if scalars["consulted_on"] is None:
        del scalars["consulted_on"]
    changed = _set(consultation, scalars)
    check_days(consultation, changed)
    _check_follows(consultation, changed)
    with _paths_of_a_request():
        for key, rows in stored.sections.items():
            changed += _write_rows(consultation, SECTIONS[key], rows)
    return _saved(consultation, by=by, fields=["facts"], changed=changed)


@transaction.atomic
def set_condition(
    consultation: Consultation, condition: str, answer: str | None, *, by: User, version: int
) -> Consultation:
    """Answer one question, or (None) take the answer back."""
    return change_fields(consultation, Entries(answers={condition: answer}), by=by, version=version)


def _answer(consultation: Consultation, condition: str, answer: str | None) -> None:
    row = Condition.objects.filter(code=condition, active=True).first()
    if row is None:
        raise ValidationError({"condition": _("This condition is not known.")})
    ConditionAnswer.objects.filter(consultation=consultation, condition=row).delete()
    if answer is not None:
        entry = ConditionAnswer(
            clinic=consultation.clinic, consultation=consultation, condition=row, answer=answer
        )
        entry.full_clean(exclude=["clinic"])
        entry.save()


def _locked(consultation: Consultation, version: int) -> Consultation:
    locked = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("patient", "clinic")
        .get(pk=consultation.pk)
    )
    policies.check_can_edit(locked)
    if locked.version != version:
        raise StaleVersion(locked.version)
    return locked


def _saved(
    consultation: Consultation, *, by: User, fields: list[str], changed: list[str]
) -> Consultation:
    consultation.version += 1
    consultation.full_clean(exclude=_NOT_CHECKED)
    consultation.save()
    note_changes(consultation, changed, by=by)
    audit.record(
        "consultation-changed",
        consultation,
        by=by,
        patient=consultation.patient_id,
        detail={"fields": fields},
    )
    return consultation


def _set(consultation: Consultation, scalars: Mapping[str, Any]) -> list[str]:
    """Put the values in and name those that are new."""
    unknown = set(scalars) - SCALARS
    if unknown:
        raise ValidationError({name: _("This cannot be set.") for name in sorted(unknown)})
    changed = [name for name, value in scalars.items() if getattr(consultation, name) != value]
    carried.drop_changed(consultation, scalars)
    for name, value in scalars.items():
        setattr(consultation, name, value)
    return changed


def _write_rows(
    consultation: Consultation, section: Section, rows: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Delete and write anew: a section is small, and its order is part of it.

    What was carried over and is sent again unchanged is still to be confirmed.
    """
    model: Any = section.model
    if len(rows := list(rows)) > MOST_ROWS:
        raise ValidationError({section.key: ValidationError(too_long(), code="length")})
    changed = _changed_by(consultation, section, rows)
    stored = model.objects.filter(consultation=consultation)
    waiting = carried.Waiting(section, stored)
    stored.delete()
    faults: dict[str, list[Any]] = {}
    for position, values in enumerate(rows):
        fields = dict(values)
        parts = fields.pop("parts", ())
        row = model(
            clinic=consultation.clinic, consultation=consultation, position=position, **fields
        )
        try:
            row.full_clean(exclude=["clinic", "consultation"])
        except ValidationError as error:
            _collect(faults, f"{section.key}[{position}]", error)
            continue
        waiting.mark(row, told=fields)
        row.save()
        _write_parts(row, parts)
    if faults:
        raise ValidationError(faults)
    return changed


def _changed_by(
    consultation: Consultation, section: Section, rows: list[Mapping[str, Any]]
) -> list[str]:
    """A section is one field to its editors; of the questions, each is."""
    if section.key != "conditions":
        return [section.key]
    stored = ConditionAnswer.objects.filter(consultation=consultation)
    before = set(stored.values_list("condition__code", "answer"))
    after = {(row["condition"].code, row["answer"]) for row in rows}
    return sorted({f"condition-{code}" for code, _answer in before ^ after})


def _write_parts(product: Any, ingredients: Iterable[Any]) -> None:
    ProductPart.objects.bulk_create(
        ProductPart(clinic=product.clinic, product=product, ingredient=one, position=position)
        for position, one in enumerate(ingredients)
    )


def _collect(faults: dict[str, list[Any]], path: str, error: ValidationError) -> None:
    for name, errors in error.error_dict.items():
        where = path if name == "__all__" else f"{path}.{name}"
        faults.setdefault(where, []).extend(errors)


def _check_follows(consultation: Consultation, changed: Collection[str]) -> None:
    if "consulted_on" in changed and consultation.copied_from is not None:
        check_follows(consultation.consulted_on, consultation.copied_from)


@contextmanager
def _paths_of_a_request() -> Iterator[None]:
    """A closed day is a row here and a plain date there."""
    try:
        yield
    except ValidationError as error:
        faults = {
            _CLOSED_DAY.sub(r"clinic.closed_on\1", path): found
            for path, found in error.error_dict.items()
        }
        raise ValidationError(faults) from None


def _performer_of(user: User, patient: Patient) -> PerformerLevel | None:
    membership = Membership.objects.filter(user=user, clinic=patient.clinic).first()
    code = membership.performer if membership else ""
    return PerformerLevel.objects.filter(code=code, active=True).first() if code else None
