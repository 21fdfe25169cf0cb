"""Rows → release document. A fixed number of queries; the same rows give the same document.

Lists are put in the curators' order here and not by the database: databases sort text differently.
What is out of use is left out. What something in use still names stays named, so that publishing
can refuse it: a rule must not change its meaning because a term was retired.
"""

from typing import Any

from treatments.compiler.knowledge import (
    cited_codes,
    conflict_rows,
    source_rows,
    statement_rows,
)
from treatments.compiler.people import for_people
from treatments.compiler.plans import (
    adjunct_rows,
    combination_rows,
    notice_rows,
    protocol_rows,
    suitability_rows,
    variant_rows,
)
from treatments.compiler.rows import Row, cited, code_of, in_order, number, term
from treatments.compiler.rules import input_conflict_rows, rule_rows
from treatments.compiler.translations import translations_of
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
from treatments.texts import document_with_numbers


def compile_document(key: str) -> dict[str, Any]:
    """Everything a release freezes, as the engine reads it."""
    ingredients = in_order(
        Ingredient.objects.active()
        .filter(never_proposed=False)
        .select_related("ingredient_class", "warning")
        .prefetch_related("statements")
    )
    document = {
        "key": key,
        "parameters": {row.code: row.value for row in EngineParameter.objects.all()},
        **_vocabulary(),
        **_materials(ingredients),
        "treatments": _treatments(),
        "suitabilities": suitability_rows(),
        "protocols": protocol_rows(),
        "combinations": combination_rows(),
        "variants": variant_rows(),
        "adjuncts": adjunct_rows(),
        "notices": notice_rows(),
        "input_conflicts": input_conflict_rows(),
        "rules": rule_rows(),
        "conflicts": conflict_rows(),
        **for_people(),
    }
    whole = document | _evidence(document)
    return document_with_numbers(whole | translations_of(whole))


def _evidence(document: Row) -> Row:
    """The statements that anything in the document names, and the sources they stand in."""
    sides = {side["statement"] for row in document["conflicts"] for side in row["sides"]}
    statements = statement_rows({*cited_codes(list(document.values())), *sides})
    return {"statements": statements, "sources": source_rows(statements.values())}


def _treatments() -> list[Row]:
    rows = Treatment.objects.active().prefetch_related("statements")
    return [cited(row, preparation=row.preparation, summary=row.summary) for row in in_order(rows)]


def _vocabulary() -> Row:
    concerns = Concern.objects.active().select_related("refer_to").prefetch_related("statements")
    medications = Medication.objects.active().select_related("medication_class")
    return {
        "areas": [
            term(row, parent=code_of(row.parent))
            for row in in_order(Area.objects.active().select_related("parent"))
        ],
        "concerns": [
            cited(row, refer_to=code_of(row.refer_to), note=row.note) for row in in_order(concerns)
        ],
        "conditions": [
            cited(row, question=row.question, hint=row.hint, ask_each_time=row.ask_each_time)
            for row in in_order(Condition.objects.active().prefetch_related("statements"))
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
            cited(
                row,
                ingredient_class=row.ingredient_class.code,
                role=row.role,
                warning=code_of(row.warning),
            )
            for row in ingredients
        ],
        "activators": [
            cited(row, treatment=row.treatment.code)
            for row in in_order(
                activators.select_related("treatment").prefetch_related("statements")
            )
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
