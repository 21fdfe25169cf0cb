"""What the clinician does with a proposal: accept, change, decline, override."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import User
from consultations import policies
from consultations.agreements import lifted_by
from consultations.enums import Verdict
from consultations.models import Consultation, Decision, Proposal, RuleOverride
from consultations.reasons import check_reason
from consultations.services.changes import Offer, apply_changes
from consultations.services.proposals import data_of, latest, propose
from treatments.compiler import catalogue_of
from treatments.enums import ReasonFor
from treatments.models import Area, Treatment


@transaction.atomic
def decide(  # noqa: PLR0913 - a decision and what it is about
    proposal: Proposal,
    *,
    area: str,
    verdict: str,
    by: User,
    option_number: int | None = None,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
) -> Decision:
    """Decide one area of the latest proposal; deciding again replaces the decision.

    ``option_number`` counts the area's options from 1. Changes need a note that says why.
    """
    proposal = _locked(proposal)
    policies.check_can_decide(proposal)
    offered = _area(proposal, area)
    option = _option(offered, verdict, option_number)
    if (verdict == Verdict.MODIFIED) != (changes is not None):
        raise ValidationError({"changes": _("Changes belong to an option taken with changes.")})
    if changes is not None:
        option = apply_changes(option, changes, offer_of(proposal, area))
    place = Area.objects.get(code=area)
    decision = Decision.objects.filter(proposal=proposal, area=place).first() or Decision(
        clinic=proposal.clinic, proposal=proposal, area=place
    )
    decision.verdict, decision.option_number = verdict, option_number
    decision.option, decision.note, decision.decided_by = option, note, by
    unset = [] if option_number is not None else ["option_number"]  # as declining leaves it
    decision.full_clean(exclude=["clinic", "option", *unset])
    decision.save()
    _record("option-decided", proposal, decision, by, {"area": area, "verdict": verdict})
    return decision


def offer_of(proposal: Proposal, area: str) -> Offer:
    """What a change to an option of the area is held against."""
    return Offer(
        area=_area(proposal, area),
        catalogue=catalogue_of(proposal.release),
        request=json.loads(proposal.request),
        lifted=lifted_by(proposal),
    )


@transaction.atomic
def override_rule(  # noqa: PLR0913 - an override and its reason
    consultation: Consultation,
    *,
    rule: str,
    area: str,
    treatment: str,
    reason: str,
    text: str,
    by: User,
) -> Proposal:
    """Go ahead against an overridable rule in one area, and propose anew with it."""
    Consultation.objects.select_for_update().get(pk=consultation.pk)
    check_reason(ReasonFor.OVERRIDE, reason)
    proposal = latest(consultation)
    if proposal is None:
        raise ValidationError(_("Nothing has been proposed yet."), code="nothing-proposed")
    policies.check_can_override(proposal, rule, area, treatment)
    override = RuleOverride(
        clinic=consultation.clinic,
        consultation=consultation,
        rule=rule,
        area=Area.objects.get(code=area),
        treatment=Treatment.objects.get(code=treatment),
        reason=reason,
        text=text.strip(),
        made_by=by,
    )
    override.full_clean(exclude=["clinic"])
    override.save()
    detail = {"rule": rule, "area": area, "treatment": treatment, "reason": reason}
    _record("rule-overridden", proposal, override, by, detail)
    return propose(consultation, by=by)


@transaction.atomic
def withdraw_override(override: RuleOverride, *, by: User) -> Proposal:
    """Take an override back, and propose anew without it."""
    consultation = Consultation.objects.select_for_update().get(pk=override.consultation_id)
    policies.check_can_edit(consultation)
    audit.record(
        "override-withdrawn",
        override,
        by=by,
        patient=consultation.patient_id,
        detail={"rule": override.rule},
    )
    override.delete()
    return propose(consultation, by=by)


def _locked(proposal: Proposal) -> Proposal:
    Consultation.objects.select_for_update().get(pk=proposal.consultation_id)
    proposal = Proposal.objects.select_related("consultation__patient", "release").get(
        pk=proposal.pk
    )
    newest = latest(proposal.consultation)
    if newest is None or newest.pk != proposal.pk:
        raise ValidationError(_("There is a newer proposal."), code="stale")
    return proposal


def _area(proposal: Proposal, code: str) -> dict[str, Any]:
    for area in data_of(proposal)["areas"]:
        if area["area"] == code:
            found: dict[str, Any] = area
            return found
    raise ValidationError({"area": _("The proposal has no such area.")})


def _option(area: Mapping[str, Any], verdict: str, number: int | None) -> dict[str, Any]:
    if verdict == Verdict.DECLINED:
        return {}
    if number is None or not 1 <= number <= len(area["options"]):
        raise ValidationError({"option_number": _("Choose one of the options.")})
    option: dict[str, Any] = area["options"][number - 1]
    return option


def _record(
    action: str, proposal: Proposal, subject: Any, by: User, detail: Mapping[str, object]
) -> None:
    patient = proposal.consultation.patient_id
    audit.record(action, subject, by=by, patient=patient, detail=detail)
