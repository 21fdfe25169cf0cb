"""What a release can speak of: areas and their tree, ingredients, tests, formulas, protocols."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from treatments.engine.document import AreaRow, Document, FormulaRow, LabTestRow


@dataclass(frozen=True, slots=True)
class Area:
    """`within`: itself and what it lies in. `near`: also what lies in it, so all that meet it."""

    within: frozenset[str]
    near: frozenset[str]


@dataclass(frozen=True, slots=True)
class LabTest:
    valid_days: int
    divisors: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Formula:
    code: str
    clinician_selects: bool
    warning: str | None
    ingredients: tuple[str, ...]
    required: frozenset[str]


@dataclass(frozen=True, slots=True)
class Treatment:
    """`mixed`: it is prepared from a formula, so it can only be given where one is left."""

    code: str
    mixed: bool
    activators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suitability:
    first_choice: bool
    formula: str | None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    areas: Mapping[str, Area]
    referrals: Mapping[str, str | None]
    conditions: frozenset[str]
    families: Mapping[str, str | None]
    ingredients: frozenset[str]
    ingredient_warnings: Mapping[str, str]
    allergens: frozenset[str]
    lab_tests: Mapping[str, LabTest]
    clearing: Mapping[str, bool]
    procedures: frozenset[str]
    performers: tuple[str, ...]
    treatments: tuple[Treatment, ...]
    formulas: Mapping[str, Formula]
    suitabilities: Mapping[tuple[str, str], Suitability]
    age_min: int
    age_max: int
    search_days: int


def compile_vocabulary(document: Document) -> Vocabulary:
    parameters = document["parameters"]
    return Vocabulary(
        areas=_area_tree(document["areas"]),
        referrals={row["code"]: row["refer_to"] for row in document["concerns"]},
        conditions=frozenset(row["code"] for row in document["conditions"]),
        families={row["code"]: row["medication_class"] for row in document["medications"]},
        ingredients=frozenset(row["code"] for row in document["ingredients"]),
        ingredient_warnings={
            row["code"]: row["warning"] for row in document["ingredients"] if row["warning"]
        },
        allergens=frozenset(row["code"] for row in document["allergens"]),
        lab_tests={row["code"]: _lab_test(row) for row in document["lab_tests"]},
        clearing={row["code"]: row["clears"] for row in document["findings"]},
        procedures=frozenset(row["code"] for row in document["procedures"]),
        performers=tuple(row["code"] for row in document["performers"]),
        treatments=_treatments(document),
        formulas={row["code"]: _formula(row) for row in document["formulas"]},
        suitabilities={
            (row["concern"], row["treatment"]): Suitability(
                first_choice=row["rating"] == "first-choice", formula=row["formula"]
            )
            for row in document["suitabilities"]
        },
        age_min=parameters["age_min"],
        age_max=parameters["age_max"],
        search_days=parameters["open_day_search_days"],
    )


def _area_tree(rows: list[AreaRow]) -> dict[str, Area]:
    parents = {row["code"]: row["parent"] for row in rows}
    within = {code: _lineage(code, parents) for code in parents}
    parts: dict[str, set[str]] = {code: set() for code in parents}
    for code, lineage in within.items():
        for outer in lineage:
            parts[outer].add(code)
    return {
        code: Area(within=lineage, near=lineage | parts[code]) for code, lineage in within.items()
    }


def _lineage(code: str, parents: Mapping[str, str | None]) -> frozenset[str]:
    lineage: set[str] = set()
    outer: str | None = code
    while outer is not None:
        if outer in lineage:
            raise ValueError(f"area {code} lies in itself")
        lineage.add(outer)
        outer = parents[outer]
    return frozenset(lineage)


def _lab_test(row: LabTestRow) -> LabTest:
    return LabTest(
        valid_days=row["valid_days"],
        divisors={unit["unit"]: Fraction(unit["divisor"]) for unit in row["units"]},
    )


def _treatments(document: Document) -> tuple[Treatment, ...]:
    return tuple(
        Treatment(
            code=row["code"],
            mixed=row["preparation"] == "formula",
            activators=tuple(
                sorted(
                    one["code"] for one in document["activators"] if one["treatment"] == row["code"]
                )
            ),
        )
        for row in document["treatments"]
    )


def _formula(row: FormulaRow) -> Formula:
    return Formula(
        code=row["code"],
        clinician_selects=row["clinician_selects"],
        warning=row["warning"],
        ingredients=tuple(part["ingredient"] for part in row["ingredients"]),
        required=frozenset(part["ingredient"] for part in row["ingredients"] if part["required"]),
    )
