"""What a formula holds, what was left out of it, and because of which allergy."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from treatments.engine import Facts
from treatments.engine.ingredients import Mixture, formulas_of, mixtures_of
from treatments.explanations.wording import Row, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    ingredient: str
    allergies: tuple[str, ...]
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaText:
    code: str
    name: str
    product: str | None
    ingredients: tuple[tuple[str, str], ...]  # code and name
    left_out: tuple[LeftOut, ...]
    clinician_selects: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LostFormula:
    """A concern's formula that cannot be given. Without anything left out, no product fits."""

    concern: str
    name: str
    left_out: tuple[LeftOut, ...]


def formula_text(wording: Wording, request: Row, given: Row) -> FormulaText:
    row = wording.row("formulas", given["formula"])
    whole = _ingredients(row) if given["product"] is None else _of_product(request, given)
    return FormulaText(
        code=given["formula"],
        name=wording.name("formulas", given["formula"]),
        product=given["product"],
        ingredients=tuple(
            (code, wording.name("ingredients", code)) for code in given["ingredients"]
        ),
        left_out=tuple(_left_out(wording, request, row, set(whole) - set(given["ingredients"]))),
        clinician_selects=bool(row.get("clinician_selects")) and given["product"] is None,
    )


def lost_formulas(
    wording: Wording, request: Row, area: Row, standing: Row
) -> tuple[LostFormula, ...]:
    """Formulas of concerns that the treatment is suited to but cannot cover here."""
    if standing["status"] not in {"eligible", "no-formula"}:
        return ()
    return tuple(
        _lost(wording, request, row)
        for row in wording.document["suitabilities"]
        if row["treatment"] == standing["treatment"]
        and row["formula"] is not None
        and row["concern"] in area["concerns"]
        and row["concern"] not in standing["covers"]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A formula that lost something: what is left of it, and whether it can still be given."""

    name: str
    product: str | None
    concerns: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    left: tuple[str, ...]
    covers: bool


def repairs(wording: Wording, request: Row, facts: Facts) -> tuple[Repair, ...]:
    """What the patient's allergies did to the formulas for these concerns, whatever else holds."""
    catalogue = wording.catalogue
    removed = catalogue.allergy_rules.removed(facts)
    concerns = {one: None for told in facts.areas.values() for one in told}
    found: dict[tuple[str, str | None], list[str]] = {}
    mixtures: dict[tuple[str, str | None], Mixture | None] = {}
    for treatment in catalogue.vocabulary.treatments if removed else ():
        formulas = formulas_of(catalogue.vocabulary, treatment.code, concerns)
        left = mixtures_of(formulas, removed, facts.clinic.products)
        for concern, formula in formulas.items():
            mixture = left.get(concern)
            key = formula.code, mixture.product if mixture else None
            found.setdefault(key, []).append(concern)
            mixtures[key] = mixture
    made = (_repair(wording, request, key[0], mixtures[key], told) for key, told in found.items())
    return tuple(one for one in made if one.left_out)


def _repair(
    wording: Wording, request: Row, formula: str, mixture: Mixture | None, concerns: list[str]
) -> Repair:
    row = wording.row("formulas", formula)
    product = mixture.product if mixture else None
    whole = _ingredients(row) if product is None else _of_product(request, {"product": product})
    gone = [code for code in whole if any(_removing(wording, request, code))]
    left = [code for code in whole if code not in gone]
    return Repair(
        name=row["name"],
        product=product,
        concerns=wording.each("concerns", concerns),
        left_out=tuple(_left_out(wording, request, row, gone)),
        left=wording.each("ingredients", left),
        covers=mixture is not None,
    )


def activators_left_out(wording: Wording, request: Row, treatment: str) -> tuple[str, ...]:
    allergies = _allergies(request)
    return tuple(
        row["name"]
        for row in wording.document["activators"]
        if row["treatment"] == treatment and row["code"] in allergies
    )


def _lost(wording: Wording, request: Row, suitability: Row) -> LostFormula:
    row = wording.row("formulas", suitability["formula"])
    gone = [code for code in _ingredients(row) if any(_removing(wording, request, code))]
    return LostFormula(
        concern=wording.name("concerns", suitability["concern"]),
        name=row["name"],
        left_out=tuple(_left_out(wording, request, row, gone)),
    )


def _left_out(
    wording: Wording, request: Row, formula: Row, codes: Iterable[str]
) -> Iterator[LeftOut]:
    gone = set(codes)
    required = {one["ingredient"] for one in formula["ingredients"] if one["required"]}
    for code in wording.names["ingredients"]:
        if code in gone:
            allergies = wording.each("allergens", list(_removing(wording, request, code)))
            yield LeftOut(
                ingredient=wording.name("ingredients", code),
                allergies=allergies,
                required=code in required,
            )


def _removing(wording: Wording, request: Row, ingredient: str) -> Iterator[str]:
    """The patient's allergies that take an ingredient away: its own, its class's, a related one."""
    family = wording.row("ingredients", ingredient).get("ingredient_class")
    related = {
        allergen
        for rule in wording.document["rules"]
        if rule["kind"] == "cross-reactivity" and rule["ingredient"] == ingredient
        for allergen in rule["allergens"]
    }
    for allergen in _allergies(request):
        if allergen in {ingredient, family} | related:
            yield allergen


def _allergies(request: Row) -> list[str]:
    return [row["allergen"] for row in request.get("allergies", ())]


def _ingredients(formula: Row) -> list[str]:
    return [one["ingredient"] for one in formula["ingredients"]]


def _of_product(request: Row, given: Row) -> list[str]:
    products = request.get("clinic", {}).get("products", ())
    found = next(row for row in products if row["product"] == given["product"])
    return list(found["ingredients"])
