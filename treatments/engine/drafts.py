"""The facts of an unfinished request, as far as they can be read; what was left out is named."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from treatments.engine.canonical import canonical_json
from treatments.engine.catalogue import Catalogue
from treatments.engine.facts import Facts
from treatments.engine.faults import Fault, InvalidRequest
from treatments.engine.request import parse_facts

CONCERNS: Final = "concerns"
_LISTS: Final = frozenset(
    {CONCERNS, "allergies", "medications", "labs", "area_findings", "procedures"}
)
_APART: Final = frozenset({"preferences", "clinic"})
_PATH: Final = re.compile(r"(?P<head>\w+)(?:\[(?P<index>\d+)\]|\.(?P<key>[^\[]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`facts` is None where nothing can be evaluated at all; `faults` then say why.

    `partial` names the sections of which something had to be left out: that nothing more stands
    in them means nothing. `supposed`: no concern was told, so every one stands in for it.
    """

    request: Mapping[str, Any]
    facts: Facts | None
    faults: tuple[Fault, ...]
    partial: frozenset[str]
    supposed: bool


def read_draft(catalogue: Catalogue, request: Mapping[str, Any]) -> Draft:
    """Entries that cannot be read are left out. What speaks of the whole patient cannot be."""
    kept: dict[str, Any] = json.loads(canonical_json(request))
    supposed = not kept.get(CONCERNS)
    if supposed:
        kept[CONCERNS] = _every_concern(catalogue)
    faults = _faults(catalogue, kept)
    partial = frozenset(head for head, _index, _key in map(_place, faults) if head)
    if faults and not all(_left_out(kept, faults)):
        return Draft(request=kept, facts=None, faults=faults, partial=partial, supposed=supposed)
    if not kept[CONCERNS]:
        kept[CONCERNS], supposed = _every_concern(catalogue), True
    left = _faults(catalogue, kept) if faults else ()
    facts = None if left else parse_facts(catalogue, kept)
    return Draft(
        request=kept, facts=facts, faults=faults + left, partial=partial, supposed=supposed
    )


def _faults(catalogue: Catalogue, request: Mapping[str, Any]) -> tuple[Fault, ...]:
    try:
        parse_facts(catalogue, request)
    except InvalidRequest as refused:
        return refused.faults
    return ()


def _place(fault: Fault) -> tuple[str, int | None, str | None]:
    found = _PATH.match(fault.path)
    if found is None:
        return "", None, None
    index = found["index"]
    return found["head"], None if index is None else int(index), found["key"]


def _left_out(request: dict[str, Any], faults: Iterable[Fault]) -> list[bool]:
    """Takes out what each fault is about; False where that cannot be done without."""
    places = [_place(fault) for fault in faults]
    done = []
    for head, index, key in places:
        in_list = head in _LISTS and index is not None
        in_answers = head == "conditions" and key is not None
        if head in _APART:
            request.pop(head, None)
        elif in_answers:
            request["conditions"].pop(key, None)
        done.append(in_list or in_answers or head in _APART)
    for name in _LISTS & request.keys():
        gone = {index for head, index, _key in places if head == name}
        request[name] = [row for index, row in enumerate(request[name]) if index not in gone]
    return done


def _every_concern(catalogue: Catalogue) -> list[dict[str, str]]:
    """Each concern in one area: whatever bears on any of them is looked at."""
    area = next(iter(catalogue.vocabulary.areas))
    return [{"concern": code, "area": area} for code in catalogue.vocabulary.referrals]
