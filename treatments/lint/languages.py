"""Which texts are missing in a language that the catalogue is translated into?"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import ngettext

from treatments.lint.extra import Extra
from treatments.lint.findings import Check, Finding, Severity
from treatments.texts import TRANSLATIONS, SourceText, name_of_language, texts_in
from treatments.texts.fields import SHAPES

Document = Mapping[str, Any]
_SECTIONS: Final = {
    kind: section
    for section, shape in SHAPES.items()
    for kind in (shape.kind, *([shape.lines.kind] if shape.lines else []))
}


def texts_untranslated(document: Document, _extra: Extra) -> Iterator[Finding]:
    """One finding for each language and kind of row, at the first row that lacks a text.

    A language in which nothing is translated is none of the clinic's: readers see its texts
    marked, and nobody has begun.
    """
    every = list(texts_in(document))
    for language, told in sorted(document.get(TRANSLATIONS, {}).items()):
        missing: dict[str, list[SourceText]] = {}
        for one in every:
            if not told.get(one.kind, {}).get(one.code, {}).get(one.field):
                missing.setdefault(_SECTIONS[one.kind], []).append(one)
        for section, texts in sorted(missing.items()):
            yield _finding(language, section, texts)


def _finding(language: str, section: str, texts: list[SourceText]) -> Finding:
    words = ngettext(
        "%(number)d text is not translated into %(language)s.",
        "%(number)d texts of this kind are not translated into %(language)s, here the first.",
        len(texts),
    )
    return Finding(
        check=Check.TEXT_UNTRANSLATED,
        severity=Severity.WARNING,
        section=section,
        code=texts[0].code.partition("/")[0],
        about=(language, str(len(texts))),
        message=words % {"number": len(texts), "language": name_of_language(language)},
    )
