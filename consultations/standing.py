"""What of a signed plan still stands beside its sessions.

The signed document never changes. But of a course of which nothing was given and nothing is to come
any more, since its consent was withdrawn or its sessions were cancelled, nothing is asked for:
neither a day after it, nor what was to be minded with it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from consultations.enums import SessionStatus
from consultations.models import Plan, PlanSession, SessionItem
from treatments.explanations import Wording
from treatments.explanations.minding import spoken_of, text_of

Place = tuple[str, str]  # area and treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A day after the last planned session: maintenance, or a look at the result."""

    day: date
    treatment: str
    area: str
    review: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heed:
    """One thing to be minded: a warning, a caution of a rule, or a notice."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``taken``: the decisions that were signed, without those that declined. ``kept``: places in
    which something was given or is to come. ``withdrawn``: treatments that nobody agrees to."""

    taken: tuple[Mapping[str, Any], ...]
    findings: Mapping[Place, frozenset[str]]
    kept: frozenset[Place]
    withdrawn: frozenset[str]

    def keeps(self, area: str, treatments: Iterable[str]) -> bool:
        return any((area, one) in self.kept for one in treatments)


def standing_of(plan: Plan) -> Standing:
    """Load the plan with `with_sessions()`."""
    sessions = plan.sessions.all()
    items = [item for session in sessions for item in kept_items(session)]
    return Standing(
        taken=tuple(one for one in json.loads(plan.document)["decisions"] if one["option"]),
        findings={
            (area["area"], one["treatment"]): frozenset(one["findings"])
            for area in json.loads(plan.proposal.response)["areas"]
            for one in area["treatments"]
        },
        kept=frozenset((item.area.code, item.treatment.code) for item in items),
        withdrawn=frozenset(
            item.treatment.code
            for session in sessions
            for item in session.items.all()
            if item.taken_back_at is not None  # type: ignore[attr-defined]  # with_sessions()
        ),
    )


def kept_items(session: PlanSession) -> list[SessionItem]:
    """What was given in a session or is to be; nothing of one that was cancelled."""
    if session.status == SessionStatus.CANCELLED:
        return []
    return [item for item in session.items.all() if item.withdrawn_at is None]


def follow_ups(wording: Wording, standing: Standing) -> list[FollowUp]:
    """Maintenance needs the consent; a result is looked at wherever something was given."""
    found = (
        FollowUp(
            day=date.fromisoformat(course[key]),
            treatment=wording.name("treatments", course["treatment"]),
            area=wording.name("areas", decision["area"]),
            review=key == "review_on",
        )
        for decision in standing.taken
        for course in decision["option"]["courses"]
        if standing.keeps(decision["area"], [course["treatment"]])
        for key in ("maintenance_on", "review_on")
        if course[key] and (key == "review_on" or course["treatment"] not in standing.withdrawn)
    )
    return sorted(found, key=lambda one: one.day)


def heed(wording: Wording, standing: Standing) -> Iterator[Heed]:
    """Each once. Plans from before points were acknowledged show what their options carry."""
    kinds = (("warning", "warning"), ("rule", "caution"), ("notice", "notice"))
    told = {code for one in standing.taken for code in _minded(wording, standing, one)}
    for prefix, kind in kinds:
        for code in sorted(one for one in told if one.startswith(f"{prefix}:")):
            yield Heed(kind=kind, text=text_of(wording, code))


def _minded(wording: Wording, standing: Standing, decision: Mapping[str, Any]) -> Iterator[str]:
    option, area = decision["option"], decision["area"]
    codes = {
        *decision.get("acknowledged", ()),
        *(f"warning:{code}" for code in option["warnings"]),
        *(f"notice:{code}" for code in option["notices"]),
    }
    for code in codes:
        kind, _colon, name = code.partition(":")
        if kind == "rule":
            every = option["treatments"]
            found = [one for one in every if name in standing.findings.get((area, one), ())]
            treatments: Iterable[str] = found or every
        else:
            treatments = spoken_of(wording, option, code)
        if standing.keeps(area, treatments):
            yield code


def personal_care(wording: Wording, standing: Standing) -> tuple[str, ...]:
    """What the rules that bear on the chosen treatments tell this patient to do."""
    chosen = {
        (one["area"], code) for one in standing.taken for code in one["option"]["treatments"]
    } & standing.kept
    rules = {rule for place in chosen for rule in standing.findings.get(place, ())}
    texts = (wording.rules[code]["care"] for code in sorted(rules) if code in wording.rules)
    return tuple(dict.fromkeys(text for text in texts if text))
