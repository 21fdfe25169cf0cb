"""Every text of the catalogue that can be translated: the one place where this is declared.

What is missing on purpose: codes, units, addresses, and the titles of publications, which keep the
language they were published in; and names that only curators read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Kind of row (the name of its model) → its fields of text, in the order of its form.
TEXTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "concern": ("name", "note"),
        "area": ("name",),
        "treatment": ("name", "summary"),
        "careinstruction": ("text", "name"),
        "sideeffect": ("name", "frequency"),
        "comparisonaspect": ("name",),
        "comparisonentry": ("text",),
        "rule": ("title", "message", "care"),
        # Several rules may tell of one contradiction: its text is theirs, joined.
        "inputconflict": ("message",),
        "notice": ("text",),
        "optionwarning": ("text",),
        "condition": ("name", "question", "hint"),
        "medicationclass": ("name",),
        "medication": ("name",),
        "ingredientclass": ("name",),
        "ingredient": ("name", "role", "class_name"),
        "activator": ("name",),
        "allergen": ("name",),
        "labtest": ("name",),
        "areafinding": ("name",),
        "procedure": ("name",),
        "performerlevel": ("name",),
        "referral": ("name",),
        "decisionreason": ("name",),
        "formula": ("name",),
        "protocol": ("name",),
        "variant": ("name",),
        "adjunct": ("name", "text"),
        "technique": ("name", "note"),
        "device": ("name",),
        "conflict": ("topic", "resolution", "why"),
        "conflictside": ("position",),
        "statement": ("text",),
        "source": ("note",),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Rows inside a row: `by` is what tells them apart there, after the code of the outer row."""

    name: str
    by: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Where a section of a release document holds such texts, and of what kind its rows are."""

    kind: str
    fields: tuple[str, ...] = ()
    lines: Lines | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        return self.fields or TEXTS[self.kind]


SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "activators": Shape(kind="activator"),
        "adjuncts": Shape(kind="adjunct"),
        "allergens": Shape(kind="allergen"),
        "areas": Shape(kind="area"),
        "care_instructions": Shape(kind="careinstruction"),
        "comparison": Shape(
            kind="comparisonaspect",
            lines=Lines(name="entries", by="treatment", kind="comparisonentry"),
        ),
        "concerns": Shape(kind="concern"),
        "conditions": Shape(kind="condition"),
        "conflicts": Shape(
            kind="conflict", lines=Lines(name="sides", by="statement", kind="conflictside")
        ),
        "decision_reasons": Shape(kind="decisionreason"),
        "devices": Shape(kind="device"),
        "findings": Shape(kind="areafinding"),
        "formulas": Shape(kind="formula"),
        "ingredient_classes": Shape(kind="ingredientclass"),
        "ingredients": Shape(kind="ingredient", fields=("name", "role")),
        "input_conflicts": Shape(kind="inputconflict"),
        "lab_tests": Shape(kind="labtest"),
        "medication_classes": Shape(kind="medicationclass"),
        "medications": Shape(kind="medication"),
        "never_proposed": Shape(kind="ingredient"),
        "notices": Shape(kind="notice"),
        "performers": Shape(kind="performerlevel"),
        "procedures": Shape(kind="procedure"),
        "protocols": Shape(kind="protocol"),
        "referrals": Shape(kind="referral"),
        "rules": Shape(kind="rule"),
        "side_effects": Shape(kind="sideeffect"),
        "sources": Shape(kind="source"),
        "statements": Shape(kind="statement"),
        "techniques": Shape(kind="technique"),
        "treatments": Shape(kind="treatment"),
        "variants": Shape(kind="variant"),
        "warnings": Shape(kind="optionwarning"),
    }
)

_NAMED: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {"inputconflict": _("facts that contradict each other")}
)


def kind_names() -> Mapping[str, str | Promise]:
    """What each kind is called; the names of models are the same words."""
    return {
        kind: apps.get_model("treatments", kind)._meta.verbose_name or kind
        for kind in TEXTS
        if kind not in _NAMED
    } | dict(_NAMED)
