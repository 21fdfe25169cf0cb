"""The catalogue's texts in the languages that a clinic speaks."""

from treatments.texts.fields import SHAPES, TEXTS, Lines, Shape
from treatments.texts.languages import (
    name_of_language,
    other_languages,
    source_language,
    wanted_language,
)
from treatments.texts.marked import Marked, Untranslated, in_plain_text, joined, said
from treatments.texts.translated import TRANSLATIONS, document_in

__all__ = [
    "SHAPES",
    "TEXTS",
    "TRANSLATIONS",
    "Lines",
    "Marked",
    "Shape",
    "Untranslated",
    "document_in",
    "in_plain_text",
    "joined",
    "name_of_language",
    "other_languages",
    "said",
    "source_language",
    "wanted_language",
]
