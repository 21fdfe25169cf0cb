"""The values of a lab test at which a release's rules change their mind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from clinic.text import lowered
from treatments.explanations.told import unit_text
from treatments.explanations.wording import Wording, leaves


@dataclass(frozen=True, slots=True, order=True)
class Level:
    """A span of values that no rule tells apart, from `low` to under `high`, in the test's unit.

    The lowest level has no lower bound; `number` is a value inside every level.
    """

    order: int
    test: str
    unit: str
    low: Fraction | None
    high: Fraction | None

    @property
    def number(self) -> int | float:
        value = self.low if self.low is not None else (self.high or Fraction(2)) / 2
        return int(value) if value.denominator == 1 else float(value)


def levels(wording: Wording, test: str) -> tuple[Level, ...]:
    unit = wording.row("lab_tests", test)["unit"]
    bounds = sorted(set(_bounds(wording, test)))
    edges = [None, *bounds, None]
    return tuple(
        Level(order, test, unit, low, high) for order, (low, high) in enumerate(pairwise(edges))
    )


def spanned(wording: Wording, found: Sequence[Level]) -> str:
    """Neighbouring levels as one span: “platelets of 100 or more”."""
    first, last = found[0], found[-1]
    words = {
        "test": _within(wording.name("lab_tests", first.test)),
        "low": _number(first.low),
        "high": _number(last.high),
        "unit": unit_text(first.unit),
    }
    if last.high is None:
        return _("with a %(test)s of %(low)s %(unit)s or more") % words
    if first.low is None:
        return _("with a %(test)s under %(high)s %(unit)s") % words
    return _("with a %(test)s from %(low)s to under %(high)s %(unit)s") % words


def runs(found: Sequence[Level]) -> list[list[Level]]:
    """Levels that follow each other stand together."""
    together: list[list[Level]] = []
    for level in sorted(found):
        if together and together[-1][-1].order == level.order - 1:
            together[-1].append(level)
        else:
            together.append([level])
    return together


def _bounds(wording: Wording, test: str) -> Iterator[Fraction]:
    document = wording.document
    for row in (*document["rules"], *document["input_conflicts"]):
        for leaf in leaves(row.get("trigger")):
            if leaf["kind"] == "lab" and leaf["test"] == test:
                yield from (
                    Fraction(leaf[edge]) for edge in ("from", "below") if leaf.get(edge) is not None
                )


def _within(name: str) -> str:
    """A term inside a sentence; what begins with two capitals is a short form and stays."""
    return lowered(name[:1]) + name[1:] if name[1:2].islower() else name


def _number(value: Fraction | None) -> str:
    if value is None:
        return ""
    return number_format(int(value) if value.denominator == 1 else float(value))
