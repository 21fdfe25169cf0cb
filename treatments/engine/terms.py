"""What a compiled trigger is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from treatments.engine.facts import Facts

Verdict = bool | None
Near = frozenset[str] | None  # the areas that meet the one in question; None: anywhere


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a delay outlasts its cause, and whether an ongoing medicine has a known end."""

    days: int
    ongoing_is_dated: bool


def _nothing(_facts: Facts, _near: Near) -> set[str]:
    return set()


def _endless(_facts: Facts, _near: Near) -> list[date | None]:
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """`reads`: the tokens of the facts it looks at. `local`: its verdict differs by area.

    `ends` lists the end of each dated fact that makes it true, None for one without a known end;
    it is empty where no dated fact is involved. `ageing`: it reads the patient's age.
    """

    judge: Callable[[Facts, Near], Verdict]
    grounds: Callable[[Facts, Near], set[str]]
    needs: Callable[[Facts, Near], set[str]] = _nothing
    ends: Callable[[Facts, Near], list[date | None]] = _endless
    reads: frozenset[str] = frozenset()
    local: bool = False
    ageing: bool = False
