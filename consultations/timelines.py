"""Sessions drawn along a line: positions in per cent, for an SVG made on the server."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LANE = 34
TOP = 20
_FIRST, _LAST = 2.0, 97.0
_MOST_MONTHS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    day: date
    number: int
    x: str
    optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One treatment's sessions. `tone` is 1 or 2: a shape and a colour."""

    name: str
    tone: int
    y: int
    label_y: int
    start: str
    end: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    day: date
    x: str
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    lanes: tuple[Lane, ...]
    months: tuple[Month, ...]
    height: int
    foot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    name: str
    tone: int
    planned: Sequence[date]
    optional: Sequence[date]


def timeline(courses: Iterable[Course]) -> Timeline:
    """Every course on a lane of its own, over the same stretch of time."""
    courses = [one for one in courses if one.planned or one.optional]
    days = [day for one in courses for day in (*one.planned, *one.optional)]
    first, last = min(days), max(days)
    length = max((last - first).days, 1)

    def x(day: date) -> str:
        return f"{_FIRST + (_LAST - _FIRST) * (day - first).days / length:.2f}%"

    lanes = tuple(_lane(one, number, x) for number, one in enumerate(courses))
    foot = TOP + LANE * len(lanes)
    return Timeline(lanes=lanes, months=_months(first, last, x), height=foot + 18, foot=foot)


def _lane(course: Course, number: int, at: Callable[[date], str]) -> Lane:
    days = [*((day, False) for day in course.planned), *((day, True) for day in course.optional)]
    y = TOP + LANE * number + 14
    marks = tuple(
        Mark(day=day, number=count, x=at(day), optional=optional)
        for count, (day, optional) in enumerate(days, start=1)
    )
    return Lane(
        name=course.name,
        tone=course.tone,
        y=y,
        label_y=y - 13,
        start=marks[0].x,
        end=marks[-1].x,
        marks=marks,
    )


def _months(first: date, last: date, at: Callable[[date], str]) -> tuple[Month, ...]:
    """The first of each month; over a long time not every one is named."""
    found = []
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    step = len(found) // _MOST_MONTHS + 1
    return tuple(
        Month(day=day, x=at(day), named=index % step == 0) for index, day in enumerate(found)
    )
