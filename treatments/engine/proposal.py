"""An option spelt out: its courses, and everything to be said with it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from treatments.engine.calendar import Calendar
from treatments.engine.catalogue import Catalogue
from treatments.engine.facts import Facts
from treatments.engine.ingredients import Mixture
from treatments.engine.options import Option
from treatments.engine.plans import Adjunct, Notice, Protocol
from treatments.engine.schedule import Course, Start, alone, together
from treatments.engine.standing import Scene, Standing


def proposal(scene: Scene, calendar: Calendar, area: str, option: Option) -> dict[str, Any]:
    concerns = scene.facts.areas[area]
    covers = option.covers(concerns)
    protocols = {
        one.code: scene.catalogue.plans.protocol(one.code, one.covers) for one in option.standings
    }
    courses = _courses(calendar, option, protocols)
    adjuncts = _adjuncts(scene, option)
    return {
        "treatments": [one.code for one in option.standings],
        "variant": option.variant.code if option.variant else None,
        "covers": covers,
        "uncovered": [code for code in concerns if code not in covers],
        "courses": [_course(scene, one, courses[one.code]) for one in option.standings],
        "adjuncts": sorted({one.code for one in adjuncts}),
        "warnings": sorted(_warnings(scene, option)),
        "notices": sorted(_notices(scene, area, option)),
        "basis": sorted(_basis(option, protocols.values(), adjuncts)),
    }


def _courses(
    calendar: Calendar, option: Option, protocols: dict[str, Protocol]
) -> dict[str, Course]:
    starts = {
        one.code: Start(one.code, protocols[one.code], one.not_before)
        for one in option.standings
        if one.not_before is not None
    }
    combination = option.combination
    if combination is None:
        return {code: alone(calendar, start) for code, start in starts.items()}
    return together(calendar, combination, starts[combination.lead], starts[combination.follow])


def _course(scene: Scene, standing: Standing, course: Course) -> dict[str, Any]:
    return {
        "treatment": standing.code,
        "planned": [day.isoformat() for day in course.planned],
        "optional": [day.isoformat() for day in course.optional],
        "maintenance_on": iso(course.maintenance_on),
        "review_on": iso(course.review_on),
        "formulas": [
            {
                "formula": one.formula.code,
                "ingredients": list(one.ingredients),
                "product": one.product,
            }
            for one in standing.mixtures
        ],
        "activators": [
            code for code in standing.treatment.activators if code not in scene.facts.allergies
        ],
    }


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _adjuncts(scene: Scene, option: Option) -> list[Adjunct]:
    covered = {(concern, one.code) for one in option.standings for concern in one.covers}
    adjuncts = scene.catalogue.plans.adjuncts
    return [one for one in adjuncts if (one.concern, one.treatment) in covered]


def _warnings(scene: Scene, option: Option) -> set[str]:
    warnings = scene.catalogue.allergy_rules.warnings(scene.facts)
    combination = option.combination
    if (
        combination is not None
        and combination.warning is not None
        and combination.performer not in (None, scene.facts.clinic.performer)
    ):
        warnings.add(combination.warning)
    for standing in option.standings:
        for mixture in standing.mixtures:
            warnings |= mixture_warnings(scene.catalogue, scene.facts, mixture)
    return warnings


def mixture_warnings(catalogue: Catalogue, facts: Facts, mixture: Mixture) -> set[str]:
    of_ingredients = catalogue.vocabulary.ingredient_warnings
    warnings = {of_ingredients[code] for code in mixture.ingredients if code in of_ingredients}
    if mixture.formula.warning and mixture.product is None and facts.allergies:
        warnings.add(mixture.formula.warning)
    return warnings


def _notices(scene: Scene, area: str, option: Option) -> set[str]:
    within = scene.catalogue.vocabulary.areas[area].within
    return {
        notice.code
        for notice in scene.catalogue.plans.notices
        for standing in option.standings
        if _applies(notice, standing, within)
    }


def _applies(notice: Notice, standing: Standing, within: frozenset[str]) -> bool:
    return (
        notice.treatment == standing.code
        and (not notice.concerns or not notice.concerns.isdisjoint(standing.covers))
        and (not notice.areas or not notice.areas.isdisjoint(within))
    )


def _basis(option: Option, protocols: Iterable[Protocol], adjuncts: list[Adjunct]) -> set[str]:
    grounds = [*protocols, *adjuncts, option.combination, option.variant]
    return {code for one in grounds if one is not None for code in one.basis}
