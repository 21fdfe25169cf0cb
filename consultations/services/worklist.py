"""Saying that one has seen what a release changes for a patient."""

from django.db import transaction

from clinic import audit
from clinic.models import User
from consultations.models import BlastResult, SeenResult


@transaction.atomic
def mark_seen(result: BlastResult, *, by: User) -> SeenResult:
    """Take the change off the worklist. Whoever was first stays named."""
    result = (
        BlastResult.objects.select_for_update(of=("self",))
        .select_related("proposal__consultation", "plan__consultation")
        .get(pk=result.pk)
    )
    found = SeenResult.objects.filter(result=result).first()
    if found is not None:
        return found
    seen = SeenResult.objects.create(clinic=result.clinic, result=result, seen_by=by)
    audit.record(
        "catalogue-change-seen",
        result.plan or result.proposal,
        by=by,
        patient=result.consultation.patient_id,
        detail={"effects": result.effects.split(), "run": result.run_id},
    )
    return seen
