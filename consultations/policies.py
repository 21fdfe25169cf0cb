"""May this be done in this state? Buttons and services ask the same questions.

``check_can_…`` raises ValidationError with a code; ``can_…`` answers yes or no.
"""

import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from consultations.consents import Needed, needed_for
from consultations.effects import has_effect, leading_nowhere
from consultations.enums import ConsultationStatus, Verdict
from consultations.models import Consultation, Decision, PrescriberQuestion, Proposal
from consultations.signing import (
    names_of_performers,
    performers_asked,
    performs_as,
    preparation_of,
)
from consultations.unfinished import UNFINISHED, unfinished_in
from treatments.compiler import current_release
from treatments.enums import EffectKind
from treatments.explanations.minding import to_acknowledge

STATE_CODES = frozenset(
    {
        "closed",
        "stale",
        "undecided",
        "nothing-proposed",
        "performer",
        "not-signed",
        "consent",
        "given",
        "withdrawn",
        "superseded",
        "asked",
        "answered",
        "changed",
        "state",
        "unfit",
        UNFINISHED,
    }
)


def check_can_edit(consultation: Consultation) -> None:
    if consultation.status == ConsultationStatus.SIGNED:
        raise ValidationError(
            _("This consultation is signed and can no longer be changed."), code="closed"
        )
    if consultation.status == ConsultationStatus.CANCELLED:
        raise ValidationError(_("This consultation was cancelled."), code="closed")


def check_can_copy(source: Consultation) -> None:
    """Only what was signed last: a draft is not settled, and an older one is overtaken."""
    if source.status != ConsultationStatus.SIGNED:
        raise ValidationError(
            _("Only a signed consultation can be carried forward."), code="not-signed"
        )
    if source != Consultation.objects.last_signed(source.patient):
        raise ValidationError(
            _("A later consultation of this patient is signed. Start from that one."),
            code="superseded",
        )


def check_is_finished(consultation: Consultation, *, notes: bool = True) -> None:
    """Nobody has input here that is not part of the record; what it says would be passed over."""
    found: dict[str, list[ValidationError]] = {}
    for one in unfinished_in(consultation):
        if notes or one.is_fact:
            error = ValidationError(one.message, code=UNFINISHED)
            found.setdefault(one.path, []).append(error)
    if found:
        raise ValidationError(found)


def facts_changed(proposal: Proposal) -> bool:
    """True when the consultation was edited since the proposal was made."""
    return bool(proposal.facts_version != proposal.consultation.version)


def catalogue_changed(proposal: Proposal) -> bool:
    """True when another release is in force than the one the proposal was made with."""
    return bool(proposal.release_id != current_release().pk)


def is_stale(proposal: Proposal) -> bool:
    """True when facts or the release in force changed since the proposal was made."""
    return facts_changed(proposal) or catalogue_changed(proposal)


def check_can_decide(proposal: Proposal) -> None:
    check_can_edit(proposal.consultation)
    if is_stale(proposal):
        raise ValidationError(
            _("The facts or the catalogue changed since. Propose again first."), code="stale"
        )


def check_can_override(proposal: Proposal, rule: str, area: str, treatment: str) -> None:
    check_can_decide(proposal)
    check_is_finished(proposal.consultation, notes=False)
    response = json.loads(proposal.response)
    if not has_effect(response, EffectKind.EXCLUDE_OVERRIDABLE, rule, area, treatment):
        message = _("This rule cannot be overridden here.")
        raise _refused(message, "not-overridable", leading_nowhere(response, area, treatment))


def check_can_ask(proposal: Proposal, rule: str, area: str, treatment: str) -> None:
    """The prescriber is asked where a rule says so, and not twice at a time."""
    check_can_decide(proposal)
    response = json.loads(proposal.response)
    if not has_effect(response, EffectKind.ASK_PRESCRIBER, rule, area, treatment):
        message = _("No rule asks for the prescriber's answer here.")
        raise _refused(message, "nothing-to-ask", leading_nowhere(response, area, treatment))
    if (area, treatment) in _being_asked(proposal, rule):
        raise ValidationError(_("This is already being asked."), code="asked")


def places_to_ask(proposal: Proposal, rule: str) -> frozenset[tuple[str, str]]:
    """The areas and treatments that `check_can_ask` lets through, looked up together."""
    if not can_decide(proposal):
        return frozenset()
    response, asked = json.loads(proposal.response), _being_asked(proposal, rule)
    places = {
        (area["area"], one["treatment"]) for area in response["areas"] for one in area["treatments"]
    }
    return frozenset(
        place
        for place in places - asked
        if has_effect(response, EffectKind.ASK_PRESCRIBER, rule, *place)
    )


