"""The shape of a release document, as the compiler writes it and the engine reads it."""

from typing import TypedDict


class NamedRow(TypedDict):
    code: str


class ParametersRow(TypedDict):
    age_min: int
    age_max: int
    open_day_search_days: int


class AreaRow(NamedRow):
    parent: str | None


class ConcernRow(NamedRow):
    refer_to: str | None


class MedicationRow(NamedRow):
    medication_class: str | None


class IngredientRow(NamedRow):
    ingredient_class: str | None
    warning: str | None


class ActivatorRow(NamedRow):
    treatment: str


class UnitRow(TypedDict):
    unit: str
    divisor: str


class LabTestRow(NamedRow):
    valid_days: int
    units: list[UnitRow]


class FindingRow(NamedRow):
    clears: bool


class TreatmentRow(NamedRow):
    preparation: str


class FormulaPartRow(TypedDict):
    ingredient: str
    required: bool


class FormulaRow(NamedRow):
    clinician_selects: bool
    warning: str | None
    ingredients: list[FormulaPartRow]


class SuitabilityRow(TypedDict):
    concern: str
    treatment: str
    rating: str
    formula: str | None


class ProtocolRow(NamedRow):
    treatment: str
    concerns: list[str]
    planned: int
    optional: int
    interval_days: int
    min_interval_days: int
    maintenance_days: int | None
    review_days: int | None
    basis: list[str]


class CombinationRow(TypedDict):
    mode: str
    lead: str
    follow: str
    gap_days: int | None
    visit_days: int | None
    lead_every: int | None
    follow_every: int | None
    performer: str | None
    warning: str | None
    basis: list[str]


class VariantRow(NamedRow):
    treatment: str
    preference: str
    area: str
    blocked_by: str | None
    basis: list[str]


class AdjunctRow(NamedRow):
    concern: str
    treatment: str
    basis: list[str]


class NoticeRow(NamedRow):
    treatment: str
    concerns: list[str]
    areas: list[str]


# A functional form, because `from`, `all`, `any` and `not` are words of Python.
TriggerRow = TypedDict(
    "TriggerRow",
    {
        "all": list["TriggerRow"],
        "any": list["TriggerRow"],
        "not": "TriggerRow",
        "kind": str,
        "condition": str,
        "sexes": list[str],
        "from": str | int | None,
        "below": str | int | None,
        "classes": list[str],
        "medications": list[str],
        "prescribed": bool | None,
        "within_days": int | None,
        "relative_to": str,
        "ongoing_counts": bool,
        "test": str,
        "finding": str,
        "procedure": str,
        "allergens": list[str],
    },
    total=False,
)


class ConflictRow(NamedRow):
    trigger: TriggerRow


class EffectRow(TypedDict):
    treatment: str | None
    effect: str


class RuleRow(TypedDict, total=False):
    code: str
    kind: str
    message: str
    sources: list[str]
    scope: str
    trigger: TriggerRow
    wait_days: int | None
    ongoing_end: str | None
    effects: list[EffectRow]
    refer_to: str | None
    when_unknown: str | None
    ask_age_from: int | None
    ask_age_to: int | None
    treatment: str | None
    allergens: list[str] | None
    ingredient: str | None
    warning: str | None


class Document(TypedDict):
    key: str
    parameters: ParametersRow
    areas: list[AreaRow]
    concerns: list[ConcernRow]
    conditions: list[NamedRow]
    medications: list[MedicationRow]
    ingredients: list[IngredientRow]
    activators: list[ActivatorRow]
    allergens: list[NamedRow]
    lab_tests: list[LabTestRow]
    findings: list[FindingRow]
    procedures: list[NamedRow]
    performers: list[NamedRow]
    treatments: list[TreatmentRow]
    formulas: list[FormulaRow]
    suitabilities: list[SuitabilityRow]
    protocols: list[ProtocolRow]
    combinations: list[CombinationRow]
    variants: list[VariantRow]
    adjuncts: list[AdjunctRow]
    notices: list[NoticeRow]
    input_conflicts: list[ConflictRow]
    rules: list[RuleRow]
