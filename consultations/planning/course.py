"""A course of sessions as a clinician changed it: does it keep the protocol? Plain Python."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, product


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What holds for the courses of one area; days are calendar days.

    ``min_interval`` is each treatment's smallest number of days between its own sessions;
    ``gap`` the smallest between sessions of two treatments that alternate, None when they may
    share a day. ``not_before`` is each treatment's first allowed day.
    """

    not_before: Mapping[str, date]
    min_interval: Mapping[str, int]
    gap: int | None
    closed_weekdays: Collection[int]
    closed_on: Collection[date]


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
    """One broken limit. ``code``: empty, order, not-before, closed, interval or gap."""

    code: str
    treatment: str
    day: date | None = None
    least: date | None = None


def breaches(courses: Iterable[Course], limits: Limits) -> tuple[Breach, ...]:
    """Every limit that the changed dates break; none means that they can be signed."""
    courses = tuple(courses)
    found = [breach for course in courses for breach in _of_course(course, limits)]
    if limits.gap is not None:
        found += _too_close(courses, limits.gap)
    return tuple(found)


def _of_course(course: Course, limits: Limits) -> list[Breach]:
    name = course.treatment
    if not course.planned:
        return [Breach(code="empty", treatment=name)]
    found = []
    earliest = limits.not_before[name]
    interval = timedelta(days=limits.min_interval[name])
    for day in course.days:
        if day < earliest:
            found.append(Breach(code="not-before", treatment=name, day=day, least=earliest))
        if day in limits.closed_on or day.isoweekday() in limits.closed_weekdays:
            found.append(Breach(code="closed", treatment=name, day=day))
    for before, after in pairwise(course.days):
        if after <= before:
            found.append(Breach(code="order", treatment=name, day=after))
        elif after - before < interval:
            least = before + interval
            found.append(Breach(code="interval", treatment=name, day=after, least=least))
    return found


def _too_close(courses: tuple[Course, ...], gap: int) -> list[Breach]:
    found = []
    for index, course in enumerate(courses):
        for other in courses[index + 1 :]:
            for one, two in product(course.days, other.days):
                if abs((one - two).days) < gap:
                    later = max(one, two)
                    found.append(Breach(code="gap", treatment=other.treatment, day=later))
    return found
