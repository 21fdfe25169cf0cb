"""Days that cannot be meant are refused at every door; another calendar's are understood or asked.

Read as it stands, a last dose of 1405 would be six centuries ago and hold up no treatment.
"""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from django_scopes import scope

from consultations.dates import parse_date
from consultations.models import Consultation
from consultations.services import carrying
from tests.consultations.api import flow
from tests.consultations.made import signed
from tests.consultations.views.rows import (
    add_consultation,
    add_patient,
    sent,
    step_url,
    stored,
)
from tests.consultations.views.typing import drafts, outcome, send

BORN = date(1980, 5, 4)
SOLAR = "1405-09-08"  # 29 November 2026
UNBORN = "1979-05-04"
SAYS = {SOLAR: "before 1900", UNBORN: "before the patient&#x27;s birth"}


@pytest.fixture
def api(api_of):
    return api_of("physician")


@pytest.fixture
def desk(client_of):
    return client_of("physician")


@pytest.fixture
def patient(clinic, desk):
    return add_patient(clinic, desk.user, birth_date=BORN)


@pytest.fixture
def consultation(clinic, desk, patient):
    return add_consultation(clinic, desk.user, patient)


def start_url(patient):
    return reverse("consultations:start", args=[patient.pk])


def in_words(response):
    return " ".join(response.content.decode().split())


def all_of(clinic):
    with scope(clinic=clinic):
        return list(Consultation.objects.order_by("created_at"))


def dose(day):
    return {"medication": "isotretinoin", "ongoing": "no", "prescribed": "no", "last_taken_on": day}


def last_doses(consultation):
    return [row.last_taken_on for row in stored(consultation).medications.all()]


def put(api, consultation, **facts):
    where = f"{flow.CONSULTATIONS}{consultation.pk}/"
    tag = {"If-Match": api.get(where)["ETag"]}
    return api.put(f"{where}facts/", {**flow.facts(), **facts}, headers=tag)


@pytest.mark.parametrize("day", [SOLAR, UNBORN])
def test_a_forms_last_dose_of_another_age_is_asked_again(desk, consultation, day):
    page = desk.post(step_url(consultation, "medication"), sent("medications", dose(day)))

    assert SAYS[day] in in_words(page)
    assert f'value="{day}"' in in_words(page)
    assert last_doses(consultation) == []


@pytest.mark.parametrize("day", [SOLAR, UNBORN])
def test_typing_keeps_such_a_day_unfinished_at_its_row_and_field(desk, consultation, day):
    rows = [{name: [value] for name, value in dose(day).items()}]

    answer = send(desk, consultation, "medication", medications=(rows, []))

    assert outcome(answer) == {"medications": "kept"}
    (complaint,) = answer.json()["fields"]["medications"]["complaints"]
    assert (complaint["row"], complaint["field"]) == (0, "last_taken_on")
    assert len(drafts(consultation)) == 1
    assert last_doses(consultation) == []


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("day", [SOLAR, UNBORN])
@pytest.mark.parametrize(
    ("told", "path"),
    [
        (
            lambda day: {"medications": [{"medication": "isotretinoin", "last_taken_on": day}]},
            "medications[0].last_taken_on",
        ),
        (lambda day: {"labs": [{"test": "platelets", "taken_on": day}]}, "labs[0].taken_on"),
        (
            lambda day: {"procedures": [{"procedure": "chemical-peel", "performed_on": day}]},
            "procedures[0].performed_on",
        ),
        (
            lambda day: {"area_findings": [{"finding": "infection", "clears_on": day}]},
            "area_findings[0].clears_on",
        ),
        (lambda day: {"clinic": {"closed_on": ["2026-05-01", day]}}, "clinic.closed_on[1]"),
    ],
)
def test_a_program_is_told_where_such_a_day_stands(api, consultation, told, path, day, language):
    """ISO dates are Gregorian in every language."""
    api.defaults["HTTP_ACCEPT_LANGUAGE"] = language

    answer = put(api, consultation, **told(day))

    assert (answer.status_code, flow.problems(answer)) == (400, [(path, "day")])


@pytest.mark.parametrize("day", ["2099-01-01", UNBORN, SOLAR])
def test_a_consultation_is_on_a_day_that_can_be(api, desk, clinic, consultation, day):
    where = f"{flow.CONSULTATIONS}{consultation.pk}/"
    tag = {"If-Match": api.get(where)["ETag"]}

    for name in ("consulted_on", "start_on"):
        answer = api.patch(where, {name: day}, headers=tag)
        assert (answer.status_code, flow.problems(answer)) == (400, [(name, "day")])
    assert put(api, consultation, consulted_on=day).status_code == 400
    page = desk.post(start_url(consultation.patient), {"consulted_on": day})

    assert f'value="{day}"' in in_words(page)
    assert "invalid-feedback" in in_words(page)
    assert all_of(clinic) == [consultation]


def test_what_was_typed_stays_in_the_form_that_starts(desk, clinic, patient):
    page = desk.post(start_url(patient), {"consulted_on": "soon"})

    assert 'value="soon"' in in_words(page)
    assert "Write a date that exists" in in_words(page)
    assert all_of(clinic) == []
    assert desk.get(start_url(patient)).status_code == 302


def test_a_returning_patient_comes_no_earlier_than_the_time_before(desk, api, clinic):
    source = signed(clinic, desk.user).consultation
    before = source.consulted_on - timedelta(days=1)
    copied = {"copy_from": str(source.pk), "consulted_on": before.isoformat()}

    page = desk.post(start_url(source.patient), copied)

    assert "before the consultation that this one starts from" in in_words(page)
    assert f'value="{before.isoformat()}"' in in_words(page)
    with scope(clinic=clinic):
        copy = carrying.start_from(source, by=desk.user, consulted_on=source.consulted_on)
    where = f"{flow.CONSULTATIONS}{copy.pk}/"
    tag = {"If-Match": api.get(where)["ETag"]}
    answer = api.patch(where, {"consulted_on": before.isoformat()}, headers=tag)
    assert flow.problems(answer) == [("consulted_on", "day")]
    answer = put(api, copy, consulted_on=before.isoformat())
    assert flow.problems(answer) == [("consulted_on", "day")]


@pytest.mark.parametrize("typed", ["1405/09/08", "۱۴۰۵/۰۹/۰۸", "1405-9-8", "8/9/1405"])
def test_in_persian_a_solar_date_is_understood_and_shown_as_the_gregorian(
    desk, consultation, typed
):
    desk.cookies["django_language"] = "fa"

    desk.post(step_url(consultation, "medication"), sent("medications", dose(typed)))
    page = desk.get(reverse("consultations:consultation", args=[consultation.pk]))

    assert last_doses(consultation) == [date(2026, 11, 29)]
    assert 'value="2026-11-29"' in in_words(page)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("fa", "1359/02/14", date(1980, 5, 4)),
        ("fa", "1403/12/30", date(2025, 3, 20)),
        ("fa", "1404/12/30", None),
        ("fa", "1980/05/04", date(1980, 5, 4)),
        ("en", "1980/05/04", date(1980, 5, 4)),
        ("en", "1359/02/14", date(1359, 2, 14)),
        ("en", "1980/05-04", None),
    ],
)
def test_a_year_is_of_the_calendar_that_has_it(language, text, day):
    with translation.override(language):
        assert parse_date(text) == day
