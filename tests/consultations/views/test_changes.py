"""The form that takes an option with changes."""

import pytest
from django_scopes import scope

from tests.consultations.made import LOW_PLATELETS, proposed, sign
from tests.consultations.views.test_proposals import address, change_form, filled, page, text

SOON = {"prp-planned-2": "2026-03-23", "prp-planned-3": "2026-04-20"}


@pytest.fixture
def doctor(client_of):
    return client_of("physician")


@pytest.fixture
def proposal(doctor, clinic):
    return proposed(clinic, doctor.user)


def post(doctor, proposal, **changes):
    sent = filled(change_form(proposal, doctor), **changes)
    return doctor.post(address("change-option", proposal, 2), sent)


def decision(proposal, clinic):
    with scope(clinic=clinic):
        return proposal.decisions.first()


def test_the_form_tells_the_range_of_the_protocol(doctor, proposal):
    shown = text(doctor.get(address("change-option", proposal, 2)))

    assert "The protocol: 3 sessions, 28 to 42 days apart." in shown


def test_leaving_the_range_asks_for_a_reason_at_its_field(doctor, proposal, clinic):
    refused = post(doctor, proposal, **SOON)
    form = refused.context["form"]

    assert "is earlier than the protocol" in form.errors["departure"].as_text()
    assert decision(proposal, clinic) is None

    post(doctor, proposal, **SOON, departure="patients-schedule")

    assert decision(proposal, clinic).option["departure_reason"] == "patients-schedule"


def test_a_fault_stands_at_the_date_that_it_is_about(doctor, proposal):
    form = post(doctor, proposal, **{"prp-planned-1": "2026-02-01"}).context["form"]

    assert list(form.errors) == ["prp-planned-1"]


def test_one_more_session_joins_the_others_in_order(doctor, proposal, clinic):
    post(doctor, proposal, **{"prp-more-1": "2026-05-25"}, departure="response-to-treatment")

    assert decision(proposal, clinic).option["courses"][0]["planned"][-1] == "2026-05-25"


def test_dates_are_laid_anew_without_deciding(doctor, proposal, clinic):
    laid = {"prp-first": "2026-03-09", "prp-interval": "35", "prp-lay": "x"}

    shown = post(doctor, proposal, **laid)

    form = shown.context["form"]
    days = [form[f"prp-planned-{number}"].value() for number in (1, 2, 3)]
    assert days == ["2026-03-09", "2026-04-13", "2026-05-18"]
    assert "This field is required" not in text(shown)
    assert decision(proposal, clinic) is None


def test_technique_and_parts_stand_on_proposal_and_plan(doctor, proposal, clinic):
    post(doctor, proposal, **{"prp-technique": "prp-microneedling", "parts": ["cheeks"]})

    shown = text(doctor.get(page(proposal)))
    assert "Only here: Cheeks" in shown
    assert "PRP by microneedling" in shown
    with scope(clinic=clinic):
        plan = sign(proposal, doctor.user)
    for where in (f"/plans/{plan.pk}/", f"/plans/{plan.pk}/print/"):
        printed = text(doctor.get(where))
        assert "Only here: Cheeks" in printed
        assert "PRP by microneedling" in printed


def test_what_was_taken_shows_its_own_dates_and_why(doctor, proposal):
    post(doctor, proposal, **SOON, departure="patients-schedule")

    shown = text(doctor.get(page(proposal)))

    assert "The patient cannot come on other days" in shown
    assert "Holiday in April." in shown
    assert 'datetime="2026-03-23"' in shown


def test_changing_again_starts_from_what_was_taken(doctor, proposal):
    post(
        doctor,
        proposal,
        **SOON,
        departure="patients-schedule",
        **{"prp-technique": "prp-microneedling"},
    )

    form = change_form(proposal, doctor)

    assert form["prp-planned-2"].value() == "2026-03-23"
    assert form["departure"].value() == "patients-schedule"
    assert form["prp-technique"].value() == "prp-microneedling"
    assert form["note"].value() == "Holiday in April."


def test_a_dropped_session_needs_a_reason(doctor, proposal, clinic):
    post(doctor, proposal, **{"prp-planned-3": ""})

    assert decision(proposal, clinic) is None

    post(doctor, proposal, **{"prp-planned-3": "", "departure": "response-to-treatment"})

    assert len(decision(proposal, clinic).option["courses"][0]["planned"]) == 2


def test_an_option_of_an_overridden_rule_can_be_changed(doctor, clinic):
    proposal = proposed(clinic, doctor.user, **LOW_PLATELETS)

    assert doctor.get(address("change-option", proposal, 1)).status_code == 200
