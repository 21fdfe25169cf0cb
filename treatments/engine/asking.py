"""Which missing answer would settle most, and which questions can no longer change anything.

A rule is settled by an answer when it is true or false with it, whatever it was before.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from treatments.engine.checks import ALLERGIES, Check, Ground
from treatments.engine.drafts import CONCERNS
from treatments.engine.facts import Facts, Lab
from treatments.engine.judgement import look
from treatments.engine.patient import patient_level
from treatments.engine.rules import Rule

_MEDICATIONS: Final = "medications"
_CONDITION: Final = "conditions."
_LAB: Final = "labs."
# What is graver than each decision about the whole patient, and so could still change it.
_GRAVER: Final[Mapping[str, frozenset[str]]] = {
    "deferred": frozenset({"refer", "exclude"}),
    "refer": frozenset({"exclude"}),
    "not-eligible": frozenset(),
}
_FOR_GOOD: Final = frozenset({"exclude", "refer"})

Levels = Mapping[str, tuple[Fraction, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`settles`: the rules that any answer settles; `may_settle`: those that some answer does.

    `blocks`: nothing can be proposed before it is answered.
    """

    need: str
    settles: tuple[str, ...]
    may_settle: tuple[str, ...]
    blocks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """`open`: the rules without a verdict that bear on what is still possible for this patient.

    `idle`: conditions whose answer can no longer change what is possible.
    """

    open: tuple[str, ...]
    questions: tuple[Question, ...]
    idle: frozenset[str]


def asking(ground: Ground, checks: Mapping[str, Check], levels: Levels) -> Asking:
    """`levels` holds, for each lab test, values between which no rule tells a difference."""
    bearing = _Bearing(ground)
    still_open = [one for one in checks.values() if one.needs and bearing.matters(one.rule)]
    return Asking(
        open=tuple(one.rule for one in still_open),
        questions=tuple(_questions(ground, still_open, levels)),
        idle=frozenset(_idle(ground, bearing)),
    )


def _questions(ground: Ground, still_open: list[Check], levels: Levels) -> list[Question]:
    waiting: dict[str, list[Check]] = {}
    for one in still_open:
        for need in one.needs:
            waiting.setdefault(need, []).append(one)
    asked = set(ground.judgement.asked)
    found = [
        _question(
            ground,
            need,
            rules,
            levels,
            blocks=need == CONCERNS or not asked.isdisjoint(one.rule for one in rules),
        )
        for need, rules in waiting.items()
        if _can_be_asked(ground, need)
    ]
    return sorted(found, key=_rank)


def _rank(one: Question) -> tuple[bool, bool, int, int, str]:
    """What blocks comes first, and a laboratory's value after what the patient can answer now."""
    measured = one.need.startswith(_LAB)
    return not one.blocks, measured, -len(one.settles), -len(one.may_settle), one.need


def _can_be_asked(ground: Ground, need: str) -> bool:
    """Not what was answered with “not known” already, nor entries that have to be completed."""
    request = ground.draft.request
    if need.startswith(_CONDITION):
        return request.get("conditions", {}).get(need.removeprefix(_CONDITION)) is None
    if need == _MEDICATIONS:
        return "medications_reviewed" not in request
    return need.startswith(_LAB) or need in {ALLERGIES, CONCERNS}


def _question(
    ground: Ground, need: str, rules: list[Check], levels: Levels, *, blocks: bool
) -> Question:
    answers = list(_answers(ground, need, levels))
    by_answer = [{one.rule for one in rules if _settled(ground, one, facts)} for facts in answers]
    alone = {one.rule for one in rules if set(one.needs) == {need}}
    sure = alone if need in {_MEDICATIONS, ALLERGIES, CONCERNS} else set.intersection(*by_answer)
    may = alone.union(*by_answer)
    return Question(
        need=need, settles=tuple(sorted(sure)), may_settle=tuple(sorted(may)), blocks=blocks
    )


