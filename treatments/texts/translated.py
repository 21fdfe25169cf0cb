"""A release document in another language: the same rows, each text translated or marked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from treatments.texts.fields import SHAPES, TEXTS, Shape
from treatments.texts.languages import source_language
from treatments.texts.marked import Untranslated

Row = Mapping[str, Any]
# In a release: language → kind of row → code → field → text. Nothing that decides is in it.
TRANSLATIONS: Final = "translations"


def document_in(document: Row, language: str) -> Row:
    """For reading only: it is no release, and no digest is taken of it."""
    if language == source_language():
        return document
    texts = document.get(TRANSLATIONS, {}).get(language, {})
    translator = _Translator(language, texts)
    return {
        section: translator.section(SHAPES[section], rows) if section in SHAPES else rows
        for section, rows in document.items()
    }


@dataclass(frozen=True, slots=True)
class _Translator:
    language: str
    texts: Mapping[str, Mapping[str, Mapping[str, str]]]

    def section(self, shape: Shape, rows: Any) -> Any:
        """A list of rows with their codes, or rows under theirs."""
        if isinstance(rows, Mapping):
            return {code: self._row(shape, code, row) for code, row in rows.items()}
        return [self._row(shape, row["code"], row) for row in rows]

    def _row(self, shape: Shape, code: str, row: Row) -> Row:
        made = {**row, **dict(self._told(shape.kind, shape.texts, code, row))}
        if shape.lines and shape.lines.name in row:
            lines = shape.lines
            made[lines.name] = [
                {
                    **one,
                    **dict(
                        self._told(lines.kind, TEXTS[lines.kind], f"{code}/{one[lines.by]}", one)
                    ),
                }
                for one in row[lines.name]
            ]
        return made

    def _told(
        self, kind: str, fields: Iterable[str], code: str, row: Row
    ) -> Iterator[tuple[str, str]]:
        known = self.texts.get(kind, {}).get(code, {})
        for field in fields:
            if row.get(field):
                yield field, known.get(field) or self._fallback(row[field])

    def _fallback(self, text: str) -> str:
        return Untranslated(text, language=source_language(), wanted=self.language)
