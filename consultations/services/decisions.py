"""What the clinician does with a proposal: accept, change, decline, override."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
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
from treatments.explanations.minding import to_acknowledge
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
    acknowledged: Iterable[str] = (),
) -> Decision:
    """Decide one area of the latest proposal; deciding again replaces the decision.

    ``option_number`` counts the area's options from 1. Changes need a note that says why. What has
    to be minded with an option is ``acknowledged`` by its codes, none left out.
    """
    proposal = _locked(proposal)
    policies.check_can_decide(proposal)
    offered = _area(proposal, area)
    taken = option = _option(offered, verdict, option_number)
    if (verdict == Verdict.MODIFIED) != (changes is not None):
        raise ValidationError({"changes": _("Changes belong to an option taken with changes.")})
    if changes is not None:
        taken = apply_changes(option, changes, offer_of(proposal, area))
    points = _points(proposal, offered, taken)
    _check_acknowledged(acknowledged, points, also={*_points(proposal, offered, option)})
    place = Area.objects.get(code=area)
    decision = Decision.objects.filter(proposal=proposal, area=place).first() or Decision(
        clinic=proposal.clinic, proposal=proposal, area=place
    )
    decision.verdict, decision.option_number = verdict, option_number
    decision.option, decision.note, decision.decided_by = taken, note, by
    decision.decided_at, decision.kept_from = timezone.now(), None
    decision.acknowledged = points
    unset = [] if option_number is not None else ["option_number"]  # as declining leaves it
    decision.full_clean(exclude=["clinic", "option", *unset])
    decision.save()
    _record(
        "option-decided",
        proposal,
        decision,
        by,
        {"area": area, "verdict": verdict, "acknowledged": points},
    )
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
    row = RuleOverride.objects.filter(pk=override.pk).first()  # as it is once we are alone
    if row is None:
        raise ValidationError(_("This override is taken back already."), code="withdrawn")
    audit.record(
        "override-withdrawn",
        row,
        by=by,
        patient=consultation.patient_id,
        detail={"rule": row.rule},
    )
    row.delete()
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


def _points(proposal: Proposal, area: Mapping[str, Any], option: Mapping[str, Any]) -> list[str]:
    """What has to be minded with the option; nothing where it is declined."""
    return list(to_acknowledge(data_of(proposal), area, option)) if option else []


def _check_acknowledged(sent: Iterable[str], points: list[str], *, also: set[str]) -> None:
    """Every point was acknowledged, and nothing else but what a change made needless."""
    told = set(sent)
    missing = [code for code in points if code not in told]
    if missing:
        message = _("Read and acknowledge what has to be minded before you accept: %(points)s.")
        raise _of_acknowledging(message, "unacknowledged", missing)
    if unknown := sorted(told - also.union(points)):
        message = _("Nothing of this kind is to be minded here: %(points)s.")
        raise _of_acknowledging(message, "unknown", unknown)


def _of_acknowledging(message: Any, code: str, points: list[str]) -> ValidationError:
    params = {"points": ", ".join(points)}
    return ValidationError({"acknowledged": ValidationError(message, code=code, params=params)})


def _record(
    action: str, proposal: Proposal, subject: Any, by: User, detail: Mapping[str, object]
) -> None:
    patient = proposal.consultation.patient_id
    audit.record(action, subject, by=by, patient=patient, detail=detail)
