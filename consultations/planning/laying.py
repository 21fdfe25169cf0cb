"""Laying the dates of a course anew, from its first day and the days between sessions."""

from collections.abc import Collection
from datetime import date, timedelta

from consultations.planning.course import Limits


def laid(
    number: int, *, first: date, interval: int, limits: Limits, clear_of: Collection[date] = ()
) -> tuple[date, ...]:
    """That many open days, each at least `interval` days after the one before it, and each at
    least the limits' gap away from every day in `clear_of`.

    It ends at the limits' last day: what does not fit in before it is left out.
    """
    days: list[date] = []
    day: date | None = first
    while len(days) < number:
        day = _free(day, limits, clear_of)
        if day is None:
            break
        days.append(day)
        day += timedelta(days=interval)
    return tuple(days)


def _free(day: date | None, limits: Limits, clear_of: Collection[date]) -> date | None:
    while day is not None and day <= limits.not_after:
        if not limits.is_closed(day) and not _crowded(day, limits.gap, clear_of):
            return day
        day += timedelta(days=1)
    return None


def _crowded(day: date, gap: int | None, clear_of: Collection[date]) -> bool:
    return gap is not None and any(abs((day - other).days) < gap for other in clear_of)
