"""The facts of a request in words, found by their paths."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from clinic.dates import long_day
from clinic.text import lowered, with_commas
from treatments.enums import Sex
from treatments.explanations.wording import Row, Wording

_POWER = re.compile(r"10\*(\d+)(.*)\Z")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LISTED = re.compile(r"(\w+)\[(\d+)\](?:\.(\w+))?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`path` leads into the request, so that a page can lead to where it was entered."""

    path: str
    text: str


def fact(wording: Wording, request: Row, path: str) -> Fact:
    return Fact(path=path, text=_text(wording, request, path))


def listed(path: str) -> tuple[str, int] | None:
    """`medications[2].last_taken_on` → medications, 2."""
    found = _LISTED.match(path)
    return (found[1], int(found[2])) if found else None


def day(text: str) -> str:
    """Day, name of the month, year: read the same way everywhere."""
    return long_day(date.fromisoformat(text))


def unit_text(unit: str) -> str:
    """`10*9/L` as people write it."""
    found = _POWER.match(unit)
    return f"\u00d710{found[1].translate(_RAISED)}{found[2]}" if found else unit


def _text(wording: Wording, request: Row, path: str) -> str:
    place = listed(path)
    if place is not None:
        section, index = place
        return str(_LISTS[section](wording, request[section][index]))
    section, _dot, code = path.partition(".")
    if section == "conditions":
        answers = {"yes": _("yes"), "no": _("no"), "unknown": _("not known")}
        name = wording.name("conditions", code)
        return _("%(question)s: %(answer)s") % {
            "question": name,
            "answer": answers[request["conditions"][code]],
        }
    return str(_PLAIN[path](request))


def _medication(wording: Wording, row: Row) -> str:
    parts = [wording.name("medications", row["medication"])]
    if "prescribed" in row:
        parts.append(_("prescribed") if row["prescribed"] else _("without prescription"))
    if row.get("ongoing"):
        parts.append(_("still taken"))
    elif row.get("last_taken_on"):
        parts.append(_("last taken on %(day)s") % {"day": day(row["last_taken_on"])})
    else:
        parts.append(_("day of the last dose not given"))
    return with_commas(parts)


def _lab(wording: Wording, row: Row) -> str:
    return _("%(test)s %(value)s %(unit)s on %(day)s") % {
        "test": wording.name("lab_tests", row["test"]),
        "value": number_format(row["value"]),
        "unit": unit_text(row["unit"]),
        "day": day(row["taken_on"]),
    }


def _allergy(wording: Wording, row: Row) -> str:
    return _("allergy to %(allergen)s") % {"allergen": wording.name("allergens", row["allergen"])}


def _finding(wording: Wording, row: Row) -> str:
    text = _("%(finding)s, %(area)s") % {
        "finding": wording.name("findings", row["finding"]),
        "area": wording.name("areas", row["area"]),
    }
    if row.get("clears_on"):
        text += _(", clears on %(day)s") % {"day": day(row["clears_on"])}
    return text


def _procedure(wording: Wording, row: Row) -> str:
    return _("%(procedure)s, %(area)s, on %(day)s") % {
        "procedure": wording.name("procedures", row["procedure"]),
        "area": wording.name("areas", row["area"]),
        "day": day(row["performed_on"]),
    }


def _sex(request: Row) -> str:
    return _("sex: %(sex)s") % {"sex": lowered(Sex(request["patient"]["sex"]).label)}


def _born(request: Row) -> str:
    return _("born on %(day)s") % {"day": day(request["patient"]["birth_date"])}


def _age(request: Row) -> str:
    return _("age: %(age)s") % {"age": request["patient"]["age"]}


def _no_allergies(_request: Row) -> str:
    return _("“no known allergies” is ticked")


_LISTS: Mapping[str, Any] = {
    "medications": _medication,
    "labs": _lab,
    "allergies": _allergy,
    "area_findings": _finding,
    "procedures": _procedure,
}
_PLAIN: Mapping[str, Any] = {
    "patient.sex": _sex,
    "patient.birth_date": _born,
    "patient.age": _age,
    "no_known_allergies": _no_allergies,
}
