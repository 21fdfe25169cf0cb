"""Facts of a consultation as anybody's, so that they can be kept with the catalogue.

Only what the engine reads is taken over, field by field: a field that is added to a request later
is left behind until somebody decides here what becomes of it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from treatments.engine.request import age_on

Document = dict[str, Any]
Move = Callable[[str], str]
# A Monday. Cases are moved to its week, each on its own weekday, since weekdays can be closed.
REFERENCE_DAY: Final = date(2026, 1, 12)
# So few people are older that their age alone could tell who they are.
OLDEST: Final = 90
_WEEK: Final = 7
_PLAIN: Final = ("no_known_allergies", "medications_reviewed")
_LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "concerns": ("concern", "area", "severity"),
    "allergies": ("allergen",),
    "medications": ("medication", "prescribed", "ongoing"),
    "labs": ("test", "value", "unit"),
    "area_findings": ("finding", "area"),
    "procedures": ("procedure", "area"),
}
_NUMBERED: Final = re.compile(r"product-[0-9]+")
_DATES: Final = ("last_taken_on", "taken_on", "clears_on", "performed_on")


def without_identity(request: Mapping[str, Any]) -> Document:
    """The same facts about nobody: an age instead of a birth date, every date moved by whole weeks,
    products by number.

    Single days on which the clinic is closed are left out: holidays would tell when it was.
    """
    consulted_on = date.fromisoformat(request["consulted_on"])
    move = _mover(consulted_on)
    lists = {
        section: [_row(row, keys, move) for row in request[section]]
        for section, keys in _LISTS.items()
        if section in request
    }
    clinic = _clinic(request.get("clinic", {}))
    return {
        **{key: move(request[key]) for key in ("consulted_on", "start_on") if key in request},
        "patient": _patient(request["patient"], consulted_on),
        **lists,
        "conditions": dict(request.get("conditions", {})),
        **_kept(request, _PLAIN),
        **_given("preferences", _kept(request.get("preferences", {}), ("combination", "laser"))),
        **_given("clinic", clinic),
    }


def about_nobody(request: Mapping[str, Any]) -> Document:
    """Facts as a curator typed them, whose days and numbers are meant: they stay. A birth date
    becomes the age on the day of the case, and products become numbers."""
    facts, patient = dict(request), request["patient"]
    if "birth_date" in patient:
        facts["patient"] = _patient(patient, date.fromisoformat(request["consulted_on"]))
    if products := request.get("clinic", {}).get("products"):
        facts["clinic"] = {**request["clinic"], "products": _numbered(products)}
    return facts


def tells_of_somebody(request: Mapping[str, Any]) -> list[str]:
    """Paths of what a case about nobody does not hold, in facts that nobody has read yet."""
    patient, clinic = request.get("patient"), request.get("clinic")
    born = isinstance(patient, Mapping) and "birth_date" in patient
    products = clinic.get("products") if isinstance(clinic, Mapping) else None
    return (["patient.birth_date"] if born else []) + [
        f"clinic.products[{index}].product"
        for index, one in enumerate(products if isinstance(products, list) else ())
        if isinstance(one, Mapping) and not _NUMBERED.fullmatch(str(one.get("product", "")))
    ]


def _mover(consulted_on: date) -> Move:
    monday = consulted_on - timedelta(days=consulted_on.weekday())
    by = REFERENCE_DAY - monday

    def move(text: str) -> str:
        day = date.fromisoformat(text)
        try:
            return (day + by).isoformat()
        except OverflowError:
            return (date.min if by < timedelta(0) else date.max).isoformat()

    return move


def _patient(patient: Mapping[str, Any], consulted_on: date) -> Document:
    age = patient.get("age")
    if born := patient.get("birth_date"):
        age = age_on(date.fromisoformat(born), consulted_on)
    known = _kept(patient, ("sex",))
    return known if age is None else {**known, "age": min(age, OLDEST)}


def _row(row: Mapping[str, Any], keys: tuple[str, ...], move: Move) -> Document:
    return {**_kept(row, keys), **{name: move(row[name]) for name in _DATES if name in row}}


def _clinic(clinic: Mapping[str, Any]) -> Document:
    products = _numbered(clinic.get("products", ()))
    return {**_kept(clinic, ("closed_weekdays", "performer")), **_given("products", products)}


def _numbered(products: Iterable[Mapping[str, Any]]) -> list[Document]:
    return [
        {"product": f"product-{number}", **_kept(one, ("ingredients", "separable"))}
        for number, one in enumerate(products, start=1)
    ]


def _kept(row: Mapping[str, Any], keys: tuple[str, ...]) -> Document:
    return {key: row[key] for key in keys if key in row}


def _given(name: str, value: Any) -> Document:
    return {name: value} if value else {}
