"""A changed course against its protocol: a table of breaches, and laws for all courses."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.planning import RANGES, Course, Limits, Range, breaches, laid

FIRST = date(2026, 1, 5)  # a Monday
LAST = FIRST + timedelta(days=1000)
WIDE = {"longest": 400, "fewest": 1, "most": 20}


def limits(**changes):
    standard = {
        "not_before": {"lead": FIRST, "follow": FIRST},
        "not_after": LAST,
        "ranges": {"lead": Range(shortest=28, **WIDE), "follow": Range(shortest=7, **WIDE)},
        "gap": 7,
        "closed_weekdays": {7},
        "closed_on": {date(2026, 1, 6)},
    }
    return Limits(**standard | changes)


def lead(**changes):
    return {"lead": Range(**{"shortest": 28, **WIDE} | changes)}


LIMITS = limits()


def on(*offsets):
    return tuple(FIRST + timedelta(days=offset) for offset in offsets)


def course(*planned, treatment="lead", optional=()):
    return Course(treatment=treatment, planned=on(*planned), optional=on(*optional))


def codes(*courses, within=LIMITS):
    return [breach.code for breach in breaches(courses, within)]


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ([course(0, 28, 56)], []),
        ([course(0, 30, 60)], []),
        ([course(0, 26)], ["interval"]),
        ([course(0, optional=(26,))], ["interval"]),
        ([course()], ["empty"]),
        ([course(optional=(0,))], ["empty"]),
        ([course(-7)], ["not-before"]),
        ([course(1)], ["closed"]),
        ([course(6)], ["closed"]),
        ([course(28, 0)], ["order"]),
        ([course(0, 0)], ["order"]),
        ([course(0, 28, optional=(28,))], ["order"]),
        ([course(0), course(7, treatment="follow")], []),
        ([course(0), course(4, treatment="follow")], ["gap"]),
        ([course(28), course(24, treatment="follow")], ["gap"]),
        ([course(0), course(7, 14, treatment="follow", optional=(31,))], []),
        ([course(0, optional=(28,)), course(9, treatment="follow", optional=(30,))], ["gap"]),
        ([course(-8), course(treatment="follow")], ["not-before", "closed", "empty"]),
    ],
)
def test_each_breach_is_found(courses, expected):
    assert codes(*courses) == expected


def test_a_breach_says_the_earliest_day_that_would_do():
    (breach,) = breaches([course(0, 26)], LIMITS)

    assert (breach.day, breach.least) == (FIRST + timedelta(days=26), FIRST + timedelta(days=28))


def test_treatments_that_may_share_a_day_keep_no_gap():
    together = limits(gap=None, closed_weekdays=(), closed_on=())

    assert codes(course(0), course(0, treatment="follow"), within=together) == []


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (course(0, 28, 56), []),
        (course(0, 42, 84), []),
        (course(0, 43, 85), ["interval-long"]),
        (course(0, 27, 69), ["interval"]),
        (course(0, 28), ["few"]),
        (course(0, 28, optional=(56,)), []),
        (course(0, 28, 56, 84, 112), ["many"]),
        (course(0, 28, 56, optional=(84, 112)), ["many"]),
        (course(0), ["few"]),
    ],
)
def test_the_range_of_a_protocol_has_two_ends(one, expected):
    found = breaches([one], limits(ranges=lead(longest=42, fewest=3, most=4), closed_weekdays=()))

    assert [breach.code for breach in found] == expected
    assert all(breach.of_range for breach in found)


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (course(), "empty"),
        (course(-7), "not-before"),
        (course(1001), "not-after"),
        (course(1), "closed"),
        (course(28, 0), "order"),
    ],
)
def test_what_a_reason_cannot_excuse_is_of_no_range(one, code):
    breach = next(breach for breach in breaches([one], LIMITS) if breach.code == code)

    assert not breach.of_range
    assert code not in RANGES


def test_a_breach_names_the_place_of_its_day():
    found = breaches([course(0, 28, optional=(30,))], LIMITS)

    assert [(breach.code, breach.place) for breach in found] == [("interval", 2)]


days = st.integers(0, 400).map(lambda offset: FIRST + timedelta(days=offset))
courses = st.builds(
    lambda planned, optional: Course(
        treatment="lead", planned=tuple(planned), optional=tuple(optional)
    ),
    st.lists(days, min_size=1, max_size=6),
    st.lists(days, max_size=3),
)


@given(courses)
def test_what_breaks_nothing_keeps_every_limit(one):
    if breaches([one], LIMITS):
        return
    gaps = [(after - before).days for before, after in zip(one.days, one.days[1:], strict=False)]

    assert all(gap >= LIMITS.ranges["lead"].shortest for gap in gaps)
    assert all(day >= FIRST for day in one.days)
    assert all(day.isoweekday() != 7 and day not in LIMITS.closed_on for day in one.days)


@given(st.integers(0, 300), st.lists(st.integers(28, 60), max_size=6))
def test_a_course_that_keeps_its_limits_is_never_refused(start, steps):
    everywhere = limits(closed_weekdays=(), closed_on=())
    offsets = [start]
    for step in steps:
        offsets.append(offsets[-1] + step)

    assert breaches([course(*offsets)], everywhere) == ()


@given(courses, courses)
def test_a_gap_is_the_same_from_either_side(one, two):
    other = Course(treatment="follow", planned=two.planned, optional=two.optional)

    def gaps(*pair):
        return sorted(b.day for b in breaches(pair, LIMITS) if b.code == "gap")

    assert gaps(one, other) == gaps(other, one)


@given(courses, st.integers(0, 27))
def test_a_stricter_interval_never_breaks_less(one, less):
    loose = limits(ranges=lead(shortest=28 - less), gap=None, closed_weekdays=(), closed_on=())
    strict = limits(gap=None, closed_weekdays=(), closed_on=())

    assert len(breaches([one], loose)) <= len(breaches([one], strict))


@given(
    number=st.integers(1, 8),
    offset=st.integers(0, 60),
    interval=st.integers(28, 60),
    others=st.lists(days, max_size=4),
)
def test_dates_laid_anew_break_nothing(number, offset, interval, others):
    first = FIRST + timedelta(days=offset)

    found = laid(number, first=first, interval=interval, limits=LIMITS, clear_of=others)

    one = Course(treatment="lead", planned=found, optional=())
    other = Course(treatment="follow", planned=tuple(sorted(others)) or (LAST,), optional=())
    assert len(found) == number
    assert found[0] >= first
    assert [b for b in breaches([one], LIMITS) if b.code != "many"] == []
    if others:
        assert "gap" not in codes(one, other)


def test_what_does_not_fit_in_before_the_last_day_is_left_out():
    near = limits(not_after=FIRST + timedelta(days=30))

    assert laid(3, first=FIRST, interval=28, limits=near) == on(0, 28)
