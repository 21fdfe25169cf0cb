"""The rules that read allergies: what an allergy removes, and what it only warns of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from treatments.engine.document import Document, RuleRow
from treatments.engine.facts import Facts
from treatments.engine.rules import Lack, Notation, notation

_ACTIVATOR: Final = "activator-allergy"


@dataclass(frozen=True, slots=True)
class RemovalRule:
    """Listed wherever something removed would be used (an allergy to an ingredient)."""

    notation: Notation
    treatment: str


@dataclass(frozen=True, slots=True)
class AllergenRule:
    """Listed whenever one of its allergens is: a cross-reactivity, an activator or a warning.

    `removes` holds what each of its allergens removes; a warning removes nothing. It stands under
    `treatment`, or under all; `of_treatment` is set where what it removes is that treatment's.
    """

    notation: Notation
    treatment: str | None
    of_treatment: str | None
    removes: Mapping[str, str | None]
    warning: str | None

    def listed(self, facts: Facts) -> list[str]:
        return [code for code in self.removes if code in facts.allergies]


@dataclass(frozen=True, slots=True)
class AllergyRules:
    """`removes`: the ingredients that go with each allergen.

    `unknown`: what each of the rules lacks while nothing was said of allergies.
    """

    removes: Mapping[str, frozenset[str]]
    removals: tuple[RemovalRule, ...]
    allergens: tuple[AllergenRule, ...]
    unknown: Mapping[str, Lack]

    def removed(self, facts: Facts) -> frozenset[str]:
        return frozenset().union(*(self.removes.get(code, ()) for code in facts.allergies))

    def grounds(self, facts: Facts) -> frozenset[str]:
        """The allergies that remove an ingredient."""
        return frozenset(
            f"allergies[{index}]"
            for code, indexes in facts.allergies.items()
            if code in self.removes
            for index in indexes
        )

    def by_treatment(self, facts: Facts, treatments: list[str]) -> dict[str, set[str]]:
        """The listed rules that stand under each treatment, whatever its status."""
        listed = [rule for rule in self.allergens if rule.listed(facts)]
        return {
            code: {one.notation.code for one in listed if one.treatment in (None, code)}
            for code in treatments
        }

    def warnings(self, facts: Facts) -> set[str]:
        return {one.warning for one in self.allergens if one.warning and one.listed(facts)}


def compile_allergy_rules(document: Document) -> AllergyRules:
    removals = [row for row in document["rules"] if row["kind"] == "ingredient-allergy"]
    others = [row for row in document["rules"] if row["kind"] in _REMOVES]
    return AllergyRules(
        removes=_ingredients_by_allergen(document),
        removals=tuple(RemovalRule(notation(row), _treatment(row)) for row in removals),
        allergens=tuple(
            AllergenRule(
                notation=notation(row),
                treatment=row.get("treatment"),
                of_treatment=row.get("treatment") if row["kind"] == _ACTIVATOR else None,
                removes=_REMOVES[row["kind"]](row, document),
                warning=row.get("warning"),
            )
            for row in others
        ),
        unknown={row["code"]: Lack.of(row["code"], ("allergies",)) for row in (*removals, *others)},
    )


def _treatment(row: RuleRow) -> str:
    treatment = row.get("treatment")
    if treatment is None:
        raise ValueError(f"rule {row['code']} names no treatment")
    return treatment


def _ingredients_by_allergen(document: Document) -> dict[str, frozenset[str]]:
    removes: dict[str, set[str]] = {}
    for ingredient in document["ingredients"]:
        for allergen in (ingredient["code"], ingredient["ingredient_class"]):
            if allergen is not None:
                removes.setdefault(allergen, set()).add(ingredient["code"])
    for row in document["rules"]:
        if row["kind"] == "cross-reactivity":
            for allergen, gone in _cross_reactivity(row, document).items():
                removes.setdefault(allergen, set()).add(gone)
    return {allergen: frozenset(codes) for allergen, codes in removes.items()}


def _cross_reactivity(row: RuleRow, _document: Document) -> dict[str, str]:
    ingredient = row.get("ingredient")
    if ingredient is None:
        raise ValueError(f"rule {row['code']} removes no ingredient")
    return dict.fromkeys(row.get("allergens") or (), ingredient)


def _activator(row: RuleRow, document: Document) -> dict[str, str]:
    return {
        one["code"]: one["code"]
        for one in document["activators"]
        if one["treatment"] == row.get("treatment")
    }


def _warning(row: RuleRow, _document: Document) -> dict[str, None]:
    return dict.fromkeys(row.get("allergens") or ())


_REMOVES: Final[Mapping[str, Callable[[RuleRow, Document], Mapping[str, str | None]]]] = {
    "cross-reactivity": _cross_reactivity,
    _ACTIVATOR: _activator,
    "allergen-warning": _warning,
}
