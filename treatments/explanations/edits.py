"""Small changes of a request that could make a rule fall silent, worded for people.

Nothing is claimed here: whether a change helps is found by evaluating with it (`changes.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from clinic.text import with_commas
from treatments.engine.request import age_on
from treatments.explanations.labs import Level, levels
from treatments.explanations.told import day, fact, listed
from treatments.explanations.wording import Row, Wording, leaves

Override = tuple[str, str | None, str]
Agreement = Override
Request = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """`subject` is the one thing it changes: two edits of one subject do not go together.

    `weight` puts gentler changes first: what time or a value brings before what would have to
    be wrong. `level` is set where the edit is one of several values of one lab test.
    """

    text: str
    subject: str
    weight: int = 0
    apply: Callable[[Request], None] = lambda _request: None
    override: Override | None = None
    agreements: frozenset[Agreement] = frozenset()
    level: Level | None = None


def edits_of(wording: Wording, request: Row, rule: Row, because: Iterable[str]) -> Iterator[Edit]:
    """What could silence a rule that fired on these facts."""
    for path in because:
        place = listed(path)
        if place is not None:
            yield from _LISTS[place[0]](wording, request, rule, path, place[1])
        elif path.startswith("conditions."):
            yield _answered(wording, request, path)
        elif path in {"patient.birth_date", "patient.age"}:
            yield from _of_age(request, rule, path)
        elif path == "no_known_allergies":
            text = _("if “no known allergies” does not hold")
            yield Edit(text=text, subject=path, apply=lambda one: one.pop("no_known_allergies"))
    for leaf in leaves(rule.get("trigger")):
        if leaf["kind"] == "lab-missing":
            yield from _measured(wording, request, leaf["test"])


def answered_no(wording: Wording, conditions: Iterable[str]) -> Edit:
    """All the questions still to be asked, answered with no."""
    codes = tuple(conditions)
    names = with_commas(f"“{wording.name('conditions', code)}”" for code in codes)

    def apply(one: Request) -> None:
        one["conditions"] = {**one.get("conditions", {}), **dict.fromkeys(codes, "no")}

    text = _("if the answer is no for %(conditions)s") % {"conditions": names}
    return Edit(text=text, subject="conditions", apply=apply)


def overriding(rule: Row, area: str, treatment: str) -> Edit:
    text = _("if a clinician who may do so overrides %(rule)s with a reason") % {
        "rule": rule["code"]
    }
    return Edit(
        text=text,
        subject=f"override:{rule['code']}",
        weight=1,
        override=(rule["code"], area, treatment),
    )


def agreeing(agreements: frozenset[Agreement]) -> Edit:
    """Whoever prescribes says yes to all that is asked."""
    return Edit(text=_("if the prescriber agrees"), subject="agreements", agreements=agreements)


def compounding(request: Row) -> Iterator[Edit]:
    """Without a list of products any formula can be compounded."""
    if request.get("clinic", {}).get("products"):
        text = _("if the formula is compounded instead of taken from a product at hand")
        yield Edit(text=text, subject="products", apply=lambda one: one["clinic"].pop("products"))


def drop_gaps(request: Request) -> None:
    """Entries were emptied in their place, so that paths kept their meaning until now."""
    for section, rows in request.items():
        if isinstance(rows, list):
            request[section] = [row for row in rows if row is not None]


def _answered(wording: Wording, request: Row, path: str) -> Edit:
    code = path.removeprefix("conditions.")
    other = "no" if request["conditions"][code] == "yes" else "yes"
    words = {"yes": _("yes"), "no": _("no")}
    text = _("if the answer to “%(question)s” is %(answer)s") % {
        "question": wording.name("conditions", code),
        "answer": words[other],
    }
    return Edit(text=text, subject=path, weight=2, apply=partial(_answer, code=code, answer=other))


def _answer(request: Request, *, code: str, answer: str) -> None:
    request["conditions"] = {**request["conditions"], code: answer}


def _of_age(request: Row, rule: Row, path: str) -> Iterator[Edit]:
    for leaf in leaves(rule.get("trigger")):
        if leaf["kind"] != "age" or leaf.get("below") is None:
            continue
        age = int(leaf["below"])
        if path == "patient.age":
            text = _("from the age of %(age)s") % {"age": age}
            yield Edit(text=text, subject=path, apply=partial(_set_age, age=age))
            continue
        on = _birthday(date.fromisoformat(request["patient"]["birth_date"]), age)
        text = _("at a consultation from %(day)s, at the age of %(age)s") % {
            "day": day(on.isoformat()),
            "age": age,
        }
        yield Edit(text=text, subject="consulted_on", apply=partial(_consult, on=on))


def _set_age(request: Request, *, age: int) -> None:
    request["patient"] = {**request["patient"], "age": age}


def _birthday(born: date, age: int) -> date:
    """The first day of that age, 1 March for whoever was born on a leap day."""
    on = date(born.year + age, born.month, 1) + timedelta(days=born.day - 1)
    return on if age_on(born, on) >= age else on + timedelta(days=1)


def _consult(request: Request, *, on: date) -> None:
    request["consulted_on"] = on.isoformat()
    if request.get("start_on", "9999") < on.isoformat():
        request["start_on"] = on.isoformat()


def _of_medication(
    wording: Wording, request: Row, rule: Row, path: str, index: int
) -> Iterator[Edit]:
    row = request["medications"][index]
    name = wording.name("medications", row["medication"])
    if row.get("last_taken_on", "") > request["consulted_on"]:
        yield _dated(wording, request, path)
    elif row.get("ongoing"):
        today = request["consulted_on"]
        text = _("once %(medicine)s has ended, counted from a last dose on %(day)s") % {
            "medicine": name,
            "day": day(today),
        }
        if row.get("prescribed"):
            text += " " + _("(only its prescriber ends a prescribed medicine)")
        ended = {**row, "ongoing": False, "last_taken_on": today}
        yield Edit(text=text, subject=f"medications[{index}]", apply=_put(path, ended))
    else:
        yield from _later(row, rule)
    yield _doubted(wording, request, f"medications[{index}]")


def _doubted(wording: Wording, request: Row, path: str) -> Edit:
    text = _("if this entry does not hold: %(entry)s")
    entry = fact(wording, request, path).text
    return Edit(text=text % {"entry": entry}, subject=path, weight=3, apply=_put(path, None))


def _later(row: Row, rule: Row) -> Iterator[Edit]:
    """A rule that looks back some days is silent at a consultation after those days."""
    spans = [
        leaf["within_days"]
        for leaf in leaves(rule.get("trigger"))
        if leaf["kind"] == "medication" and leaf.get("within_days") is not None
    ]
    if spans and row.get("last_taken_on"):
        on = date.fromisoformat(row["last_taken_on"]) + timedelta(days=max(spans) + 1)
        text = _("at a consultation from %(day)s") % {"day": day(on.isoformat())}
        yield Edit(text=text, subject="consulted_on", apply=partial(_consult, on=on))


def _dated(wording: Wording, request: Row, path: str) -> Edit:
    section, index = listed(path) or ("", 0)
    key = next(key for key in _DATES[section] if key in request[section][index])
    row = {**request[section][index], key: request["consulted_on"]}
    entry = fact(wording, request, f"{section}[{index}]").text
    text = _("if the date is not after the consultation: %(entry)s") % {"entry": entry}
    return Edit(text=text, subject=f"{section}[{index}]", apply=_put(f"{section}[{index}]", row))


def _of_lab(wording: Wording, request: Row, _rule: Row, path: str, index: int) -> Iterator[Edit]:
    row = request["labs"][index]
    if row["taken_on"] > request["consulted_on"]:
        yield _dated(wording, request, path)
        return
    for level in levels(wording, row["test"]):
        entry = {**row, "value": level.number, "unit": level.unit}
        yield Edit(
            text="", subject=f"labs.{row['test']}", apply=_put(f"labs[{index}]", entry), level=level
        )


def _measured(wording: Wording, request: Row, test: str) -> Iterator[Edit]:
    for level in levels(wording, test):
        entry = {
            "test": test,
            "value": level.number,
            "unit": level.unit,
            "taken_on": request["consulted_on"],
        }
        yield Edit(text="", subject=f"labs.{test}", apply=_added("labs", entry), level=level)


def _of_finding(wording: Wording, request: Row, rule: Row, path: str, index: int) -> Iterator[Edit]:
    row, delays = request["area_findings"][index], rule.get("wait_days") is not None
    clears = wording.row("findings", row["finding"]).get("clears")
    name = fact(wording, request, path).text
    if clears and delays and not row.get("clears_on"):
        start = request.get("start_on", request["consulted_on"])
        text = _("once it has cleared (%(finding)s); enter the day and the dates follow")
        entry = {**row, "clears_on": start}
        yield Edit(text=text % {"finding": name}, subject=path, apply=_put(path, entry))
        return
    text = _("if this is ruled out: %(finding)s") % {"finding": name}
    yield Edit(text=text, subject=path, weight=2, apply=_put(path, None))


def _of_procedure(
    wording: Wording, request: Row, _rule: Row, path: str, index: int
) -> Iterator[Edit]:
    if request["procedures"][index]["performed_on"] > request["consulted_on"]:
        yield _dated(wording, request, path)
    yield _doubted(wording, request, f"procedures[{index}]")


def _of_allergy(
    wording: Wording, request: Row, _rule: Row, path: str, _index: int
) -> Iterator[Edit]:
    text = _("if this is ruled out: %(allergy)s") % {"allergy": fact(wording, request, path).text}
    yield Edit(text=text, subject=path, weight=2, apply=_put(path, None))


def _put(path: str, row: Row | None) -> Callable[[Request], None]:
    section, index = listed(path) or ("", 0)

    def apply(request: Request) -> None:
        rows = [*request[section]]
        rows[index] = row
        request[section] = rows

    return apply


def _added(section: str, row: Row) -> Callable[[Request], None]:
    def apply(request: Request) -> None:
        request[section] = [*request.get(section, ()), row]

    return apply


_DATES: Mapping[str, tuple[str, ...]] = {
    "medications": ("last_taken_on",),
    "labs": ("taken_on",),
    "procedures": ("performed_on",),
}
_LISTS: Mapping[str, Callable[..., Iterator[Edit]]] = {
    "medications": _of_medication,
    "labs": _of_lab,
    "area_findings": _of_finding,
    "procedures": _of_procedure,
    "allergies": _of_allergy,
}
