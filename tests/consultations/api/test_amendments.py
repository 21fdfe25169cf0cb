"""Amendments over REST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent
from tests.conftest import PASSWORD
from tests.consultations.api import flow


@pytest.fixture
def api(api_of):
    return api_of("physician")


@pytest.fixture
def plan(api):
    return flow.plan(api)


def test_an_amendment_is_made_read_and_listed(api, plan):
    answer = api.post(
        f"{flow.CONSULTATIONS}{plan['consultation']}/amend/",
        {
            "reason": "learned-later",
            "text": "A reaction to latex as a child.",
            "password": PASSWORD,
        },
    )

    made = flow.made(answer)
    assert made == {
        "id": made["id"],
        "consultation": plan["consultation"],
        "number": 1,
        "reason": "learned-later",
        "text": "A reaction to latex as a child.",
        "by": api.user.username,
        "at": made["at"],
    }
    assert answer["Location"].endswith(f"{flow.AMENDMENTS}{made['id']}/")
    assert flow.done(api.get(answer["Location"])) == made
    assert flow.done(api.get(flow.AMENDMENTS))["results"] == [made]


def test_consultation_and_plan_show_their_amendments_beside_what_was_signed(api, plan):
    one = f"{flow.CONSULTATIONS}{plan['consultation']}/"
    before = flow.done(api.get(one))

    made = flow.amendment(api, on=plan["consultation"])

    assert flow.done(api.get(one)) == before | {"amendments": [made]}
    assert flow.done(api.get(f"{flow.PLANS}{plan['id']}/")) == plan | {"amendments": [made]}


def test_amendments_are_filtered(api, plan):
    other = flow.plan(api)
    mine = flow.amendment(api, on=plan["consultation"])
    flow.amendment(api, on=other["consultation"])

    for query in ({"consultation": plan["consultation"]}, {"patient": plan["patient"]}):
        assert flow.done(api.get(flow.AMENDMENTS, query))["results"] == [mine]


def test_an_open_consultation_is_not_amended(api):
    row = flow.consultation(api)

    answer = api.post(
        f"{flow.CONSULTATIONS}{row['id']}/amend/",
        {"reason": "clarified", "text": "Again.", "password": PASSWORD},
    )

    assert (answer.status_code, flow.problems(answer)) == (409, [("", "not-signed")])


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"reason": "clarified"}, ("text", "required")),
        ({"reason": "clarified", "text": " "}, ("text", "blank")),
        ({"reason": "because", "text": "x"}, ("reason", "invalid_choice")),
        ({"text": "x"}, ("reason", "required")),
        ({"reason": "clarified", "text": "x", "by": "me"}, ("by", "unknown_key")),
        ({"reason": "clarified", "text": "x" * 4001}, ("text", "max_length")),
        ({"reason": "clarified", "text": "x", "password": "wrong"}, ("password", "password")),
        ({"reason": "clarified", "text": "x", "password": None}, ("password", "required")),
    ],
)
def test_what_is_wrong_is_named(api, plan, body, problem):
    answer = api.post(
        f"{flow.CONSULTATIONS}{plan['consultation']}/amend/", {"password": PASSWORD, **body}
    )

    assert (answer.status_code, flow.problems(answer)) == (400, [problem])


def test_the_same_key_amends_once(api, plan):
    address = f"{flow.CONSULTATIONS}{plan['consultation']}/amend/"
    body = {"reason": "clarified", "text": "Once.", "password": PASSWORD}

    twice = [api.post(address, body, headers={"Idempotency-Key": "k"}) for _ in range(2)]

    assert flow.made(twice[0]) == flow.made(twice[1])
    assert len(flow.done(api.get(flow.AMENDMENTS))["results"]) == 1


def test_opening_one_is_audited(api, plan):
    made = flow.amendment(api, on=plan["consultation"])

    api.get(f"{flow.AMENDMENTS}{made['id']}/")

    event = AuditEvent.objects.filter(action="consultation-opened").latest("pk")
    assert (event.patient, event.subject) == (event.patient, plan["consultation"])


def test_reading_costs_the_same_however_often_was_amended(api, plan):
    addresses = (
        f"{flow.CONSULTATIONS}{plan['consultation']}/",
        f"{flow.PLANS}{plan['id']}/",
        flow.AMENDMENTS,
    )

    def costs():
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as context:
                flow.done(api.get(address))
            found.append(len(context))
        return found

    flow.amendment(api, on=plan["consultation"])
    costs()  # what a first request keeps is kept
    one = costs()
    for _ in range(3):
        flow.amendment(api, on=plan["consultation"])

    assert costs() == one
