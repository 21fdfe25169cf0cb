"""The PDF of a plan through both doors."""

import pytest
from django.urls import reverse

from clinic.models import AuditEvent
from clinic.roles import ALLOWED, Action, Role
from tests.consultations.made import proposed, signed


@pytest.fixture
def plan(clinic, physician):
    return signed(clinic, physician.user)


def url(plan):
    return reverse("consultations:plan-pdf", args=[plan.pk])


def api_url(plan):
    return f"/api/v1/plans/{plan.pk}/pdf/"


def test_the_plan_links_to_its_pdf(physician, plan):
    page = physician.get(reverse("consultations:plan", args=[plan.pk])).content.decode()

    assert url(plan) in page


def test_both_doors_give_the_same_bytes(physician, api_of, plan):
    answers = [physician.get(url(plan)), api_of("physician").get(api_url(plan))]

    for answer in answers:
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("role", Role.values)
def test_it_opens_for_the_roles_that_may_see_plans(client_of, plan, role):
    status = client_of(role).get(url(plan)).status_code

    assert status == (200 if Action.VIEW_PLAN in ALLOWED[Role(role)] else 403)


def test_another_clinics_plan_is_not_found(client_of, api_of, plan, other_clinic):
    assert client_of("physician", at=other_clinic).get(url(plan)).status_code == 404
    assert api_of("physician", at=other_clinic).get(api_url(plan)).status_code == 404


def test_each_look_is_audited(physician, api_of, plan):
    api = api_of("physician")
    opened = AuditEvent.objects.filter(action="plan-opened", subject=str(plan.pk))

    physician.get(url(plan))
    api.get(api_url(plan))

    assert [(one.actor, one.patient) for one in opened.order_by("pk")] == [
        (physician.user.pk, plan.patient_id),
        (api.user.pk, plan.patient_id),
    ]


def test_a_consent_that_cannot_be_read_yet_says_once_why_and_where(clinic, physician):
    proposal = proposed(clinic, physician.user)
    url = reverse("consultations:give-consent", args=[proposal.consultation_id, "prp"])

    page = physician.get(url, follow=True).content.decode()

    assert page.count("Some areas are not decided yet.") == 1
    assert (
        f'{reverse("consultations:proposal-number", args=[proposal.consultation_id, 1])}#area-face"'
        in page
    )
