"""What became of each decision about releases, told from the whole history of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from treatments.models import ReleaseActivation


class Fate(StrEnum):
    CURRENT = "current"
    PAST = "past"
    TO_COME = "to-come"
    SUPERSEDED = "superseded"  # a newer decision took effect first
    TAKEN_BACK = "taken-back"
    TAKING_BACK = "taking-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reign:
    """One decision; ``until`` is when the next one took over, or is known to."""

    activation: ReleaseActivation
    fate: Fate
    until: datetime | None = None


def reigns_of(activations: Iterable[ReleaseActivation], now: datetime) -> list[Reign]:
    """Every decision with its fate, the newest first. They have to be all that there are."""
    rows = sorted(activations, key=lambda row: row.pk, reverse=True)
    gone = {row.takes_back_id for row in rows}
    found, next_start = [], None
    for row in rows:
        fate = _fate(row, gone, next_start, now)
        found.append(Reign(activation=row, fate=fate, until=next_start))
        if fate in {Fate.CURRENT, Fate.PAST, Fate.TO_COME}:
            next_start = row.effective_at
    return found


def _fate(
    row: ReleaseActivation, gone: set[int | None], next_start: datetime | None, now: datetime
) -> Fate:
    if row.takes_back_id is not None:
        return Fate.TAKING_BACK
    if row.pk in gone:
        return Fate.TAKEN_BACK
    if next_start is not None and next_start <= row.effective_at:
        return Fate.SUPERSEDED
    if row.effective_at > now:
        return Fate.TO_COME
    return Fate.PAST if next_start is not None and next_start <= now else Fate.CURRENT
