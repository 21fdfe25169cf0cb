"""Writing down what was said and seen. Drafts may be partial; only proposing asks for the rest."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import Membership, User
from consultations import policies
from consultations.errors import Fault, InvalidFacts, StaleVersion
from consultations.facts import SECTIONS, Row, Section, request_of, stored_from
from consultations.models import ConditionAnswer, Consultation, Patient, ProductPart
from treatments.compiler import current_catalogue
from treatments.engine import InvalidRequest, parse_facts
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
# What a draft may lack: these faults stop proposing, not saving.
GAPS = frozenset({"required", "empty", "age"})
MOST_ROWS = 300
_NOT_CHECKED = ("clinic", "patient", "clinician", "signed_by")


@transaction.atomic
def start_consultation(patient: Patient, *, by: User, **scalars: Any) -> Consultation:
    """Open a consultation today, with the clinic's own calendar and the person's own level."""
    consultation = Consultation(
        clinic=patient.clinic,
        patient=patient,
        clinician=by,
        consulted_on=scalars.pop("consulted_on", None) or timezone.localdate(),
        closed_weekdays=patient.clinic.closed_weekdays,
        performer=_performer_of(by, patient),
    )
    _set(consultation, scalars)
    consultation.full_clean(exclude=_NOT_CHECKED)
    consultation.save()
    days = [{"day": row.day} for row in patient.clinic.closed_days.all()]
    _write_rows(consultation, SECTIONS["closed_days"], days)
    audit.record("consultation-started", consultation, by=by, patient=patient.pk)
    return consultation


@transaction.atomic
def update_consultation(
    consultation: Consultation, *, by: User, version: int, **scalars: Any
) -> Consultation:
    """Save single values. Raises StaleVersion when somebody else saved since ``version``."""
    consultation = _locked(consultation, version)
    _set(consultation, scalars)
    return _saved(consultation, by=by, fields=sorted(scalars))


@transaction.atomic
def replace_section(
    consultation: Consultation,
    section: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    by: User,
    version: int,
    **scalars: Any,
) -> Consultation:
    """Put these rows in place of a section's rows, in their order."""
    consultation = _locked(consultation, version)
    _set(consultation, scalars)
    _write_rows(consultation, SECTIONS[section], rows)
    return _saved(consultation, by=by, fields=[section, *sorted(scalars)])


@transaction.atomic
def replace_facts(
    consultation: Consultation, document: Mapping[str, Any], *, by: User, version: int
) -> Consultation:
    """Put the facts of an engine request in place of all facts. Gaps are kept as gaps.

    ``patient`` may repeat the patient's own sex and birth date, or give an age. Without
    ``clinic`` the consultation's calendar and products stay. Raises InvalidFacts.
    """
    consultation = _locked(consultation, version)
    _check_document(consultation, document)
    stored = stored_from(document)
    scalars = {**stored.scalars}
    if scalars["consulted_on"] is None:
        del scalars["consulted_on"]
    _set(consultation, scalars)
    for key, rows in stored.sections.items():
        _write_rows(consultation, SECTIONS[key], rows)
    return _saved(consultation, by=by, fields=["facts"])


@transaction.atomic
def set_condition(
    consultation: Consultation, condition: str, answer: str | None, *, by: User, version: int
) -> Consultation:
    """Answer one question, or (None) take the answer back."""
    consultation = _locked(consultation, version)
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
    return _saved(consultation, by=by, fields=[f"conditions.{condition}"])


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


def _saved(consultation: Consultation, *, by: User, fields: list[str]) -> Consultation:
    consultation.version += 1
    consultation.full_clean(exclude=_NOT_CHECKED)
    consultation.save()
    audit.record(
        "consultation-changed",
        consultation,
        by=by,
        patient=consultation.patient_id,
        detail={"fields": fields},
    )
    return consultation


def _set(consultation: Consultation, scalars: Mapping[str, Any]) -> None:
    unknown = set(scalars) - SCALARS
    if unknown:
        raise ValidationError({name: _("This cannot be set.") for name in sorted(unknown)})
    for name, value in scalars.items():
        setattr(consultation, name, value)


def _write_rows(
    consultation: Consultation, section: Section, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Delete and write anew: a section is small, and its order is part of it."""
    model: Any = section.model
    model.objects.filter(consultation=consultation).delete()
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
        row.save()
        _write_parts(row, parts)
    if faults:
        raise ValidationError(faults)


def _write_parts(product: Any, ingredients: Iterable[Any]) -> None:
    ProductPart.objects.bulk_create(
        ProductPart(clinic=product.clinic, product=product, ingredient=one, position=position)
        for position, one in enumerate(ingredients)
    )


def _collect(faults: dict[str, list[Any]], path: str, error: ValidationError) -> None:
    for name, errors in error.error_dict.items():
        where = path if name == "__all__" else f"{path}.{name}"
        faults.setdefault(where, []).extend(errors)


def _check_document(consultation: Consultation, document: Mapping[str, Any]) -> None:
    """The engine's own reading of the request, with the patient's record in its place."""
    own = request_of(consultation)["patient"]
    told = document.get("patient", {})
    faults = [
        Fault(path=f"patient.{key}", code="mismatch", message=str(_("The record says otherwise.")))
        for key in ("sex", "birth_date")
        if isinstance(told, dict) and key in told and told[key] != own.get(key)
    ]
    patient = {**own, **told} if isinstance(told, dict) else told
    if isinstance(patient, dict) and consultation.patient.birth_date is None and "age" in told:
        patient = {"sex": own["sex"], **told}
    request = {
        "consulted_on": consultation.consulted_on.isoformat(),
        **document,
        "patient": patient,
    }
    try:
        parse_facts(current_catalogue(), request)
    except InvalidRequest as error:
        faults += [
            Fault(path=one.path, code=one.code, message=one.message)
            for one in error.faults
            if one.code not in GAPS
        ]
    faults += _too_long(document)
    if faults:
        raise InvalidFacts(faults)


def _too_long(document: Mapping[str, Any]) -> list[Fault]:
    """Each line is a row: a list without an end would hold the database for minutes."""
    message = str(_("A list has at most %(most)d lines.") % {"most": MOST_ROWS})
    clinic = document.get("clinic")
    places = {"": document, "clinic.": clinic if isinstance(clinic, dict) else {}}
    return [
        Fault(path=f"{place}{key}", code="length", message=message)
        for place, values in places.items()
        for key, rows in values.items()
        if isinstance(rows, list) and len(rows) > MOST_ROWS
    ]


def _performer_of(user: User, patient: Patient) -> PerformerLevel | None:
    membership = Membership.objects.filter(user=user, clinic=patient.clinic).first()
    code = membership.performer if membership else ""
    return PerformerLevel.objects.filter(code=code, active=True).first() if code else None


__all__ = [
    "GAPS",
    "Row",
    "replace_facts",
    "replace_section",
    "set_condition",
    "start_consultation",
    "update_consultation",
]
