"""What the proposal page shows: the explanation, what was decided so far, and what may be done."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from clinic.permissions import allowed
from clinic.roles import Action
from consultations import policies
from consultations.agreements import lifted_by
from consultations.altered import altered
from consultations.enums import Verdict
from consultations.forms.decisions import AcceptForm, DeclineForm
from consultations.lifted import OverrideText, overrides_in, texts_of
from consultations.models import Decision, PrescriberQuestion, Proposal
from consultations.option_table import OptionTable, option_table
from consultations.services import proposals
from consultations.timelines import Course, Timeline, timeline
from treatments.compiler import catalogue_of
from treatments.explanations import Explanation, explain, wording_of
from treatments.explanations.options import CourseText, OptionText, course_text
from treatments.explanations.proposals import AreaAnswer
from treatments.explanations.reasons import Reason
from treatments.texts import in_plain_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An option, its courses as they are taken or offered, and the form that takes it.

    `changed` tells what the clinician changed of it and why; empty where nothing was.
    """

    option: OptionText
    courses: tuple[CourseText, ...]
    timeline: Timeline
    chosen: bool
    changed: tuple[str, ...]
    form: AcceptForm | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridable:
    """A rule that the reader may go against, or may ask the prescriber about, here."""

    treatment: str
    treatment_name: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPanel:
    answer: AreaAnswer
    table: OptionTable | None
    cards: tuple[Card, ...]
    decision: Decision | None
    decline: DeclineForm | None
    taken: tuple[CourseText, ...]
    overridable: tuple[Overridable, ...]
    overrides: tuple[OverrideText, ...]
    asks: tuple[Overridable, ...]
    asked: tuple[PrescriberQuestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`newest` says whether this proposal still counts, `facts` and `catalogue` what changed since
    it was made; `open` whether to decide."""

    newest: bool
    facts: bool
    catalogue: bool
    open: bool
    sign_refusal: str


def explained(proposal: Proposal) -> Explanation:
    """In the words of the release that the proposal was made with."""
    return explain(
        catalogue_of(proposal.release),
        json.loads(proposal.request),
        proposals.data_of(proposal),
        **lifted_by(proposal),
    )


def state_of(proposal: Proposal) -> State:
    newest = proposals.latest(proposal.consultation)
    is_newest = newest is not None and newest.pk == proposal.pk
    return State(
        newest=is_newest,
        facts=is_newest and policies.facts_changed(proposal),
        catalogue=is_newest and policies.catalogue_changed(proposal),
        open=is_newest and policies.can_decide(proposal),
        sign_refusal=refusal(policies.check_is_decided, proposal.consultation),
    )


def refusal(check: Callable[..., None], *subject: Any, **more: Any) -> str:
    """Why a policy says no; empty when it says yes."""
    try:
        check(*subject, **more)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def panels(
    request: HttpRequest, proposal: Proposal, explanation: Explanation, state: State
) -> list[AreaPanel]:
    """The areas, with forms where the reader may decide."""
    decisions = {
        row.area.code: row for row in proposal.decisions.select_related("area", "decided_by")
    }
    wording = wording_of(catalogue_of(proposal.release))
    overrides = texts_of(overrides_in(proposal).counted, wording)
    asked = list(_asked(proposal))
    may_decide = state.open and allowed(request, Action.DECIDE)
    may_override = state.open and allowed(request, Action.OVERRIDE)
    return [
        AreaPanel(
            answer=answer,
            table=option_table(answer.options),
            cards=_cards(proposal, answer, decisions.get(answer.code), may_decide=may_decide),
            decision=decisions.get(answer.code),
            taken=_taken(proposal, decisions.get(answer.code)),
            decline=_decline(proposal, answer) if may_decide and answer.options else None,
            overridable=_overridable(answer) if may_override else (),
            overrides=tuple(row for row in overrides if row.area.code == answer.code),
            asks=_to_be_asked(answer, asked) if may_decide else (),
            asked=tuple(row for row in asked if row.area.code == answer.code),
        )
        for answer in explanation.areas
    ]


def left_over(proposal: Proposal, state: State) -> tuple[OverrideText, ...]:
    """Overrides that count in no area of the newest proposal and can still be taken back."""
    if not (state.newest and policies.can_edit(proposal.consultation)):
        return ()
    wording = wording_of(catalogue_of(proposal.release))
    return texts_of(overrides_in(proposal).left_over, wording)


def _taken(proposal: Proposal, decision: Decision | None) -> tuple[CourseText, ...]:
    """The courses as they were decided, with the clinician's changes in them."""
    if decision is None or not decision.option:
        return ()
    wording = wording_of(catalogue_of(proposal.release))
    request = json.loads(proposal.request)
    return tuple(course_text(wording, request, one) for one in decision.option["courses"])


def _cards(
    proposal: Proposal, answer: AreaAnswer, decision: Decision | None, *, may_decide: bool
) -> tuple[Card, ...]:
    tones = {one.code: number % 2 + 1 for number, one in enumerate(answer.treatments)}
    return tuple(
        _card(proposal, option, decision, tones, _accept(proposal, answer, option, may_decide))
        for option in answer.options
    )


def _card(
    proposal: Proposal,
    option: OptionText,
    decision: Decision | None,
    tones: Mapping[str, int],
    form: AcceptForm | None,
) -> Card:
    chosen = decision is not None and decision.option_number == option.number
    courses = _taken(proposal, decision) if chosen else option.courses
    return Card(
        option=option,
        courses=courses,
        timeline=timeline(
            Course(
                name=in_plain_text(one.name),  # a drawing holds letters only
                tone=tones[one.treatment],
                planned=one.planned,
                optional=one.optional,
            )
            for one in courses
        ),
        chosen=chosen,
        changed=_changed(proposal, decision) if chosen else (),
        form=form,
    )


def _changed(proposal: Proposal, decision: Decision | None) -> tuple[str, ...]:
    if decision is None or decision.verdict != Verdict.MODIFIED:
        return ()
    wording = wording_of(catalogue_of(proposal.release))
    return (*altered(wording, decision.option).lines, decision.note)


def _accept(
    proposal: Proposal,
    answer: AreaAnswer,
    option: OptionText,
    may_decide: bool,  # noqa: FBT001
) -> AcceptForm | None:
    if not may_decide:
        return None
    return AcceptForm(
        initial={"option_number": option.number},
        auto_id=f"id_{answer.code}_{option.number}_%s",
        action=_decide(proposal, answer),
    )


def _decline(proposal: Proposal, answer: AreaAnswer) -> DeclineForm:
    return DeclineForm(auto_id=f"id_{answer.code}_none_%s", action=_decide(proposal, answer))


def _decide(proposal: Proposal, answer: AreaAnswer) -> str:
    keys = [proposal.consultation_id, proposal.number, answer.code]
    return reverse("consultations:decide", args=keys)


def _asked(proposal: Proposal) -> Any:
    rows = PrescriberQuestion.objects.filter(consultation=proposal.consultation)
    return rows.select_related("area", "treatment", "asked_by", "recorded_by")


def _to_be_asked(answer: AreaAnswer, asked: list[PrescriberQuestion]) -> tuple[Overridable, ...]:
    """Rules that wait for the prescriber and that nobody has asked about yet."""
    waiting = {(row.rule, row.area.code, row.treatment.code) for row in asked if not row.answer}
    return tuple(
        Overridable(treatment=one.code, treatment_name=one.name, reason=reason)
        for one in answer.treatments
        for reason in one.reasons
        if reason.asks and (reason.ground.rule, answer.code, one.code) not in waiting
    )


def _overridable(answer: AreaAnswer) -> tuple[Overridable, ...]:
    """Only where a rule of this kind is what keeps the treatment back."""
    return tuple(
        Overridable(treatment=one.code, treatment_name=one.name, reason=reason)
        for one in answer.treatments
        if one.status == "overridable"
        for reason in one.reasons
        if reason.overridable
    )
