"""The rules of safety for a draft, in words: flagged, clear or not evaluated, and what to ask."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from treatments.engine import Catalogue
from treatments.engine.asking import Question, asking
from treatments.engine.checks import Check, Ground, State, check_rules
from treatments.engine.drafts import Draft
from treatments.engine.patient import patient_level
from treatments.enums import EffectKind
from treatments.explanations.edits import Override
from treatments.explanations.ingredients import Repair, repairs
from treatments.explanations.labs import levels
from treatments.explanations.patients import Contradiction, contradiction
from treatments.explanations.questions import Need, need
from treatments.explanations.reasons import GRAVITY, effect_label
from treatments.explanations.told import Fact, fact
from treatments.explanations.wording import Row, Wording, wording_of

_GRAVE = frozenset({EffectKind.EXCLUDE, EffectKind.REFER, EffectKind.EXCLUDE_OVERRIDABLE})
_LIGHT = frozenset({"remove", "warn"})
_REMOVES = frozenset({"ingredient-allergy", "cross-reactivity", "activator-allergy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Without treatments it is about the patient as a whole."""

    label: str
    treatments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A rule that fired. `open_needs`: where else it could not be evaluated yet."""

    rule: str
    title: str
    message: str
    tone: str
    effects: tuple[Effect, ...]
    facts: tuple[Fact, ...]
    areas: tuple[str, ...]
    until: date | None
    sources: tuple[str, ...]
    overridden: bool
    open_needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRule:
    rule: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Rules that lack the same answers."""

    needs: tuple[Need, ...]
    rules: tuple[NamedRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A missing answer, with the numbers of rules that it settles surely and at best."""

    need: Need
    settles: int
    at_best: int
    blocks: bool

    @property
    def measured(self) -> bool:
        """A laboratory has to answer it, not the patient."""
        return self.need.path.startswith("labs.")

    @property
    def condition(self) -> str:
        """The code of the condition that it asks for, where it is one."""
        section, _dot, code = self.need.path.partition(".")
        return code if section == "conditions" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """`open` counts the rules left open that bear on what is still possible for this patient.

    `open_treatments` are the treatments that one of them could still change.
    """

    evaluated: int
    rules: int
    flagged: tuple[Flag, ...]
    waiting: tuple[Waiting, ...]
    clear: tuple[NamedRule, ...]
    repairs: tuple[Repair, ...]
    contradictions: tuple[Contradiction, ...]
    open: int
    open_treatments: frozenset[str]
    asks: tuple[Ask, ...]
    idle: frozenset[str]

    @property
    def grave(self) -> bool:
        """Whether something is ruled out, for good or until a clinician decides otherwise."""
        return any(one.tone == "bad" for one in self.flagged)

    @property
    def not_evaluated(self) -> int:
        return self.rules - self.evaluated

    @property
    def next(self) -> Ask | None:
        return self.asks[0] if self.asks else None


def safety(catalogue: Catalogue, draft: Draft, *, overrides: Collection[Override] = ()) -> Safety:
    """Raises ValueError where the draft cannot be read at all."""
    wording, ground = wording_of(catalogue), Ground.of(catalogue, draft)
    checks = check_rules(ground)
    asked = asking(ground, checks, levels_of(wording, ground))
    overridden = {rule for rule, _area, _treatment in overrides}
    flags = [
        _flag(wording, draft.request, one, overridden)
        for one in checks.values()
        if one.state is State.FLAGGED
    ]
    conflicts = patient_level(catalogue, ground.facts, ground.judgement).conflicts
    return Safety(
        evaluated=sum(one.evaluated for one in checks.values()),
        rules=len(checks),
        flagged=tuple(sorted(flags, key=lambda one: (_TONES.index(one.tone), one.rule))),
        waiting=tuple(_waiting(wording, checks.values())),
        clear=tuple(
            _named(wording, one.rule) for one in checks.values() if one.state is State.CLEAR
        ),
        repairs=() if draft.supposed else repairs(wording, draft.request, ground.facts),
        contradictions=tuple(
            contradiction(wording, draft.request, {"code": one.code, "facts": one.facts})
            for one in conflicts
        ),
        open=len(asked.open),
        open_treatments=frozenset(_treatments(wording, asked.open)),
        asks=tuple(_ask(wording, one) for one in asked.questions),
        idle=asked.idle,
    )


def _treatments(wording: Wording, rules: Iterable[str]) -> Iterator[str]:
    everything = [row["code"] for row in wording.document["treatments"]]
    for rule in rules:
        row = wording.rules[rule]
        effects = [one["treatment"] for one in row.get("effects") or ()]
        for code in effects or [row.get("treatment")]:
            yield from everything if code is None else [code]


def levels_of(wording: Wording, ground: Ground) -> dict[str, tuple[Fraction, ...]]:
    return {
        test: tuple(Fraction(str(level.number)) for level in levels(wording, test))
        for test in ground.catalogue.vocabulary.lab_tests
    }


_TONES = ("bad", "warn", "note")


def _flag(wording: Wording, request: Row, check: Check, overridden: Collection[str]) -> Flag:
    rule = wording.rules[check.rule]
    kinds = _kinds(rule)
    return Flag(
        rule=check.rule,
        title=rule["title"],
        message=rule["message"],
        tone=_tone(kinds, overridden=check.rule in overridden),
        effects=tuple(_effects(wording, kinds)),
        facts=tuple(fact(wording, request, path) for path in check.because),
        areas=wording.each("areas", list(check.areas)),
        until=check.until,
        sources=tuple(rule["sources"]),
        overridden=check.rule in overridden,
        open_needs=tuple(need(wording, path) for path in check.needs),
    )


def _kinds(rule: Row) -> dict[str, list[str]]:
    """The treatments that each effect is on, the gravest effect first."""
    found: dict[str, list[str]] = {}
    for one in rule.get("effects") or ():
        found.setdefault(one["effect"], []).extend(filter(None, [one["treatment"]]))
    if not found:
        effect = "remove" if rule["kind"] in _REMOVES else "warn"
        found[effect] = list(filter(None, [rule.get("treatment")]))
    return {effect: found[effect] for effect in GRAVITY if effect in found}


def _tone(kinds: Mapping[str, object], *, overridden: bool) -> str:
    if not _GRAVE.isdisjoint(kinds):
        return "warn" if overridden else "bad"
    return "note" if _LIGHT.issuperset(kinds) else "warn"


def _effects(wording: Wording, kinds: Mapping[str, list[str]]) -> Iterator[Effect]:
    for effect, codes in kinds.items():
        yield Effect(label=effect_label(effect), treatments=wording.each("treatments", codes))


def _named(wording: Wording, code: str) -> NamedRule:
    return NamedRule(rule=code, title=wording.rules[code]["title"])


def _waiting(wording: Wording, checks: Iterable[Check]) -> Iterator[Waiting]:
    """Those first that wait for the fewest answers, and settle most with them."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in checks:
        if one.state is State.OPEN:
            groups.setdefault(one.needs, []).append(one.rule)
    for needs, rules in sorted(groups.items(), key=lambda one: (len(one[0]), -len(one[1]), one[0])):
        yield Waiting(
            needs=tuple(need(wording, path) for path in needs),
            rules=tuple(_named(wording, code) for code in rules),
        )


def _ask(wording: Wording, question: Question) -> Ask:
    return Ask(
        need=need(wording, question.need),
        settles=len(question.settles),
        at_best=len(question.may_settle),
        blocks=question.blocks,
    )
