"""A release document in another language: the same rows, each text translated or marked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from treatments.texts.fields import SHAPES, TEXTS
from treatments.texts.languages import source_language
from treatments.texts.marked import Untranslated

Row = Mapping[str, Any]
Key = tuple[str, str, str]  # kind of row, code, field
# In a release: language → kind of row → code → field → text. Nothing that decides is in it.
TRANSLATIONS: Final = "translations"


def document_in(document: Row, language: str) -> Row:
    """For reading only: it is no release, and no digest is taken of it."""
    if language == source_language():
        return document
    told = _Told(language, document.get(TRANSLATIONS, {}).get(language, {}))
    return {
        section: _mapped(section, rows, told) if section in SHAPES else rows
        for section, rows in document.items()
    }


class SourceText(NamedTuple):
    """A text of a document that can be translated."""

    kind: str
    code: str
    field: str
    text: str

    @property
    def key(self) -> Key:
        return self.kind, self.code, self.field


def texts_in(document: Row) -> Iterator[SourceText]:
    """Every text that a reader can meet, once; an allergen is called what its substance is."""
    found: list[SourceText] = []

    def keep(text: SourceText) -> str:
        found.append(text)
        return text.text

    for section in SHAPES:
        _mapped(section, document.get(section, ()), keep)
    substances = _substances(found)
    for one in dict.fromkeys(found):
        if one.kind != _ALLERGEN or (one.code, one.text) not in substances:
            yield one


def compiled(document: Row, made: Iterable[tuple[str, SourceText, str]]) -> dict[str, Any]:
    """The translations that a release of this document holds.

    `made`: language, what the translation was made from, and its words. Those made from another
    text than the document's are left out: nobody must follow an instruction that has changed.
    """
    here = set(texts_in(document))
    allergens = {row["code"]: row["name"] for row in document["allergens"]}
    texts: dict[str, Any] = {}
    for language, source, words in sorted(made):
        keys = [source] if source in here else []
        if source.field == "name" and source.kind in _SUBSTANCES and source.code in allergens:
            own = source._replace(kind=_ALLERGEN)
            keys += [own] if allergens[source.code] == source.text and own not in here else []
        for kind, code, field, _text in keys:
            rows = texts.setdefault(language, {}).setdefault(kind, {})
            rows.setdefault(code, {})[field] = words
    return texts


_ALLERGEN: Final = "allergen"
_SUBSTANCES: Final = ("ingredient", "ingredientclass", "activator")


def _substances(texts: Iterable[SourceText]) -> set[tuple[str, str]]:
    return {
        (one.code, one.text) for one in texts if one.kind in _SUBSTANCES and one.field == "name"
    }


@dataclass(frozen=True, slots=True)
class _Told:
    """The words for a text; the text itself, marked, where there are none."""

    language: str
    texts: Mapping[str, Mapping[str, Mapping[str, str]]]

    def __call__(self, one: SourceText) -> str:
        words = self.texts.get(one.kind, {}).get(one.code, {}).get(one.field)
        return words or Untranslated(one.text, language=source_language(), wanted=self.language)


def _mapped(section: str, rows: Any, write: Callable[[SourceText], str]) -> Any:
    """A section's rows with each of their texts as `write` gives it."""
    shape = SHAPES[section]
    if isinstance(rows, Mapping):
        return {code: _row(shape.kind, shape.texts, code, row, write) for code, row in rows.items()}
    made = [_row(shape.kind, shape.texts, row["code"], row, write) for row in rows]
    if shape.lines is not None:
        lines = shape.lines
        for row in made:
            coded = _coded_lines(row["code"], row.get(lines.name, ()), lines.by)
            row[lines.name] = [
                _row(lines.kind, TEXTS[lines.kind], code, one, write) for code, one in coded
            ]
    return made


def _coded_lines(code: str, lines: Iterable[Row], by: str) -> Iterator[tuple[str, Row]]:
    """“C5/A132”, and “C5/A132/2” for what the same statement says besides."""
    seen: dict[str, int] = {}
    for one in lines:
        name = f"{code}/{one[by]}"
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name}/{seen[name]}"), one


def _row(
    kind: str, fields: Iterable[str], code: str, row: Row, write: Callable[[SourceText], str]
) -> dict[str, Any]:
    told = {
        field: write(SourceText(kind, code, field, row[field]))
        for field in fields
        if row.get(field)
    }
    return {**row, **told}
