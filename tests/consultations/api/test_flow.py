"""From a new patient to marked sessions, by a program."""

import pytest

from clinic.models import AuditEvent
from tests.consultations.api import flow
from treatments.models import Medication


def test_flow_ends_in_a_plan_with_dated_sessions(api_of):
    api = api_of("physician")

    patient = flow.patient(api)
    consultation = flow.consultation(api, of=patient["id"])
    proposal = flow.proposal(api, of=consultation["id"])
    decision = flow.decision(api, on=proposal["id"])
    flow.consents(api, on=consultation["id"])
    plan = flow.signed(api, on=consultation["id"])

    assert decision["option"] == proposal["response"]["areas"][0]["options"][0]
    days = sorted(
        day
        for course in decision["option"]["courses"]
        for day in course["planned"] + course["optional"]
    )
    assert [one["planned_on"] for one in plan["sessions"]] == sorted(set(days))
    assert [one["number"] for one in plan["sessions"]] == list(range(1, len(set(days)) + 1))
    assert plan["patient"] == patient["id"]
    kept = flow.done(api.get(f"{flow.PLANS}{plan['id']}/"))
    assert kept == plan


def test_a_signed_consultation_refuses_every_write(api_of):
    api = api_of("physician")
    plan = flow.plan(api)
    path = f"{flow.CONSULTATIONS}{plan['consultation']}/"
    version = api.get(path)["ETag"]

    answers = [
        api.put(f"{path}facts/", flow.facts(), headers={"If-Match": version}),
        api.patch(path, {"goals": "More"}, headers={"If-Match": version}),
        api.post(f"{path}propose/"),
        api.post(
            f"{flow.PROPOSALS}{plan['proposal']}/decide/", {"area": "face", "verdict": "declined"}
        ),
    ]

    assert [(one.status_code, flow.problems(one)) for one in answers] == [
        (409, [("", "closed")])
    ] * len(answers)


def test_sessions_are_marked_once(api_of):
    api = api_of("physician")
    first = flow.plan(api)["sessions"][0]
    path = f"{flow.SESSIONS}{first['id']}/mark/"

    cancelled = flow.done(api.post(path, {"status": "cancelled", "reason": " Travels. "}))
    again = api.post(path, {"status": "cancelled"})

    assert cancelled == {**first, "status": "cancelled", "cancelled_because": "Travels."}
    assert (again.status_code, flow.problems(again)) == (409, [("", "closed")])


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        ({"status": "cancelled", "reason": "x" * 301}, [("reason", "max_length")]),
        ({"status": "cancelled", "reason": "a\u0007b"}, [("reason", "unstorable")]),
        ({"status": "cancelled", "reason": 7}, [("reason", "invalid")]),
        ({"status": "done", "reason": "Travels."}, [("reason", "invalid")]),
    ],
)
def test_a_reason_is_words_and_of_a_cancelled_session(api_of, told, faults):
    api = api_of("physician")
    first = flow.plan(api)["sessions"][0]

    refused = api.post(f"{flow.SESSIONS}{first['id']}/mark/", told)

    assert (refused.status_code, flow.problems(refused)) == (400, faults)
    kept = flow.done(api.get(f"{flow.SESSIONS}{first['id']}/"))
    assert (kept["status"], kept["cancelled_because"]) == ("scheduled", "")


def test_a_session_is_not_marked_as_scheduled(api_of):
    api = api_of("physician")
    first = flow.plan(api)["sessions"][0]

    refused = api.post(f"{flow.SESSIONS}{first['id']}/mark/", {"status": "scheduled"})

    assert (refused.status_code, flow.problems(refused)) == (400, [("status", "invalid")])


def test_a_proposal_is_stale_once_facts_change(api_of):
    api = api_of("physician")
    proposal = flow.proposal(api)
    path = f"{flow.CONSULTATIONS}{proposal['consultation']}/"
    version = api.get(path)["ETag"]

    flow.done(api.put(f"{path}facts/", flow.facts(), headers={"If-Match": version}))
    refused = api.post(
        f"{flow.PROPOSALS}{proposal['id']}/decide/", {"area": "face", "verdict": "declined"}
    )

    assert proposal["stale"] is False
    assert flow.done(api.get(f"{flow.PROPOSALS}{proposal['id']}/"))["stale"] is True
    assert (refused.status_code, flow.problems(refused)) == (409, [("", "stale")])


