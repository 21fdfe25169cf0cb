"""What a release document names: a term that is out of use must not be named by one in use."""

from collections.abc import Iterator
from typing import Any, NamedTuple

Document = dict[str, Any]


class Reference(NamedTuple):
    owner: str
    section: str
    code: str


_PLAIN = (
    ("areas", "parent", "areas"),
    ("medications", "medication_class", "medication_classes"),
    ("ingredients", "ingredient_class", "ingredient_classes"),
    ("ingredients", "warning", "warnings"),
    ("activators", "treatment", "treatments"),
    ("formulas", "warning", "warnings"),
    ("suitabilities", "concern", "concerns"),
    ("suitabilities", "treatment", "treatments"),
    ("suitabilities", "formula", "formulas"),
    ("protocols", "treatment", "treatments"),
    ("combinations", "lead", "treatments"),
    ("combinations", "follow", "treatments"),
    ("combinations", "performer", "performers"),
    ("combinations", "warning", "warnings"),
    ("variants", "treatment", "treatments"),
    ("variants", "area", "areas"),
    ("variants", "blocked_by", "rules"),
    ("adjuncts", "concern", "concerns"),
    ("adjuncts", "treatment", "treatments"),
    ("notices", "treatment", "treatments"),
    ("notices", "rule", "rules"),
    ("rules", "treatment", "treatments"),
    ("rules", "ingredient", "ingredients"),
    ("rules", "warning", "warnings"),
)
_LISTS = (
    ("protocols", "concerns", "concerns"),
    ("protocols", "basis", "rules"),
    ("combinations", "basis", "rules"),
    ("variants", "basis", "rules"),
    ("adjuncts", "basis", "rules"),
    ("notices", "concerns", "concerns"),
    ("notices", "areas", "areas"),
    ("rules", "allergens", "allergens"),
)
_LEAVES = {
    "condition": "conditions",
    "classes": "medication_classes",
    "medications": "medications",
    "test": "lab_tests",
    "finding": "findings",
    "procedure": "procedures",
    "allergens": "allergens",
}


def references(document: Document) -> Iterator[Reference]:
    """Every code that one part of the document reads in another."""
    for section, name, target in (*_PLAIN, *_LISTS):
        for row in document[section]:
            yield from _named(owner_of(row), target, row.get(name))
    for row in document["formulas"]:
        for part in row["ingredients"]:
            yield Reference(owner_of(row), "ingredients", part["ingredient"])
    for row in (*document["rules"], *document["input_conflicts"]):
        for leaf in leaves(row.get("trigger") or {}):
            for name, section in _LEAVES.items():
                yield from _named(owner_of(row), section, leaf.get(name))


def _named(owner: str, section: str, value: str | list[str] | None) -> Iterator[Reference]:
    """A field holds one code, several or none."""
    for code in [value] if isinstance(value, str) else value or ():
        yield Reference(owner, section, code)


def dangling(document: Document) -> Iterator[Reference]:
    """References to what the document does not hold."""
    held = {
        section: {row["code"] for row in rows if "code" in row}
        for section, rows in document.items()
        if isinstance(rows, list)
    }
    return (one for one in references(document) if one.code not in held[one.section])


def owner_of(row: dict[str, Any]) -> str:
    if "code" in row:
        return str(row["code"])
    return str(row["mode"]) if "mode" in row else f"{row['concern']} / {row['treatment']}"


def leaves(trigger: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The single facts that a nested trigger reads."""
    if "kind" in trigger:
        yield trigger
    parts = [*trigger.get("all", ()), *trigger.get("any", ())]
    for part in [*parts, *([trigger["not"]] if "not" in trigger else [])]:
        yield from leaves(part)