def _being_asked(proposal: Proposal, rule: str) -> frozenset[tuple[str, str]]:
    rows = PrescriberQuestion.objects.filter(
        consultation=proposal.consultation_id, rule=rule, answer=""
    )
    return frozenset(rows.values_list("area__code", "treatment__code"))


def check_can_answer(question: PrescriberQuestion) -> None:
    check_can_edit(question.consultation)
    if question.answer:
        raise ValidationError(
            _("This question is answered. Ask again if the answer changed."), code="answered"
        )


def _refused(message: Any, code: str, field: str) -> ValidationError:
    return ValidationError({field: ValidationError(message, code=code)})


def check_is_decided(consultation: Consultation) -> None:
    """Every area with options is decided on a fresh proposal, and something was accepted."""
    _decided(consultation)


def check_can_prepare(consultation: Consultation) -> None:
    """The plan is whole, and a combination in it asks for somebody else's signature beside."""
    proposal = _decided(consultation)
    check_is_finished(consultation)
    _check_consents(needed_for(proposal))
    if not performers_asked(proposal):
        raise ValidationError(_("This plan needs no second signature."), code="performer")


def check_can_sign(consultation: Consultation, *, by: User | None = None) -> None:
    """All is decided and consented to. Where a combination asks for a certain performer and
    another is to perform, who prepared the plan has signed it, and ``by`` co-signs at that level.
    """
    proposal = _decided(consultation)
    check_is_finished(consultation)
    needed = needed_for(proposal)
    _check_consents(needed)
    _check_performer(consultation, proposal, needed, by)


def check_can_amend(consultation: Consultation) -> None:
    if consultation.status != ConsultationStatus.SIGNED:
        raise ValidationError(
            _("Only a signed consultation is amended; this one can still be changed."),
            code="not-signed",
        )


def _decided(consultation: Consultation) -> Proposal:
    check_can_edit(consultation)
    proposal = consultation.proposals.order_by("-number").first()
    if proposal is None:
        raise ValidationError(_("Nothing has been proposed yet."), code="nothing-proposed")
    check_can_decide(proposal)
    if consultation.prescriber_questions.filter(answer="").exists():
        raise ValidationError(_("The prescriber was asked and has not answered yet."), code="asked")
    decisions = list(proposal.decisions.select_related("area"))
    decided = {decision.area.code for decision in decisions}
    open_areas = {one["area"] for one in _areas(proposal) if one["options"]} - decided
    if open_areas:
        raise ValidationError(_("Some areas are not decided yet."), code="undecided")
    if all(one.verdict == Verdict.DECLINED for one in decisions):
        raise ValidationError(
            _("No option was accepted, so there is no plan to sign."), code="undecided"
        )
    _check_acknowledged(proposal, decisions)
    return proposal


def _check_acknowledged(proposal: Proposal, decisions: list[Decision]) -> None:
    """Also of what was decided before acknowledging was asked for."""
    response = json.loads(proposal.response)
    areas = {one["area"]: one for one in response["areas"]}
    for one in decisions:
        area = areas[one.area.code]
        points = to_acknowledge(response, area, one.option) if one.option else ()
        if not set(points) <= set(one.acknowledged):
            raise ValidationError(
                _("%(area)s: what has to be minded is not acknowledged. Accept the option again."),
                params={"area": one.area},
                code="undecided",
            )


def _check_consents(needed: list[Needed]) -> None:
    waiting = [one.name for one in needed if not one.given]
    if waiting:
        raise ValidationError(
            _("The patient's consent is missing: %(treatments)s."),
            params={"treatments": ", ".join(waiting)},
            code="consent",
        )


def _check_performer(
    consultation: Consultation, proposal: Proposal, needed: list[Needed], by: User | None
) -> None:
    asked = performers_asked(proposal)
    if not asked:
        return
    preparation = preparation_of(consultation, proposal, needed)
    if preparation is None:
        raise ValidationError(
            _(
                "This combination has to be given by another performer. Change who performs, or"
                " have the plan co-signed: whoever prepared it signs first."
            ),
            code="performer",
        )
    if by is None or preparation.signed_by_id == by.pk or asked != [performs_as(by, consultation)]:
        raise ValidationError(
            _("Somebody else has to co-sign this plan, who performs as: %(levels)s."),
            params={"levels": names_of_performers(proposal)},
            code="performer",
        )


def _areas(proposal: Proposal) -> list[dict[str, Any]]:
    areas: list[dict[str, Any]] = json.loads(proposal.response)["areas"]
    return areas


def _allows(check: Callable[..., None], *args: Any) -> bool:
    try:
        check(*args)
    except ValidationError:
        return False
    return True


def can_edit(consultation: Consultation) -> bool:
    return _allows(check_can_edit, consultation)


def can_decide(proposal: Proposal) -> bool:
    return _allows(check_can_decide, proposal)
