"""What a lint needs to know of the rows that no release document holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple


class Figure(NamedTuple):
    """The number that a statement gives; an end that is not stated is None."""

    low: Decimal | None
    high: Decimal | None
    unit: str


class RetiredPart(NamedTuple):
    """An ingredient out of use that a formula in use still lists."""

    formula: str
    ingredient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """`figures`: by code of the statement. `ungraded`: the sources without a grade.

    `in_force`: the consent texts of the release in force.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
    retired: tuple[RetiredPart, ...] = ()
    ungraded: frozenset[str] = frozenset()
    in_force: tuple[Mapping[str, Any], ...] = ()
