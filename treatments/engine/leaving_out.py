"""A formula of an option once the clinician leaves some of it out, judged as after an allergy."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from treatments.engine.catalogue import Catalogue
from treatments.engine.facts import Facts
from treatments.engine.ingredients import Mixture, mixtures_of
from treatments.engine.proposal import mixture_warnings

Row = Mapping[str, Any]


def left_of(
    catalogue: Catalogue, facts: Facts, row: Row, kept: Collection[str]
) -> dict[str, Any] | None:
    """The row of an option's formula with no more than `kept` in it.

    None where that is no mixture any more: a required ingredient is gone, nothing is left, or the
    product cannot be taken apart.
    """
    left_out = frozenset(row["ingredients"]).difference(kept)
    removed = catalogue.allergy_rules.removed(facts) | left_out
    formula = catalogue.vocabulary.formulas[row["formula"]]
    mixture = mixtures_of({formula.code: formula}, removed, facts.clinic.products).get(formula.code)
    if mixture is None or mixture.product != row["product"]:
        return None
    return {
        "formula": formula.code,
        "ingredients": list(mixture.ingredients),
        "product": mixture.product,
    }


def warnings_of(catalogue: Catalogue, facts: Facts, rows: Iterable[Row]) -> set[str]:
    """The warnings that formulas of an option bring with them."""
    formulas = catalogue.vocabulary.formulas
    mixtures = (
        Mixture(formulas[row["formula"]], row["product"], tuple(row["ingredients"])) for row in rows
    )
    return {code for one in mixtures for code in mixture_warnings(catalogue, facts, one)}
