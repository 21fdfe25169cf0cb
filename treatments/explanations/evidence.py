"""On what a rule rests: its statements, their sources, and where the sources disagree."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from treatments.enums import Claim, Grade, Principle
from treatments.explanations.wording import Row, Wording
from treatments.texts import rewritten

# The place in a source, as curators note it within a position: “(002:21)”.
_LOCATOR = re.compile(r"\s*\(\d{3}:\d+\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    source: str
    title: str
    locator: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    code: str
    text: str
    claim: str
    grade: str
    grade_label: str
    no_risk: bool
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """The strongest and the weakest grade of some statements, in words; empty without any."""

    best: str
    worst: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one of the disagreeing statements says. Both are always shown."""

    statement: Statement
    position: str
    followed: bool

    @property
    def plain(self) -> str:
        """The position for a patient, who has no use for the place in the source."""
        return rewritten(self.position, lambda text: _LOCATOR.sub("", text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    code: str
    topic: str
    sides: tuple[Side, ...]
    resolution: str
    principle: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A rule with everything it rests on."""

    rule: str
    title: str
    message: str
    statements: tuple[Statement, ...]


def ground(wording: Wording, code: str) -> Ground:
    rule = wording.rules[code]
    return Ground(
        rule=code,
        title=rule["title"],
        message=rule["message"],
        statements=statements(wording, rule["sources"]),
    )


def statements(wording: Wording, codes: Iterable[str]) -> tuple[Statement, ...]:
    known = wording.document.get("statements", {})
    return tuple(_statement(code, known[code]) for code in codes if code in known)


def grades_of(found: Iterable[Statement]) -> Grades:
    """A word that an older release used and nobody knows any more counts as the weakest."""
    order = {str(grade.value): place for place, grade in enumerate(Grade)}
    graded = [one for one in found if one.grade]
    ranked = sorted(graded, key=lambda one: order.get(one.grade, len(order)))
    if not ranked:
        return Grades(best="", worst="")
    return Grades(best=ranked[0].grade_label, worst=ranked[-1].grade_label)


def disagreements(
    wording: Wording, *, rules: Collection[str], cited: Collection[str] = ()
) -> tuple[Disagreement, ...]:
    """The conflicts between sources that bear on these rules or on these statements."""
    return tuple(
        _disagreement(wording, row)
        for row in wording.document.get("conflicts", ())
        if not set(rules).isdisjoint(row["rules"])
        or not set(cited).isdisjoint(side["statement"] for side in row["sides"])
    )


def _statement(code: str, row: Row) -> Statement:
    citations = (
        Citation(
            source=one["source"], title=one["title"], locator=one["locator"], url=one["url"] or ""
        )
        for one in row["citations"]
    )
    return Statement(
        code=code,
        text=row["text"],
        claim=_label(Claim, row["claim"]),
        grade=row["grade"] or "",
        grade_label=_label(Grade, row["grade"] or ""),
        no_risk=row["claim"] == Claim.NO_RISK,
        citations=tuple(citations),
    )


def _disagreement(wording: Wording, row: Row) -> Disagreement:
    known = wording.document["statements"]
    return Disagreement(
        code=row["code"],
        topic=row["topic"],
        sides=tuple(
            Side(
                statement=_statement(side["statement"], known[side["statement"]]),
                position=side["position"],
                followed=bool(side.get("followed")),
            )
            for side in row["sides"]
        ),
        resolution=row["resolution"],
        principle=_label(Principle, row["principle"]),
        why=row["why"],
    )


def _label(choices: type[Enum], value: str) -> str:
    """An older release may hold a word that is no longer chosen; it stays readable."""
    known = {str(one.value): one for one in choices}
    return str(known[value].label) if value in known else value  # type: ignore[attr-defined]
