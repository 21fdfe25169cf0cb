"""Consents over REST: read, signed, listed, taken back; and the password that signs."""

import pytest
from django_scopes import scope

from clinic.models import AuditEvent, IdempotencyKey
from consultations.models import Consent, Plan
from tests.conftest import PASSWORD
from tests.consultations.api import flow

DRAWN = [[[10, 20], [60, 90], [200, 40]]]


@pytest.fixture
def api(api_of):
    return api_of("physician")


@pytest.fixture
def consultation(api):
    found = flow.proposal(api)
    flow.decision(api, on=found["id"])
    return found["consultation"]


def sign(api, on, **body):
    return api.post(f"{flow.CONSULTATIONS}{on}/sign/", {"password": PASSWORD, **body})


def states(api, on):
    found = flow.done(api.get(f"{flow.CONSULTATIONS}{on}/consents/"))
    return {one["treatment"]: one["state"] for one in found}


def test_a_plan_is_signed_once_every_consent_is_given(api, consultation):
    assert states(api, consultation) == {"mesotherapy": "missing", "prp": "missing"}
    refused = sign(api, consultation)
    assert (refused.status_code, flow.problems(refused)) == (409, [("", "consent")])

    given = flow.consent(api, on=consultation, treatment="prp", drawing=DRAWN, language="el")
    flow.consents(api, on=consultation)
    plan = flow.made(sign(api, consultation))

    assert given["document"]["signature"]["drawing"] == DRAWN
    assert (given["how"], given["language"]) == ("drawn", "el")
    told = {one["treatment"]: one["digest"] for one in plan["document"]["consents"]}
    assert told["prp"] == given["digest"]
    listed = flow.done(api.get(f"/api/v1/consents/?consultation={consultation}"))["results"]
    assert {one["treatment"] for one in listed} == {"mesotherapy", "prp"}
    assert flow.done(api.get(f"/api/v1/consents/{given['id']}/")) == given
    paper = api.get(f"/api/v1/consents/{given['id']}/pdf/")
    assert paper.content.startswith(b"%PDF")


def test_a_consent_is_taken_back(api, consultation):
    flow.consents(api, on=consultation)
    plan = flow.made(sign(api, consultation))
    first = flow.done(api.get("/api/v1/consents/"))["results"][0]
    path = f"/api/v1/consents/{first['id']}/withdraw/"

    kept = flow.done(api.post(path, {"told_by": "Deniz Aksoy"}))
    again = api.post(path, {"told_by": "Deniz Aksoy"})

    assert kept["withdrawal"]["told_by"] == "Deniz Aksoy"
    assert (again.status_code, flow.problems(again)) == (409, [("", "withdrawn")])
    sessions = flow.done(api.get(f"{flow.PLANS}{plan['id']}/"))["sessions"]
    of_it = [one for one in sessions if first["treatment"] in str(one["items"])]
    assert {one["status"] for one in of_it} == {"cancelled"}
    assert "scheduled" in {one["status"] for one in sessions}


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"treatment": "laser"}, "treatment", "invalid"),
        ({"language": "de"}, "language", "invalid"),
        ({"read": "sha256:0"}, "", "stale"),
        ({"name": " "}, "name", "blank"),
        ({"drawing": "<svg/>"}, "drawing", "not_a_list"),
        ({"drawing": [[[1, 1]]]}, "drawing", "invalid"),
        ({"drawing": [[[1, 1.5]]]}, "drawing[0][0][1]", "invalid"),
        ({"drawing": [[[601, 1]]]}, "drawing[0][0][0]", "max_value"),
        ({"signed_at": "2020-01-01"}, "signed_at", "unknown_key"),
    ],
)
def test_what_is_no_consent_is_refused_by_its_path(api, consultation, changes, path, code):
    asked = f"{flow.CONSULTATIONS}{consultation}/consent-text/?treatment=prp&language=en"
    read = flow.done(api.get(asked))["digest"]
    body = {"treatment": "prp", "language": "en", "read": read, "name": "A Patient", **changes}

    answer = api.post(f"{flow.CONSULTATIONS}{consultation}/consent/", body)

    assert answer.status_code == (409 if code == "stale" else 400)
    assert flow.problems(answer) == [(path, code)]


