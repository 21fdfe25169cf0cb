"""What a lint needs to know of the rows that no release document holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple


class Figure(NamedTuple):
    """The number that a statement gives; an end that is not stated is None."""

    low: Decimal | None
    high: Decimal | None
    unit: str


class RetiredPart(NamedTuple):
    """An ingredient out of use that a formula in use still lists."""

    formula: str
    ingredient: str


class PublishedText(NamedTuple):
    """A version of a consent text that some release holds; `words` is their digest."""

    treatment: str
    language: str
    version: int
    words: str


class Wait(NamedTuple):
    """How long a rule waits in the release in force, and the statements that it rests on there."""

    days: int
    sources: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """`figures`: by code of the statement. `ungraded`: the sources without a grade.

    `consents`: the consent texts of every release. `waits`: of the release in force, by rule.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
    retired: tuple[RetiredPart, ...] = ()
    ungraded: frozenset[str] = frozenset()
    consents: frozenset[PublishedText] = frozenset()
    waits: Mapping[str, Wait] = field(default_factory=dict)
