"""Rows → release document. A fixed number of queries; the same rows give the same document.

Lists are put in the curators' order here and not by the database: databases sort text differently.
What is out of use is left out. What something in use still names stays named, so that publishing
can refuse it: a rule must not change its meaning because a term was retired.
"""

from typing import Any

from treatments.compiler.knowledge import conflict_rows, statement_rows
from treatments.compiler.plans import (
    adjunct_rows,
    combination_rows,
    notice_rows,
    protocol_rows,
    suitability_rows,
    variant_rows,
)
from treatments.compiler.rows import Row, code_of, in_order, number, term
from treatments.compiler.rules import input_conflict_rows, rule_rows
from treatments.models import (
    Activator,
    Allergen,
    Area,
    AreaFinding,
    Concern,
    Condition,
    EngineParameter,
    Formula,
    Ingredient,
    LabTest,
    Medication,
    MedicationClass,
    OptionWarning,
    PerformerLevel,
    Procedure,
    Treatment,
)


def compile_document(key: str) -> dict[str, Any]:
    """Everything a release freezes, as the engine reads it."""
    ingredients = in_order(
        Ingredient.objects.active()
        .filter(never_proposed=False)
        .select_related("ingredient_class", "warning")
    )
    suitabilities, rules, conflicts = suitability_rows(), rule_rows(), conflict_rows()
    return {
        "key": key,
        "parameters": {row.code: row.value for row in EngineParameter.objects.all()},
        **_vocabulary(),
        **_materials(ingredients),
        "treatments": [
            term(row, preparation=row.preparation) for row in in_order(Treatment.objects.active())
        ],
        "suitabilities": suitabilities,
        "protocols": protocol_rows(),
        "combinations": combination_rows(),
        "variants": variant_rows(),
        "adjuncts": adjunct_rows(),
        "notices": notice_rows(),
        "input_conflicts": input_conflict_rows(),
        "rules": rules,
        "statements": statement_rows(
            {code for row in [*rules, *suitabilities] for code in row["sources"]}
            | {side["statement"] for row in conflicts for side in row["sides"]}
        ),
        "conflicts": conflicts,
    }


def _vocabulary() -> Row:
    concerns = Concern.objects.active().select_related("refer_to")
    medications = Medication.objects.active().select_related("medication_class")
    return {
        "areas": [
            term(row, parent=code_of(row.parent))
            for row in in_order(Area.objects.active().select_related("parent"))
        ],
        "concerns": [term(row, refer_to=code_of(row.refer_to)) for row in in_order(concerns)],
        "conditions": [
            term(row, question=row.question) for row in in_order(Condition.objects.active())
        ],
        "medication_classes": [term(row) for row in in_order(MedicationClass.objects.active())],
        "medications": [
            term(row, medication_class=code_of(row.medication_class))
            for row in in_order(medications)
        ],
        "allergens": [term(row) for row in in_order(Allergen.objects.active())],
        "lab_tests": [
            _lab_test(row) for row in in_order(LabTest.objects.active().prefetch_related("units"))
        ],
        "findings": [
            term(row, clears=row.clears) for row in in_order(AreaFinding.objects.active())
        ],
        "procedures": [term(row) for row in in_order(Procedure.objects.active())],
        "performers": [term(row) for row in in_order(PerformerLevel.objects.active())],
    }


def _lab_test(row: Any) -> Row:
    units = [{"unit": one.unit, "divisor": number(one.divisor)} for one in row.units.all()]
    return term(row, unit=row.unit, valid_days=row.valid_days, units=units)


def _materials(ingredients: list[Any]) -> Row:
    proposed = {row.code for row in ingredients}
    classes = {row.ingredient_class_id: row.ingredient_class for row in ingredients}
    formulas = Formula.objects.active().select_related("warning")
    activators = Activator.objects.active().filter(treatment__active=True)
    return {
        "ingredient_classes": [term(row) for row in in_order(classes.values()) if row.active],
        "ingredients": [
            term(row, ingredient_class=row.ingredient_class.code, warning=code_of(row.warning))
            for row in ingredients
        ],
        "activators": [
            term(row, treatment=row.treatment.code)
            for row in in_order(activators.select_related("treatment"))
        ],
        "formulas": [
            _formula(row, proposed)
            for row in in_order(formulas.prefetch_related("parts__ingredient"))
        ],
        "warnings": [
            {"code": row.code, "text": row.text} for row in in_order(OptionWarning.objects.active())
        ],
    }


def _formula(row: Any, proposed: set[str]) -> Row:
    """A required ingredient stays named even when it is out of use: the formula needs it."""
    parts = [
        {"ingredient": part.ingredient.code, "required": part.required}
        for part in row.parts.all()
        if part.required or part.ingredient.code in proposed
    ]
    return term(
        row,
        clinician_selects=row.clinician_selects,
        warning=code_of(row.warning),
        ingredients=parts,
    )
