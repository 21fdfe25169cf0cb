"""The page that records an adverse event, and where events are shown."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from clinic.roles import Action, Role, allows
from consultations.models import AdverseEvent
from tests.consultations.made import signed

ROLES = [role.value for role in Role]


@pytest.fixture
def plan(clinic, physician):
    return signed(clinic, physician.user)


def url(name, key):
    return reverse(f"consultations:{name}", args=[key])


def form_of(browser, plan):
    return browser.get(url("record-event", plan.pk)).context["form"]


def sent(browser, plan, **changes):
    place = form_of(browser, plan).fields["place"].choices[1][0]
    plain = {
        "place": place,
        "session": "",
        "kind": "",
        "what": "Swelling <b>left</b>.",
        "seriousness": "serious",
        "onset_on": timezone.localdate().isoformat(),
        "outcome": "ongoing",
    }
    return {**plain, **changes}


def events(clinic):
    with scope(clinic=clinic):
        return list(AdverseEvent.objects.order_by("recorded_at"))


def test_an_event_is_recorded_from_the_plan_and_shown_there(physician, plan, clinic):
    shown = physician.get(url("plan", plan.pk)).content.decode()
    assert url("record-event", plan.pk) in shown
    assert "Adverse events" not in shown

    answer = physician.post(url("record-event", plan.pk), sent(physician, plan), follow=True)

    assert answer.redirect_chain == [(url("plan", plan.pk), 302)]
    page = answer.content.decode()
    assert "Swelling &lt;b&gt;left&lt;/b&gt;." in page
    assert "Serious" in page
    (event,) = events(clinic)
    assert (event.plan, event.recorded_by) == (plan, physician.user)
    assert url("correct-event", event.pk) in page


def test_a_correction_stands_beside_what_it_corrects(physician, plan, clinic):
    physician.post(url("record-event", plan.pk), sent(physician, plan))
    (event,) = events(clinic)
    page = physician.get(url("correct-event", event.pk))
    assert page.context["form"].initial["what"] == event.what

    answer = physician.post(
        url("correct-event", event.pk),
        sent(physician, plan, what="There was none.", withdrawn="on"),
        follow=True,
    )

    text = answer.content.decode()
    assert "corrected since" in text
    assert "recorded by mistake" in text
    assert [one.withdrawn for one in events(clinic)] == [False, True]
    again = physician.post(url("correct-event", event.pk), sent(physician, plan))
    assert "This was corrected already." in again.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"place": "prp/nowhere"}, "Select a valid choice."),
        ({"what": " "}, "This field is required."),
        ({"seriousness": ""}, "This field is required."),
        ({"onset_on": "2999-01-01"}, "This day is still to come."),
        ({"onset_on": "soon"}, "Write a date that exists"),
        ({"kind": "no-such"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(physician, plan, clinic, changes, words):
    data = sent(physician, plan, **changes)

    page = physician.post(url("record-event", plan.pk), data).content.decode()

    assert words in page
    if changes.get("what") is None:
        assert "Swelling &lt;b&gt;left&lt;/b&gt;." in page
    assert events(clinic) == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_are_for_those_who_record(client_of, plan, role, method):
    answer = getattr(client_of(role), method)(url("record-event", plan.pk))

    assert answer.status_code == (200 if allows(role, Action.RECORD_EVENT) else 403)


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_clinics_plan_and_event_are_not_found(
    client_of, physician, plan, clinic, other_clinic, method
):
    physician.post(url("record-event", plan.pk), sent(physician, plan))
    (event,) = events(clinic)
    stranger = client_of("physician", at=other_clinic)

    for name, row in (("record-event", plan), ("correct-event", event)):
        for row_key in (row.pk, uuid.uuid4()):
            answer = getattr(stranger, method)(url(name, row_key), {"what": "x"})
            assert answer.status_code == 404
    assert len(events(clinic)) == 1
