"""A session is cancelled after a question, with a reason if one is told; who may, at any door."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django_scopes import scope

from clinic.roles import ALLOWED, Action, Role, allows
from consultations import paper
from consultations.models import Plan
from tests.consultations.made import again, signed


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def cancel_url(session):
    return reverse("consultations:cancel-session", args=[session.pk])


def test_a_session_is_cancelled_only_after_a_question(physician, clinic):
    plan = signed(clinic, physician.user)
    with scope(clinic=clinic):
        first = plan.sessions.first()
    address = reverse("consultations:plan", args=[plan.pk])
    page = physician.get(address).content.decode()
    assert f'href="{cancel_url(first)}"' in page
    assert 'value="cancelled"' not in page
    mark = reverse("consultations:mark-session", args=[first.pk])
    refused = physician.post(mark, {"status": "cancelled"}, follow=True)
    assert "alert-danger" in refused.content.decode()

    asked = text_of(physician.get(cancel_url(first)))
    assert again(first).status == "scheduled"
    assert "A cancelled session is not scheduled again." in asked
    assert "Back to the plan" in asked

    answer = physician.post(cancel_url(first), {"reason": " Travels <b>. "}, follow=True)

    assert answer.redirect_chain == [(address, 302)]
    assert (again(first).status, again(first).cancelled_because) == ("cancelled", "Travels <b>.")
    assert "Travels &lt;b&gt;." in answer.content.decode()
    assert f'href="{cancel_url(first)}"' not in answer.content.decode()
    with scope(clinic=clinic):
        printed = paper.printed(Plan.objects.with_sessions().get(pk=plan.pk), "en")
    assert "Travels <b>." in printed["sessions"][0]["why"]


def test_a_session_can_be_cancelled_without_a_reason(physician, clinic):
    plan = signed(clinic, physician.user)
    with scope(clinic=clinic):
        first = plan.sessions.first()

    physician.post(cancel_url(first), {"reason": ""})
    late = physician.post(cancel_url(first), {"reason": "Once more."})

    assert (again(first).status, again(first).cancelled_because) == ("cancelled", "")
    assert "This session is closed already." in text_of(late)
    assert "This session is closed already." in text_of(physician.get(cancel_url(first)))


def test_too_long_a_reason_is_said_and_stays(physician, clinic):
    plan = signed(clinic, physician.user)
    with scope(clinic=clinic):
        first = plan.sessions.first()

    page = physician.post(cancel_url(first), {"reason": "x" * 301}).content.decode()

    assert "x" * 301 in page
    assert "invalid-feedback" in page
    assert again(first).status == "scheduled"


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_one_action_opens_both_doors_of_a_session(client_of, api_of, physician, clinic, role):
    plan = signed(clinic, physician.user)
    with scope(clinic=clinic):
        first = plan.sessions.first()

    statuses = {
        "ask": client_of(role).get(cancel_url(first)).status_code,
        "done": client_of(role)
        .post(reverse("consultations:mark-session", args=[first.pk]), {"status": "odd"})
        .status_code,
        "rest": api_of(role)
        .post(f"/api/v1/sessions/{first.pk}/mark/", {"status": "odd"})
        .status_code,
    }

    may = allows(role, Action.MARK_SESSION)
    assert statuses == (
        {"ask": 200, "done": 302, "rest": 400} if may else dict.fromkeys(statuses, 403)
    )


def test_without_the_action_no_door_opens(client_of, api_of, physician, clinic, monkeypatch):
    plan = signed(clinic, physician.user)
    with scope(clinic=clinic):
        first = plan.sessions.first()
    held = ALLOWED[Role.NURSE] - {Action.MARK_SESSION}
    monkeypatch.setitem(ALLOWED, Role.NURSE, held)
    nurse, mark = client_of("nurse"), reverse("consultations:mark-session", args=[first.pk])

    assert nurse.post(mark, {"status": "done"}).status_code == 403
    assert nurse.post(cancel_url(first)).status_code == 403
    path = f"/api/v1/sessions/{first.pk}/mark/"
    assert api_of("nurse").post(path, {"status": "cancelled"}).status_code == 403
    page = nurse.get(reverse("consultations:plan", args=[plan.pk])).content.decode()
    assert cancel_url(first) not in page
    assert again(first).status == "scheduled"
