"""A proposal ages: days that are over are not signed unseen, and there is a way to new ones."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from clinic.models import AuditEvent
from consultations.models import Plan
from consultations.services import plans
from tests.conftest import PASSWORD
from tests.consultations.api import flow
from tests.consultations.made import ready

PASSED = "Sessions of this plan lie before today"
OVERTAKEN = "What was said then may have changed."


@pytest.fixture
def api(api_of):
    return api_of("physician")


def today():
    return timezone.now().date()


def decided(api, *, days_ago):
    """Told, proposed, decided and consented to, all of it with the days of back then."""
    told = flow.consultation(api, consulted_on=flow.days_on(-days_ago))
    found = flow.proposal(api, of=told["id"])
    flow.decision(api, on=found["id"])
    flow.consents(api, on=told["id"])
    return told["id"]


def sign(api, key, **more):
    return api.post(f"{flow.CONSULTATIONS}{key}/sign/", {"password": PASSWORD, **more})


def first_day(plan):
    return plan["sessions"][0]["planned_on"]


def in_words(response):
    return " ".join(response.content.decode().split())


def desk_of(client, user):
    client.force_login(user)
    return client


def test_a_service_signs_no_day_that_has_passed_unless_it_is_meant(clinic, physician):
    proposal = ready(clinic, physician)

    with scope(clinic=clinic):
        with pytest.raises(ValidationError) as refusal:
            plans.sign(proposal.consultation, by=physician)
        assert list(refusal.value.message_dict) == ["past_sessions"]
        plans.sign(proposal.consultation, by=physician, past_sessions=True)

    signed = AuditEvent.objects.get(action="plan-signed")
    assert signed.detail["past_sessions"] > 1


def test_a_program_says_that_past_days_are_meant_or_proposes_anew(api):
    key = decided(api, days_ago=120)

    refused = sign(api, key)
    assert (refused.status_code, flow.problems(refused)) == (400, [("past_sessions", "past")])
    assert flow.problems(sign(api, key, past_sessions="yes")) == [("past_sessions", "invalid")]

    where = f"{flow.CONSULTATIONS}{key}/"
    tag = {"If-Match": api.get(where)["ETag"]}
    flow.done(api.patch(where, {"consulted_on": flow.days_on(0)}, headers=tag))
    flow.decision(api, on=flow.proposal(api, of=key)["id"])
    flow.consents(api, on=key)
    assert first_day(flow.made(sign(api, key))) == flow.days_on(0)


def test_a_program_signs_days_that_have_passed_when_it_says_so(api):
    key = decided(api, days_ago=120)

    assert first_day(flow.made(sign(api, key, past_sessions=True))) == flow.days_on(-120)


def test_a_treatment_that_starts_later_is_signed_without_a_word(api):
    told = flow.consultation(api, consulted_on=flow.days_on(-1), start_on=flow.days_on(0))
    flow.decision(api, on=flow.proposal(api, of=told["id"])["id"])
    flow.consents(api, on=told["id"])

    assert first_day(flow.made(sign(api, told["id"]))) == flow.days_on(0)


def test_the_page_says_which_days_have_passed_and_asks(api, client, clinic):
    key = decided(api, days_ago=120)
    desk, page = desk_of(client, api.user), reverse("consultations:sign", args=[key])

    shown = in_words(desk.get(page))
    assert PASSED in shown
    assert f"{reverse('consultations:consultation', args=[key])}#preferences" in shown
    again = desk.post(page, {"password": PASSWORD})
    assert again.context["form"].errors["past_sessions"]
    with scope(clinic=clinic):
        assert not Plan.objects.exists()

    desk.post(page, {"password": PASSWORD, "past_sessions": "on"})
    with scope(clinic=clinic):
        assert Plan.objects.get().sessions.first().planned_on == today() - timedelta(days=120)


@pytest.mark.parametrize(("days_ago", "said"), [(0, False), (3, True)])
def test_the_page_says_when_the_consultation_was_another_day(api, client, days_ago, said):
    told = flow.consultation(api, consulted_on=flow.days_on(-days_ago), start_on=flow.days_on(1))
    flow.decision(api, on=flow.proposal(api, of=told["id"])["id"])
    flow.consents(api, on=told["id"])
    page = reverse("consultations:sign", args=[told["id"]])

    shown = in_words(desk_of(client, api.user).get(page))

    assert (OVERTAKEN in shown, PASSED in shown) == (said, False)
    assert "past_sessions" not in shown
