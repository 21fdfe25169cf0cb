"""An option given in parts of its area only: the engine is asked about the parts themselves."""

from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from treatments.engine import Catalogue, evaluate, parse_facts

Row = Mapping[str, Any]
Lifted = Mapping[str, frozenset[tuple[str, str | None, str]]]


def parts_of(catalogue: Catalogue, area: str) -> list[str]:
    """The areas that lie in an area, in the curators' order."""
    tree = catalogue.vocabulary.areas
    return [
        row["code"]
        for row in catalogue.document["areas"]
        if row["code"] != area and area in tree[row["code"]].within
    ]


def standing_in(
    catalogue: Catalogue, request: Row, lifted: Lifted, *, area: str, parts: Collection[str]
) -> list[dict[str, Any]]:
    """The parts as the engine answers for them, were the area's concerns told of each instead.

    Raises InvalidRequest where the clinic has no open day.
    """
    facts = parse_facts(catalogue, _told_of(request, area, parts))
    moved = {name: frozenset(_moved(rows, area, parts)) for name, rows in lifted.items()}
    response = evaluate(catalogue, facts, **moved)
    return [one for one in response["areas"] if one["area"] in parts]


def first_days(answers: Collection[Row]) -> dict[str, date | None]:
    """The first day of each treatment in all of the parts; None where one of them has none."""
    days: dict[str, list[str | None]] = {}
    for answer in answers:
        for one in answer["treatments"]:
            days.setdefault(one["treatment"], []).append(one["not_before"])
    return {
        code: max(map(date.fromisoformat, filter(None, found))) if all(found) else None
        for code, found in days.items()
    }


def _told_of(request: Row, area: str, parts: Collection[str]) -> dict[str, Any]:
    told = deepcopy(dict(request))
    told["concerns"] = [one for one in request["concerns"] if one["area"] != area]
    known = {(one["concern"], one["area"]) for one in told["concerns"]}
    for one in request["concerns"]:
        for part in parts:
            if one["area"] == area and (one["concern"], part) not in known:
                told["concerns"].append(dict(one) | {"area": part})
    return told


def _moved(
    rows: Collection[tuple[str, str | None, str]], area: str, parts: Collection[str]
) -> Iterator[tuple[str, str | None, str]]:
    for rule, where, treatment in rows:
        if where == area:
            yield from ((rule, part, treatment) for part in parts)
        else:
            yield rule, where, treatment
