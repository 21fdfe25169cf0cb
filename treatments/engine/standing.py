"""How each treatment stands in an area, and which rules say so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from treatments.engine.catalogue import Catalogue
from treatments.engine.facts import Facts
from treatments.engine.ingredients import Mixture, formulas_of, mixtures_of, uses_removed
from treatments.engine.judgement import Fired, Judgement
from treatments.engine.rules import DELAY
from treatments.engine.vocabulary import Formula, Treatment

# (rule, area or None for every area, treatment)
Override = tuple[str, str | None, str]
Agreement = Override

OVERRIDABLE: Final = "exclude-overridable"
ASKS_PRESCRIBER: Final = "ask-prescriber"
_CAUTION: Final = "caution"
_ENDLESS: Final = "endless"
# The worst comes first. What only cautions, or has a known end, is not among them.
_STATUS_OF: Final[Mapping[str, str]] = {
    "exclude": "excluded",
    "refer": "excluded",
    OVERRIDABLE: "overridable",
    ASKS_PRESCRIBER: "needs-prescriber",
    _ENDLESS: "deferred",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What holds for every area of one evaluation."""

    catalogue: Catalogue
    facts: Facts
    judgement: Judgement
    overrides: frozenset[Override]
    agreements: frozenset[Agreement]
    removed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """`not_before` is None and `covers` empty unless the treatment is eligible.

    `table` are the rules of the table that bear on it here, `removals` the rules listed because
    something that was removed would be used.
    """

    treatment: Treatment
    status: str
    not_before: date | None
    covers: tuple[str, ...]
    mixtures: tuple[Mixture, ...]
    table: frozenset[str]
    removals: frozenset[str]

    @property
    def code(self) -> str:
        return self.treatment.code


def standing(scene: Scene, treatment: Treatment, area: str) -> Standing:
    vocabulary, facts = scene.catalogue.vocabulary, scene.facts
    concerns = facts.areas[area]
    supported = tuple(one for one in concerns if (one, treatment.code) in vocabulary.suitabilities)
    formulas = formulas_of(vocabulary, treatment.code, supported) if treatment.mixed else {}
    mixtures = mixtures_of(formulas, scene.removed, facts.clinic.products)
    covers = tuple(one for one in supported if one in mixtures) if treatment.mixed else supported
    bearing = [
        (fired, effect)
        for fired in scene.judgement.fired.values()
        if area in fired.hits and (supported or fired.rule.refer_to is not None)
        for effect in _effects(scene, fired, treatment.code, area)
    ]
    effects = {effect for _, effect in bearing}
    status = _status(effects, supported=bool(supported), covered=bool(covers))
    eligible = status == "eligible"
    return Standing(
        treatment=treatment,
        status=status,
        not_before=_not_before(facts, area, bearing) if eligible else None,
        covers=covers if eligible else (),
        mixtures=_each_once(mixtures[one] for one in covers) if eligible and mixtures else (),
        table=frozenset(fired.rule.code for fired, _ in bearing),
        removals=_removals(scene, treatment.code, formulas) if supported else frozenset(),
    )


def _effects(scene: Scene, fired: Fired, treatment: str, area: str) -> list[str]:
    """What a true rule does to this treatment here, after what was overridden or agreed to.

    Each kind of effect is lifted by its own kind of decision: should a release turn a question for
    the prescriber into an exclusion, an agreement given before does not count as an override.
    """
    code = fired.rule.code
    effects = [one.effect for one in fired.rule.effects if one.treatment in (None, treatment)]
    here = {(code, area, treatment), (code, None, treatment)}
    for lifted, decided in ((OVERRIDABLE, scene.overrides), (ASKS_PRESCRIBER, scene.agreements)):
        if lifted in effects and not decided.isdisjoint(here):
            effects = [_CAUTION if effect == lifted else effect for effect in effects]
    if DELAY in effects and fired.hits[area].until is None:
        effects.append(_ENDLESS)
    return effects


def _status(effects: set[str], *, supported: bool, covered: bool) -> str:
    if not supported:
        return "unsupported"
    if not covered:
        return "no-formula"
    return next((status for effect, status in _STATUS_OF.items() if effect in effects), "eligible")


def _not_before(facts: Facts, area: str, bearing: list[tuple[Fired, str]]) -> date:
    ends = (fired.hits[area].until for fired, effect in bearing if effect == DELAY)
    return max([facts.start_on, *(end for end in ends if end is not None)])


def _each_once(mixtures: Iterable[Mixture]) -> tuple[Mixture, ...]:
    """By formula and product, in the order of the area's concerns."""
    return tuple({(one.formula.code, one.product): one for one in mixtures}.values())


def _removals(scene: Scene, treatment: str, formulas: Mapping[str, Formula]) -> frozenset[str]:
    if not scene.removed or not uses_removed(formulas, scene.removed, scene.facts.clinic.products):
        return frozenset()
    return frozenset(
        rule.notation.code
        for rule in scene.catalogue.allergy_rules.removals
        if rule.treatment == treatment
    )
