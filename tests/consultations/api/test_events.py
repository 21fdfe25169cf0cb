"""Adverse events over REST."""

import pytest

from tests.consultations.api import flow
from tests.consultations.api.flow import EVENTS, done, made, problems


@pytest.fixture
def api(api_of):
    return api_of("physician")


@pytest.fixture
def plan(api):
    return flow.plan(api)


def body_of(event, **changes):
    names = ("treatment", "area", "what", "seriousness", "onset_on", "outcome")
    return {**{name: event[name] for name in names}, **changes}


def test_an_event_is_recorded_read_and_stands_at_its_plan(api, plan):
    event = flow.event(api, of=plan, session=plan["sessions"][0]["id"])

    assert done(api.get(f"{EVENTS}{event['id']}/")) == event
    assert (event["patient"], event["recorded_by"]) == (plan["patient"], api.user.username)
    assert done(api.get(f"{flow.PLANS}{plan['id']}/"))["adverse_events"] == [event]
    assert done(api.get(EVENTS, {"plan": plan["id"]}))["results"] == [event]


def test_a_correction_is_a_row_of_its_own(api, plan):
    event = flow.event(api, of=plan)

    corrected = api.post(f"{EVENTS}{event['id']}/correct/", body_of(event, seriousness="serious"))
    again = api.post(f"{EVENTS}{event['id']}/correct/", body_of(event))

    further = made(corrected)
    assert (further["corrects"], further["corrected_by"]) == (event["id"], None)
    assert done(api.get(f"{EVENTS}{event['id']}/")) == {**event, "corrected_by": further["id"]}
    assert (again.status_code, problems(again)) == (409, [("", "superseded")])
    standing = done(api.get(EVENTS, {"standing": "true"}))["results"]
    assert [one["id"] for one in standing] == [further["id"]]
    gone = body_of(event, withdrawn=True)
    assert made(api.post(f"{EVENTS}{further['id']}/correct/", gone))["withdrawn"] is True
    assert done(api.get(EVENTS, {"standing": "true"}))["results"] == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"treatment": "laser"}, ("treatment", "invalid")),
        ({"treatment": 7}, ("treatment", "invalid")),
        ({"session": "5ca1ebd8-5e2f-49be-aabe-5e40cf910d42"}, ("session", "invalid")),
        ({"plan": "5ca1ebd8-5e2f-49be-aabe-5e40cf910d42"}, ("plan", "does_not_exist")),
        ({"onset_on": "2999-01-01"}, ("onset_on", "invalid")),
        ({"onset_on": "today"}, ("onset_on", "invalid")),
        ({"seriousness": "dreadful"}, ("seriousness", "invalid_choice")),
        ({"what": ""}, ("what", "blank")),
        ({"patient": "x"}, ("patient", "unknown_key")),
    ],
)
def test_what_is_wrong_is_named_by_its_path(api, plan, changes, wrong):
    event = flow.event(api, of=plan)

    answer = api.post(EVENTS, {**body_of(event), "plan": plan["id"], **changes})

    assert (answer.status_code, problems(answer)) == (400, [wrong])


def test_the_report_crosses_rule_release_and_reason(api, api_of):
    override = flow.override(api)
    proposal = done(api.get(flow.PROPOSALS, {"consultation": override["consultation"]}))["results"]
    flow.decision(api, on=proposal[0]["id"])
    flow.consents(api, on=override["consultation"])
    plan = flow.signed(api, on=override["consultation"])
    flow.event(api, of=plan)
    flow.event(api, of=plan, seriousness="serious", outcome="ongoing")

    answer = api_of("curator").get("/api/v1/overrides/report/")

    (rule,) = done(answer)
    assert (rule["rule"], rule["total"]) == ("L-08b", 1)
    (cross,) = rule["crossed"]
    assert (cross["release"], cross["reason"], cross["number"], cross["serious"]) == (
        "2026.1",
        "specialist-agrees",
        1,
        1,
    )
    assert cross["events"] == {"Other, mild": 1, "Other, serious": 1}
    assert plan["patient"] not in answer.content.decode()
