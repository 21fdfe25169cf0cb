"""What one decision costs, at one, ten and a hundred times the starter's rules.

Sparse: each added rule reads a fact of its own that nobody states. Dense: each reads what a
starter rule reads, and one thing more that never holds.
"""

from copy import deepcopy
from itertools import cycle

import pytest

from tests.engine.cases import vignettes
from treatments.engine import Catalogue, evaluate, parse_facts

NEVER = {"kind": "age", "from": 1000, "below": None}


def sparse(trigger, number):
    return {"kind": "condition", "condition": f"added-{number}"}


def dense(trigger, number):
    return {"all": [trigger, NEVER]}


def grown(document, times, added):
    """The document with so many times its contraindications."""
    starters = [row for row in document["rules"] if row["kind"] == "contraindication"]
    rules = list(document["rules"])
    for number in range(1, times):
        for row in starters:
            copy = deepcopy(row)
            copy["code"] = f"{row['code']}-{number}"
            copy["when_unknown"] = "note"
            copy["trigger"] = added(row["trigger"], f"{row['code']}-{number}")
            rules.append(copy)
    return {**document, "rules": rules}


@pytest.fixture(params=[(1, sparse), (10, sparse), (100, sparse), (10, dense), (100, dense)],
                ids=["1x", "10x-sparse", "100x-sparse", "10x-dense", "100x-dense"])  # fmt: skip
def document(catalogue, request):
    return grown(catalogue.document, *request.param)


def in_turn(values):
    """A set-up for pedantic rounds: each takes the next value."""
    turn = cycle(values)
    return lambda: ((next(turn),), {})


def test_evaluate(benchmark, document):
    grown_catalogue = Catalogue.from_document(document)
    facts = [parse_facts(grown_catalogue, case["request"]) for case in vignettes()]

    response = benchmark.pedantic(
        lambda one: evaluate(grown_catalogue, one), setup=in_turn(facts), rounds=600
    )

    assert response["release"]["digest"] == grown_catalogue.digest


def test_parse_facts(benchmark, catalogue):
    requests = [case["request"] for case in vignettes()]

    facts = benchmark.pedantic(
        lambda one: parse_facts(catalogue, one), setup=in_turn(requests), rounds=600
    )

    assert facts.digest == catalogue.digest


def test_make_ready(benchmark, document):
    made = benchmark.pedantic(lambda: Catalogue.from_document(document), rounds=3)

    assert made.key == document["key"]
