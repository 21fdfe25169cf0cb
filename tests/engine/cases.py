"""Requests to start from, and what the tests read out of an answer."""

import json
from copy import deepcopy
from pathlib import Path

from treatments.engine import Catalogue, InvalidRequest, evaluate, parse_facts

VIGNETTES = Path(__file__).resolve().parent.parent / "vignettes"
DAY = "2026-03-02"  # a Monday


def vignettes():
    return [
        case
        for name in ("named.json", "generated.json")
        for case in json.loads((VIGNETTES / name).read_text(encoding="utf-8"))
    ]


def request(**changes):
    """A woman of 44 with nothing against her, all questions on allergies and medicines answered."""
    plain = {
        "consulted_on": DAY,
        "patient": {"sex": "female", "age": 44},
        "concerns": [{"concern": "fine-lines", "area": "face"}],
        "conditions": {"pregnancy": "no", "breastfeeding": "no"},
        "no_known_allergies": True,
        "medications_reviewed": True,
    }
    return {**plain, **changes}


def allergic(*allergens, **changes):
    listed = [{"allergen": code} for code in allergens]
    return request(no_known_allergies=False, allergies=listed, **changes)


def concerns(*pairs):
    return [{"concern": concern, "area": area} for concern, area in pairs]


def conditions(**answers):
    """`conditions(atopy="yes")`: the question asked of everyone is answered no."""
    told = {code.replace("_", "-"): answer for code, answer in answers.items()}
    return {"pregnancy": "no", "breastfeeding": "no", **told}


def medicine(code, **changes):
    return {"medication": code, "prescribed": False, **changes}


def lab(test, value, unit, taken_on="2026-03-01"):
    return {"test": test, "value": value, "unit": unit, "taken_on": taken_on}


def answer(catalogue, asked, **overrides):
    return evaluate(catalogue, parse_facts(catalogue, asked), **overrides)


def faults(catalogue, asked):
    """The paths that are found fault with, in their order."""
    try:
        parse_facts(catalogue, asked)
    except InvalidRequest as refused:
        return [fault.path for fault in refused.faults]
    return []


def rules(response):
    return [finding["rule"] for finding in response["findings"]]


def finding(response, code):
    return next(one for one in response["findings"] if one["rule"] == code)


def unknown(response):
    return {entry["rule"]: entry["needs"] for entry in response["not_evaluated"]}


def area(response, code="face"):
    return next(one for one in response["areas"] if one["area"] == code)


def treatment(response, code, where="face"):
    return next(one for one in area(response, where)["treatments"] if one["treatment"] == code)


def statuses(response, where="face"):
    return [one["status"] for one in area(response, where)["treatments"]]


def offered(response, where="face"):
    """The treatments of each option, with its variant if it has one."""
    return [
        (*one["treatments"], *([one["variant"]] if one["variant"] else []))
        for one in area(response, where)["options"]
    ]


def course(option, code):
    return next(one for one in option["courses"] if one["treatment"] == code)


def sessions(option, code):
    found = course(option, code)
    return found["planned"] + found["optional"]


def release(catalogue, change):
    """Another release: `change` is done to a copy of the document."""
    document = deepcopy(catalogue.document)
    change(document)
    return Catalogue.from_document(document)


def rule(code, trigger, *effects, **changes):
    """A contraindication as it stands in a release document."""
    plain = {
        "code": code,
        "kind": "contraindication",
        "title": code,
        "scope": "treatment",
        "trigger": trigger,
        "wait_days": None,
        "ongoing_end": "dated",
        "effects": [{"treatment": treated, "effect": effect} for treated, effect in effects],
        "refer_to": None,
        "when_unknown": "note",
        "ask_age_from": None,
        "ask_age_to": None,
        "message": code,
        "care": "",
        "sources": [],
    }
    return {**plain, **changes}


def with_rules(catalogue, *added):
    document = catalogue.document
    return Catalogue.from_document({**document, "rules": [*document["rules"], *added]})
