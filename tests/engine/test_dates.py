"""Open days, and the dates of courses alone and together."""

from datetime import date, timedelta

import pytest

from tests.engine.cases import (
    answer,
    area,
    concerns,
    course,
    medicine,
    release,
    request,
    rule,
    sessions,
    with_rules,
)
from treatments.engine import InvalidRequest
from treatments.engine.calendar import Calendar
from treatments.engine.faults import NoOpenDay

BOTH, PRP, MESO = ["mesotherapy", "prp"], ["prp"], ["mesotherapy"]
MONDAY = date(2026, 3, 2)


def calendar(weekdays=(), days=(), search=366):
    return Calendar(frozenset(weekdays), frozenset(days), search)


def days(first, *gaps):
    """Dates as text, each so many days after the one before."""
    found = [date.fromisoformat(first)]
    for gap in gaps:
        found.append(found[-1] + timedelta(days=gap))
    return [day.isoformat() for day in found]


def option(catalogue, treatments, code="fine-lines", where="face", **changes):
    response = answer(catalogue, request(concerns=concerns((code, where)), **changes))
    options = area(response, where)["options"]
    return next(one for one in options if one["treatments"] == treatments)


@pytest.mark.parametrize(
    ("weekdays", "closed", "found"),
    [
        ((), [], MONDAY),
        ((7,), [], MONDAY),
        ((1,), [], date(2026, 3, 3)),
        ((1, 2), [date(2026, 3, 4)], date(2026, 3, 5)),
        ((1, 2, 3, 4, 5, 6), [date(2026, 3, 8)], date(2026, 3, 15)),
    ],
)
def test_open_day(weekdays, closed, found):
    assert calendar(weekdays, closed).open(MONDAY) == found


def test_the_search_ends_on_its_last_day():
    closed = [MONDAY + timedelta(days=number) for number in range(366)]

    assert calendar(days=closed).open(MONDAY) == MONDAY + timedelta(days=366)
    with pytest.raises(NoOpenDay):
        calendar(days=[*closed, MONDAY + timedelta(days=366)]).open(MONDAY)


def test_no_open_day_for_any_date_is_a_fault_of_the_clinic(catalogue):
    first = date(2026, 3, 30)  # the second PRP session
    closed = [(first + timedelta(days=number)).isoformat() for number in range(367)]

    with pytest.raises(InvalidRequest) as refused:
        option(catalogue, PRP, clinic={"closed_on": closed})

    assert [one.path for one in refused.value.faults] == ["clinic"]


def test_no_date_is_looked_for_where_nothing_is_proposed(catalogue):
    first = date(2026, 3, 2)
    closed = [(first + timedelta(days=number)).isoformat() for number in range(400)]
    asked = request(
        clinic={"closed_on": closed},
        conditions={"pregnancy": "no", "breastfeeding": "no", "keloid-tendency": "yes"},
    )

    assert area(answer(catalogue, asked))["status"] == "overridable"


def test_mesotherapy_alone(catalogue):
    found = course(option(catalogue, MESO), "mesotherapy")

    expected = days("2026-03-02", 14, 14, 14, 14, 14)
    assert found["planned"] == expected[:4]
    assert found["optional"] == expected[4:]
    assert found["maintenance_on"] == days(expected[3], 90)[1]
    assert found["review_on"] is None


def test_prp_alone(catalogue):
    found = course(option(catalogue, PRP), "prp")

    expected = days("2026-03-02", 28, 28)
    assert (found["planned"], found["optional"]) == (expected, [])
    assert found["maintenance_on"] is None
    assert found["review_on"] == days(expected[2], 365)[1]


def test_prp_for_acne_scars(catalogue):
    found = course(option(catalogue, PRP, "acne-scars"), "prp")

    expected = days("2026-03-02", *[28] * 7)
    assert (found["planned"], found["optional"]) == (expected[:6], expected[6:])
    assert found["review_on"] == days(expected[5], 365)[1]


def test_a_session_moved_by_a_closed_day_moves_those_after_it(catalogue):
    found = option(catalogue, MESO, clinic={"closed_on": ["2026-03-16"]})

    assert sessions(found, "mesotherapy") == days("2026-03-02", 15, 14, 14, 14, 14)


def test_reviews_and_maintenance_are_not_moved(catalogue):
    found = option(catalogue, PRP, clinic={"closed_on": ["2027-04-27"]})

    assert course(found, "prp")["review_on"] == "2027-04-27"


def test_alternating_starts_one_gap_after_the_first_prp(catalogue):
    found = option(catalogue, BOTH)

    assert sessions(found, "prp") == days("2026-03-02", 28, 28)
    assert sessions(found, "mesotherapy") == days("2026-03-09", *[14] * 5)


def test_alternating_waits_on_its_grid(catalogue):
    taken = [medicine("ibuprofen", last_taken_on="2026-03-02")]  # PRP 03-04, mesotherapy 03-09
    found = option(catalogue, BOTH, medications=taken)

    assert sessions(found, "prp")[0] == "2026-03-04"
    assert sessions(found, "mesotherapy")[0] == "2026-03-11"


