"""What the patient wishes and what the clinic can do."""

from datetime import date
from typing import Final

from treatments.engine.facts import Clinic, Product
from treatments.engine.plans import Plans
from treatments.engine.reading import Reader, Row
from treatments.engine.vocabulary import Vocabulary

_DAYS_OF_A_WEEK: Final = 7
_MOST_DAYS: Final = 3_660  # ten years of single days
_KEYS: Final = ("closed_weekdays", "closed_on", "performer", "products")


def read_preferences(reader: Reader, plans: Plans, row: Row) -> tuple[str | None, frozenset[str]]:
    if "preferences" not in row:
        return None, frozenset()
    keys = {"combination", *plans.wishes}
    preferences = reader.row(row["preferences"], "preferences", keys)
    if preferences is None:
        return None, frozenset()
    mode = reader.code(preferences, "combination", "preferences", plans.modes, required=False)
    wishes = (key for key in sorted(plans.wishes) if reader.flag(preferences, key, "preferences"))
    return mode, frozenset(wishes)


def read_clinic(reader: Reader, vocabulary: Vocabulary, row: Row) -> Clinic:
    usual = vocabulary.performers[0]
    clinic = reader.row(row["clinic"], "clinic", _KEYS) if "clinic" in row else None
    if clinic is None:
        return Clinic(frozenset(), frozenset(), usual, ())
    performers = vocabulary.performers
    return Clinic(
        closed_weekdays=_weekdays(reader, clinic),
        closed_on=_days(reader, clinic),
        performer=reader.code(clinic, "performer", "clinic", performers, required=False) or usual,
        products=_products(reader, vocabulary, clinic),
    )


def _weekdays(reader: Reader, clinic: Row) -> frozenset[int]:
    closed: set[int] = set()
    for index, value in enumerate(reader.items(clinic, "closed_weekdays", "clinic")):
        weekday = reader.number(value, f"clinic.closed_weekdays[{index}]", 1, _DAYS_OF_A_WEEK)
        if weekday is not None:
            closed.add(weekday)
    if len(closed) == _DAYS_OF_A_WEEK:
        reader.fault("clinic", "The clinic has no open day.", "no_open_day")
    return frozenset(closed)


def _days(reader: Reader, clinic: Row) -> frozenset[date]:
    days = (
        reader.date(value, f"clinic.closed_on[{index}]")
        for index, value in enumerate(reader.items(clinic, "closed_on", "clinic", most=_MOST_DAYS))
    )
    return frozenset(day for day in days if day is not None)


def _products(reader: Reader, vocabulary: Vocabulary, clinic: Row) -> tuple[Product, ...]:
    products: dict[str, Product] = {}
    for index, value in enumerate(reader.items(clinic, "products", "clinic")):
        path = f"clinic.products[{index}]"
        row = reader.row(value, path, ("product", "ingredients", "separable"))
        if row is None:
            continue
        name = reader.name(row, "product", path)
        ingredients = _ingredients(reader, vocabulary, row, path)
        separable = reader.flag(row, "separable", path)
        if name in products:
            reader.fault(f"{path}.product", "Another product has this name.", "duplicate")
        elif name is not None:
            products[name] = Product(name, ingredients, separable)
    return tuple(products.values())


def _ingredients(reader: Reader, vocabulary: Vocabulary, row: Row, path: str) -> tuple[str, ...]:
    """Each once: to name one again says nothing new."""
    held = (
        reader.known(value, f"{path}.ingredients[{index}]", vocabulary.ingredients)
        for index, value in enumerate(reader.items(row, "ingredients", path, required=True))
    )
    return tuple(dict.fromkeys(code for code in held if code is not None))
