"""The page that records an adverse event, and where events are shown."""

import uuid
from datetime import timedelta
from unittest.mock import ANY

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from clinic.roles import Action, Role, allows
from consultations.models import AdverseEvent
from consultations.services import carrying
from consultations.services import events as services
from consultations.services.intake import start_consultation
from tests.consultations.made import signed
from tests.consultations.views.rows import page_url

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


def test_only_what_was_given_is_offered(physician, clinic):
    today = timezone.localdate()
    told_on = (today - timedelta(days=60)).isoformat()
    plan = signed(clinic, physician.user, consulted_on=told_on)
    with scope(clinic=clinic):
        passed = plan.sessions.filter(planned_on__lte=today).order_by("-number")
        to_come = plan.sessions.filter(planned_on__gt=today).first()
        last = passed[0]
        passed.exclude(pk=last.pk).update(status="cancelled")

    offered = [key for key, _text in form_of(physician, plan).fields["session"].choices]
    assert offered == ["", str(last.pk)]
    for changes in ({"session": str(to_come.pk)}, {"onset_on": told_on}):
        page = physician.post(url("record-event", plan.pk), sent(physician, plan, **changes))
        assert list(page.context["form"].errors) == list(changes)
    assert events(clinic) == []

    physician.post(url("record-event", plan.pk), sent(physician, plan, session=str(last.pk)))
    (event,) = events(clinic)
    with scope(clinic=clinic):
        plan.sessions.filter(pk=last.pk).update(status="cancelled")
    corrected = physician.get(url("correct-event", event.pk)).context["form"]
    assert corrected.fields["session"].choices[1:] == [(str(last.pk), ANY)]
    assert [key for key, _text in form_of(physician, plan).fields["session"].choices] == [""]
    mistake = {"withdrawn": "on", "session": str(last.pk), "place": corrected.initial["place"]}
    told = {**sent_of(corrected), **mistake}
    physician.post(url("correct-event", event.pk), told)
    assert [one.withdrawn for one in events(clinic)] == [False, True]


def test_before_the_first_session_nothing_is_offered(physician, clinic):
    later = (timezone.localdate() + timedelta(days=30)).isoformat()
    plan = signed(clinic, physician.user, start_on=later)

    form = form_of(physician, plan)

    assert len(form.fields["place"].choices) == 1
    assert "was due yet" in str(form.fields["place"].help_text)


def sent_of(form):
    return {name: str(value) for name, value in form.initial.items()}


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


def happened(plan, by, seriousness="serious", what="Blister."):
    with scope(clinic=plan.clinic):
        item = plan.sessions.first().items.first()
        told = services.Told(
            treatment=item.treatment.code,
            area=item.area.code,
            what=what,
            seriousness=seriousness,
            onset_on=timezone.localdate(),
            outcome="ongoing",
        )
        return services.record_event(plan, told, by=by), told


@pytest.fixture
def next_one(clinic, physician, plan):
    """The patient comes again, and it is started from the last consultation."""
    with scope(clinic=clinic):
        return carrying.start_from(plan.consultation, by=physician.user)


def banner_of(page):
    text = page.content.decode()
    return text[text.index('id="patient-banner"') : text.index("</section>")]


def test_it_is_shown_on_the_patients_page(physician, plan):
    page = physician.get(url("patient", plan.patient_id)).content.decode()
    assert "Adverse events" not in page

    happened(plan, physician.user)

    page = physician.get(url("patient", plan.patient_id)).content.decode()
    assert 'id="events"' in page
    assert "Blister." in page
    assert f'{url("plan", plan.pk)}">See the plan' in page


def test_it_stands_in_the_banner_of_every_later_consultation(physician, plan, clinic):
    with scope(clinic=clinic):
        later = start_consultation(plan.patient, by=physician.user)
    assert "Adverse events" not in banner_of(physician.get(page_url(later)))

    event, _told = happened(plan, physician.user)
    happened(plan, physician.user, "mild")

    for address in (page_url(later), url("plan", plan.pk), url("comparison", later.pk)):
        banner = " ".join(banner_of(physician.get(address)).split())
        assert f"Serious: {event.treatment}, {event.area}</a>" in banner
        assert banner.index("Serious") < banner.index("Mild: 1")
        assert f"{url('patient', plan.patient_id)}#events" in banner
        assert "Blister" not in banner


def test_what_is_carried_over_says_what_happened_since(physician, plan, next_one):
    def notice():
        page = physician.get(page_url(next_one)).content.decode()
        return page[page.index("carried-notice") : page.index('class="workspace ')]

    assert "Adverse events" not in notice()

    event, _told = happened(plan, physician.user)

    assert "Adverse events" in notice()
    assert f"Serious: {event.treatment}, {event.area}, " in notice()
    assert f"{url('plan', plan.pk)}#events" in notice()


@pytest.mark.parametrize("withdrawn", [True, False])
def test_what_was_corrected_stands_no_more(physician, plan, next_one, clinic, withdrawn):
    event, told = happened(plan, physician.user, what="Told first.")
    with scope(clinic=clinic):
        anew = services.Told(
            **{name: getattr(told, name) for name in told.__slots__} | {"what": "Told anew."}
        )
        services.correct_event(event, anew, by=physician.user, withdrawn=withdrawn)

    page = physician.get(url("patient", plan.patient_id)).content.decode()
    assert "Told first." not in page
    assert ("Told anew." in page) is not withdrawn
    assert ("Serious:" in banner_of(physician.get(page_url(next_one)))) is not withdrawn


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_no_consultation_sees_no_event(client_of, physician, plan, role):
    happened(plan, physician.user)

    page = client_of(role).get(url("patient", plan.patient_id))

    if page.status_code == 200:
        assert ("Blister." in page.content.decode()) is allows(role, Action.VIEW_PLAN)


@pytest.mark.parametrize("page", ["patient", "next"])
def test_pages_ask_the_same_for_any_number_of_events(physician, plan, next_one, page):
    address = url("patient", plan.patient_id) if page == "patient" else page_url(next_one)
    asked, made = [], 0

    for count in (0, 1, 3, 30):
        while made < count:
            happened(plan, physician.user)
            made += 1
        physician.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert physician.get(address).content.decode().count("Serious") >= count
        asked.append(len(captured))

    assert len(set(asked)) == 1, asked
