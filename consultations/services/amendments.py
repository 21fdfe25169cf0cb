"""Correcting a signed record by adding to it."""

from django.db import transaction
from django.db.models import Max

from clinic import audit
from clinic.models import User
from consultations import policies
from consultations.models import Amendment, Consultation


@transaction.atomic
def amend(consultation: Consultation, *, reason: str, text: str, by: User) -> Amendment:
    """Add an amendment to a signed consultation, which itself stays as it was signed."""
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    policies.check_can_amend(consultation)
    last = consultation.amendments.aggregate(last=Max("number"))["last"] or 0
    amendment = Amendment(
        clinic_id=consultation.clinic_id,
        consultation=consultation,
        number=last + 1,
        reason=reason,
        text=text.strip(),
        by=by,
    )
    amendment.full_clean(exclude=["clinic", "consultation", "by"])
    amendment.save()
    audit.record(
        "consultation-amended",
        amendment,
        by=by,
        patient=consultation.patient_id,
        detail={"number": amendment.number, "reason": reason},
    )
    return amendment
