"""The page that amends a signed consultation, and where amendments are shown."""

import pytest
from django.urls import reverse
from django_scopes import scope

from clinic.models import AuditEvent
from consultations.models import Amendment
from consultations.services.amendments import amend
from tests.conftest import PASSWORD
from tests.consultations.made import consulted, signed

SENT = {"reason": "recorded-wrongly", "text": "The dose was <b>another</b>.", "password": PASSWORD}


@pytest.fixture
def plan(clinic, physician):
    return signed(clinic, physician.user)


@pytest.fixture
def amended(plan, physician):
    with scope(clinic=plan.clinic):
        return amend(plan.consultation, reason="clarified", text="Twice daily.", by=physician.user)


def url(name, key):
    return reverse(f"consultations:{name}", args=[key])


def amendments(clinic):
    with scope(clinic=clinic):
        return list(Amendment.objects.values_list("number", "reason", "text", "by"))


def test_the_page_shows_the_record_as_it_was_signed(physician, plan):
    page = physician.get(url("amend", plan.consultation_id)).content.decode()

    assert "The record as it was signed" in page
    assert "Fine lines" in page
    assert 'type="password"' in page


def test_an_amendment_is_signed_with_the_password(physician, plan, clinic):
    answer = physician.post(url("amend", plan.consultation_id), SENT, follow=True)

    assert answer.redirect_chain == [(url("plan", plan.pk), 302)]
    assert "The dose was &lt;b&gt;another&lt;/b&gt;." in answer.content.decode()
    assert amendments(clinic) == [(1, SENT["reason"], SENT["text"], physician.user.pk)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "another"}, "This is not your password."),
        ({"password": ""}, "This field is required."),
        ({"reason": ""}, "This field is required."),
        ({"reason": "because"}, "Select a valid choice."),
        ({"text": " "}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(physician, plan, clinic, changes, words):
    page = physician.post(url("amend", plan.consultation_id), SENT | changes).content.decode()

    assert words in page
    assert changes.get("text", "another&lt;/b&gt;") in page
    assert amendments(clinic) == []


def test_an_open_consultation_cannot_be_amended(physician, clinic):
    row = consulted(clinic, physician.user)

    shown = physician.get(url("amend", row.pk)).content.decode()
    sent = physician.post(url("amend", row.pk), SENT).content.decode()

    assert "this one can still be changed" in shown
    assert 'type="password"' not in shown
    assert "this one can still be changed" in sent
    assert amendments(clinic) == []


@pytest.mark.parametrize("name", ["plan", "print-plan"])
def test_the_plan_shows_its_amendments_beside_what_was_signed(physician, plan, name, amended):
    page = physician.get(url(name, plan.pk)).content.decode()

    assert "Amendment 1: To make clear what was meant" in page
    assert "Twice daily." in page
    assert "Mesotherapy" in page


def test_the_signed_consultation_shows_its_amendments(physician, plan, amended):
    page = physician.get(url("consultation", plan.consultation_id)).content.decode()

    assert "Twice daily." in page
    assert url("amend", plan.consultation_id) in page


@pytest.mark.parametrize("name", ["plan", "print-plan"])
def test_a_plan_without_amendments_has_no_empty_section(physician, plan, name):
    assert "Amendments" not in physician.get(url(name, plan.pk)).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_who_may_not_sign_may_not_amend(client_of, plan, clinic, method):
    nurse = client_of("nurse")

    answer = getattr(nurse, method)(url("amend", plan.consultation_id), SENT)

    assert answer.status_code == 403
    assert amendments(clinic) == []
    assert (
        url("amend", plan.consultation_id) not in nurse.get(url("plan", plan.pk)).content.decode()
    )


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_clinics_consultation_is_not_found(client_of, plan, clinic, other_clinic, method):
    stranger = client_of("physician", at=other_clinic)

    answer = getattr(stranger, method)(url("amend", plan.consultation_id), SENT)

    assert answer.status_code == 404
    assert amendments(clinic) == []


def test_opening_the_page_is_audited(physician, plan):
    physician.get(url("amend", plan.consultation_id))

    event = AuditEvent.objects.filter(action="consultation-opened").latest("pk")
    assert (event.actor, event.patient) == (physician.user.pk, plan.patient_id)
