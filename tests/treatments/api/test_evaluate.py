"""The evaluation over REST: the worked cases, and that nothing is stored."""

import json

import pytest

from clinic.models import AuditEvent
from tests.engine.cases import DAY, request, vignettes
from tests.engine.test_worked_cases import reduced
from treatments.engine import canonical_json
from treatments.models import Release
from treatments.models.releases import ReleaseActivationQuerySet
from treatments.services.releases import publish_release

EVALUATE = "/api/v1/evaluate/"
CASES = vignettes()


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_worked_case_comes_out_equal(api_of, case):
    answer = api_of("integration").post(EVALUATE, case["request"])

    assert answer.status_code == 200, answer.content
    assert reduced(answer.json()) == case["expected"]


def test_same_facts_give_the_same_bytes(api_of):
    first = api_of("physician").post(EVALUATE, request())
    turned = json.dumps(dict(reversed(request().items())), indent=3)
    second = api_of("integration").post(EVALUATE, turned, content_type="application/json")

    assert first.content == second.content == canonical_json(first.json()).encode()
    assert first["Content-Type"] == "application/json"
    assert first["Cache-Control"] == "no-store, private"


def test_evaluating_stores_nothing(api_of):
    api = api_of("integration")
    before = AuditEvent.objects.count()

    api.post(EVALUATE, request())

    assert AuditEvent.objects.count() == before


def test_another_release_can_be_named(api_of):
    api = api_of("integration")
    publish_release("2026.2", by=None)

    current = api.post(EVALUATE, request()).json()
    older = api.post(f"{EVALUATE}?release=2026.1", request()).json()

    assert (current["release"]["key"], older["release"]["key"]) == ("2026.2", "2026.1")
    assert older["release"]["digest"] == Release.objects.get(key="2026.1").digest


def test_an_unknown_release_is_not_found(api_of):
    refused = api_of("integration").post(f"{EVALUATE}?release=1999.1", request())

    assert refused.status_code == 404
    assert [one["path"] for one in refused.json()["errors"]] == ["release"]


def test_without_a_release_nothing_is_evaluated(api_of, monkeypatch):
    monkeypatch.setattr(ReleaseActivationQuerySet, "in_force", lambda self: self.none())

    refused = api_of("integration").post(EVALUATE, request())

    assert refused.status_code == 409
    assert [one["code"] for one in refused.json()["errors"]] == ["no_release"]


def test_every_fault_is_named_by_its_path(api_of):
    body = request(
        medications=[{"medication": "ibuprofen", "last_taken_on": "2026-02-30"}],
        labs=[{"test": "platelets", "value": -1, "unit": "stone", "taken_on": DAY}],
        horoscope="aries",
    )

    refused = api_of("integration").post(EVALUATE, body)

    assert refused.status_code == 400
    assert [(one["path"], one["code"]) for one in refused.json()["errors"]] == [
        ("horoscope", "unknown_key"),
        ("medications[0].prescribed", "required"),
        ("medications[0].last_taken_on", "date"),
        ("labs[0].value", "range"),
        ("labs[0].unit", "unknown_code"),
    ]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"concerns": [{}] * 150_000}, "concerns"),
        ({"labs": [{}] * 301}, "labs"),
        ({"clinic": {"products": [{}] * 301}}, "clinic.products"),
        ({"clinic": {"closed_on": ["2026-01-01"] * 3_661}}, "clinic.closed_on"),
        (
            {"clinic": {"products": [{"product": "x", "ingredients": ["peptides"] * 301}]}},
            "clinic.products[0].ingredients",
        ),
    ],
)
def test_a_list_without_end_is_one_fault(api_of, change, path):
    refused = api_of("integration").post(EVALUATE, request(**change))

    assert [(one["path"], one["code"]) for one in refused.json()["errors"]] == [(path, "length")]


def test_as_many_lines_as_may_be_stored_are_read(api_of):
    allergies = {"allergies": [{"allergen": "soy"}] * 300, "no_known_allergies": False}

    assert api_of("integration").post(EVALUATE, request(**allergies)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"labs": [{}] * 300},
        {"conditions": {f"c{number}": "yes" for number in range(20_000)}},
        {f"k{number}": 1 for number in range(20_000)},
    ],
)
def test_one_answer_names_so_many_faults_and_no_more(api_of, change):
    refused = api_of("integration").post(EVALUATE, request(**change))

    assert refused.status_code == 400
    assert len(refused.json()["errors"]) == 100


@pytest.mark.parametrize("body", [[], [request()], "text", 7, None, True])
def test_a_body_that_is_no_object_is_refused(api_of, body):
    refused = api_of("integration").post(
        EVALUATE, json.dumps(body), content_type="application/json"
    )

    assert refused.status_code == 400
    assert [(one["path"], one["code"]) for one in refused.json()["errors"]] == [("", "type")]


def test_a_read_only_token_may_evaluate(api_of):
    answer = api_of("integration", access="read").post(EVALUATE, request())

    assert answer.status_code == 200


def test_one_evaluation_makes_few_queries(api_of, django_assert_num_queries):
    api = api_of("integration")
    api.post(EVALUATE, request())

    with django_assert_num_queries(3):  # the token, its membership, the release in force
        api.post(EVALUATE, request())
