"""What a run found, for whoever curates: numbers, and each change without a patient in it.

Of other clinics, and for readers who may not open consultations, days are told as so many after
the consultation and nobody is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from consultations.differences import Group, as_dates, as_days_from, groups
from consultations.enums import Effect
from consultations.models import BlastResult, BlastRun, Consultation
from treatments.explanations import Wording

KINDS = ("plans", "proposals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many plans (or proposals) were evaluated, so many change, and in which way."""

    kind: str
    seen: int
    changed: int
    effects: tuple[tuple[Effect, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A result; ``consultation`` only where the reader may open it."""

    result: BlastResult
    groups: list[Group]
    consultation: Consultation | None


def tallies(run: BlastRun) -> list[Tally]:
    return [
        Tally(
            kind=kind,
            seen=run.counts.get(kind, 0),
            changed=run.counts.get(f"{kind}.changed", 0),
            effects=tuple(
                (effect, number)
                for effect in Effect
                if (number := run.counts.get(f"{kind}.{effect}", 0))
            ),
        )
        for kind in KINDS
    ]


def filtered(run: BlastRun, effect: str = "", kind: str = "") -> QuerySet[BlastResult]:
    rows: QuerySet[BlastResult] = BlastResult.objects.filter(run=run)
    if effect in Effect.values:
        rows = rows.filter(effects__contains=f" {effect} ")
    if kind in KINDS:
        rows = rows.filter(plan__isnull=kind != "plans")
    return rows


def consultations_of(rows: Sequence[BlastResult], *, clinic: UUID) -> dict[UUID, Consultation]:
    """The consultations behind those results that belong to this clinic."""
    keys = [row.pk for row in rows if row.clinic_id == clinic]
    found = BlastResult.objects.filter(pk__in=keys).select_related(
        "proposal__consultation__patient", "plan__consultation__patient"
    )
    found = found.defer("proposal__request", "proposal__response", "plan__document")
    return {row.pk: row.consultation for row in found}


def shown(wording: Wording, row: BlastResult, consultation: Consultation | None) -> Shown:
    day = as_dates if consultation else as_days_from(row.counted_from)
    told = groups(wording, row.before, row.after, day=day)
    return Shown(result=row, groups=told, consultation=consultation)
