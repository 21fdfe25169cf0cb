"""Tokens: random, hashed, ending, good for one clinic and one kind of access."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from clinic.models import ApiToken, AuditEvent, Membership
from clinic.tokens import digest_of, issue_token, revoke_token

PATIENTS = "/api/v1/patients/"


def bearing(text):
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return api


@pytest.fixture
def issued(make_member, clinic):
    return issue_token(make_member("integration"), clinic=clinic, name="tests", by=None)


def test_a_token_opens_the_door(issued):
    _token, text = issued

    assert bearing(text).get(PATIENTS).status_code == 200


def test_the_database_never_holds_the_token(issued):
    token, text = issued
    columns = [field.column for field in ApiToken._meta.concrete_fields]

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM clinic_apitoken")
        kept = str(cursor.fetchall())

    assert text not in kept
    assert text[8:] not in kept
    assert token.digest == digest_of(text)
    assert text not in str(list(AuditEvent.objects.values()))


def refuse(api):
    answer = api.get(PATIENTS)
    return answer.status_code, answer["WWW-Authenticate"], list(answer.json())


def test_a_revoked_token_is_refused_at_once(issued):
    token, text = issued
    revoke_token(token, by=None)

    assert refuse(bearing(text)) == (401, "Token", ["errors"])


def test_an_expired_token_is_refused(issued):
    token, text = issued
    past = timezone.now() - timedelta(days=2)
    ApiToken.objects.filter(pk=token.pk).update(
        created_at=past, expires_at=past + timedelta(days=1)
    )

    assert refuse(bearing(text)) == (401, "Token", ["errors"])


def test_a_member_who_left_is_refused(issued):
    token, text = issued
    Membership.objects.filter(user=token.user).update(is_active=False)

    assert refuse(bearing(text)) == (401, "Token", ["errors"])


def test_a_person_who_may_not_log_in_is_refused(issued):
    token, text = issued
    type(token.user).objects.filter(pk=token.user_id).update(is_active=False)

    assert refuse(bearing(text)) == (401, "Token", ["errors"])


@pytest.mark.parametrize(
    "header", ["Token", "Token ", "Token a b", "Token csl_wrong", "Token \xff", "Bearer x", "x"]
)
def test_other_headers_are_refused(db, header):
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=header)

    assert refuse(api) == (401, "Token", ["errors"])


def test_a_token_in_the_address_opens_nothing(issued):
    _token, text = issued

    assert APIClient().get(f"{PATIENTS}?token={text}").status_code == 401


def test_a_token_speaks_for_its_own_clinic_only(make_member, clinic, other_clinic):
    user = make_member("physician")
    Membership.objects.create(user=user, clinic=other_clinic, role="nurse")
    _token, there = issue_token(user, clinic=other_clinic, name="there", by=None)
    _token, here = issue_token(user, clinic=clinic, name="here", by=None)
    person = {"family_name": "Aksoy", "given_name": "Deniz", "sex": "female"}

    bearing(there).post(PATIENTS, person)

    assert len(bearing(there).get(PATIENTS).json()["results"]) == 1
    assert bearing(here).get(PATIENTS).json()["results"] == []


def test_a_token_goes_before_a_session(client_of, issued, other_clinic):
    """A browser of another clinic that sends a token gets the token's rows, not its own."""
    browser = client_of("physician", at=other_clinic)
    token, text = issued
    person = {"family_name": "Aksoy", "given_name": "Deniz", "sex": "female"}
    bearing(text).post(PATIENTS, person)

    with_token = browser.get(PATIENTS, headers={"Authorization": f"Token {text}"})
    without = browser.get(PATIENTS)

    assert len(with_token.json()["results"]) == 1
    assert without.json()["results"] == []
    assert AuditEvent.objects.get(action="patient-registered").clinic == token.clinic_id


def test_a_session_needs_the_csrf_token_to_write(make_member):
    api = APIClient(enforce_csrf_checks=True)
    api.force_login(make_member("physician"))

    answer = api.post(PATIENTS, {"family_name": "A", "given_name": "B", "sex": "female"})

    assert (answer.status_code, list(answer.json())) == (403, ["errors"])


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(days=-1), timedelta(days=367)])
def test_a_token_lives_between_a_moment_and_a_year(make_member, clinic, lifetime):
    with pytest.raises(ValidationError):
        issue_token(
            make_member("integration"), clinic=clinic, name="tests", by=None, lifetime=lifetime
        )


def test_only_a_member_gets_a_token(make_member, clinic, other_clinic):
    with pytest.raises(ValidationError):
        issue_token(
            make_member("integration", at=other_clinic), clinic=clinic, name="tests", by=None
        )


def test_issuing_and_revoking_are_noted(issued):
    token, _text = issued
    revoke_token(token, by=token.user)
    revoke_token(token, by=token.user)

    events = AuditEvent.objects.filter(subject=str(token.pk)).order_by("pk")
    assert [event.action for event in events] == ["token-issued", "token-revoked"]


def test_what_a_token_did_is_told_from_what_the_person_did(client_of, clinic):
    administrator = client_of("administrator")
    lead = client_of("medical-lead")
    token, text = issue_token(lead.user, clinic=clinic, name="x", by=administrator.user)

    bearing(text).get("/api/v1/catalogue/export/")
    lead.get("/api/v1/catalogue/export/")

    mine, its = AuditEvent.objects.filter(action="catalogue-exported")[:2]
    assert (its.actor, its.token) == (lead.user.pk, token.pk)
    assert (mine.actor, mine.token) == (lead.user.pk, None)
    issued = AuditEvent.objects.get(action="token-issued")
    assert (issued.actor, issued.subject, issued.token) == (
        administrator.user.pk,
        str(token.pk),
        None,
    )
    assert issued.detail == {"for": str(lead.user.pk)}


def test_what_a_token_was_refused_is_the_tokens_too(make_member, clinic):
    token, text = issue_token(make_member("nurse"), clinic=clinic, name="x", by=None)

    assert bearing(text).get("/api/v1/catalogue/export/").status_code == 403

    assert AuditEvent.objects.filter(outcome="refused").get().token == token.pk


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"q": "TOKEN"}, {"catalogue-exported", "token-issued"}),
        ({"token__isempty": "0"}, {"catalogue-exported"}),
        ({"token__isempty": "1"}, {"token-issued"}),
    ],
)
def test_the_trail_is_asked_for_a_token(client_of, clinic, query, told):
    client = client_of("administrator")
    curator = client_of("curator").user
    token, text = issue_token(curator, clinic=clinic, name="x", by=client.user)
    bearing(text).get("/api/v1/catalogue/export/")
    sent = {name: value.replace("TOKEN", str(token.pk)) for name, value in query.items()}

    answer = client.get("/admin/clinic/auditevent/", sent)

    assert {event.action for event in answer.context["cl"].queryset} == told
    event = AuditEvent.objects.get(action="catalogue-exported")
    assert (
        str(token.pk) in client.get(f"/admin/clinic/auditevent/{event.pk}/change/").content.decode()
    )
