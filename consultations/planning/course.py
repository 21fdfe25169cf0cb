"""A course of sessions as a clinician changed it: does it keep the protocol? Plain Python."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Final

# What a clinician may leave for a reason. Every other breach has none: a day is closed, or a rule
# keeps it.
RANGES: Final = frozenset({"interval", "interval-long", "few", "many"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What the protocol of a treatment spans: days between its own sessions, and how many."""

    shortest: int
    longest: int
    fewest: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What holds for the courses of one area; days are calendar days.

    ``not_before`` is each treatment's first allowed day, ``not_after`` the last one that is still
    taken for a date and not for a slip of the hand. ``gap`` is the smallest number of days between
    sessions of two treatments that alternate, None when they may share a day.
    """

    not_before: Mapping[str, date]
    not_after: date
    ranges: Mapping[str, Range]
    gap: int | None
    closed_weekdays: Collection[int]
    closed_on: Collection[date]

    def is_closed(self, day: date) -> bool:
        return day in self.closed_on or day.isoweekday() in self.closed_weekdays


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    treatment: str
    planned: tuple[date, ...]
    optional: tuple[date, ...]

    @property
    def days(self) -> tuple[date, ...]:
        return (*self.planned, *self.optional)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One broken limit. ``code``: empty, not-before, not-after, closed, order or gap; or one of
    ``RANGES``. ``least`` and ``most`` are the days that would still do, ``place`` counts the
    course's days from 0, ``sessions`` is how many there are.
    """

    code: str
    treatment: str
    day: date | None = None
    least: date | None = None
    most: date | None = None
    place: int | None = None
    sessions: int | None = None

    @property
    def of_range(self) -> bool:
        return self.code in RANGES


def breaches(courses: Iterable[Course], limits: Limits) -> tuple[Breach, ...]:
    """Every limit that the changed dates break; none means that they can be signed."""
    courses = tuple(courses)
    found = [breach for course in courses for breach in _of_course(course, limits)]
    if limits.gap is not None:
        found += _too_close(courses, limits.gap)
    return tuple(found)


def _of_course(course: Course, limits: Limits) -> Iterator[Breach]:
    if not course.planned:
        yield Breach(code="empty", treatment=course.treatment)
        return
    for place, day in enumerate(course.days):
        yield from _of_day(course.treatment, place, day, limits)
    wanted = limits.ranges[course.treatment]
    for place, (before, after) in enumerate(pairwise(course.days), start=1):
        yield from _of_interval(course.treatment, place, before, after, wanted)
    number = len(course.days)
    if not wanted.fewest <= number <= wanted.most:
        code = "few" if number < wanted.fewest else "many"
        yield Breach(code=code, treatment=course.treatment, sessions=number)


def _of_day(treatment: str, place: int, day: date, limits: Limits) -> Iterator[Breach]:
    earliest = limits.not_before[treatment]
    if day < earliest:
        yield Breach(code="not-before", treatment=treatment, day=day, least=earliest, place=place)
    if day > limits.not_after:
        yield Breach(
            code="not-after", treatment=treatment, day=day, most=limits.not_after, place=place
        )
    if limits.is_closed(day):
        yield Breach(code="closed", treatment=treatment, day=day, place=place)


def _of_interval(
    treatment: str, place: int, before: date, after: date, wanted: Range
) -> Iterator[Breach]:
    days = (after - before).days
    if days <= 0:
        yield Breach(code="order", treatment=treatment, day=after, place=place)
    elif days < wanted.shortest:
        least = before + timedelta(days=wanted.shortest)
        yield Breach(code="interval", treatment=treatment, day=after, least=least, place=place)
    elif days > wanted.longest:
        most = before + timedelta(days=wanted.longest)
        yield Breach(code="interval-long", treatment=treatment, day=after, most=most, place=place)


def _too_close(courses: tuple[Course, ...], gap: int) -> list[Breach]:
    found = []
    for index, course in enumerate(courses):
        for other in courses[index + 1 :]:
            for one, (place, two) in product(course.days, enumerate(other.days)):
                if abs((one - two).days) < gap:
                    later = max(one, two)
                    found.append(
                        Breach(code="gap", treatment=other.treatment, day=later, place=place)
                    )
    return found
