"""Which rules are true of the facts, and which cannot be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from treatments.engine.catalogue import Catalogue
from treatments.engine.facts import Facts
from treatments.engine.rules import Lack, Rule
from treatments.engine.triggers import Hit, hit

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Fired:
    """A true rule, with its hit in each area where it is true."""

    rule: Rule
    hits: Mapping[str, Hit]

    @property
    def anywhere(self) -> Hit:
        return next(iter(self.hits.values()))


@dataclass(frozen=True, slots=True)
class Judgement:
    """Both ordered by code; `unknown` holds what each undecided rule lacks."""

    fired: Mapping[str, Fired]
    unknown: Mapping[str, Lack]
    asked: tuple[str, ...]

    def rules_out(self, code: str | None, area: str) -> bool:
        """Whether this rule is known to be false here; nothing is ruled out by what is unknown."""
        if code is None:
            return True
        fired = self.fired.get(code)
        return code not in self.unknown and (fired is None or area not in fired.hits)


def judge(catalogue: Catalogue, facts: Facts) -> Judgement:
    """Only rules that read a given fact are looked at; the others keep their prepared verdict."""
    rulebook = catalogue.rulebook
    base = rulebook.base(facts)
    touched = rulebook.touched(facts, base)
    unknown = dict(base.unknown)
    fired: dict[str, Fired] = {}
    asked: list[str] = []
    for code in touched:
        unknown.pop(code, None)
        rule = rulebook.rules[code]
        if not rule.local and rule.trigger.judge(facts, None) is False:
            continue
        hits, needs = look(catalogue, facts, rule)
        if hits:
            fired[code] = Fired(rule, hits)
        if needs is not None:
            unknown[code] = Lack.of(code, needs)
            if rule.must_ask(facts.age):
                asked.append(code)
    if not facts.allergies_known:
        unknown.update(catalogue.allergy_rules.unknown)
    return Judgement(_by_code(fired), _by_code(unknown), tuple(sorted(asked)))


def _by_code(found: dict[str, Found]) -> dict[str, Found]:
    return {code: found[code] for code in sorted(found)}


def look(catalogue: Catalogue, facts: Facts, rule: Rule) -> tuple[dict[str, Hit], set[str] | None]:
    """Where a rule that is not plainly false is true, and what it lacks if unknown somewhere."""
    trigger = rule.trigger
    if not rule.local:
        if trigger.judge(facts, None) is None:
            return {}, trigger.needs(facts, None)
        return dict.fromkeys(facts.areas, hit(trigger, facts, None, delays=rule.delays)), None
    hits: dict[str, Hit] = {}
    needs: set[str] | None = None
    for area in facts.areas:
        near = catalogue.vocabulary.areas[area].near
        verdict = trigger.judge(facts, near)
        if verdict:
            hits[area] = hit(trigger, facts, near, delays=rule.delays)
        elif verdict is None:
            needs = (needs or set()) | trigger.needs(facts, near)
    return hits, needs
