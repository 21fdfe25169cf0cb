"""Treatments side by side, in plain words, with both sides of every disagreement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from treatments.engine import Catalogue
from treatments.enums import CarePhase
from treatments.explanations import Wording, wording_of
from treatments.explanations.evidence import Disagreement, Statement, disagreements, statements

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One treatment, with what is told to those who choose it."""

    code: str
    name: str
    summary: str
    before: tuple[Row, ...]
    after: tuple[Row, ...]
    usual: tuple[Row, ...]
    serious: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    treatment: str
    text: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One row: a cell for each column, None where the release says nothing."""

    code: str
    name: str
    cells: tuple[Cell | None, ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`others`: disagreements that belong to no single row. With those of the rows, all there
    are."""

    key: str
    columns: tuple[Column, ...]
    aspects: tuple[Aspect, ...]
    others: tuple[Disagreement, ...]

    def __bool__(self) -> bool:
        return bool(self.aspects)


def comparison_of(catalogue: Catalogue) -> Comparison:
    wording = wording_of(catalogue)
    document = wording.document
    rows = document.get("comparison", ())
    placed = _placed(document.get("conflicts", ()), rows)
    every = {
        one.code: one
        for one in disagreements(
            wording,
            rules=wording.rules,
            cited=document.get("statements", ()),
        )
    }
    codes = [row["code"] for row in document["treatments"]]
    return Comparison(
        key=catalogue.key,
        columns=tuple(_column(document, row) for row in document["treatments"]),
        aspects=tuple(
            Aspect(
                code=row["code"],
                name=row["name"],
                cells=tuple(_cell(wording, row, code) for code in codes),
                disagreements=tuple(
                    every[code] for code, at in placed.items() if at == row["code"]
                ),
            )
            for row in rows
        ),
        others=tuple(one for code, one in every.items() if code not in placed),
    )


def _column(document: Row, treatment: Row) -> Column:
    code = treatment["code"]
    care = _of_treatment(document, "care_instructions", code)
    harm = _of_treatment(document, "side_effects", code)
    return Column(
        code=code,
        name=treatment["name"],
        summary=treatment.get("summary", ""),
        before=tuple(row for row in care if row["phase"] == CarePhase.BEFORE),
        after=tuple(row for row in care if row["phase"] == CarePhase.AFTER),
        usual=tuple(row for row in harm if not row["serious"]),
        serious=tuple(row for row in harm if row["serious"]),
    )


def _of_treatment(document: Row, section: str, treatment: str) -> list[Row]:
    return [row for row in document.get(section, ()) if row["treatment"] == treatment]


def _cell(wording: Wording, aspect: Row, treatment: str) -> Cell | None:
    for entry in aspect["entries"]:
        if entry["treatment"] == treatment:
            return Cell(
                treatment=wording.name("treatments", treatment),
                text=entry["text"],
                statements=statements(wording, entry["sources"]),
            )
    return None


def _placed(conflicts: Iterable[Row], aspects: Iterable[Row]) -> dict[str, str]:
    """The row of each disagreement: that which rests on most of its statements."""
    cited = {
        row["code"]: {code for entry in row["entries"] for code in entry["sources"]}
        for row in aspects
    }
    placed = {}
    for conflict in conflicts:
        sides = [side["statement"] for side in conflict["sides"]]
        shared = {at: sum(code in codes for code in sides) for at, codes in cited.items()}
        best = max(shared, key=lambda at: shared[at], default=None)
        if best is not None and shared[best]:
            placed[conflict["code"]] = best
    return placed
