"""Two rules that contradict each other.

A rule contradicts another one on a treatment when it is true of less, or of the same, and yet
says something milder: whenever it stands, the graver one stands too, and its own word never
counts. The graver of two rules may well be the narrower one; that is how exceptions are written.

That one rule implies the other is shown line by line: each way in which the narrower one can come
true must hold, for each line of some way of the wider one, a line that is the same or stricter.
What cannot be shown so is not called a contradiction.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, permutations
from typing import Any, Final

from django.utils.translation import gettext as _

from treatments.diffing.names import Names
from treatments.engine import Catalogue
from treatments.lint.findings import Check, Finding, Severity
from treatments.lint.literals import Alternative, Literal, alternatives, leaves

Row = Mapping[str, Any]
_MOST_WAYS: Final = 200
_DELAY: Final = "delay"
_GRAVITY: Final = {
    "caution": 1,
    _DELAY: 2,
    "ask-prescriber": 3,
    "exclude-overridable": 4,
    "refer": 5,
    "exclude": 6,
}
_DATED: Final = frozenset({"medication", "finding", "procedure"})
_LOCAL: Final = frozenset({"finding", "procedure"})


@dataclass(frozen=True, slots=True)
class _Said:
    """One rule with the ways in which it comes true."""

    row: Row
    ways: tuple[Alternative, ...]
    kinds: frozenset[str]

    @property
    def everywhere(self) -> bool:
        return bool(self.row["scope"] == "all")

    def on(self, treatment: str) -> tuple[int, int]:
        """How grave it is for a treatment; (0, 0) where it says nothing of it."""
        effects = [
            one["effect"] for one in self.row["effects"] if one["treatment"] in (None, treatment)
        ]
        return max(
            ((_GRAVITY[one], self._wait() if one == _DELAY else 0) for one in effects),
            default=(0, 0),
        )

    def _wait(self) -> int:
        return int(self.row["wait_days"] or 0)


def contradictions(catalogue: Catalogue) -> Iterator[Finding]:
    rows = [row for row in catalogue.document["rules"] if row["kind"] == "contraindication"]
    said = [_said(row) for row in rows]
    names = Names.of(catalogue.document)
    for narrow, wide in permutations(said, 2):
        for treatment in catalogue.vocabulary.treatments:
            mild, grave = narrow.on(treatment.code), wide.on(treatment.code)
            if (0, 0) < mild < grave and _always_with(narrow, wide, treatment.code):
                yield _finding(narrow.row, wide.row, treatment.code, names)


def _said(row: Row) -> _Said:
    ways = tuple(islice(alternatives(row["trigger"]), _MOST_WAYS + 1))
    kinds = frozenset(leaf["kind"] for leaf in leaves(row["trigger"]))
    return _Said(row, ways if len(ways) <= _MOST_WAYS else (), kinds)


def _always_with(narrow: _Said, wide: _Said, treatment: str) -> bool:
    if not narrow.ways or not _as_local(narrow, wide) or not _as_long(narrow, wide, treatment):
        return False
    return all(any(_implies(way, wider) for wider in wide.ways) for way in narrow.ways)


def _as_local(narrow: _Said, wide: _Said) -> bool:
    """What is found somewhere does not stand in every area."""
    return wide.everywhere or not narrow.everywhere or not (wide.kinds & _LOCAL)


def _as_long(narrow: _Said, wide: _Said, treatment: str) -> bool:
    """A delay with an end is over while a milder rule on the same facts still stands."""
    return (
        wide.on(treatment)[0] != _GRAVITY[_DELAY]
        or narrow.on(treatment)[0] == _GRAVITY[_DELAY]
        or not wide.kinds & _DATED
    )


def _implies(way: Alternative, wider: Alternative) -> bool:
    return all(any(_stricter(line, other) for line in way) for other in wider)


def _stricter(line: Literal, other: Literal) -> bool:
    """Whether what fits `line` always fits `other`."""
    if line.words == other.words:
        return True
    if line.kind != other.kind or line.holds is not other.holds:
        return False
    covers = _COVERS.get(line.kind)
    if covers is None:
        return False
    return covers(other.leaf, line.leaf) if line.holds else covers(line.leaf, other.leaf)


def _ages(wide: Row, narrow: Row) -> bool:
    return _spans(wide, narrow)


def _labs(wide: Row, narrow: Row) -> bool:
    return bool(wide["test"] == narrow["test"]) and _spans(wide, narrow)


def _spans(wide: Row, narrow: Row) -> bool:
    low, high = wide.get("from"), wide.get("below")
    return (
        low is None
        or (narrow.get("from") is not None and Fraction(narrow["from"]) >= Fraction(low))
    ) and (
        high is None
        or (narrow.get("below") is not None and Fraction(narrow["below"]) <= Fraction(high))
    )


def _listed(name: str) -> Callable[[Row, Row], bool]:
    return lambda wide, narrow: set(narrow.get(name) or ()) <= set(wide.get(name) or ())


def _medications(wide: Row, narrow: Row) -> bool:
    same_days = all(
        wide.get(name) == narrow.get(name) for name in ("relative_to", "ongoing_counts")
    )
    days, fewer = wide.get("within_days"), narrow.get("within_days")
    return (
        _listed("classes")(wide, narrow)
        and _listed("medications")(wide, narrow)
        and wide.get("prescribed") in (None, narrow.get("prescribed"))
        and (days is None or (same_days and fewer is not None and fewer <= days))
    )


_COVERS: Final[Mapping[str, Callable[[Row, Row], bool]]] = {
    "age": _ages,
    "lab": _labs,
    "sex": _listed("sexes"),
    "medication": _medications,
    "allergy": _listed("allergens"),
}


def _finding(narrow: Row, wide: Row, treatment: str, names: Names) -> Finding:
    texts = {"other": wide["code"], "treatment": names.name("treatments", treatment)}
    return Finding(
        check=Check.CONTRADICTING_RULES,
        severity=Severity.WARNING,
        section="rules",
        code=narrow["code"],
        about=(wide["code"], treatment),
        message=_(
            "Whenever it is true %(other)s is true as well and says something graver about"
            " %(treatment)s, so what this rule says of it never counts."
        )
        % texts,
    )
