"""All checks, one after the other, on one document."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from treatments.engine import Catalogue
from treatments.lint.allergies import formulas_lost
from treatments.lint.consents import changed_without_version
from treatments.lint.contradictions import contradictions
from treatments.lint.extra import Extra
from treatments.lint.findings import Check, Finding, Severity
from treatments.lint.languages import texts_untranslated
from treatments.lint.numbers import numbers_that_differ
from treatments.lint.reach import unreachable
from treatments.lint.rows import (
    names_out_of_use,
    protocol_intervals,
    retired_ingredients,
    texts_missing,
    uncovered_concerns,
)
from treatments.lint.sources import (
    numbers_without_source,
    rules_without_statement,
    sources_without_grade,
)
from treatments.lint.waits import waits_shortened

Document = Mapping[str, Any]

_OF_ROWS: Final[tuple[Callable[[Document, Extra], Iterator[Finding]], ...]] = (
    names_out_of_use,
    rules_without_statement,
    numbers_without_source,
    waits_shortened,
    sources_without_grade,
    numbers_that_differ,
    protocol_intervals,
    uncovered_concerns,
    retired_ingredients,
    texts_missing,
    texts_untranslated,
    changed_without_version,
)
_OF_ENGINE: Final[tuple[Callable[[Catalogue], Iterator[Finding]], ...]] = (
    unreachable,
    contradictions,
    formulas_lost,
)


def lint(document: Document, extra: Extra) -> tuple[Finding, ...]:
    """Everything found, errors first, each once; the same document gives the same findings."""
    found = [one for check in _OF_ROWS for one in check(document, extra)]
    found.extend(_by_engine(document))
    by_id = {one.id: one for one in found}
    return tuple(sorted(by_id.values(), key=lambda one: (one.severity, one.section, one.id)))


def _by_engine(document: Document) -> Iterator[Finding]:
    """What can only be said of a catalogue that the engine reads."""
    try:
        catalogue = Catalogue.from_document(document)
        found = [one for check in _OF_ENGINE for one in check(catalogue)]
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        texts = {"reason": str(error) or type(error).__name__}
        yield Finding(
            check=Check.NOT_READABLE,
            severity=Severity.ERROR,
            section="",
            code="",
            message=_("The engine cannot read this catalogue: %(reason)s") % texts,
        )
        return
    yield from found
