"""A signed plan as it is shown and printed, in the words of the release it was made with."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from clinic.dates import long_day
from clinic.models import User
from consultations.altered import altered
from consultations.care import CareLine, care_of
from consultations.enums import SessionKind
from consultations.lifted import Decided, OverrideText, decided_beside
from consultations.models import (
    MapNote,
    Plan,
    PlanSession,
    PrescriberQuestion,
    SessionItem,
)
from consultations.standing import FollowUp, Heed, follow_ups, heed, personal_care, standing_of
from consultations.withdrawn import consents_that_count, withdrawn
from treatments.compiler import catalogue_of
from treatments.explanations import Wording, wording_of


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
    standing = standing_of(plan)
    before, after = care_of(wording, plan)
    return PlanDocument(
        sessions=sessions,
        follow_ups=tuple(follow_ups(wording, standing)),
        before=before,
        after=after,
        personal_care=personal_care(wording, standing),
        heed=tuple(heed(wording, standing)),
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


def _changes(
    wording: Wording, taken: Iterable[dict[str, Any]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each area where a change has to be told, with what is told of it."""
    for decision in taken:
        if lines := altered(wording, decision["option"]).lines:
            yield wording.name("areas", decision["area"]), lines


def _acknowledged(wording: Wording, plan: Plan) -> Iterator[Acknowledged]:
    rows = plan.proposal.decisions.select_related("area", "decided_by")
    for row in sorted(rows, key=lambda one: (one.area.position, one.area.code)):
        if row.acknowledged:
            name = wording.name("areas", row.area.code)
            yield Acknowledged(area=name, by=row.decided_by, at=row.decided_at)
