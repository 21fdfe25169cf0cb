"""Triggers as alternatives: sets of lines that make a rule fire together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from treatments.engine import canonical_json

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Literal:
    """One line of a trigger, and whether it must hold or must not."""

    leaf: Row
    holds: bool

    @property
    def kind(self) -> str:
        return str(self.leaf["kind"])

    @property
    def words(self) -> str:
        return canonical_json([self.holds, dict(self.leaf)])


Alternative = tuple[Literal, ...]


def leaves(trigger: Row) -> Iterator[Row]:
    """The single facts that a nested trigger reads."""
    if "kind" in trigger:
        yield trigger
    parts = [*trigger.get("all", ()), *trigger.get("any", ())]
    for part in [*parts, *([trigger["not"]] if "not" in trigger else [])]:
        yield from leaves(part)


def alternatives(trigger: Row, *, holds: bool = True) -> Iterator[Alternative]:
    """Every way in which the trigger can come true (its disjunctive normal form)."""
    if "not" in trigger:
        yield from alternatives(trigger["not"], holds=not holds)
    elif "kind" in trigger:
        yield (Literal(trigger, holds),)
    else:
        parts = trigger["all"] if "all" in trigger else trigger["any"]
        if ("all" in trigger) is holds:
            ways = product(*(tuple(alternatives(part, holds=holds)) for part in parts))
            yield from (tuple(line for way in found for line in way) for found in ways)
        else:
            for part in parts:
                yield from alternatives(part, holds=holds)
