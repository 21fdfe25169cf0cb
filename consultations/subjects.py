"""What is open: the newest proposals of open consultations, and plans with sessions to come.

A plan is unfinished as long as one of its sessions is neither done nor cancelled, whatever its day.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from consultations.agreements import lifted_by
from consultations.comparing import Ahead, Difference, compare_plan, compare_proposal
from consultations.enums import ConsultationStatus, SessionKind, SessionStatus
from consultations.models import Plan, PlanSession, Proposal, SessionItem
from treatments.engine import Catalogue, InvalidRequest, evaluate, parse_facts

Document = dict[str, Any]


def open_proposals() -> QuerySet[Proposal]:
    newer = Proposal.objects.filter(
        consultation=OuterRef("consultation"), number__gt=OuterRef("number")
    )
    rows: QuerySet[Proposal] = Proposal.objects.filter(
        ~Exists(newer), consultation__status=ConsultationStatus.OPEN
    )
    return rows.order_by("id")


def unfinished_plans() -> QuerySet[Plan]:
    ahead = PlanSession.objects.filter(plan=OuterRef("pk"), status=SessionStatus.SCHEDULED)
    rows: QuerySet[Plan] = Plan.objects.filter(Exists(ahead))
    return rows.order_by("id")


def answer_of(catalogue: Catalogue, proposal: Proposal) -> Document:
    """What a catalogue says to a proposal's facts; that it cannot read them is an answer too."""
    try:
        facts = parse_facts(catalogue, json.loads(proposal.request))
        return evaluate(catalogue, facts, **lifted_by(proposal))
    except InvalidRequest as error:
        return {"errors": [{"path": one.path, "code": one.code} for one in error.faults]}


def proposal_difference(catalogue: Catalogue, proposal: Proposal) -> Difference | None:
    """What a catalogue would propose otherwise; None when all stays as it is."""
    return compare_proposal(json.loads(proposal.response), answer_of(catalogue, proposal))


def plan_difference(
    catalogue: Catalogue, plan: Plan, scheduled: Sequence["Scheduled"]
) -> Difference | None:
    """What a catalogue would change of the rest of a plan. Load it with its proposal."""
    before = json.loads(plan.proposal.response)
    ahead = tuple(_ahead(plan, before, scheduled))
    return compare_plan(before, answer_of(catalogue, plan.proposal), ahead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """One treatment in one area in a session that is still to come."""

    area: str
    treatment: str
    number: int
    optional: bool
    day: str


def scheduled_of(plans: Sequence[Plan]) -> Mapping[UUID, list[Scheduled]]:
    """What is still ahead of each plan, in one query."""
    rows = (
        SessionItem.objects.filter(
            session__plan__in=[plan.pk for plan in plans],
            session__status=SessionStatus.SCHEDULED,
        )
        .order_by("session__number", "id")
        .values_list(
            "session__plan",
            "number_in_course",
            "kind",
            "session__planned_on",
            "area__code",
            "treatment__code",
        )
    )
    found = defaultdict(list)
    for plan, number, kind, day, area, treatment in rows:
        found[plan].append(
            Scheduled(
                area=area,
                treatment=treatment,
                number=number,
                optional=kind == SessionKind.OPTIONAL,
                day=day.isoformat(),
            )
        )
    return found


def _ahead(plan: Plan, before: Document, scheduled: Sequence[Scheduled]) -> Iterator[Ahead]:
    offered = {one["area"]: one["options"] for one in before["areas"]}
    for decision in json.loads(plan.document)["decisions"]:
        area, number = decision["area"], decision["option_number"]
        rows = [one for one in scheduled if one.area == area]
        if number is None or not rows:
            continue
        taken = _planned(decision["option"])
        proposed = _planned(offered[area][number - 1])
        sessions: dict[str, set[int]] = defaultdict(set)
        first: dict[str, str] = {}
        for one in rows:
            # Optional sessions follow the planned ones, of which the clinician may have kept fewer.
            moved = proposed[one.treatment] - taken[one.treatment] if one.optional else 0
            sessions[one.treatment].add(one.number + moved)
            first[one.treatment] = min(first.get(one.treatment, one.day), one.day)
        yield Ahead(area=area, option=number, sessions=sessions, first=first)


def _planned(option: Document) -> dict[str, int]:
    return {course["treatment"]: len(course["planned"]) for course in option["courses"]}
