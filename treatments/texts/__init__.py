"""The catalogue's texts in the languages that a clinic speaks."""

from treatments.texts.fields import SHAPES, TEXTS, Lines, Shape, kind_names
from treatments.texts.languages import (
    name_of_language,
    other_languages,
    source_language,
    wanted_language,
)
from treatments.texts.marked import (
    Marked,
    Untranslated,
    in_plain_text,
    joined,
    listed,
    rewritten,
    runs_of,
    said,
)
from treatments.texts.numbers import document_with_numbers, names_in
from treatments.texts.translated import TRANSLATIONS, SourceText, compiled, document_in, texts_in

__all__ = [
    "SHAPES",
    "TEXTS",
    "TRANSLATIONS",
    "Lines",
    "Marked",
    "Shape",
    "SourceText",
    "Untranslated",
    "compiled",
    "document_in",
    "document_with_numbers",
    "in_plain_text",
    "joined",
    "kind_names",
    "listed",
    "name_of_language",
    "names_in",
    "other_languages",
    "rewritten",
    "runs_of",
    "said",
    "source_language",
    "texts_in",
    "wanted_language",
]
