"""What the catalogue can be asked for.

All is answered from a release and not from the rows: the rows are the curators' desk, and a code
that stands there today may be refused by an evaluation until it is published. Only products, which
no release freezes because clinics buy them, come from the rows.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from treatments.compiler.rows import Row
from treatments.models import Product

FROZEN: Final[Mapping[str, str]] = {
    "activators": "activators",
    "adjuncts": "adjuncts",
    "allergens": "allergens",
    "areas": "areas",
    "care-instructions": "care_instructions",
    "combinations": "combinations",
    "comparison": "comparison",
    "concerns": "concerns",
    "conditions": "conditions",
    "conflicts": "conflicts",
    "consent-texts": "consent_texts",
    "decision-reasons": "decision_reasons",
    "devices": "devices",
    "findings": "findings",
    "formulas": "formulas",
    "ingredient-classes": "ingredient_classes",
    "ingredients": "ingredients",
    "input-conflicts": "input_conflicts",
    "lab-tests": "lab_tests",
    "medication-classes": "medication_classes",
    "medications": "medications",
    "never-proposed": "never_proposed",
    "notices": "notices",
    "performers": "performers",
    "procedures": "procedures",
    "protocols": "protocols",
    "referrals": "referrals",
    "rules": "rules",
    "side-effects": "side_effects",
    "sources": "sources",
    "statements": "statements",
    "suitabilities": "suitabilities",
    "techniques": "techniques",
    "treatments": "treatments",
    "variants": "variants",
    "warnings": "warnings",
}


def frozen_rows(document: Mapping[str, Any], kind: str) -> list[Row]:
    """Rows of a release, each with a code that it can be asked for by.

    Releases that were made before a kind was frozen have none of it.
    """
    rows = document.get(FROZEN[kind], ())
    if isinstance(rows, Mapping):
        return [{"code": code, **row} for code, row in rows.items()]
    return [{"code": _code(row), **row} for row in rows]


def _code(row: Row) -> str:
    """Combinations go by their mode, suitabilities by what they bring together."""
    if "code" in row:
        return str(row["code"])
    return str(row["mode"]) if "mode" in row else f"{row['concern']}.{row['treatment']}"


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


LIVE: Final[Mapping[str, Callable[[], list[Row]]]] = {"products": _products}
KINDS: Final = tuple(sorted({*FROZEN, *LIVE}))
