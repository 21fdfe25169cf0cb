"""Formulas that one allergy takes away."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from clinic.text import with_commas
from treatments.diffing.names import Names
from treatments.engine import Catalogue
from treatments.engine.ingredients import mixtures_of
from treatments.lint.findings import Check, Finding, Severity


def formulas_lost(catalogue: Catalogue) -> Iterator[Finding]:
    """Each formula of which nothing is left to mix once a single listed allergy is known.

    Which allergies are everyday is not for the program to say: every one that patients can name
    is tried, alone. What the clinician selects cannot be lost.
    """
    names = Names.of(catalogue.document)
    removes = catalogue.allergy_rules.removes
    for formula in catalogue.vocabulary.formulas.values():
        lost = [
            code
            for code in sorted(catalogue.vocabulary.allergens | removes.keys())
            if not mixtures_of({"": formula}, removes.get(code, frozenset()), ())
        ]
        if lost:
            texts = {"allergens": with_commas(names.name("allergens", one) for one in lost)}
            yield Finding(
                check=Check.FORMULA_LOST_TO_ALLERGY,
                severity=Severity.WARNING,
                section="formulas",
                code=formula.code,
                about=tuple(lost),
                message=_("One allergy alone takes this formula away: %(allergens)s.") % texts,
            )
