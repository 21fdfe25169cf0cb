"""What it costs a curator to look before publishing: compile, diff and lint the whole catalogue.

Run by `make bench`. The smaller sizes are the starter catalogue; the larger hold its rules many
times over, each with other codes, as a catalogue that has grown for years would.
"""

import json

import pytest

from treatments.compiler import compile_document
from treatments.diffing import compare
from treatments.engine import Catalogue, canonical_json
from treatments.lint import lint
from treatments.services.linting import extra_facts

SIZES = [1, 10]


def grown(document, size):
    """The catalogue with its rules `size` times over."""
    larger = json.loads(canonical_json(document))
    larger["rules"] = [
        {**rule, "code": f"{rule['code']}-{number}" if number else rule["code"]}
        for number in range(size)
        for rule in document["rules"]
    ]
    return larger


@pytest.fixture(params=SIZES, ids=lambda size: f"{size}x")
def document(request, catalogue):
    return grown(catalogue.document, request.param)


@pytest.fixture
def extra(db):
    return extra_facts()


@pytest.mark.django_db
def test_rows_to_document(benchmark):
    document = benchmark(compile_document, "2026.9")

    assert document["rules"]


def test_document_to_catalogue(benchmark, document):
    assert benchmark(Catalogue.from_document, document).key == "2026.1"


def test_diff_of_two_equal_releases(benchmark, document):
    assert not benchmark(compare, document, json.loads(canonical_json(document)))


def test_diff_where_every_rule_changed(benchmark, document):
    changed = json.loads(canonical_json(document))
    for rule in changed["rules"]:
        rule["message"] += " Changed."

    comparison = benchmark(compare, document, changed)

    assert comparison.counts == {"added": 0, "changed": len(document["rules"]), "removed": 0}


def test_lint(benchmark, document, extra):
    found = benchmark.pedantic(lint, (document, extra), rounds=5)

    assert all(one.severity == "warning" for one in found)