def test_proposing_names_what_is_missing(api_of):
    api = api_of("physician")
    consultation = flow.consultation(
        api, concerns=[], medications=[{"medication": "ibuprofen"}], labs=[{"test": "platelets"}]
    )

    refused = api.post(f"{flow.CONSULTATIONS}{consultation['id']}/propose/")

    assert refused.status_code == 400
    assert [path for path, _code in flow.problems(refused)] == [
        "concerns",
        "medications[0].prescribed",
        "labs[0].value",
        "labs[0].unit",
        "labs[0].taken_on",
    ]


def test_an_override_makes_a_new_proposal(api_of):
    api = api_of("physician")
    consultation = flow.consultation(api, conditions={**flow.facts()["conditions"], **BARRED})
    first = flow.proposal(api, of=consultation["id"])
    rule = next(
        finding["rule"]
        for finding in first["response"]["findings"]
        for effect in finding["effects"]
        if effect["effect"] == "exclude-overridable"
    )
    treatment = next(
        one["treatment"]
        for one in first["response"]["areas"][0]["treatments"]
        if rule in one["findings"]
    )
    body = {
        "rule": rule,
        "area": "face",
        "treatment": treatment,
        "reason": "specialist-agrees",
        "text": "Discussed with the treating physician.",
    }

    second = flow.made(api.post(f"{flow.CONSULTATIONS}{consultation['id']}/override/", body))

    assert second["number"] == first["number"] + 1
    assert second["overrides"] == [[rule, "face", treatment]]
    assert second["response"]["overridden"] == [
        {"rule": rule, "area": "face", "treatment": treatment}
    ]


BARRED = {"autoimmune-disease": "yes"}


def test_every_write_and_every_opening_leaves_an_event(api_of):
    api = api_of("physician")
    plan = flow.plan(api)
    for path in (
        f"{flow.PATIENTS}{plan['patient']}/",
        f"{flow.CONSULTATIONS}{plan['consultation']}/",
        f"{flow.CONSULTATIONS}{plan['consultation']}/facts/",
        f"{flow.PROPOSALS}{plan['proposal']}/",
        f"{flow.PLANS}{plan['id']}/",
        f"{flow.SESSIONS}{plan['sessions'][0]['id']}/",
    ):
        flow.done(api.get(path))
    flow.done(
        api.post(f"{flow.SESSIONS}{plan['sessions'][0]['id']}/mark/", {"status": "cancelled"})
    )

    events = AuditEvent.objects.filter(channel="rest").order_by("pk")

    assert [event.action for event in events] == [
        "patient-registered",
        "consultation-started",
        "consultation-changed",
        "proposal-made",
        "proposal-opened",  # what is to be acknowledged is read there
        "option-decided",
        "consultation-opened",  # which consents are asked for is read there
        *["consultation-opened", "consent-given"] * 2,
        "plan-signed",
        "patient-opened",
        "consultation-opened",
        "consultation-opened",
        "proposal-opened",
        "plan-opened",
        "plan-opened",
        "session-cancelled",
    ]
    assert {event.patient.hex for event in events} == {plan["patient"].replace("-", "")}
    assert {(event.actor, event.actor_name) for event in events} == {
        (api.user.pk, api.user.username)
    }
    assert all(event.request_id and event.clinic for event in events)


def test_a_term_that_was_deleted_since_the_release_is_a_fault_and_not_an_error(api_of):
    api = api_of("physician")
    patient = flow.patient(api)
    Medication.objects.get(code="levothyroxine").delete()
    document = flow.facts(medications=[{"medication": "levothyroxine", "prescribed": True}])

    refused = api.post(flow.CONSULTATIONS, {"patient": patient["id"], "facts": document})

    assert refused.status_code == 400
    assert [code for _path, code in flow.problems(refused)] == ["gone"]
