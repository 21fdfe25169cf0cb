from treatments.models.clauses import RuleClause
from treatments.models.consents import ConsentText
from treatments.models.drafts import (
    AcceptedOutcome,
    Draft,
    GoldenCase,
    ReleaseApproval,
    RuleApproval,
)
from treatments.models.imports import CatalogueImport
from treatments.models.mappings import CodeMapping
from treatments.models.materials import (
    Formula,
    FormulaIngredient,
    Ingredient,
    IngredientClass,
    OptionWarning,
    Product,
    ProductIngredient,
)
from treatments.models.protocols import (
    Adjunct,
    Combination,
    EngineParameter,
    Notice,
    Protocol,
    Suitability,
    Variant,
)
from treatments.models.reasons import DecisionReason
from treatments.models.releases import (
    CatalogueChange,
    Release,
    ReleaseActivation,
)
from treatments.models.rules import (
    Rule,
    RuleEffect,
)
from treatments.models.sources import (
    Citation,
    Conflict,
    ConflictSide,
    Source,
    Statement,
)
from treatments.models.translations import Translation
from treatments.models.treatments import (
    Activator,
    CareInstruction,
    ComparisonAspect,
    ComparisonEntry,
    Device,
    SideEffect,
    Technique,
    Treatment,
)
from treatments.models.vocabulary import (
    Allergen,
    Area,
    AreaFinding,
    Concern,
    Condition,
    LabTest,
    LabUnit,
    Medication,
    MedicationClass,
    PerformerLevel,
    Procedure,
    Referral,
)

__all__ = [
    "AcceptedOutcome",
    "Activator",
    "Adjunct",
    "Allergen",
    "Area",
    "AreaFinding",
    "CareInstruction",
    "CatalogueChange",
    "CatalogueImport",
    "Citation",
    "CodeMapping",
    "Combination",
    "ComparisonAspect",
    "ComparisonEntry",
    "Concern",
    "Condition",
    "Conflict",
    "ConflictSide",
    "ConsentText",
    "DecisionReason",
    "Device",
    "Draft",
    "EngineParameter",
    "Formula",
    "FormulaIngredient",
    "GoldenCase",
    "Ingredient",
    "IngredientClass",
    "LabTest",
    "LabUnit",
    "Medication",
    "MedicationClass",
    "Notice",
    "OptionWarning",
    "PerformerLevel",
    "Procedure",
    "Product",
    "ProductIngredient",
    "Protocol",
    "Referral",
    "Release",
    "ReleaseActivation",
    "ReleaseApproval",
    "Rule",
    "RuleApproval",
    "RuleClause",
    "RuleEffect",
    "SideEffect",
    "Source",
    "Statement",
    "Suitability",
    "Technique",
    "Translation",
    "Treatment",
    "Variant",
]
