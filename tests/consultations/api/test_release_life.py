"""The whole life of a release over REST alone: two people, and nothing but requests."""

import pytest

from tests.conftest import PASSWORD
from tests.consultations.api import flow
from tests.consultations.api.flow import done, made

SIGNED = {"password": PASSWORD}
ROWS, DRAFTS, RUNS = "/api/v1/rows/", "/api/v1/drafts/", "/api/v1/blast-radius/"
RELEASES, WORK = "/api/v1/releases/", "/api/v1/worklist/"
S07 = f"{ROWS}rule/S-07/"


@pytest.fixture
def plan(api_of):
    """Of somebody who took ibuprofen the day before, with mesotherapy in it."""
    api = api_of("physician")
    taken = [{"medication": "ibuprofen", "prescribed": False, "last_taken_on": flow.days_on(-1)}]
    row = flow.consultation(api, medications=taken)
    found = flow.proposal(api, of=row["id"])
    flow.decision(api, on=found["id"])
    flow.consents(api, on=row["id"])
    api.plan = flow.signed(api, on=row["id"])
    return api


def test_a_release_lives_over_rest_alone(api_of, plan):
    curator, lead = api_of("curator"), api_of("medical-lead")

    draft = draft_with_ten_days(curator)
    here = f"{DRAFTS}{draft['id']}/"
    hand_in(curator, here)
    approve_rules(lead, here)
    look_at_the_blast_radius(curator, lead, draft, plan.plan)
    published = publish(curator, lead, here)
    find_it_in_the_worklist(plan)
    roll_back(curator, lead, to=draft["base"], by_then=published["release"])

    signed = done(plan.get(f"{flow.PLANS}{plan.plan['id']}/"))
    assert signed["digest"] == plan.plan["digest"], "what was signed stays"


def draft_with_ten_days(curator):
    """The curator edits S-07: wait 7 → 10 days; tries it, and reads the difference."""
    read = curator.get(S07)
    assert read.json()["form"]["wait_days"] == 7
    edited = curator.patch(S07, {"wait_days": 10}, headers={"If-Match": read["ETag"]})
    assert done(edited)["form"]["wait_days"] == 10
    tried = done(curator.post("/api/v1/try/", {"case": "painkiller-last-week"}))
    assert tried["changed"]
    draft = done(curator.get(f"{DRAFTS}current/"))
    groups = done(curator.get(f"{DRAFTS}{draft['id']}/diff/"))["groups"]
    assert [one["code"] for group in groups for one in group["changes"]] == ["S-07"]
    (history,) = done(curator.get("/api/v1/changes/", {"draft": draft["id"]}))["results"]
    assert history["fields_changed"][0]["new"] == "10"
    return draft


def hand_in(curator, here):
    """Golden cases that come out otherwise are accepted one by one, warnings acknowledged."""
    findings = done(curator.get(f"{here}lint/"))
    assert {one["severity"] for one in findings} <= {"warning"}
    outcomes = done(curator.get(f"{here}golden/"))
    assert [one for one in outcomes if one["changed"]]
    for outcome in outcomes:
        if not outcome["settled"]:
            body = {"case": outcome["case"], "reason": "Ten days, as agreed."}
            assert done(curator.post(f"{here}accept-outcome/", body))["settled"]
    body = {"acknowledged": [one["id"] for one in findings]}
    assert done(curator.post(f"{here}submit/", body))["status"] == "in-review"


def approve_rules(lead, here):
    for awaited in done(lead.get(f"{here}rules/")):
        if awaited["approval"] is None:
            done(lead.post(f"{here}approve-rule/", {**SIGNED, "rule": awaited["rule"]}))


def look_at_the_blast_radius(curator, lead, draft, plan):
    """Publishing asks for it, and it is run and read over REST too."""
    here = f"{DRAFTS}{draft['id']}/"
    (missing,) = done(lead.get(here))["missing_for_publishing"]
    assert missing.startswith("Look first at what the draft changes")
    assert lead.post(f"{here}publish/", {**SIGNED, "note": "Too soon."}).status_code == 409
    run = made(curator.post(RUNS, {"draft": draft["id"]}))
    while run["status"] == "running":
        run = done(curator.post(f"{RUNS}{run['id']}/continue/"))
    (plans, _proposals) = run["counts"]
    assert (run["status"], plans["changed"]) == ("finished", 1)
    (result,) = done(lead.get(f"{RUNS}{run['id']}/results/"))["results"]
    assert result["consultation"] == plan["consultation"]


def publish(curator, lead, here):
    """The lead reads it and publishes; the curator, who wrote it, cannot."""
    assert curator.post(f"{here}publish/", {**SIGNED, "note": "Mine."}).status_code == 403
    assert done(lead.get(here))["missing_for_publishing"] == []
    published = done(lead.post(f"{here}publish/", {**SIGNED, "note": "Read."}))
    assert published["status"] == "published"
    assert done(lead.get(f"{RELEASES}current/"))["key"] == published["release"]
    return published


def find_it_in_the_worklist(physician):
    (work,) = done(physician.get(WORK))["results"]
    assert (work["plan"], work["seen"]) == (physician.plan["id"], None)
    done(physician.post(f"{WORK}{work['id']}/seen/"))
    assert done(physician.get(WORK))["results"] == []


def roll_back(curator, lead, *, to, by_then):
    assert by_then != to
    back = done(lead.post(f"{RELEASES}{to}/activate/", {**SIGNED, "note": "Too strict."}))
    assert back["release"] == to
    assert done(curator.get(f"{RELEASES}current/"))["key"] == to
