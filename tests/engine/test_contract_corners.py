"""Corners of the contract that a second, independent reading of it turned up."""

from datetime import date, timedelta

import pytest

from tests.engine.cases import DAY, allergic, answer, area, concerns, faults, request, sessions
from treatments.engine import InvalidRequest

MIX = {"product": "mix", "ingredients": ["peptides", "amino-acids"], "separable": True}

# Only a concern of an area and the name of a product may not be listed twice.
LISTED_TWICE = {
    "a weekday": ({"closed_weekdays": [7, 7]}, {"closed_weekdays": [7]}),
    "a closed day": ({"closed_on": ["2026-03-02"] * 2}, {"closed_on": ["2026-03-02"]}),
    "an ingredient": (
        {"products": [{**MIX, "ingredients": ["peptides", "amino-acids", "peptides"]}]},
        {"products": [MIX]},
    ),
}


@pytest.mark.parametrize(("twice", "once"), LISTED_TWICE.values(), ids=LISTED_TWICE)
def test_what_is_listed_twice_says_nothing_new(catalogue, twice, once):
    found, expected = (answer(catalogue, request(clinic=one)) for one in (twice, once))

    assert found["areas"] == expected["areas"]


def test_every_weekday_closed_is_no_open_day_however_often_it_is_listed(catalogue):
    asked = request(clinic={"closed_weekdays": [1, 2, 3, 4, 5, 6, 7, 7]})

    assert faults(catalogue, asked) == ["clinic"]


def test_an_ingredient_that_is_removed_is_removed_however_often_it_is_listed(catalogue):
    held = ["peptides", "kojic-acid", "kojic-acid"]
    products = [{"product": "mix", "ingredients": held, "separable": True}]
    asked = allergic(
        "kojic-acid", concerns=concerns(("skin-laxity", "face")), clinic={"products": products}
    )

    option = area(answer(catalogue, asked))["options"][-1]

    assert option["treatments"] == ["mesotherapy"]
    assert option["courses"][0]["formulas"] == [
        {"formula": "firming", "ingredients": ["peptides"], "product": "mix"}
    ]


def test_the_last_of_367_days_is_still_looked_at(catalogue):
    found = answer(catalogue, request(clinic=_closed_for(366)))

    assert sessions(area(found)["options"][-1], "mesotherapy")[0] == "2027-03-03"
    with pytest.raises(InvalidRequest) as refused:
        answer(catalogue, request(clinic=_closed_for(367)))
    assert [fault.path for fault in refused.value.faults] == ["clinic"]


def _closed_for(days):
    first = date.fromisoformat(DAY)
    return {"closed_on": [(first + timedelta(days=n)).isoformat() for n in range(days)]}
