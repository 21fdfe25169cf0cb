"""Every list can be searched: rows about a patient by whose they are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.consultations.api import flow

LISTS = {
    "consultations": lambda api, plan: plan["consultation"],
    "proposals": lambda api, plan: plan["proposal"],
    "plans": lambda api, plan: plan["id"],
    "sessions": lambda api, plan: plan["sessions"][0]["id"],
    "consents": lambda api, plan: found(api, "consents", consultation=plan["consultation"])[0],
    "amendments": lambda api, plan: flow.amendment(api, on=plan["consultation"])["id"],
    "overrides": lambda api, plan: flow.override(api)["id"],
    "questions": lambda api, plan: flow.question(api)["id"],
}
OF_OWN = {"overrides", "questions"}  # made with a patient of their own, an Aksoy


def found(api, kind, **query):
    return [row["id"] for row in flow.done(api.get(f"/api/v1/{kind}/", query))["results"]]


@pytest.fixture
def named(monkeypatch):
    """`named("Öztürk")`: the next patients of the flow are called that."""

    def call(name):
        monkeypatch.setitem(flow.PERSON, "family_name", name)

    return call


@pytest.mark.parametrize("kind", LISTS)
def test_rows_are_found_by_whose_they_are(api_of, named, kind):
    api = api_of("physician")
    named("Öztürk")
    wanted = LISTS[kind](api, flow.plan(api))
    named("Berk")
    other = LISTS[kind](api, flow.plan(api))

    hits = found(api, kind, search="ozturk den")

    assert wanted in hits
    assert other not in hits
    assert other in found(api, kind, search="BERK")
    assert found(api, kind, search="nobody") == []


@pytest.mark.parametrize("kind", LISTS)
def test_nothing_is_found_of_another_clinic(api_of, other_clinic, named, kind):
    named("Öztürk")
    theirs = api_of("physician", at=other_clinic)
    LISTS[kind](theirs, flow.plan(theirs))

    assert found(theirs, kind, search="ozturk")
    assert found(api_of("physician"), kind, search="ozturk") == []


@pytest.mark.parametrize("kind", LISTS)
def test_a_search_costs_the_same_however_long(api_of, kind):
    api = api_of("physician")
    costs = []

    for number in (1, 3):
        while len(found(api, "plans")) < number:
            LISTS[kind](api, flow.plan(api))
        with CaptureQueriesContext(connection) as captured:
            assert len(found(api, kind, search="aksoy")) >= number
        costs.append(len(captured))

    assert len(set(costs)) == 1, costs


@pytest.mark.parametrize("kind", [*LISTS, "patients", "releases", "drafts", "golden-cases"])
def test_a_search_that_is_too_long_is_refused_by_its_name(api_of, kind):
    answer = api_of("medical-lead").get(f"/api/v1/{kind}/", {"search": "a" * 101})

    assert (answer.status_code, flow.problems(answer)) == (400, [("search", "max_length")])
