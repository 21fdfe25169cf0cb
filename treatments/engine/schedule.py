"""The dates of one treatment alone, or of two together."""

from dataclasses import dataclass
from datetime import date
from math import ceil

from treatments.engine.calendar import Calendar, after
from treatments.engine.plans import Alternating, Combination, Protocol, SameSession


@dataclass(frozen=True, slots=True)
class Start:
    """One treatment to be scheduled: how it is done, and from when."""

    treatment: str
    protocol: Protocol
    not_before: date


@dataclass(frozen=True, slots=True)
class Course:
    planned: tuple[date, ...]
    optional: tuple[date, ...]
    maintenance_on: date | None
    review_on: date | None


def alone(calendar: Calendar, start: Start) -> Course:
    return _course(start.protocol, _series(calendar, start))


def together(
    calendar: Calendar, combination: Combination, lead: Start, follow: Start
) -> dict[str, Course]:
    if isinstance(combination.rhythm, SameSession):
        days = _same_session(calendar, combination.rhythm, lead, follow)
    else:
        leading = _series(calendar, lead)
        days = leading, _around(calendar, combination.rhythm, leading, follow)
    return {
        lead.treatment: _course(lead.protocol, days[0]),
        follow.treatment: _course(follow.protocol, days[1]),
    }


def _series(calendar: Calendar, start: Start) -> list[date]:
    protocol = start.protocol
    return calendar.series(start.not_before, protocol.sessions, protocol.interval_days)


def _around(
    calendar: Calendar, rhythm: Alternating, leading: list[date], follow: Start
) -> list[date]:
    """On a grid that begins one gap after the first leading session, clear of all of them."""
    protocol = follow.protocol
    slot = after(leading[0], rhythm.gap_days)
    early = max((follow.not_before - slot).days, 0)
    slot = after(slot, ceil(early / protocol.interval_days) * protocol.interval_days)
    days: list[date] = []
    for number in range(protocol.sessions):
        day = after(slot, protocol.interval_days * number)
        if days:
            day = max(day, after(days[-1], protocol.min_interval_days))
        days.append(_clear_of(calendar, leading, rhythm.gap_days, calendar.open(day)))
    return days


def _clear_of(calendar: Calendar, sessions: list[date], gap_days: int, day: date) -> date:
    while True:
        too_near = (one for one in sessions if abs((one - day).days) < gap_days)
        session = next(too_near, None)
        if session is None:
            return day
        day = calendar.open(after(session, gap_days))


def _same_session(
    calendar: Calendar, rhythm: SameSession, lead: Start, follow: Start
) -> tuple[list[date], list[date]]:
    last_lead = (lead.protocol.sessions - 1) * rhythm.lead_every
    last_follow = (follow.protocol.sessions - 1) * rhythm.follow_every
    first = max(lead.not_before, follow.not_before)
    visits = calendar.series(first, max(last_lead, last_follow) + 1, rhythm.visit_days)
    return (
        visits[: last_lead + 1 : rhythm.lead_every],
        visits[: last_follow + 1 : rhythm.follow_every],
    )


def _course(protocol: Protocol, days: list[date]) -> Course:
    planned = tuple(days[: protocol.planned])
    return Course(
        planned=planned,
        optional=tuple(days[protocol.planned :]),
        maintenance_on=_counted(planned, protocol.maintenance_days),
        review_on=_counted(planned, protocol.review_days),
    )


def _counted(planned: tuple[date, ...], days: int | None) -> date | None:
    return None if days is None or not planned else after(planned[-1], days)
