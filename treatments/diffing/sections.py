"""The sections of a release document: what each is part of, and by what its rows are known."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from treatments.engine import canonical_json

GROUPS: Final[Mapping[str, str | Promise]] = {
    "rules": _("Rules"),
    "protocols": _("Protocols"),
    "suitabilities": _("Suitabilities"),
    "formulas": _("Formulas and ingredients"),
    "vocabulary": _("Vocabulary"),
    "combinations": _("Combinations, variants and adjuncts"),
    "notices": _("Notices and warnings"),
    "care": _("Care, side effects and techniques"),
    "statements": _("Statements and sources"),
    "conflicts": _("Conflicts between sources"),
    "numbers": _("Numbers of the engine"),
    "other": _("Everything else"),
}
_SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "rules": ("rules", "input_conflicts"),
    "protocols": ("protocols",),
    "suitabilities": ("suitabilities",),
    "formulas": ("formulas", "ingredients", "never_proposed", "ingredient_classes", "activators"),
    "vocabulary": (
        "treatments",
        "concerns",
        "areas",
        "conditions",
        "medication_classes",
        "medications",
        "allergens",
        "lab_tests",
        "findings",
        "procedures",
        "performers",
        "referrals",
        "decision_reasons",
    ),
    "combinations": ("combinations", "variants", "adjuncts"),
    "notices": ("notices", "warnings"),
    "care": (
        "care_instructions",
        "consent_texts",
        "side_effects",
        "techniques",
        "devices",
        "comparison",
    ),
    "statements": ("statements", "sources"),
    "conflicts": ("conflicts",),
    "numbers": ("parameters",),
}
GROUP_OF: Final = {section: group for group, names in _SECTIONS.items() for section in names}
SECTIONS: Final = tuple(GROUP_OF)
_KNOWN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "suitabilities": ("concern", "treatment"),
    "combinations": ("mode",),
}
# Lists of rows inside a row, and by what one of those is known there.
LINES: Final[Mapping[str, tuple[str, ...]]] = {
    "effects": ("treatment",),
    "entries": ("treatment",),
    "ingredients": ("ingredient",),
    "units": ("unit",),
    "citations": ("source",),
    "sides": ("statement",),
}
# Fields that hold codes of another section, or lists of such codes.
REFERENCES: Final[Mapping[str, str]] = {
    "allergens": "allergens",
    "area": "areas",
    "areas": "areas",
    "basis": "rules",
    "blocked_by": "rules",
    "classes": "medication_classes",
    "concern": "concerns",
    "concerns": "concerns",
    "condition": "conditions",
    "devices": "devices",
    "finding": "findings",
    "follow": "treatments",
    "formula": "formulas",
    "ingredient": "ingredients",
    "ingredient_class": "ingredient_classes",
    "lead": "treatments",
    "medication_class": "medication_classes",
    "medications": "medications",
    "parent": "areas",
    "performer": "performers",
    "procedure": "procedures",
    "refer_to": "referrals",
    "rule": "rules",
    "rules": "rules",
    "source": "sources",
    "sources": "statements",
    "statement": "statements",
    "test": "lab_tests",
    "treatment": "treatments",
    "treatments": "treatments",
    "warning": "warnings",
}


def known_by(section: str, row: Any) -> str:
    """What a row is matched by; a row that does not say it is matched by all that it holds."""
    return _identity(row, _KNOWN_BY.get(section, ("code",)))


def line_known_by(field: str, line: Any) -> str:
    return _identity(line, LINES.get(field, ()))


def _identity(row: Any, names: tuple[str, ...]) -> str:
    if names and isinstance(row, Mapping) and all(name in row for name in names):
        return f"={canonical_json([row[name] for name in names])}"  # no JSON starts like this
    return canonical_json(row)


def code_of(section: str, row: Any) -> str:
    """The row's code as people say it."""
    names = _KNOWN_BY.get(section, ("code",))
    if isinstance(row, Mapping) and all(name in row for name in names):
        return " / ".join(str(row[name]) for name in names)
    return section


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Every section and code that a row names, its triggers and lines included."""
    if isinstance(value, Mapping):
        for field, held in value.items():
            if field in REFERENCES and _is_code(held):
                yield from ((REFERENCES[field], code) for code in _listed(held))
            else:
                yield from references(held)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def _is_code(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(one, str) for one in value)
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
