"""What a treatment is mixed from in an area, once everything the patient cannot have is gone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from treatments.engine.facts import Product
from treatments.engine.vocabulary import Formula, Vocabulary


@dataclass(frozen=True, slots=True)
class Mixture:
    """A formula as it can be given; `product` is None where the clinic compounds it."""

    formula: Formula
    product: str | None
    ingredients: tuple[str, ...]


def formulas_of(
    vocabulary: Vocabulary, treatment: str, concerns: Collection[str]
) -> dict[str, Formula]:
    """The formula of each concern that the treatment supports with one."""
    found: dict[str, Formula] = {}
    for concern in concerns:
        suitability = vocabulary.suitabilities.get((concern, treatment))
        if suitability is not None and suitability.formula is not None:
            found[concern] = vocabulary.formulas[suitability.formula]
    return found


def mixtures_of(
    formulas: Mapping[str, Formula], removed: frozenset[str], products: tuple[Product, ...]
) -> dict[str, Mixture]:
    """The mixture of each concern that still has one."""
    mixtures: dict[str, Mixture] = {}
    for concern, formula in formulas.items():
        mixture = (
            _from_product(formula, removed, products) if products else _compounded(formula, removed)
        )
        if mixture is not None:
            mixtures[concern] = mixture
    return mixtures


def _compounded(formula: Formula, removed: frozenset[str]) -> Mixture | None:
    kept = _without(formula.ingredients, removed)
    if formula.clinician_selects:
        return Mixture(formula, None, kept)
    if not kept or not formula.required.isdisjoint(removed):
        return None
    return Mixture(formula, None, kept)


def _from_product(
    formula: Formula, removed: frozenset[str], products: tuple[Product, ...]
) -> Mixture | None:
    for product in products:
        kept = _without(product.ingredients, removed)
        if len(kept) < len(product.ingredients) and not product.separable:
            continue
        useful = bool(kept) if formula.clinician_selects else _any_of(kept, formula.ingredients)
        if useful and formula.required.issubset(kept):
            return Mixture(formula, product.name, kept)
    return None


def _without(ingredients: tuple[str, ...], removed: frozenset[str]) -> tuple[str, ...]:
    return tuple(code for code in ingredients if code not in removed)


def _any_of(kept: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(code in wanted for code in kept)


def uses_removed(
    formulas: Mapping[str, Formula], removed: frozenset[str], products: tuple[Product, ...]
) -> bool:
    """Whether something removed would be used: in a formula, or in a product at hand."""
    in_formulas = any(not removed.isdisjoint(one.ingredients) for one in formulas.values())
    return in_formulas or any(not removed.isdisjoint(one.ingredients) for one in products)
