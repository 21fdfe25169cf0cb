"""What the catalogue can be asked for.

Codes, rules and protocols are answered from a release and not from the rows: the rows are the
curators' desk, and a code that stands there today may be refused by an evaluation until it is
published. What no release freezes, because the engine does not read it, comes from the rows.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from treatments.compiler.rows import Row
from treatments.models import (
    CareInstruction,
    ComparisonEntry,
    Device,
    Product,
    SideEffect,
    Source,
    Technique,
)

FROZEN: Final[Mapping[str, str]] = {
    "activators": "activators",
    "adjuncts": "adjuncts",
    "allergens": "allergens",
    "areas": "areas",
    "combinations": "combinations",
    "concerns": "concerns",
    "conditions": "conditions",
    "conflicts": "conflicts",
    "findings": "findings",
    "formulas": "formulas",
    "ingredient-classes": "ingredient_classes",
    "ingredients": "ingredients",
    "input-conflicts": "input_conflicts",
    "lab-tests": "lab_tests",
    "medication-classes": "medication_classes",
    "medications": "medications",
    "notices": "notices",
    "performers": "performers",
    "procedures": "procedures",
    "protocols": "protocols",
    "rules": "rules",
    "statements": "statements",
    "suitabilities": "suitabilities",
    "treatments": "treatments",
    "variants": "variants",
    "warnings": "warnings",
}


def frozen_rows(document: Mapping[str, Any], kind: str) -> list[Row]:
    """Rows of a release, each with a code that it can be asked for by."""
    rows = document[FROZEN[kind]]
    if isinstance(rows, Mapping):
        return [{"code": code, **row} for code, row in rows.items()]
    return [{"code": _code(row), **row} for row in rows]


def _code(row: Row) -> str:
    """Combinations go by their mode, suitabilities by what they bring together."""
    if "code" in row:
        return str(row["code"])
    return str(row["mode"]) if "mode" in row else f"{row['concern']}.{row['treatment']}"


def _codes(rows: Any) -> list[str]:
    return [row.code for row in rows.all()]


def _products() -> list[Row]:
    rows = Product.objects.active().prefetch_related("parts__ingredient")
    return [
        {
            "code": row.code,
            "name": row.name,
            "maker": row.maker,
            "separable": row.separable,
            "vehicle": row.vehicle,
            "ingredients": [part.ingredient.code for part in row.parts.all()],
        }
        for row in rows
    ]


def _techniques() -> list[Row]:
    rows = Technique.objects.active()
    return [
        {
            "code": row.code,
            "name": row.name,
            "note": row.note,
            "treatments": _codes(row.treatments),
            "devices": _codes(row.devices),
            "areas": _codes(row.areas),
            "statements": _codes(row.statements),
        }
        for row in rows.prefetch_related("treatments", "devices", "areas", "statements")
    ]


def _devices() -> list[Row]:
    return [
        {"code": row.code, "name": row.name, "statements": _codes(row.statements)}
        for row in Device.objects.active().prefetch_related("statements")
    ]


def _side_effects() -> list[Row]:
    rows = SideEffect.objects.active().select_related("treatment")
    return [
        {
            "code": row.code,
            "name": row.name,
            "treatment": row.treatment.code,
            "frequency": row.frequency,
            "serious": row.serious,
            "statements": _codes(row.statements),
        }
        for row in rows.prefetch_related("statements")
    ]


def _care_instructions() -> list[Row]:
    rows = CareInstruction.objects.active().select_related("treatment")
    return [
        {
            "code": row.code,
            "name": row.name,
            "treatment": row.treatment.code,
            "phase": row.phase,
            "days": row.days,
            "text": row.text,
            "statements": _codes(row.statements),
        }
        for row in rows.prefetch_related("statements")
    ]


def _comparison() -> list[Row]:
    rows = ComparisonEntry.objects.filter(aspect__active=True, treatment__active=True)
    return [
        {
            "code": f"{row.aspect.code}.{row.treatment.code}",
            "aspect": row.aspect.code,
            "name": row.aspect.name,
            "treatment": row.treatment.code,
            "text": row.text,
            "statements": _codes(row.statements),
        }
        for row in rows.select_related("aspect", "treatment").prefetch_related("statements")
    ]


def _sources() -> list[Row]:
    return [
        {
            "code": row.code,
            "name": row.title,
            "kind": row.kind,
            "grade": row.grade,
            "url": row.url,
            "verified": row.verified,
            "machine_written": row.machine_written,
        }
        for row in Source.objects.all()
    ]


LIVE: Final[Mapping[str, Callable[[], list[Row]]]] = {
    "care-instructions": _care_instructions,
    "comparison": _comparison,
    "devices": _devices,
    "products": _products,
    "side-effects": _side_effects,
    "sources": _sources,
    "techniques": _techniques,
}
KINDS: Final = tuple(sorted({*FROZEN, *LIVE}))
