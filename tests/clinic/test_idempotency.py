"""The same key twice is one effect and one answer."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from clinic.models import AuditEvent, IdempotencyKey
from tests.conftest import PASSWORD
from tests.consultations.api import flow

KEY = {"Idempotency-Key": "7c1b4d6e-0001"}


def patients(api):
    return flow.done(api.get(flow.PATIENTS))["results"]


def test_a_repetition_is_answered_the_same_and_does_nothing(api_of):
    api = api_of("integration")

    first = api.post(flow.PATIENTS, flow.PERSON, headers=KEY)
    events = AuditEvent.objects.count()
    second = api.post(flow.PATIENTS, flow.PERSON, headers=KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert [second[name] for name in ("ETag", "Location", "Content-Type")] == [
        first[name] for name in ("ETag", "Location", "Content-Type")
    ]
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert AuditEvent.objects.count() == events
    assert len(patients(api)) == 1


def test_every_creating_step_can_be_repeated(api_of):
    api = api_of("physician")
    patient = flow.patient(api)
    body = {"patient": patient["id"], "facts": flow.facts()}

    def twice(path, sent, number):
        headers = {"Idempotency-Key": f"step-{number}"}
        one, two = (api.post(path, sent, headers=headers) for _ in range(2))
        assert one.content == two.content
        assert two["Idempotency-Replayed"] == "true"
        return one.json()

    consultation = twice(flow.CONSULTATIONS, body, 1)
    where = f"{flow.CONSULTATIONS}{consultation['id']}/"
    proposal = twice(f"{where}propose/", None, 2)
    choice = flow.choice(api, on=proposal["id"])
    twice(f"{flow.PROPOSALS}{proposal['id']}/decide/", choice, 3)
    flow.consents(api, on=consultation["id"])
    plan = twice(f"{where}sign/", {"password": PASSWORD}, 4)
    first = plan["sessions"][0]["id"]
    twice(f"{flow.SESSIONS}{first}/mark/", {"status": "cancelled"}, 5)

    assert len(flow.done(api.get(flow.CONSULTATIONS))["results"]) == 1
    assert len(flow.done(api.get(flow.PROPOSALS))["results"]) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (flow.PATIENTS, {**flow.PERSON, "given_name": "Ada"}),
        (f"{flow.CONSULTATIONS}", {"patient": "8d8ac610-566d-4ef0-9c22-186b2a5ed793"}),
    ],
)
def test_a_key_is_good_for_one_request(api_of, path, body):
    api = api_of("integration")
    api.post(flow.PATIENTS, flow.PERSON, headers=KEY)

    answer = api.post(path, body, headers=KEY)

    assert (answer.status_code, flow.problems(answer)) == (422, [("Idempotency-Key", "key_reused")])
    assert len(patients(api)) == 1


def test_a_refused_request_leaves_its_key_free(api_of):
    api = api_of("integration")

    refused = api.post(flow.PATIENTS, {**flow.PERSON, "sex": "x"}, headers=KEY)
    mended = api.post(flow.PATIENTS, flow.PERSON, headers=KEY)

    assert (refused.status_code, mended.status_code) == (400, 201)


def test_keys_of_two_people_and_two_clinics_do_not_meet(api_of, other_clinic):
    apis = [api_of("integration"), api_of("physician"), api_of("integration", at=other_clinic)]

    answers = [api.post(flow.PATIENTS, flow.PERSON, headers=KEY) for api in apis]

    assert len({answer.json()["id"] for answer in answers}) == 3


def test_key_and_effect_are_kept_together_or_not_at_all(api_of, monkeypatch):
    api = api_of("integration")

    def fail(*args, **kwargs):
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as patched:
        patched.setattr(IdempotencyKey, "save", fail)
        api.raise_request_exception = False
        assert api.post(flow.PATIENTS, flow.PERSON, headers=KEY).status_code == 500
    assert patients(api) == []
    assert not AuditEvent.objects.filter(action="patient-registered").exists()

    assert api.post(flow.PATIENTS, flow.PERSON, headers=KEY).status_code == 201
    assert len(patients(api)) == 1


def test_keys_are_forgotten_after_a_day(api_of):
    api = api_of("integration")
    api.post(flow.PATIENTS, flow.PERSON, headers=KEY)
    with scopes_disabled():
        IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))

    api.post(flow.PATIENTS, flow.PERSON, headers=KEY)

    assert len(patients(api)) == 2
    with scopes_disabled():
        assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_acts_and_both_are_told_the_same(api_of):
    api = api_of("integration")
    together = threading.Barrier(2)

    def post(_number):
        try:
            together.wait()
            return api.post(flow.PATIENTS, flow.PERSON, headers=KEY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(post, range(2)))

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert len(patients(api)) == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_first_still_runs_the_second_is_told_so(api_of, clinic):
    """The first holds its key in an open transaction for longer than the second may wait."""
    api = api_of("integration")

    def post():
        try:
            with connection.cursor() as cursor:
                wait_briefly(cursor)
            return api.post(flow.PATIENTS, flow.PERSON, headers=KEY)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as second, transaction.atomic(), scopes_disabled():
        IdempotencyKey.objects.create(
            clinic=clinic, user=api.user, key=KEY["Idempotency-Key"], fingerprint="", status=0
        )
        answer = second.submit(post).result()

    assert (answer.status_code, flow.problems(answer)) == (409, [("", "busy")])
    assert answer["Retry-After"] == "1"


def wait_briefly(cursor):
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA busy_timeout = 200")
    else:
        cursor.execute("SET lock_timeout = 200")
