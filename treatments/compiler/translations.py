"""What a release says in other languages than its own."""

from treatments.compiler.rows import Row
from treatments.models import Translation
from treatments.texts import TRANSLATIONS, SourceText, compiled


def translations_of(document: Row) -> Row:
    """A section for the document; none at all where nothing is translated."""
    rows = Translation.objects.values_list(
        "language", "kind", "code", "field", "source_text", "text"
    )
    texts = compiled(document, ((one[0], SourceText(*one[1:5]), one[5]) for one in rows))
    return {TRANSLATIONS: texts} if texts else {}
