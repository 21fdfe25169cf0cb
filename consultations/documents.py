"""A signed plan as it is shown and printed, in the words of the release it was made with."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from clinic.dates import long_day
from clinic.models import User
from consultations.altered import altered
from consultations.enums import SessionKind
from consultations.lifted import Decided, OverrideText, decided_beside
from consultations.models import (
    MapNote,
    Plan,
    PlanSession,
    PrescriberQuestion,
    SessionItem,
)
from consultations.withdrawn import consents_that_count, withdrawn
from treatments.compiler import catalogue_of
from treatments.enums import CarePhase
from treatments.explanations import Wording, wording_of
from treatments.explanations.minding import text_of
from treatments.models import CareInstruction

# An instruction, and the sessions that it counts from.
Care = tuple[dict[str, Any], tuple[tuple[int, date], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """`product` is None where the clinic compounds the formula."""

    name: str
    product: str | None
    ingredients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemText:
    area: str
    treatment: str
    variant: str
    number_in_course: int
    optional: bool
    mixtures: tuple[Mixture, ...]
    activators: tuple[str, ...]
    technique: str
    parts: tuple[str, ...]
    lifted: tuple[str, ...]
    withdrawn: str  # that the consent was, and since when; empty where it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionText:
    row: PlanSession
    items: tuple[ItemText, ...]

    @property
    def optional(self) -> bool:
        return self.row.kind == SessionKind.OPTIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A day after the last planned session: maintenance, or a look at the result."""

    day: date
    treatment: str
    area: str
    review: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CareLine:
    """One instruction, for all treatments that give it. `dates` pairs sessions with days."""

    text: str
    treatments: tuple[str, ...]
    days: int | None
    dates: tuple[tuple[int, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heed:
    """One thing to be minded: a warning, a caution of a rule, or a notice."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    area: str
    by: User
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    sessions: tuple[SessionText, ...]
    follow_ups: tuple[FollowUp, ...]
    before: tuple[CareLine, ...]
    after: tuple[CareLine, ...]
    personal_care: tuple[str, ...]
    heed: tuple[Heed, ...]
    acknowledged: tuple[Acknowledged, ...]
    notes: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, tuple[str, ...]], ...]
    declined: tuple[str, ...]
    overrides: tuple[OverrideText, ...]
    answers: tuple[PrescriberQuestion, ...]
    map_notes: tuple[MapNote, ...]
    withdrawals: tuple[str, ...]


def plan_document(plan: Plan) -> PlanDocument:
    """Load the plan with `with_sessions()`."""
    wording = wording_of(catalogue_of(plan.proposal.release))
    signed = json.loads(plan.document)
    taken = [one for one in signed["decisions"] if one["option"]]
    decided = decided_beside(plan)
    sessions = tuple(_session(wording, decided, row) for row in plan.sessions.all())
    care = list(_care(wording, plan))
    return PlanDocument(
        sessions=sessions,
        follow_ups=tuple(sorted(_follow_ups(wording, taken), key=lambda one: one.day)),
        before=tuple(_lines(care, CarePhase.BEFORE)),
        after=tuple(_lines(care, CarePhase.AFTER)),
        personal_care=_personal_care(wording, plan, taken),
        heed=tuple(_heed(wording, taken)),
        acknowledged=tuple(_acknowledged(wording, plan)),
        notes=tuple(
            (wording.name("areas", one["area"]), one["note"]) for one in taken if one["note"]
        ),
        changes=tuple(_changes(wording, taken)),
        declined=tuple(
            wording.name("areas", one["area"]) for one in signed["decisions"] if not one["option"]
        ),
        overrides=decided.overrides,
        answers=decided.answers,
        map_notes=tuple(plan.consultation.map_notes.all()),
        withdrawals=tuple(_withdrawals(wording, plan)),
    )


def _withdrawals(wording: Wording, plan: Plan) -> Iterator[str]:
    for consent in consents_that_count(plan.consultation_id):
        if hasattr(consent, "withdrawal"):
            yield _("%(treatment)s: the consent was withdrawn on %(day)s.") % {
                "treatment": wording.name("treatments", consent.treatment.code),
                "day": long_day(consent.withdrawal.at),
            }


def _session(wording: Wording, decided: Decided, row: PlanSession) -> SessionText:
    items = tuple(_item(wording, decided, item) for item in row.items.all())
    return SessionText(row=row, items=items)


def _item(wording: Wording, decided: Decided, item: SessionItem) -> ItemText:
    technique = item.materials.get("technique")
    return ItemText(
        area=wording.name("areas", item.area.code),
        treatment=wording.name("treatments", item.treatment.code),
        variant=wording.name("variants", item.variant) if item.variant else "",
        number_in_course=item.number_in_course,
        optional=item.kind == SessionKind.OPTIONAL,
        mixtures=tuple(_mixture(wording, one) for one in item.materials["formulas"]),
        activators=wording.each("activators", item.materials["activators"]),
        technique=wording.name("techniques", technique) if technique else "",
        parts=wording.each("areas", item.materials.get("parts", [])),
        lifted=decided.lifted_for(item.area.code, item.treatment.code),
        withdrawn=withdrawn(item),
    )


def _mixture(wording: Wording, given: dict[str, Any]) -> Mixture:
    return Mixture(
        name=wording.name("formulas", given["formula"]),
        product=given["product"],
        ingredients=wording.each("ingredients", given["ingredients"]),
    )


def _follow_ups(wording: Wording, taken: Iterable[dict[str, Any]]) -> Iterator[FollowUp]:
    for decision in taken:
        for course in decision["option"]["courses"]:
            for key in ("maintenance_on", "review_on"):
                if course[key]:
                    yield FollowUp(
                        day=date.fromisoformat(course[key]),
                        treatment=wording.name("treatments", course["treatment"]),
                        area=wording.name("areas", decision["area"]),
                        review=key == "review_on",
                    )


def _changes(
    wording: Wording, taken: Iterable[dict[str, Any]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each area where a change has to be told, with what is told of it."""
    for decision in taken:
        if lines := altered(wording, decision["option"]).lines:
            yield wording.name("areas", decision["area"]), lines


def _heed(wording: Wording, taken: list[dict[str, Any]]) -> Iterator[Heed]:
    """Each once. Plans from before points were acknowledged show what their options carry."""
    kinds = (("warning", "warning"), ("rule", "caution"), ("notice", "notice"))
    told = {
        *(code for one in taken for code in one.get("acknowledged", ())),
        *(f"warning:{code}" for one in taken for code in one["option"]["warnings"]),
        *(f"notice:{code}" for one in taken for code in one["option"]["notices"]),
    }
    for prefix, kind in kinds:
        for code in sorted(one for one in told if one.startswith(f"{prefix}:")):
            yield Heed(kind=kind, text=text_of(wording, code))


def _acknowledged(wording: Wording, plan: Plan) -> Iterator[Acknowledged]:
    rows = plan.proposal.decisions.select_related("area", "decided_by")
    for row in sorted(rows, key=lambda one: (one.area.position, one.area.code)):
        if row.acknowledged:
            name = wording.name("areas", row.area.code)
            yield Acknowledged(area=name, by=row.decided_by, at=row.decided_at)


def _personal_care(wording: Wording, plan: Plan, taken: list[dict[str, Any]]) -> tuple[str, ...]:
    """What the rules that bear on the chosen treatments tell this patient to do."""
    chosen = {(one["area"], code) for one in taken for code in one["option"]["treatments"]}
    standing = {
        rule
        for area in json.loads(plan.proposal.response)["areas"]
        for one in area["treatments"]
        if (area["area"], one["treatment"]) in chosen
        for rule in one["findings"]
    }
    texts = (wording.rules[code]["care"] for code in sorted(standing) if code in wording.rules)
    return tuple(dict.fromkeys(text for text in texts if text))


def _care(wording: Wording, plan: Plan) -> Iterator[Care]:
    """Each instruction with the sessions in which its treatment is given."""
    sessions: dict[str, list[tuple[int, date]]] = {}
    for one in plan.sessions.all():
        for treatment in {
            item.treatment.code for item in one.items.all() if item.withdrawn_at is None
        }:
            sessions.setdefault(treatment, []).append((one.number, one.planned_on))
    for row in _instructions(wording):
        if row["treatment"] in sessions:
            name = wording.name("treatments", row["treatment"])
            yield {**row, "name": name}, tuple(sessions[row["treatment"]])


def _instructions(wording: Wording) -> list[dict[str, Any]]:
    """The release's own. Releases from before it held them are shown with those in use today."""
    if "care_instructions" in wording.document:
        rows: list[dict[str, Any]] = wording.document["care_instructions"]
        return rows
    today = CareInstruction.objects.filter(active=True).select_related("treatment")
    return [
        {"treatment": row.treatment.code, "phase": row.phase, "days": row.days, "text": row.text}
        for row in today.order_by("position", "code")
    ]


def _lines(care: list[Care], phase: str) -> Iterator[CareLine]:
    """One list for all treatments, in the order of time; the same text stands there once."""
    by_text: dict[tuple[str, int | None], list[Care]] = {}
    for row, dates in care:
        if row["phase"] == phase:
            by_text.setdefault((row["text"], row["days"]), []).append((row, dates))
    sign = -1 if phase == CarePhase.BEFORE else 1
    for (text, days), rows in sorted(by_text.items(), key=lambda one: _when(one[0][1], sign)):
        counted = sorted({pair for _row, found in rows for pair in found})
        yield CareLine(
            text=text,
            treatments=tuple(dict.fromkeys(row["name"] for row, _dates in rows)),
            days=days,
            dates=tuple((number, day + timedelta(days=sign * days)) for number, day in counted)
            if days
            else (),
        )


def _when(days: int | None, sign: int) -> tuple[bool, int]:
    """Longest before first, soonest after first; what has no number closes the list."""
    return days is None, sign * (days or 0)
