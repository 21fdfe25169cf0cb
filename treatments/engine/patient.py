"""The patient as a whole: whether anything may be proposed at all."""

from dataclasses import dataclass
from typing import Final

from treatments.engine.catalogue import Catalogue
from treatments.engine.facts import Facts
from treatments.engine.judgement import Fired, Judgement
from treatments.engine.paths import in_order
from treatments.engine.rules import DELAY

_NEED: Final = "conditions."


@dataclass(frozen=True, slots=True)
class Conflict:
    code: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatientLevel:
    """`deciding`: the rules that keep the patient from being treated for now, or for good."""

    status: str
    conflicts: tuple[Conflict, ...]
    missing: tuple[str, ...]
    deciding: tuple[Fired, ...]


def patient_level(catalogue: Catalogue, facts: Facts, judgement: Judgement) -> PatientLevel:
    conflicts = _conflicts(catalogue, facts)
    decisions = {
        fired.rule.code: (fired, decision)
        for fired in judgement.fired.values()
        if fired.rule.everywhere
        for decision in _decisions(fired)
    }
    reached = {decision for _, decision in decisions.values()}
    order = ("not-eligible", "refer", "deferred")
    status = next((one for one in order if one in reached), None)
    if conflicts:
        status = "input-conflict"
    elif status is None:
        status = "needs-data" if judgement.asked else "evaluated"
    missing = _missing(judgement) if status == "needs-data" else ()
    deciding = tuple(fired for fired, _ in decisions.values())
    return PatientLevel(status, conflicts, missing, deciding)


def _decisions(fired: Fired) -> list[str]:
    """The gravest last, so that it is the one that counts."""
    effects = {one.effect for one in fired.rule.effects}
    found = ["deferred"] if DELAY in effects and fired.anywhere.until is None else []
    found += ["refer"] if "refer" in effects else []
    return found + (["not-eligible"] if "exclude" in effects else [])


def _missing(judgement: Judgement) -> tuple[str, ...]:
    needs = {need for code in judgement.asked for need in judgement.unknown[code].needs}
    return tuple(sorted(need[len(_NEED) :] for need in needs if need.startswith(_NEED)))


def _conflicts(catalogue: Catalogue, facts: Facts) -> tuple[Conflict, ...]:
    found = []
    if facts.no_known_allergies and facts.allergies:
        indexes = sorted(index for listed in facts.allergies.values() for index in listed)
        paths = (f"allergies[{index}]" for index in indexes)
        found.append(Conflict("allergies", ("no_known_allergies", *paths)))
    if facts.future:
        found.append(Conflict("future", tuple(in_order(facts.future))))
    found.extend(
        Conflict(one.code, tuple(in_order(one.trigger.grounds(facts, None))))
        for one in catalogue.rulebook.conflicts
        if one.trigger.judge(facts, None) is True
    )
    return tuple(sorted(found, key=lambda one: one.code))
