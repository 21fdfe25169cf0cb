"""One area of the request, answered."""

from dataclasses import dataclass
from typing import Any

from treatments.engine.calendar import Calendar
from treatments.engine.options import ranked_options
from treatments.engine.proposal import iso, proposal
from treatments.engine.standing import Scene, Standing, standing


@dataclass(frozen=True, slots=True)
class AreaStanding:
    area: str
    status: str
    refer_to: str | None
    standings: tuple[Standing, ...]


def area_standing(scene: Scene, area: str) -> AreaStanding:
    treatments = scene.catalogue.vocabulary.treatments
    standings = tuple(standing(scene, one, area) for one in treatments)
    statuses = {one.status for one in standings}
    referral = _referral(scene, area)
    if referral is not None:
        return AreaStanding(area, "refer", referral, standings)
    if "eligible" in statuses:
        return AreaStanding(area, "proposed", None, standings)
    order = ("needs-prescriber", "deferred", "overridable")
    status = next((one for one in order if one in statuses), "refer")
    refer_to = _out_of_scope(scene, area) if status == "refer" else None
    return AreaStanding(area, status, refer_to, standings)


def _referral(scene: Scene, area: str) -> str | None:
    """A rule that refers the area does so whatever else may be done there."""
    fired = scene.judgement.fired.values()
    rules = (one.rule for one in fired if area in one.hits and not one.rule.everywhere)
    return next((rule.refer_to for rule in rules if rule.refer_to is not None), None)


def _out_of_scope(scene: Scene, area: str) -> str | None:
    referrals = scene.catalogue.vocabulary.referrals
    found = (referrals[concern] for concern in scene.facts.areas[area])
    return next((refer_to for refer_to in found if refer_to is not None), None)


def area_answer(
    scene: Scene, calendar: Calendar, found: AreaStanding, listed: dict[str, set[str]]
) -> dict[str, Any]:
    """`listed`: the allergy rules that stand under each treatment, whatever its status."""
    options = []
    if found.status == "proposed":
        ranked = ranked_options(scene, found.area, found.standings)
        options = [proposal(scene, calendar, found.area, option) for option in ranked]
    return {
        "area": found.area,
        "concerns": list(scene.facts.areas[found.area]),
        "status": found.status,
        "refer_to": found.refer_to,
        "treatments": [
            {
                "treatment": one.code,
                "status": one.status,
                "not_before": iso(one.not_before),
                "covers": list(one.covers),
                "findings": sorted(one.table | one.removals | listed[one.code]),
            }
            for one in found.standings
        ],
        "options": options,
    }
