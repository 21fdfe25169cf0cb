"""Writing down who a patient is."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import Clinic, User
from clinic.text import search_key
from consultations.enums import ConsultationStatus
from consultations.errors import StaleVersion
from consultations.models import Consultation, Patient, PlanSession
from consultations.models.patients import plain_phone

FIELDS = ("number", "family_name", "given_name", "sex", "birth_date", "phone", "email")
EVALUATED = ("sex", "birth_date")  # what of a patient the rules read


@transaction.atomic
def register_patient(*, by: User, clinic: Clinic, **fields: Any) -> Patient:
    """Add a patient; without a record number the next free one of the clinic is given."""
    clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)  # or two would get one number
    number = fields.pop("number", "") or _next_number(clinic)
    patient = Patient(clinic=clinic, created_by=by, number=number)
    _fill(patient, fields)
    _save(patient)
    audit.record("patient-registered", patient, by=by, patient=patient.pk)
    return patient


@transaction.atomic
def update_patient(patient: Patient, *, by: User, version: int, **fields: Any) -> Patient:
    """Change a patient's details. Raises StaleVersion when somebody else was faster.

    What the rules read of a patient belongs to the facts of every open consultation: each has a
    new version afterwards, so that nothing is decided or signed on what was proposed before.
    """
    if not set(EVALUATED).isdisjoint(fields):
        _lock_open(patient)  # consultations first and then their patient, as signing does
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    if patient.version != version:
        raise StaleVersion(patient.version)
    changed = sorted(name for name, value in fields.items() if getattr(patient, name) != value)
    before = {name: getattr(patient, name) for name in EVALUATED}
    _fill(patient, fields)
    patient.version += 1
    _save(patient)
    values = _values(before, patient)
    detail = {"fields": changed, **({"values": values} if values else {})}
    audit.record("patient-changed", patient, by=by, patient=patient.pk, detail=detail)
    if values:
        _renew_open(patient, by=by)
    return patient


def _lock_open(patient: Patient) -> list[Consultation]:
    rows = Consultation.objects.filter(patient=patient, status=ConsultationStatus.OPEN)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _values(before: Mapping[str, Any], patient: Patient) -> dict[str, dict[str, str | None]]:
    """Old and new values of what the rules read. Names and ways to reach somebody stay out."""
    return {
        name: {"old": _coded(old), "new": _coded(getattr(patient, name))}
        for name, old in before.items()
        if old != getattr(patient, name)
    }


def _coded(value: str | date | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _renew_open(patient: Patient, *, by: User) -> None:
    """Also those that were started before the patient was locked."""
    for consultation in _lock_open(patient):
        consultation.version += 1
        consultation.save(update_fields=["version", "updated_at"])
        audit.record(
            "consultation-changed",
            consultation,
            by=by,
            patient=patient.pk,
            detail={"fields": ["patient"]},
        )


def note_opened(subject: Model, *, by: User) -> None:
    """Record that somebody looked at a patient, or at something about them."""
    patient = _patient_of(subject)
    audit.record(f"{subject._meta.model_name}-opened", subject, by=by, patient=patient)


def note_listed(
    kind: type[Model], rows: Iterable[Model], *, by: User, filters: Iterable[str] = ()
) -> None:
    """Record whose rows a list shows, before it is shown.

    Of a filter only its name is kept: what was typed may be a person's name.
    """
    patients = [_patient_of(row) for row in rows]
    audit.record_listed(kind, patients=patients, by=by, detail={"filters": sorted(filters)})


def _patient_of(subject: Any) -> Any:
    if isinstance(subject, Patient):
        return subject.pk
    if isinstance(subject, PlanSession):
        subject = subject.plan
    if hasattr(subject, "patient_id"):
        return subject.patient_id
    return subject.consultation.patient_id


def _fill(patient: Patient, fields: dict[str, Any]) -> None:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise ValidationError({name: _("This cannot be set.") for name in unknown})
    for name, value in fields.items():
        setattr(patient, name, plain_phone(value) if name == "phone" else value)
    names = (patient.family_name, patient.given_name, patient.number)
    patient.search_key = f" {search_key(*names)}"
    patient.phone_digits = "".join(char for char in patient.phone if char.isdigit())
    patient.full_clean(exclude=["created_by", "search_key", "phone_digits"])


def _save(patient: Patient) -> None:
    """Two people can choose one number at the same moment; the database lets in the first."""
    try:
        with transaction.atomic():
            patient.save()
    except IntegrityError:
        taken = _("Another patient already has this record number.")
        raise ValidationError({"number": taken}) from None


def _next_number(clinic: Clinic) -> str:
    """The next number that nobody has. The clinic's row is locked by the caller."""
    number = clinic.last_number + 1
    while Patient.objects.filter(clinic=clinic, number=f"{number:05d}").exists():
        number += 1
    clinic.last_number = number
    clinic.save(update_fields=["last_number"])
    return f"{number:05d}"