def test_no_consent_is_taken_while_an_area_is_undecided(api, clinic):
    both = [{"concern": "fine-lines", "area": area} for area in ("face", "hands")]
    found = flow.proposal(api, of=flow.consultation(api, concerns=both)["id"])
    on = found["consultation"]
    flow.decision(api, on=found["id"])
    flow.decision(api, on=found["id"], area="hands")
    asked = f"{flow.CONSULTATIONS}{on}/consent-text/?treatment=prp&language=en"
    read = flow.done(api.get(asked))["digest"]
    seen = api.get(f"{flow.CONSULTATIONS}{on}/")
    flow.done(
        api.patch(
            f"{flow.CONSULTATIONS}{on}/", {"goals": "More"}, headers={"If-Match": seen["ETag"]}
        )
    )
    again = flow.made(api.post(f"{flow.CONSULTATIONS}{on}/propose/"))
    flow.decision(api, on=again["id"])
    body = {"treatment": "prp", "language": "en", "read": read, "name": "A Patient"}

    answer = api.post(f"{flow.CONSULTATIONS}{on}/consent/", body)

    assert (answer.status_code, flow.problems(answer)) == (409, [("", "undecided")])
    with scope(clinic=clinic):
        assert not Consent.objects.exists()


@pytest.mark.parametrize("key", ["", "a-key"])
@pytest.mark.parametrize("body", [{}, {"password": None}, {"password": 7}, {"password": "wrong"}])
def test_without_the_password_nothing_is_signed(api, clinic, consultation, body, key):
    flow.consents(api, on=consultation)
    headers = {"Idempotency-Key": key} if key else {}

    answer = api.post(f"{flow.CONSULTATIONS}{consultation}/sign/", body, headers=headers)

    assert answer.status_code == 400
    assert [path for path, _code in flow.problems(answer)] == ["password"]
    with scope(clinic=clinic):
        assert not Plan.objects.exists()


def test_guessing_is_counted_locked_and_audited_also_with_a_key(api, consultation):
    """A key opens a transaction; what it rolls back must not be the count."""
    flow.consents(api, on=consultation)
    path = f"{flow.CONSULTATIONS}{consultation}/sign/"

    answers = [
        api.post(path, {"password": "guess"}, headers={"Idempotency-Key": f"k{number}"})
        for number in range(6)
    ]

    assert [one.status_code for one in answers[:4]] == [400] * 4
    assert (answers[-1].status_code, flow.problems(answers[-1])) == (429, [("", "locked")])
    assert sign(api, consultation).status_code == 429
    assert AuditEvent.objects.filter(action="signature-password", outcome="refused").count() == 7


def test_signing_twice_is_one_signature(api, clinic, consultation):
    flow.consents(api, on=consultation)

    first, second = (flow.made(sign(api, consultation)) for _time in range(2))

    assert first == second
    with scope(clinic=clinic):
        assert Plan.objects.count() == 1


def test_the_password_is_kept_nowhere(api, clinic, consultation):
    flow.consents(api, on=consultation)
    path = f"{flow.CONSULTATIONS}{consultation}/sign/"

    flow.made(api.post(path, {"password": PASSWORD}, headers={"Idempotency-Key": "once"}))

    with scope(clinic=clinic):
        kept = IdempotencyKey.objects.get(key="once")
    assert PASSWORD not in kept.answer + kept.fingerprint
    assert not [one for one in AuditEvent.objects.all() if PASSWORD in str(one.detail)]


def test_lists_cost_the_same_however_long(api, clinic, django_assert_num_queries):
    for number in (1, 3):
        while True:
            with scope(clinic=clinic):
                if Consent.objects.count() >= 2 * number:
                    break
            flow.plan(api)
        with django_assert_num_queries(4):  # one of them the trace that it leaves
            found = flow.done(api.get("/api/v1/consents/?limit=100"))
        assert len(found["results"]) == 2 * number
