"""A list of facts holds so many lines at every door, and no door takes one away unseen."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django_scopes import scope

from clinic.models import ClosedDay
from consultations.facts import MOST_ROWS
from consultations.services import intake
from tests.consultations.made import consulted, facts_of
from tests.consultations.views.rows import add_consultation, add_patient, sent, step_url, stored
from tests.consultations.views.typing import outcome, send

FIRST = date(2027, 1, 1)
pytestmark = pytest.mark.django_db


def days(number):
    return [FIRST + timedelta(days=index) for index in range(number)]


def with_days(clinic, by, number):
    row = consulted(clinic, by)
    with scope(clinic=clinic):
        entries = intake.Entries(sections={"closed_days": [{"day": day} for day in days(number)]})
        return intake.change_fields(row, entries, by=by, version=row.version)


def as_sent(row, number):
    rows = [{"day": day.isoformat()} for day in days(number)]
    more = {"products-TOTAL_FORMS": 0, "products-INITIAL_FORMS": 0}
    told = {"consulted_on": row.consulted_on.isoformat(), "combination": "alternating", **more}
    return sent("closed_days", *rows, version=row.version, **told)


@pytest.fixture
def doctor(client_of):
    return client_of("physician")


def test_the_page_shows_all_that_is_stored_and_saves_it_whole(doctor, clinic):
    row = with_days(clinic, doctor.user, MOST_ROWS)

    page = doctor.get(reverse("consultations:consultation", args=[row.pk])).content.decode()
    response = doctor.post(step_url(row, "preferences"), as_sent(row, MOST_ROWS))

    assert page.count('name="closed_days-') == 2 * MOST_ROWS + 2  # day, removal; two totals
    assert response.status_code == 302
    assert stored(row).closed_days.count() == MOST_ROWS


@pytest.mark.parametrize("door", ["form", "typing", "api", "service"])
def test_one_line_more_is_refused_and_the_rest_stays(door, doctor, api_of, clinic):
    row = with_days(clinic, doctor.user, 2)
    told = days(MOST_ROWS + 1)

    if door == "form":
        response = doctor.post(step_url(row, "preferences"), as_sent(row, len(told)))
        assert f"at most {MOST_ROWS} lines" in response.content.decode()
    elif door == "typing":
        typed = [{"day": [day.isoformat()]} for day in told]
        shown = [{"day": [day.isoformat()]} for day in days(2)]
        response = send(doctor, row, "preferences", closed_days=(typed, shown))
        assert outcome(response) == {"closed_days": "kept"}
    elif door == "api":
        api = api_of("physician")
        url = reverse("consultation-facts", args=[row.pk])
        body = api.get(url).json()
        body["clinic"]["closed_on"] = [day.isoformat() for day in told]
        response = api.put(url, body, format="json", headers={"If-Match": f'"{row.version}"'})
        assert response.status_code == 400
        assert response.json()["errors"][0]["path"] == "clinic.closed_on"
    else:
        with pytest.raises(ValidationError) as refusal:
            with_days(clinic, doctor.user, len(told))
        assert refusal.value.error_dict["closed_days"][0].code == "length"

    assert facts_of(row).closed_days.count() == 2


def test_many_long_rows_are_typed_without_loss(doctor, clinic):
    row = consulted(clinic, doctor.user)
    typed = [
        {
            "medication": ["warfarin"],
            "prescribed": ["yes"],
            "ongoing": ["no"],
            "last_taken_on": [day.isoformat()],
        }
        for day in (FIRST - timedelta(days=400 + index) for index in range(MOST_ROWS))
    ]

    response = send(doctor, row, "medication", medications=(typed, []))

    assert outcome(response) == {"medications": "saved"}
    assert stored(row).medications.count() == MOST_ROWS


def test_a_consultation_begins_with_the_closed_days_that_are_still_to_come(make_member, clinic):
    by = make_member("physician")
    patient = add_patient(clinic, by)
    today = add_consultation(clinic, by, patient).consulted_on
    for offset in (-400, -1, 0, 30):
        ClosedDay.objects.create(clinic=clinic, day=today + timedelta(days=offset))

    row = add_consultation(clinic, by, patient)

    assert [one.day for one in stored(row).closed_days.all()] == [
        today,
        today + timedelta(days=30),
    ]
