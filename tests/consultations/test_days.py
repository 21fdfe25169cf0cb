"""A clinic's day is the clinic's own, whichever door and whichever zone times are told in."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from clinic.scoping import clinic_today
from consultations.models import AdverseEvent, Consultation, Patient, PlanSession
from tests.consultations.api import flow

# Late on the evening of a day by UTC it is the next day in the east; early, the day before in
# the west. The days between the two are what a door that counts by UTC gets wrong.
EAST = ("Europe/Istanbul", time(21, 55), 1)
WEST = ("America/Los_Angeles", time(2, 5), -1)


@pytest.fixture(params=[EAST, WEST], ids=["east", "west"])
def today(request, clinic, monkeypatch):
    """The clinic's day, at a moment at which UTC counts another one."""
    zone, hour, beside = request.param
    clinic.timezone = zone
    clinic.save()
    day = timezone.now().date() + timedelta(days=2)
    moment = datetime.combine(day, hour, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return day + timedelta(days=beside)


@pytest.fixture
def api(today, api_of):
    return api_of("physician")


@pytest.fixture
def desk(today, client_of):
    return client_of("physician")


def address(name, key):
    return reverse(f"consultations:{name}", args=[key])


def test_a_consultation_is_of_the_same_day_through_both_doors(today, api, desk, clinic):
    patient = flow.patient(api)["id"]

    started = flow.made(api.post(flow.CONSULTATIONS, {"patient": patient}))
    desk.post(address("start", patient))

    with scope(clinic=clinic):
        days = Consultation.objects.values_list("consulted_on", flat=True)
        assert (list(days), clinic_today()) == ([today, today], today)
    assert started["consulted_on"] == today.isoformat()


def test_a_returning_patients_consultation_is_of_the_same_day(today, api, desk, clinic):
    signed = plan_of(api, today)["consultation"]
    patient = flow.done(api.get(f"{flow.CONSULTATIONS}{signed}/"))["patient"]
    told = {"patient": patient, "copy_from": signed}

    flow.made(api.post(flow.CONSULTATIONS, told))
    desk.post(address("start", patient), {"copy_from": signed})

    with scope(clinic=clinic):
        copies = Consultation.objects.filter(copied_from=signed)
        assert list(copies.values_list("consulted_on", flat=True)) == [today, today]


def test_todays_session_is_done_and_tomorrows_is_not(today, api, desk, clinic):
    first, second = [plan_of(api, today + timedelta(days=days)) for days in (0, 1)]

    def through_api(key):
        return api.post(f"{flow.SESSIONS}{key}/mark/", {"status": "done"}).status_code

    def through_browser(key):
        desk.post(address("mark-session", key), {"status": "done"})

    def status(plan):
        with scope(clinic=clinic):
            return PlanSession.objects.get(pk=plan["sessions"][0]["id"]).status

    assert through_api(second["sessions"][0]["id"]) == 400
    through_browser(second["sessions"][0]["id"])
    assert status(second) == "scheduled"
    assert through_api(first["sessions"][0]["id"]) == 200
    third = plan_of(api, today)
    through_browser(third["sessions"][0]["id"])
    assert (status(first), status(third)) == ("done", "done")


def test_an_event_that_began_today_is_recorded_and_tomorrows_is_not(today, api, desk, clinic):
    plan = plan_of(api, today)
    page = address("record-event", plan["id"])
    place = desk.get(page).context["form"].fields["place"].choices[1][0]

    def sent(day):
        told = {"what": "Swelling.", "seriousness": "mild", "outcome": "recovered"}
        return {**told, "place": place, "onset_on": day.isoformat()}

    def body(day):
        treatment, _slash, area = place.partition("/")
        told = {key: value for key, value in sent(day).items() if key != "place"}
        return {**told, "plan": plan["id"], "treatment": treatment, "area": area}

    for day in (today - timedelta(days=1), today + timedelta(days=1)):
        assert flow.problems(api.post(flow.EVENTS, body(day))) == [("onset_on", "invalid")]
        assert desk.post(page, sent(day)).status_code == 200
    flow.made(api.post(flow.EVENTS, body(today)))
    assert desk.post(page, sent(today)).status_code == 302

    with scope(clinic=clinic):
        days = AdverseEvent.objects.values_list("onset_on", flat=True)
        assert list(days) == [today, today]


def test_the_prescriber_answered_today_at_the_latest(today, api, clinic):
    asked = flow.question(api)
    path = f"{flow.QUESTIONS}{asked['id']}/answer/"
    said = {"answer": "agreed", "prescriber": "Dr Arslan"}

    late = api.post(path, {**said, "answered_on": (today + timedelta(days=1)).isoformat()})

    assert flow.problems(late) == [("answered_on", "invalid")]
    assert api.post(path, {**said, "answered_on": today.isoformat()}).status_code in {200, 201}


def test_who_is_born_today_is_registered_and_tomorrow_is_not(today, api, desk, clinic):
    tomorrow = (today + timedelta(days=1)).isoformat()
    page = reverse("consultations:new-patient")

    for day in (tomorrow, today.isoformat()):
        person = {**flow.PERSON, "birth_date": day}
        api.post(flow.PATIENTS, person)
        desk.post(page, {**person, "family_name": "Yildiz"})

    with scope(clinic=clinic):
        days = Patient.objects.values_list("birth_date", flat=True)
        assert list(days) == [today, today]


def plan_of(api, day):
    """A plan signed over REST whose first session is on that day."""
    told = flow.consultation(api, consulted_on=day.isoformat())
    found = flow.proposal(api, of=told["id"])
    flow.decision(api, on=found["id"])
    flow.consents(api, on=told["id"])
    plan = flow.signed(api, on=told["id"])
    assert plan["sessions"][0]["planned_on"] == day.isoformat()
    return plan
