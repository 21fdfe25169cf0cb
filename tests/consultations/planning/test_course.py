"""A changed course against its protocol: a table of breaches, and laws for all courses."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.planning import Course, Limits, breaches

FIRST = date(2026, 1, 5)  # a Monday
LIMITS = Limits(
    not_before={"lead": FIRST, "follow": FIRST},
    min_interval={"lead": 28, "follow": 7},
    gap=7,
    closed_weekdays={7},
    closed_on={date(2026, 1, 6)},
)


def on(*offsets):
    return tuple(FIRST + timedelta(days=offset) for offset in offsets)


def course(*planned, treatment="lead", optional=()):
    return Course(treatment=treatment, planned=on(*planned), optional=on(*optional))


def codes(*courses, limits=LIMITS):
    return [breach.code for breach in breaches(courses, limits)]


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
    together = Limits(
        not_before=LIMITS.not_before,
        min_interval=LIMITS.min_interval,
        gap=None,
        closed_weekdays=(),
        closed_on=(),
    )

    assert codes(course(0), course(0, treatment="follow"), limits=together) == []


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

    assert all(gap >= LIMITS.min_interval["lead"] for gap in gaps)
    assert all(day >= FIRST for day in one.days)
    assert all(day.isoweekday() != 7 and day not in LIMITS.closed_on for day in one.days)


@given(st.integers(0, 300), st.lists(st.integers(28, 60), max_size=6))
def test_a_course_that_keeps_its_limits_is_never_refused(start, steps):
    everywhere = Limits(
        not_before={"lead": FIRST},
        min_interval={"lead": 28},
        gap=7,
        closed_weekdays=(),
        closed_on=(),
    )
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
    loose = Limits(
        not_before=LIMITS.not_before,
        min_interval={"lead": 28 - less},
        gap=None,
        closed_weekdays=(),
        closed_on=(),
    )
    strict = Limits(
        not_before=LIMITS.not_before,
        min_interval={"lead": 28},
        gap=None,
        closed_weekdays=(),
        closed_on=(),
    )

    assert len(breaches([one], loose)) <= len(breaches([one], strict))
