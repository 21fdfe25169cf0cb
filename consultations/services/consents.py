"""Taking a patient's consent, and recording that it was taken back."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import User
from clinic.text import validate_storable
from consultations import drawing, policies
from consultations.consents import needed_for
from consultations.enums import ConsentHow, ConsentState, SessionStatus
from consultations.models import Consent, ConsentWithdrawal, Consultation, PlanSession, Proposal
from consultations.models.consents import LONGEST_NAME
from consultations.reading import reading
from consultations.services.plans import cancel_sessions
from consultations.services.proposals import latest
from consultations.withdrawn import consents_that_count, withdrawals_of
from treatments.engine import canonical_json, digest_of
from treatments.models import Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What the patient put under the text. ``drawn`` holds strokes of points, see drawing.py."""

    name: str
    drawn: Any = None
    witness: str = ""

    @property
    def how(self) -> ConsentHow:
        return ConsentHow.TYPED if self.drawn is None else ConsentHow.DRAWN


@transaction.atomic
def give_consent(
    consultation: Consultation,
    *,
    treatment: str,
    language: str,
    read: str,
    signature: Signature,
    by: User,
) -> Consent:
    """Keep the patient's signature under the consent to one treatment of the decided plan.

    ``read`` is the digest of the document that the patient was shown: when the decisions changed
    in between, nothing is signed (code ``stale``).
    """
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    policies.check_is_decided(consultation)
    proposal = latest(consultation)
    assert proposal is not None  # noqa: S101 - something is decided on it
    _check_needed(proposal, treatment)
    document = document_to_sign(proposal, treatment, language)
    if digest_of(document) != read:
        raise ValidationError(
            _("The plan changed since this text was shown. Read it again, then sign."), code="stale"
        )
    now = timezone.now()
    signed = {**document, "signature": _checked(signature, document) | {"at": now.isoformat()}}
    consent = Consent(
        clinic_id=proposal.clinic_id,
        consultation_id=consultation.pk,
        proposal=proposal,
        treatment=Treatment.objects.get(code=treatment),
        language=language,
        version=document["version"],
        document=canonical_json(signed),
        digest=digest_of(signed),
        subject=document["subject"],
        how=signature.how,
        signer_name=signed["signature"]["name"],
        witness_name=signed["signature"]["witness"],
        signed_at=now,
        taken_by=by,
    )
    consent.full_clean(exclude=["clinic", "consultation", "proposal", "taken_by"])
    consent.save()
    audit.record(
        "consent-given",
        consent,
        by=by,
        patient=proposal.consultation.patient_id,
        detail={"treatment": treatment, "language": language, "digest": consent.digest},
    )
    return consent


def document_to_sign(proposal: Proposal, treatment: str, language: str) -> dict[str, Any]:
    """What the patient reads. Raises ValidationError where there is no text in the language."""
    try:
        return reading(proposal, treatment, language)
    except LookupError:
        raise ValidationError(
            {"language": _("There is no consent text for this treatment in this language.")}
        ) from None


@transaction.atomic
def withdraw_consent(consent: Consent, *, told_by: str, reason: str, by: User) -> ConsentWithdrawal:
    """Record that the patient took a consent back; the treatment's open sessions are cancelled.

    Visits in which another treatment is given stay, without this one. So do visits of days before,
    of which nobody has said yet whether they were held: the consent held then.
    """
    Consultation.objects.select_for_update(of=("self",)).get(pk=consent.consultation_id)
    if ConsentWithdrawal.objects.filter(consent=consent).exists():
        raise ValidationError(_("This consent is withdrawn already."), code="withdrawn")
    if consent not in consents_that_count(consent.consultation_id):
        raise ValidationError(
            _("A newer consent took this one's place. Withdraw that one."), code="superseded"
        )
    withdrawal = ConsentWithdrawal(
        clinic_id=consent.clinic_id,
        consent=consent,
        told_by=told_by.strip(),
        reason=reason.strip(),
        recorded_by=by,
    )
    withdrawal.full_clean(exclude=["clinic", "consent", "recorded_by"])
    withdrawal.save()
    patient = consent.consultation.patient_id
    detail = {"treatment": consent.treatment.code}
    audit.record("consent-withdrawn", withdrawal, by=by, patient=patient, detail=detail)
    cancel_sessions(_without_consent(withdrawal), by=by, why="consent-withdrawn")
    return withdrawal


def _without_consent(withdrawal: ConsentWithdrawal) -> list[PlanSession]:
    """Sessions still to come in which nothing is left that the patient agrees to."""
    consultation = withdrawal.consent.consultation_id
    withdrawn = {*withdrawals_of(consultation)}
    sessions = (
        PlanSession.objects.filter(
            plan__consultation=consultation,
            status=SessionStatus.SCHEDULED,
            planned_on__gte=withdrawal.clinic.day_of(withdrawal.at),
        )
        .select_related("plan")
        .prefetch_related("items")
    )
    return [one for one in sessions if {item.treatment_id for item in one.items.all()} <= withdrawn]


def _check_needed(proposal: Proposal, treatment: str) -> None:
    needed = next((one for one in needed_for(proposal) if one.treatment == treatment), None)
    if needed is None:
        raise ValidationError({"treatment": _("No area of the plan has this treatment.")})
    if needed.state == ConsentState.GIVEN:
        raise ValidationError(_("The consent to this treatment is given already."), code="given")


def _checked(signature: Signature, document: dict[str, Any]) -> dict[str, Any]:
    name, witness = _name(signature.name, "name"), _name(signature.witness, "witness")
    if not name:
        raise ValidationError({"name": _("Write the name of who signs.")})
    if document["witness"] and not witness:
        raise ValidationError({"witness": _("This consent asks for a witness.")})
    if witness and witness.casefold() == name.casefold():
        raise ValidationError({"witness": _("The witness is somebody else than who signs.")})
    return {
        "how": signature.how.value,
        "name": name,
        "drawing": _drawn(signature),
        "witness": witness,
    }


def _drawn(signature: Signature) -> list[drawing.Stroke]:
    if signature.how == ConsentHow.TYPED:
        return []
    try:
        return drawing.checked(signature.drawn)
    except ValidationError as error:
        raise ValidationError({"drawing": error.messages}) from None


def _name(text: str, field: str) -> str:
    name = text.strip()
    try:
        validate_storable(name)
        MaxLengthValidator(LONGEST_NAME)(name)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None
    return name
