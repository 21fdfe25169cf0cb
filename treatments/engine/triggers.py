"""Triggers: three-valued logic over facts, compiled to closures once per release.

A verdict is True, False or None for unknown. Next to its verdict a trigger can say on which facts
it rests, what it lacks, and when what made it true ends. Each is asked only when it is needed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from treatments.engine.document import TriggerRow
from treatments.engine.facts import Facts
from treatments.engine.leaves import LEAVES
from treatments.engine.terms import Near, Trigger, Verdict, Wait


def compile_trigger(row: TriggerRow, wait: Wait | None) -> Trigger:
    """`wait` is given for a delay rule alone: there a fact counts while its delay lasts."""
    if "all" in row:
        return _joined(tuple(compile_trigger(part, wait) for part in row["all"]), settled_by=False)
    if "any" in row:
        return _joined(tuple(compile_trigger(part, wait) for part in row["any"]), settled_by=True)
    if "not" in row:
        return _negated(compile_trigger(row["not"], wait))
    return LEAVES[row["kind"]](row, wait)


def _joined(parts: tuple[Trigger, ...], *, settled_by: bool) -> Trigger:
    """`all` is settled by one false part, `any` by one true part.

    Parts that are never open (sex, age) are asked first: they settle most at the least cost.
    """
    judges = tuple(part.judge for part in sorted(parts, key=lambda part: bool(part.reads)))
    judge = _judge_any(judges) if settled_by else _judge_all(judges)

    def those(facts: Facts, near: Near, verdict: Verdict) -> list[Trigger]:
        return [part for part in parts if part.judge(facts, near) is verdict]

    def grounds(facts: Facts, near: Near) -> set[str]:
        settling = those(facts, near, judge(facts, near))
        return {path for part in settling for path in part.grounds(facts, near)}

    def needs(facts: Facts, near: Near) -> set[str]:
        return {need for part in those(facts, near, None) for need in part.needs(facts, near)}

    def ends(facts: Facts, near: Near) -> list[date | None]:
        found = [part.ends(facts, near) for part in those(facts, near, verdict=True)]
        known = [end for part in found for end in part]
        lasting = settled_by and bool(known) and not all(found)
        return [*known, None] if lasting else known

    return Trigger(
        judge=judge,
        grounds=grounds,
        needs=needs,
        ends=ends,
        reads=frozenset().union(*(part.reads for part in parts)),
        local=any(part.local for part in parts),
        ageing=any(part.ageing for part in parts),
    )


def _judge_all(judges: tuple[Callable[[Facts, Near], Verdict], ...]) -> Callable[..., Verdict]:
    def judge(facts: Facts, near: Near) -> Verdict:
        verdict: Verdict = True
        for part in judges:
            one = part(facts, near)
            if one is False:
                return False
            if one is None:
                verdict = None
        return verdict

    return judge


def _judge_any(judges: tuple[Callable[[Facts, Near], Verdict], ...]) -> Callable[..., Verdict]:
    def judge(facts: Facts, near: Near) -> Verdict:
        verdict: Verdict = False
        for part in judges:
            one = part(facts, near)
            if one is True:
                return True
            if one is None:
                verdict = None
        return verdict

    return judge


def _negated(part: Trigger) -> Trigger:
    """Its end is not known from its parts: what is absent has no last day."""

    def judge(facts: Facts, near: Near) -> Verdict:
        verdict = part.judge(facts, near)
        return None if verdict is None else not verdict

    return Trigger(
        judge=judge,
        grounds=part.grounds,
        needs=part.needs,
        reads=part.reads,
        local=part.local,
        ageing=part.ageing,
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A trigger that is true: on which facts it rests, and the first day it no longer stands.

    `until` is None when that day is not known.
    """

    grounds: frozenset[str]
    until: date | None


def hit(trigger: Trigger, facts: Facts, near: Near, *, delays: bool) -> Hit:
    ends = trigger.ends(facts, near) if delays else []
    known = [end for end in ends if end is not None]
    until = max(known) if known and len(known) == len(ends) else None
    return Hit(grounds=frozenset(trigger.grounds(facts, near)), until=until)
