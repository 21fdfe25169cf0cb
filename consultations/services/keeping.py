"""Decisions that a new proposal leaves as they are.

An override or a prescriber's answer makes a new proposal of the same facts. Where it offers an area
just what the former one offered, on the same grounds, nothing is decided twice.
"""

import json
from collections.abc import Mapping
from typing import Any

from consultations.models import Decision, Proposal
from treatments.explanations.minding import to_acknowledge

Row = Mapping[str, Any]


def keep_decisions(former: Proposal, proposal: Proposal) -> list[str]:
    """Take the former proposal's decisions over, and answer their areas. The facts and the release
    have to be the same; of an area, all that was there to choose from and all that bears on it."""
    if _basis(former) != _basis(proposal):
        return []
    before, now = json.loads(former.response), json.loads(proposal.response)
    kept = [
        _copy(decision, proposal)
        for decision in former.decisions.select_related("area")
        if _still_fits(decision, before, now)
        and _lifted(former, decision.area.code) == _lifted(proposal, decision.area.code)
    ]
    Decision.objects.bulk_create(kept)
    return [one.area.code for one in kept]


def _basis(proposal: Proposal) -> tuple[Any, ...]:
    return proposal.facts_version, proposal.release_id, proposal.request, proposal.status


def _still_fits(decision: Decision, before: Row, now: Row) -> bool:
    old, new = (_area(one, decision.area.code) for one in (before, now))
    if old is None or old != new or _findings(before, old) != _findings(now, old):
        return False
    points = to_acknowledge(now, old, decision.option) if decision.option else ()
    return bool([*points] == decision.acknowledged)


def _area(response: Row, code: str) -> Row | None:
    return next((one for one in response["areas"] if one["area"] == code), None)


def _findings(response: Row, area: Row) -> list[Row]:
    """Those of the rules that bear on a treatment there."""
    rules = {rule for one in area["treatments"] for rule in one["findings"]}
    return [one for one in response["findings"] if one["rule"] in rules]


def _lifted(proposal: Proposal, area: str) -> set[tuple[Any, ...]]:
    """What was gone against or agreed to there, or everywhere."""
    lifted = [*proposal.overrides, *proposal.agreements]
    return {tuple(one) for one in lifted if one[1] in {None, area}}


def _copy(decision: Decision, proposal: Proposal) -> Decision:
    return Decision(
        clinic_id=proposal.clinic_id,
        proposal=proposal,
        area=decision.area,
        verdict=decision.verdict,
        option_number=decision.option_number,
        option=decision.option,
        acknowledged=decision.acknowledged,
        note=decision.note,
        decided_at=decision.decided_at,
        decided_by_id=decision.decided_by_id,
        kept_from=decision.kept_from or decision.proposal.number,
    )
