"""The clinic's open days."""

from dataclasses import dataclass
from datetime import date, timedelta

from treatments.engine.facts import Clinic
from treatments.engine.faults import NoOpenDay


@dataclass(frozen=True, slots=True)
class Calendar:
    closed_weekdays: frozenset[int]
    closed_on: frozenset[date]
    search_days: int

    @classmethod
    def of(cls, clinic: Clinic, search_days: int) -> "Calendar":
        return cls(clinic.closed_weekdays, clinic.closed_on, search_days)

    def open(self, day: date) -> date:
        """The first open day on or after this one."""
        if not self.is_closed(day):
            return day
        for _ in range(self.search_days):
            day = after(day, 1)
            if not self.is_closed(day):
                return day
        raise NoOpenDay

    def is_closed(self, day: date) -> bool:
        return day in self.closed_on or day.isoweekday() in self.closed_weekdays

    def series(self, first: date, count: int, interval_days: int) -> list[date]:
        """Each date an open day, counted from the one before it."""
        days = [self.open(first)]
        while len(days) < count:
            days.append(self.open(after(days[-1], interval_days)))
        return days


def after(day: date, days: int) -> date:
    """No day lies beyond the calendar's last one, so none is open there."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise NoOpenDay from None
