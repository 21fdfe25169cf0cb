"""The options of an area, ranked: the first one is proposed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from treatments.engine.plans import Combination, Variant
from treatments.engine.standing import Scene, Standing


@dataclass(frozen=True, slots=True)
class Option:
    """Standings in the catalogue's order of treatments; two of them go by a combination."""

    standings: tuple[Standing, ...]
    combination: Combination | None
    variant: Variant | None

    def covers(self, concerns: Sequence[str]) -> list[str]:
        covered = {code for one in self.standings for code in one.covers}
        return [code for code in concerns if code in covered]


def ranked_options(scene: Scene, area: str, standings: Iterable[Standing]) -> list[Option]:
    eligible = [one for one in standings if one.status == "eligible"]
    both = _pairs(scene, eligible)
    single = [Option((one,), None, None) for one in _leading_first(scene, eligible)]
    varied = _varied(scene, area, eligible)
    if varied:
        return [*varied, *_unvaried_last(single, varied)]
    options = [*both, *single]
    best = _best(scene, area, options)
    return [best, *(one for one in options if one is not best)] if best else options


def _pairs(scene: Scene, eligible: list[Standing]) -> list[Option]:
    options = []
    for number, first in enumerate(eligible):
        for second in eligible[number + 1 :]:
            pair = frozenset({first.code, second.code})
            found = scene.catalogue.plans.combination(pair, scene.facts.combination)
            if found is not None:
                options.append(Option((first, second), found, None))
    return options


def _leading_first(scene: Scene, eligible: list[Standing]) -> list[Standing]:
    leading = {one.lead for one in scene.catalogue.plans.combinations}
    return sorted(eligible, key=lambda one: one.code not in leading)


def _varied(scene: Scene, area: str, eligible: list[Standing]) -> list[Option]:
    """The wished variants of eligible treatments; what may stand against one blocks it."""
    within = scene.catalogue.vocabulary.areas[area].within
    return [
        Option((one,), None, variant)
        for variant in scene.catalogue.plans.variants
        if variant.preference in scene.facts.wishes
        and variant.area in within
        and scene.judgement.rules_out(variant.blocked_by, area)
        for one in eligible
        if one.code == variant.treatment
    ]


def _unvaried_last(single: list[Option], varied: list[Option]) -> list[Option]:
    wished = {option.standings[0].code for option in varied}
    return sorted(single, key=lambda option: option.standings[0].code in wished)


def _best(scene: Scene, area: str, options: list[Option]) -> Option | None:
    """The option to put first: by first choice, then by what covers everything, then the first."""
    concerns = scene.facts.areas[area]
    complete = [one for one in options if len(one.covers(concerns)) == len(concerns)]
    preferred = [one for one in options if _first_choice(scene, one, concerns)]
    chosen = [one for one in preferred if one in complete]
    if chosen:
        return chosen[0]
    if preferred:
        together = next((one for one in complete if one.combination is not None), None)
        if together is not None:
            return together
    alone = [one for one in complete if one.combination is None]
    return alone[0] if len(alone) == 1 else next(iter(options), None)


def _first_choice(scene: Scene, option: Option, concerns: Sequence[str]) -> bool:
    """Whether a single treatment is rated first choice for one of the concerns."""
    if option.combination is not None:
        return False
    ratings = scene.catalogue.vocabulary.suitabilities
    found = (ratings.get((concern, option.standings[0].code)) for concern in concerns)
    return any(one is not None and one.first_choice for one in found)
