"""Preparation and aftercare of a plan, one list for all treatments, counted from its sessions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from consultations.models import Plan
from consultations.standing import kept_items
from treatments.enums import CarePhase
from treatments.explanations import Wording
from treatments.models import CareInstruction

# An instruction, and the sessions that it counts from.
Care = tuple[dict[str, Any], tuple[tuple[int, date], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CareLine:
    """One instruction, for all treatments that give it. `dates` pairs sessions with days."""

    text: str
    treatments: tuple[str, ...]
    days: int | None
    dates: tuple[tuple[int, date], ...]


def care_of(wording: Wording, plan: Plan) -> tuple[tuple[CareLine, ...], tuple[CareLine, ...]]:
    """Before a session, and after it. Load the plan with `with_sessions()`."""
    rows = list(_care(wording, plan))
    return tuple(_lines(rows, CarePhase.BEFORE)), tuple(_lines(rows, CarePhase.AFTER))


def _care(wording: Wording, plan: Plan) -> Iterator[Care]:
    """Each instruction with the sessions in which its treatment is given."""
    sessions: dict[str, list[tuple[int, date]]] = {}
    for one in plan.sessions.all():
        for treatment in dict.fromkeys(item.treatment.code for item in kept_items(one)):
            sessions.setdefault(treatment, []).append((one.number, one.planned_on))
    for row in _instructions(wording):
        if row["treatment"] in sessions:
            name = wording.name("treatments", row["treatment"])
            yield {**row, "name": name}, tuple(sessions[row["treatment"]])


def _instructions(wording: Wording) -> list[dict[str, Any]]:
    """The release's own. Releases from before it held them are shown with those in use today."""
    if "care_instructions" in wording.document:
        rows: list[dict[str, Any]] = wording.document["care_instructions"]
        return rows
    today = CareInstruction.objects.filter(active=True).select_related("treatment")
    return [
        {"treatment": row.treatment.code, "phase": row.phase, "days": row.days, "text": row.text}
        for row in today.order_by("position", "code")
    ]


def _lines(care: list[Care], phase: str) -> Iterator[CareLine]:
    """One list for all treatments, in the order of time; the same text stands there once."""
    by_text: dict[tuple[str, int | None], list[Care]] = {}
    for row, dates in care:
        if row["phase"] == phase:
            by_text.setdefault((row["text"], row["days"]), []).append((row, dates))
    sign = -1 if phase == CarePhase.BEFORE else 1
    for (text, days), rows in sorted(by_text.items(), key=lambda one: _when(one[0][1], sign)):
        counted = sorted({pair for _row, found in rows for pair in found})
        yield CareLine(
            text=text,
            treatments=tuple(dict.fromkeys(row["name"] for row, _dates in rows)),
            days=days,
            dates=tuple((number, day + timedelta(days=sign * days)) for number, day in counted)
            if days
            else (),
        )


def _when(days: int | None, sign: int) -> tuple[bool, int]:
    """Longest before first, soonest after first; what has no number closes the list."""
    return days is None, sign * (days or 0)
