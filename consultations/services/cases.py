"""From a consultation to a golden case of the catalogue, without the patient."""

import json

from django.db import transaction

from clinic import audit
from clinic.models import User
from consultations.models import Proposal
from treatments.models import GoldenCase
from treatments.services.cases import keep_anonymous


@transaction.atomic
def keep_as_case(proposal: Proposal, *, by: User) -> tuple[GoldenCase, bool]:
    """The proposal's facts as a case about nobody, and whether it is a new one.

    The event names the proposal and not the case: the case leads back to no patient.
    """
    case, new = keep_anonymous(json.loads(proposal.request), by=by)
    if new:
        patient = proposal.consultation.patient_id
        audit.record("facts-kept-as-case", proposal, by=by, patient=patient)
    return case, new
