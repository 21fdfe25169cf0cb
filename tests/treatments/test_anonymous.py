"""Facts about nobody: what is taken over, and what is left behind."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treatments.engine import evaluate, parse_facts
from treatments.services.anonymous import about_nobody, tells_of_somebody, without_identity

FACTS = {
    "consulted_on": "2026-09-16",
    "patient": {"sex": "female", "birth_date": "1979-11-23"},
    "concerns": [{"concern": "fine-lines", "area": "face", "severity": 2}],
}


def test_a_field_that_nobody_has_thought_about_is_left_behind():
    written = {
        **FACTS,
        "note": "Ada Example",
        "patient": {**FACTS["patient"], "name": "Ada Example"},
        "concerns": [{**FACTS["concerns"][0], "words": "Ada Example"}],
        "medications": [{"medication": "aspirin", "note": "Ada Example"}],
        "clinic": {"performer": "nurse", "place": "Example"},
    }

    facts = without_identity(written)

    assert "Example" not in str(facts)
    assert facts["patient"] == {"sex": "female", "age": 46}
    assert facts["concerns"] == FACTS["concerns"]


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("1979-09-16", "2026-09-16", 47),
        ("1979-09-17", "2026-09-16", 46),
        ("1980-02-29", "2026-02-28", 45),
        ("1980-02-29", "2026-03-01", 46),
        ("2026-09-16", "2026-09-16", 0),
        ("1921-01-01", "2026-09-16", 90),
    ],
)
def test_a_birth_date_becomes_an_age_which_ends_at_ninety(born, on, age):
    facts = {**FACTS, "consulted_on": on, "patient": {"sex": "other", "birth_date": born}}

    assert without_identity(facts)["patient"] == {"sex": "other", "age": age}


def test_a_stated_age_ends_at_ninety_too():
    facts = {**FACTS, "patient": {"sex": "female", "age": 104}}

    assert without_identity(facts)["patient"]["age"] == 90


def test_typed_facts_stay_apart_from_who_they_are_of():
    typed = {**FACTS, "medications": [{"medication": "aspirin", "last_taken_on": "2026-09-15"}]}

    assert about_nobody(typed) == {**typed, "patient": {"sex": "female", "age": 46}}
    stated = {**FACTS, "patient": {"sex": "female", "age": 104}}
    assert about_nobody(stated) == stated


@pytest.mark.parametrize(
    ("facts", "paths"),
    [
        (FACTS, ["patient.birth_date"]),
        ({"patient": {"age": 46}, "clinic": {"products": [{"product": "product-1"}]}}, []),
        ({"clinic": {"products": [{"product": "product-1"}, {"product": "Ada"}]}}, [1]),
        ({"patient": [], "clinic": {"products": "x"}}, []),
        ({"clinic": {"products": ["x", {}]}}, [1]),
    ],
)
def test_what_tells_of_somebody_is_found(facts, paths):
    paths = [f"clinic.products[{one}].product" if isinstance(one, int) else one for one in paths]

    assert tells_of_somebody(facts) == paths


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_a_date_at_the_end_of_time_is_no_error(on):
    facts = {**FACTS, "procedures": [{"procedure": "x", "area": "face", "performed_on": on}]}

    assert date.fromisoformat(without_identity(facts)["procedures"][0]["performed_on"])


days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(days, st.integers(0, 400))
def test_weekdays_and_distances_stay(consulted_on, distance):
    taken = consulted_on - timedelta(days=distance)
    lab = {"test": "platelets", "value": 90, "unit": "10*9/L", "taken_on": taken.isoformat()}

    facts = without_identity({**FACTS, "consulted_on": consulted_on.isoformat(), "labs": [lab]})

    moved = date.fromisoformat(facts["consulted_on"])
    assert date(2026, 1, 12) <= moved < date(2026, 1, 19)
    assert moved.weekday() == consulted_on.weekday()
    assert moved - date.fromisoformat(facts["labs"][0]["taken_on"]) == timedelta(days=distance)


@given(days)
def test_the_same_is_proposed_on_moved_days(catalogue, consulted_on):
    facts = {
        **FACTS,
        "consulted_on": consulted_on.isoformat(),
        "patient": {"sex": "male", "age": 40},
        "clinic": {"closed_weekdays": [3, 7]},
    }

    before, after = (
        evaluate(catalogue, parse_facts(catalogue, one)) for one in (facts, without_identity(facts))
    )

    assert spans(before, consulted_on.isoformat()) == spans(
        after, without_identity(facts)["consulted_on"]
    )


def spans(response, start):
    """Days from the consultation to each session."""
    begin = date.fromisoformat(start)
    return [
        [(date.fromisoformat(day) - begin).days for day in course["planned"]]
        for area in response["areas"]
        for option in area["options"]
        for course in option["courses"]
    ]