def _answers(ground: Ground, need: str, levels: Levels) -> Iterator[Facts]:
    """The facts with each answer that could be given."""
    facts = ground.facts
    if need.startswith(_CONDITION):
        code = need.removeprefix(_CONDITION)
        for answer in (True, False):
            yield replace(facts, answers={**facts.answers, code: answer})
    elif need.startswith(_LAB):
        test = need.removeprefix(_LAB)
        for value in levels.get(test) or (Fraction(1),):
            lab = Lab(index=0, value=value, taken_on=facts.consulted_on)
            yield replace(facts, labs={**facts.labs, test: lab})
    elif need == _MEDICATIONS:
        yield replace(facts, medications_reviewed=True)
    elif need == ALLERGIES:
        yield replace(facts, no_known_allergies=True)
    else:
        yield facts


def _settled(ground: Ground, check: Check, facts: Facts) -> bool:
    rule = ground.catalogue.rulebook.rules.get(check.rule)
    if any(need.endswith("[]") or need == CONCERNS for need in check.needs):
        return False
    if rule is None:
        return facts.allergies_known
    return look(ground.catalogue, facts, rule)[1] is None


class _Bearing:
    """What is still possible for this patient, and so which rules could change it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        status = patient_level(ground.catalogue, ground.facts, ground.judgement).status
        self._graver = _GRAVER.get(status)
        treatments = [one.code for one in ground.catalogue.vocabulary.treatments]
        closed = set(self._closed(treatments))
        self._possible = {
            code
            for code in treatments
            for area in ground.facts.areas
            if ground.supports(code, area) and (area, code) not in closed
        }
        rules = ground.catalogue.allergy_rules
        self._of_allergies: dict[str, str | None] = {
            **{one.notation.code: one.treatment for one in rules.removals},
            **{one.notation.code: one.treatment for one in rules.allergens},
        }

    def _closed(self, treatments: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Where a treatment is ruled out for good, whatever is answered."""
        for fired in self._ground.judgement.fired.values():
            for one in fired.rule.effects:
                if one.effect in _FOR_GOOD and not fired.rule.everywhere:
                    named = treatments if one.treatment is None else [one.treatment]
                    yield from ((area, code) for area in fired.hits for code in named)

    def matters(self, code: str) -> bool:
        rule = self._ground.catalogue.rulebook.rules.get(code)
        if rule is not None and rule.everywhere:
            return self._graver is None or any(one.effect in self._graver for one in rule.effects)
        if self._graver is not None:
            return False
        if rule is None:
            return self._touches(self._of_allergies[code])
        return rule.refer_to is not None or any(
            self._touches(one.treatment) for one in rule.effects
        )

    def _touches(self, treatment: str | None) -> bool:
        return bool(self._possible) if treatment is None else treatment in self._possible


def _idle(ground: Ground, bearing: _Bearing) -> Iterator[str]:
    """A condition that no rule reads is asked for another reason, and never idle."""
    readers = ground.catalogue.rulebook.readers
    for code in ground.catalogue.vocabulary.conditions:
        read_by = readers.get(f"condition:{code}", frozenset())
        rules = [ground.catalogue.rulebook.rules[one] for one in read_by]
        if rules and not any(_changes(ground, bearing, rule, code) for rule in rules):
            yield code


def _changes(ground: Ground, bearing: _Bearing, rule: Rule, condition: str) -> bool:
    """Whether the answer made this rule true, or an answer could still decide it."""
    path, fired = f"{_CONDITION}{condition}", ground.judgement.fired.get(rule.code)
    if fired and any(path in hit.grounds for hit in fired.hits.values()):
        return True
    if not bearing.matters(rule.code):
        return False
    others = {code: told for code, told in ground.facts.answers.items() if code != condition}
    _hits, needs = look(ground.catalogue, replace(ground.facts, answers=others), rule)
    return needs is not None and path in needs
