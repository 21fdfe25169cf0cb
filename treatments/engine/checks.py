"""How each rule of safety stands for a draft: flagged, clear, or not evaluated.

Unlike the answer to a request this looks at every rule whatever the patient's status is, and at
facts with gaps. What is unknown is never clear.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from treatments.engine.allergies import RemovalRule
from treatments.engine.catalogue import Catalogue
from treatments.engine.drafts import CONCERNS, Draft
from treatments.engine.facts import Facts
from treatments.engine.ingredients import formulas_of, uses_removed
from treatments.engine.judgement import Fired, Judgement, judge
from treatments.engine.rules import Rule

ALLERGIES: Final = "allergies"
_SECTION_OF: Final[Mapping[str, str]] = {
    "medication": "medications",
    "class": "medications",
    "lab": "labs",
    "finding": "area_findings",
    "procedure": "procedures",
    "allergen": ALLERGIES,
}


class State(StrEnum):
    FLAGGED = "flagged"
    CLEAR = "clear"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`needs` names what a rule still lacks; a rule may be flagged in one area and open in another.

    `because` are paths into the draft's request. `until` is the last of a delay's known ends.
    """

    rule: str
    state: State
    needs: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    until: date | None = None

    @property
    def evaluated(self) -> bool:
        return not self.needs


@dataclass(frozen=True, slots=True)
class Ground:
    """What the checks of one draft stand on."""

    catalogue: Catalogue
    draft: Draft
    facts: Facts
    judgement: Judgement

    @classmethod
    def of(cls, catalogue: Catalogue, draft: Draft) -> "Ground":
        if draft.facts is None:
            raise ValueError("This draft cannot be read.")
        return cls(catalogue, draft, draft.facts, judge(catalogue, draft.facts))

    @property
    def concerns_known(self) -> bool:
        return not self.draft.supposed and CONCERNS not in self.draft.partial

    def supports(self, treatment: str | None, area: str) -> bool:
        """Whether the treatment suits a concern of the area; None stands for any treatment."""
        known = self.catalogue.vocabulary.suitabilities
        treatments = [one.code for one in self.catalogue.vocabulary.treatments]
        wanted = treatments if treatment is None else [treatment]
        return any((one, code) in known for one in self.facts.areas[area] for code in wanted)


def check_rules(ground: Ground) -> dict[str, Check]:
    """By code, in order; one for each rule that is not the basis of an option."""
    rulebook, allergy_rules = ground.catalogue.rulebook, ground.catalogue.allergy_rules
    checks = [_check(ground, rule) for rule in rulebook.rules.values()]
    checks += [_removal(ground, rule) for rule in allergy_rules.removals]
    for rule in allergy_rules.allergens:
        listed = rule.listed(ground.facts)
        paths = [f"allergies[{at}]" for one in listed for at in ground.facts.allergies[one]]
        checks.append(_of_allergies(ground, rule.notation.code, paths))
    return {one.rule: one for one in sorted(checks, key=lambda one: one.rule)}


def _check(ground: Ground, rule: Rule) -> Check:
    lack, fired = ground.judgement.unknown.get(rule.code), ground.judgement.fired.get(rule.code)
    areas = tuple(bearing_areas(ground, fired)) if fired else ()
    needs = set(lack.needs if lack else ())
    if not areas:
        needs |= {f"{section}[]" for section in _sections(rule) & ground.draft.partial}
    if not ground.concerns_known and rule.local:
        needs.add(CONCERNS)
    if fired and areas:
        hits = [fired.hits[area] for area in areas]
        ends = [hit.until for hit in hits if hit.until is not None]
        return Check(
            rule=rule.code,
            state=State.FLAGGED,
            needs=tuple(sorted(needs)),
            because=tuple(sorted({path for hit in hits for path in hit.grounds})),
            areas=() if rule.everywhere else areas,
            until=max(ends) if ends and len(ends) == len(hits) else None,
        )
    return _quiet(rule.code, needs)


def _quiet(rule: str, needs: Collection[str]) -> Check:
    state = State.OPEN if needs else State.CLEAR
    return Check(rule=rule, state=state, needs=tuple(sorted(needs)))


def bearing_areas(ground: Ground, fired: Fired) -> Iterator[str]:
    """Where a true rule does something to a treatment that suits a concern there."""
    for area in fired.hits:
        if (
            fired.rule.everywhere
            or fired.rule.refer_to is not None
            or not ground.concerns_known
            or any(ground.supports(one.treatment, area) for one in fired.rule.effects)
        ):
            yield area


def _sections(rule: Rule) -> set[str]:
    kinds = (token.partition(":")[0] for token in rule.trigger.reads)
    return {_SECTION_OF[kind] for kind in kinds if kind in _SECTION_OF}


def _of_allergies(ground: Ground, rule: str, paths: list[str]) -> Check:
    if paths:
        return Check(rule=rule, state=State.FLAGGED, because=tuple(sorted(paths)))
    return _quiet(rule, _allergies_lacking(ground))


def _allergies_lacking(ground: Ground) -> set[str]:
    if not ground.facts.allergies_known:
        return {ALLERGIES}
    return {f"{ALLERGIES}[]"} & {f"{one}[]" for one in ground.draft.partial}


def _removal(ground: Ground, rule: RemovalRule) -> Check:
    """Something removed would be used in an area where the treatment suits a concern."""
    facts, vocabulary = ground.facts, ground.catalogue.vocabulary
    removed = ground.catalogue.allergy_rules.removed(facts)
    code, needs = rule.notation.code, _allergies_lacking(ground)
    if removed and not ground.concerns_known:
        needs = needs | {CONCERNS}
    if removed and "clinic" in ground.draft.partial:
        needs = needs | {"clinic[]"}
    areas = tuple(
        area
        for area, concerns in facts.areas.items()
        if removed
        and not ground.draft.supposed
        and ground.supports(rule.treatment, area)
        and uses_removed(
            formulas_of(vocabulary, rule.treatment, concerns), removed, facts.clinic.products
        )
    )
    if not areas:
        return _quiet(code, needs)
    because = tuple(sorted(ground.catalogue.allergy_rules.grounds(facts)))
    return Check(
        rule=code, state=State.FLAGGED, needs=tuple(sorted(needs)), because=because, areas=areas
    )
