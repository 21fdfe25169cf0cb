"""The words of a release: what its codes are called, and what its rules say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from treatments.engine import Catalogue
from treatments.texts import document_in, wanted_language

Row = Mapping[str, Any]
_TERMS = (
    "areas",
    "concerns",
    "conditions",
    "medications",
    "ingredients",
    "activators",
    "allergens",
    "lab_tests",
    "findings",
    "procedures",
    "performers",
    "treatments",
    "formulas",
    "variants",
    "adjuncts",
    "decision_reasons",
    "techniques",
)


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """Looked up by section and code. What a release does not name is called by its code.

    Texts stand in one language; those that are not translated yet are `Untranslated`.
    """

    catalogue: Catalogue
    language: str
    document: Row
    names: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, Row]

    def name(self, section: str, code: str) -> str:
        return self.names[section].get(code, code)

    def each(self, section: str, codes: Iterator[str] | list[str]) -> tuple[str, ...]:
        return tuple(self.name(section, code) for code in codes)

    def row(self, section: str, code: str) -> Row:
        """The release's own row; empty where the section or the code is not in it."""
        found: Row = next(
            (one for one in self.document.get(section, ()) if one["code"] == code), {}
        )
        return found


def wording_of(catalogue: Catalogue, *, language: str | None = None) -> Wording:
    """In the reader's language, unless it is asked for in another."""
    return _wording(catalogue, language or wanted_language())


@lru_cache(maxsize=32)
def _wording(catalogue: Catalogue, language: str) -> Wording:
    document = document_in(catalogue.document, language)
    return Wording(
        catalogue=catalogue,
        language=language,
        document=document,
        names={
            section: {row["code"]: row["name"] for row in document.get(section, ())}
            for section in _TERMS
        },
        rules={row["code"]: row for row in document["rules"]},
    )


def leaves(trigger: Row | None) -> Iterator[Row]:
    """The single facts that a trigger reads."""
    if not trigger:
        return
    if "kind" in trigger:
        yield trigger
    for word in ("all", "any"):
        for part in trigger.get(word, ()):
            yield from leaves(part)
    yield from leaves(trigger.get("not"))