def test_alternating_goes_on_to_the_next_slot_when_the_first_is_too_early(catalogue):
    peel = {"kind": "procedure", "procedure": "chemical-peel"}
    slow = rule("X-1", peel, ("mesotherapy", "delay"), scope="area", wait_days=40)
    peeled = [{"procedure": "chemical-peel", "area": "face", "performed_on": "2026-03-01"}]
    found = option(with_rules(catalogue, slow), BOTH, procedures=peeled)

    assert sessions(found, "prp") == days("2026-03-15", 28, 28)
    assert sessions(found, "mesotherapy") == days("2026-04-19", *[14] * 5)


def test_alternating_keeps_clear_of_optional_prp_sessions(catalogue):
    steroid = {"kind": "procedure", "procedure": "corticosteroid-injection"}
    slow = rule("X-1", steroid, ("mesotherapy", "delay"), scope="area", wait_days=200)
    injected = [
        {"procedure": "corticosteroid-injection", "area": "face", "performed_on": "2026-01-01"}
    ]
    found = option(
        with_rules(catalogue, slow),
        BOTH,
        "acne-scars",
        procedures=injected,
        clinic={"closed_on": ["2026-08-10"]},
    )

    assert course(found, "prp")["optional"] == ["2026-08-17", "2026-09-14"]
    assert sessions(found, "mesotherapy")[:3] == ["2026-07-27", "2026-08-24", "2026-08-31"]


def test_alternating_keeps_the_whole_gap(catalogue):
    found = option(catalogue, BOTH, clinic={"closed_on": ["2026-03-30"]})

    assert sessions(found, "prp")[1] == "2026-03-31"
    assert sessions(found, "mesotherapy")[2] == "2026-04-07"


def test_alternating_around_a_moved_prp_session(catalogue):
    # The second PRP moves from 03-30 to 04-03: 04-06 is then too near, and so on after it.
    closed = [f"2026-03-{day}" for day in (30, 31)] + ["2026-04-01", "2026-04-02"]
    found = option(catalogue, BOTH, clinic={"closed_on": closed})

    assert sessions(found, "prp") == ["2026-03-02", "2026-04-03", "2026-05-01"]
    assert sessions(found, "mesotherapy") == [
        "2026-03-09",
        "2026-03-23",
        "2026-04-10",
        "2026-04-20",
        "2026-05-08",
        "2026-05-18",
    ]


def test_alternating_keeps_a_week_after_a_session_that_came_late(catalogue):
    closed = [f"2026-03-{day:02}" for day in range(9, 22)]  # 03-09 is put off to 03-22
    found = option(catalogue, BOTH, clinic={"closed_on": closed})

    assert sessions(found, "mesotherapy")[0] == "2026-03-22"
    assert sessions(found, "mesotherapy")[1] == "2026-04-06"


def test_same_session(catalogue):
    found = option(catalogue, BOTH, preferences={"combination": "same-session"})

    visits = days("2026-03-02", *[14] * 5)
    assert sessions(found, "mesotherapy") == visits
    assert sessions(found, "prp") == visits[:5:2]


def test_same_session_starts_with_the_later_treatment_and_goes_on_for_the_longer(catalogue):
    taken = [medicine("ibuprofen", last_taken_on="2026-03-02")]
    found = option(
        catalogue,
        BOTH,
        "acne-scars",
        medications=taken,
        preferences={"combination": "same-session"},
        clinic={"closed_weekdays": [1]},
    )

    visits = days("2026-03-10", *[14] * 14)
    assert sessions(found, "mesotherapy") == visits[:6]
    assert sessions(found, "prp") == visits[::2]


def test_same_session_counts_every_visit_from_the_one_before_it(catalogue):
    found = option(
        catalogue,
        BOTH,
        preferences={"combination": "same-session"},
        clinic={"closed_on": ["2026-03-16"]},
    )

    visits = days("2026-03-02", 15, 14, 14, 14, 14)
    assert sessions(found, "mesotherapy") == visits
    assert sessions(found, "prp") == visits[:5:2]


def test_every_area_keeps_its_own_calendar(catalogue):
    found = [{"finding": "infection", "area": "back", "clears_on": "2026-04-01"}]
    asked = request(concerns=concerns(("scars", "face"), ("scars", "back")), area_findings=found)
    response = answer(catalogue, asked)

    starts = [one["options"][0]["courses"][0]["planned"][0] for one in response["areas"]]
    assert starts == ["2026-03-02", "2026-04-01"]


def test_a_slot_thousands_of_years_away_is_found_at_once(catalogue):
    infection = {"kind": "finding", "finding": "infection"}
    far = rule("L-07", infection, ("mesotherapy", "delay"), scope="area")

    def only_mesotherapy(document):
        document["rules"] = [one for one in document["rules"] if one["code"] != "L-07"] + [far]

    rows = [{"finding": "infection", "area": "face", "clears_on": "9990-01-01"}]
    found = option(release(catalogue, only_mesotherapy), BOTH, area_findings=rows)

    assert sessions(found, "prp")[0] == "2026-03-02"
    assert "9990-01-01" <= sessions(found, "mesotherapy")[0] <= "9990-01-14"
