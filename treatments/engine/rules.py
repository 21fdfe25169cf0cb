"""The rules of a release, compiled, and the index that finds those a request can touch."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

from treatments.engine.canonical import canonical_json
from treatments.engine.document import Document, EffectRow, RuleRow
from treatments.engine.facts import Clinic, Facts
from treatments.engine.terms import Trigger, Wait
from treatments.engine.triggers import compile_trigger

SEXES: Final = ("female", "male", "other")
DELAY: Final = "delay"
EFFECTS: Final = frozenset(
    {"exclude", "exclude-overridable", "ask-prescriber", DELAY, "caution", "refer"}
)


@dataclass(frozen=True, slots=True)
class Effect:
    """Of no treatment: of every one."""

    treatment: str | None
    effect: str


@dataclass(frozen=True, slots=True)
class Notation:
    """What a rule is listed with when it fires."""

    code: str
    message: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """`everywhere`: it speaks of the whole patient. `local`: its verdict may differ by area."""

    notation: Notation
    everywhere: bool
    local: bool
    trigger: Trigger
    effects: tuple[Effect, ...]
    delays: bool
    refer_to: str | None
    asks: bool
    ask_from: int | None
    ask_to: int | None

    @property
    def code(self) -> str:
        return self.notation.code

    def must_ask(self, age: int) -> bool:
        return (
            self.asks
            and (self.ask_from is None or age >= self.ask_from)
            and (self.ask_to is None or age <= self.ask_to)
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    code: str
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class Lack:
    """What an undecided rule lacks, and the canonical text of its entry in a response."""

    rule: str
    needs: tuple[str, ...]
    text: str

    @classmethod
    def of(cls, rule: str, needs: Iterable[str]) -> "Lack":
        named = tuple(sorted(needs))
        return cls(rule, named, canonical_json({"rule": rule, "needs": named}))


@dataclass(frozen=True, slots=True)
class Base:
    """Verdicts without any facts: the rules that are unknown then, and those always looked at."""

    unknown: Mapping[str, Lack]
    live: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rulebook:
    rules: Mapping[str, Rule]
    conflicts: tuple[Conflict, ...]
    bases: Mapping[tuple[bool, bool, str], Base]
    readers: Mapping[str, frozenset[str]]

    def base(self, facts: Facts) -> Base:
        return self.bases[facts.medications_reviewed, facts.allergies_known, facts.sex]

    def touched(self, facts: Facts, base: Base) -> set[str]:
        """The rules whose verdict may differ from the one without facts."""
        touched = set(base.live)
        for token in facts.tokens():
            touched |= self.readers.get(token, frozenset())
        return touched


def compile_rulebook(document: Document) -> Rulebook:
    rows = [row for row in document["rules"] if row["kind"] == "contraindication"]
    rules = {row["code"]: _rule(row) for row in sorted(rows, key=lambda row: row["code"])}
    return Rulebook(
        rules=rules,
        conflicts=tuple(
            Conflict(row["code"], compile_trigger(row["trigger"], None))
            for row in document["input_conflicts"]
        ),
        bases=_bases(rules.values()),
        readers=_readers(rules.values()),
    )


def notation(row: RuleRow) -> Notation:
    return Notation(row["code"], row["message"], tuple(row["sources"]))


def _rule(row: RuleRow) -> Rule:
    effects = tuple(_effect(row["code"], one) for one in row["effects"])
    delays = any(one.effect == DELAY for one in effects)
    everywhere = row["scope"] == "all"
    wait = Wait(row.get("wait_days") or 0, row.get("ongoing_end") != "unknown")
    trigger = compile_trigger(row["trigger"], wait if delays else None)
    return Rule(
        notation=notation(row),
        everywhere=everywhere,
        local=trigger.local and not everywhere,
        trigger=trigger,
        effects=effects,
        delays=delays,
        refer_to=row.get("refer_to"),
        asks=row.get("when_unknown") == "ask",
        ask_from=row.get("ask_age_from"),
        ask_to=row.get("ask_age_to"),
    )


def _effect(code: str, row: EffectRow) -> Effect:
    if row["effect"] not in EFFECTS:
        raise ValueError(f"rule {code}: no such effect as {row['effect']}")
    return Effect(row["treatment"], row["effect"])


def _readers(rules: Iterable[Rule]) -> dict[str, frozenset[str]]:
    readers: dict[str, set[str]] = {}
    for rule in rules:
        for token in rule.trigger.reads:
            readers.setdefault(token, set()).add(rule.code)
    return {token: frozenset(codes) for token, codes in readers.items()}


def _bases(rules: Collection[Rule]) -> dict[tuple[bool, bool, str], Base]:
    lacks: dict[tuple[str, frozenset[str]], Lack] = {}
    return {
        key: _base(rules, _no_facts(*key), lacks)
        for key in product((False, True), (False, True), SEXES)
    }


def _base(
    rules: Collection[Rule], no_facts: Facts, lacks: dict[tuple[str, frozenset[str]], Lack]
) -> Base:
    """`lacks` keeps what is the same in one base as in another."""
    unknown: dict[str, Lack] = {}
    live: set[str] = set()
    for rule in rules:
        if rule.trigger.ageing or rule.asks:
            live.add(rule.code)
            continue
        verdict = rule.trigger.judge(no_facts, None)
        if verdict is True:
            live.add(rule.code)
        elif verdict is None:
            needs = frozenset(rule.trigger.needs(no_facts, None))
            key = rule.code, needs
            if key not in lacks:
                lacks[key] = Lack.of(rule.code, needs)
            unknown[rule.code] = lacks[key]
    return Base(unknown, frozenset(live))


def _no_facts(medications_reviewed: bool, allergies_known: bool, sex: str) -> Facts:  # noqa: FBT001
    day = date(2000, 1, 1)
    return Facts(
        digest="",
        request_json="",
        consulted_on=day,
        start_on=day,
        sex=sex,
        age=0,
        age_path="",
        areas={},
        answers={},
        no_known_allergies=allergies_known,
        allergies={},
        medications_reviewed=medications_reviewed,
        medications=(),
        labs={},
        findings={},
        procedures={},
        future=(),
        combination=None,
        wishes=frozenset(),
        clinic=Clinic(frozenset(), frozenset(), "", ()),
    )
