"""What a lint finds, and how grave it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Severity(StrEnum):
    """An error keeps a draft from being published; a warning asks to be acknowledged."""

    ERROR = "error"
    WARNING = "warning"


class Check(StrEnum):
    NOT_READABLE = "not-readable"
    NOT_PUBLISHABLE = "not-publishable"
    NOT_IN_USE = "not-in-use"
    RULE_WITHOUT_STATEMENT = "rule-without-statement"
    NUMBER_WITHOUT_SOURCE = "number-without-source"
    WAIT_SHORTENED = "wait-shortened"
    NUMBER_DIFFERS = "number-differs"
    SOURCE_WITHOUT_GRADE = "source-without-grade"
    UNREACHABLE_RULE = "unreachable-rule"
    DELAY_WITHOUT_EFFECT = "delay-without-effect"
    REACH_NOT_SHOWN = "reach-not-shown"
    CONTRADICTING_RULES = "contradicting-rules"
    FORMULA_LOST_TO_ALLERGY = "formula-lost-to-allergy"
    INTERVAL_EMPTY = "interval-empty"
    CONCERN_NOT_COVERED = "concern-not-covered"
    RETIRED_INGREDIENT = "retired-ingredient"
    TEXT_MISSING = "text-missing"
    TEXT_UNTRANSLATED = "text-untranslated"
    CONSENT_VERSION = "consent-version"


MODEL_OF: Final[Mapping[str, str]] = {
    "activators": "treatments.activator",
    "adjuncts": "treatments.adjunct",
    "allergens": "treatments.allergen",
    "areas": "treatments.area",
    "care_instructions": "treatments.careinstruction",
    "combinations": "treatments.combination",
    "comparison": "treatments.comparisonaspect",
    "concerns": "treatments.concern",
    "conditions": "treatments.condition",
    "conflicts": "treatments.conflict",
    "consent_texts": "treatments.consenttext",
    "decision_reasons": "treatments.decisionreason",
    "devices": "treatments.device",
    "findings": "treatments.areafinding",
    "formulas": "treatments.formula",
    "ingredient_classes": "treatments.ingredientclass",
    "ingredients": "treatments.ingredient",
    "input_conflicts": "treatments.rule",
    "lab_tests": "treatments.labtest",
    "medication_classes": "treatments.medicationclass",
    "medications": "treatments.medication",
    "never_proposed": "treatments.ingredient",
    "notices": "treatments.notice",
    "parameters": "treatments.engineparameter",
    "performers": "treatments.performerlevel",
    "procedures": "treatments.procedure",
    "protocols": "treatments.protocol",
    "referrals": "treatments.referral",
    "rules": "treatments.rule",
    "side_effects": "treatments.sideeffect",
    "sources": "treatments.source",
    "statements": "treatments.statement",
    "suitabilities": "treatments.suitability",
    "techniques": "treatments.technique",
    "treatments": "treatments.treatment",
    "variants": "treatments.variant",
    "warnings": "treatments.optionwarning",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`model` and `code` name the row to mend; both are empty where it is the catalogue's own.

    `about` is what besides the row the finding depends on: once that changes, it is another one,
    and an acknowledgement of the former does not hold for it. The words of the message do not
    count, so that the id is the same in every language.
    """

    check: Check
    severity: Severity
    section: str
    code: str
    message: str
    about: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return ":".join([self.check, self.section, self.code, *self.about])

    @property
    def model(self) -> str:
        return MODEL_OF.get(self.section, "")

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "severity": self.severity.value,
            "check": self.check.value,
            "model": self.model,
            "code": self.code,
            "message": self.message,
        }
