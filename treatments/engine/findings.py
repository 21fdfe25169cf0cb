"""The rules that fired, as they are listed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from treatments.engine.allergies import AllergenRule
from treatments.engine.areas import AreaStanding
from treatments.engine.facts import Facts
from treatments.engine.judgement import Fired
from treatments.engine.paths import in_order
from treatments.engine.proposal import iso
from treatments.engine.rules import Notation
from treatments.engine.standing import Scene

Row = dict[str, Any]


def of_patient(deciding: Iterable[Fired], facts: Facts) -> list[Row]:
    return [_of_table(fired, [], list(facts.areas), facts) for fired in deciding]


def of_areas(scene: Scene, areas: list[AreaStanding]) -> list[Row]:
    """Every rule that bears on a treatment somewhere; one that bears on none has not fired."""
    where: dict[str, list[str]] = {}
    for area in areas:
        for code in frozenset().union(*(one.table for one in area.standings)):
            where.setdefault(code, []).append(area.area)
    rows = []
    for code, standing in where.items():
        fired = scene.judgement.fired[code]
        rows.append(
            _of_table(fired, [] if fired.rule.everywhere else standing, standing, scene.facts)
        )
    return [*rows, *_of_allergies(scene, areas)]


def _of_table(fired: Fired, areas: list[str], seen_in: list[str], facts: Facts) -> Row:
    hits = [fired.hits[area] for area in seen_in]
    effects = [_effect(one.treatment, None, one.effect) for one in fired.rule.effects]
    because = frozenset().union(*(one.grounds for one in hits))
    row = _row(fired.rule.notation, areas, effects, because)
    row["until"] = iso(_latest([one.until for one in hits], facts.start_on))
    return row


def _latest(ends: list[date | None], start_on: date) -> date | None:
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or max(known) <= start_on:
        return None
    return max(known)


def _of_allergies(scene: Scene, areas: list[AreaStanding]) -> list[Row]:
    rules, facts = scene.catalogue.allergy_rules, scene.facts
    rows = []
    for removal in rules.removals:
        code = removal.notation.code
        standing = [
            area.area for area in areas if any(code in one.removals for one in area.standings)
        ]
        if standing:
            effects = [_effect(None, one, "remove") for one in sorted(scene.removed)]
            rows.append(_row(removal.notation, standing, effects, rules.grounds(facts)))
    for rule in rules.allergens:
        listed = rule.listed(facts)
        if listed:
            because = {f"allergies[{index}]" for code in listed for index in facts.allergies[code]}
            everywhere = [area.area for area in areas]
            rows.append(_row(rule.notation, everywhere, _allergen_effects(rule, listed), because))
    return rows


def _allergen_effects(rule: AllergenRule, listed: list[str]) -> list[Row]:
    if rule.warning is not None:
        return [_effect(None, None, "warn")]
    removed = sorted({gone for code in listed if (gone := rule.removes[code]) is not None})
    return [_effect(rule.of_treatment, one, "remove") for one in removed]


def _effect(treatment: str | None, ingredient: str | None, effect: str) -> Row:
    return {"treatment": treatment, "ingredient": ingredient, "effect": effect}


def _row(notation: Notation, areas: list[str], effects: list[Row], because: Iterable[str]) -> Row:
    return {
        "rule": notation.code,
        "areas": areas,
        "effects": effects,
        "because": in_order(because),
        "until": None,
        "message": notation.message,
        "sources": list(notation.sources),
    }
