"""Adverse events as they are read: of a plan all of them, of a patient those that stand."""

from collections.abc import Iterable

from consultations.enums import Seriousness
from consultations.models import AdverseEvent, Patient, Plan

_GRAVEST_FIRST = (*reversed(Seriousness.values),)


def events_of(plan: Plan) -> list[AdverseEvent]:
    """All that was recorded, the newest first; each says whether it was corrected since."""
    return _marked(AdverseEvent.objects.with_names().filter(plan=plan))


def standing_events(patient: Patient) -> list[AdverseEvent]:
    """What happened after any treatment of the patient, the gravest first, then the newest."""
    rows = _marked(AdverseEvent.objects.standing().with_names().filter(patient=patient))
    return sorted(rows, key=lambda row: _GRAVEST_FIRST.index(row.seriousness))


def _marked(events: Iterable[AdverseEvent]) -> list[AdverseEvent]:
    rows = list(events)
    for row in rows:
        row.is_overtaken = hasattr(row, "correction")  # type: ignore[attr-defined]
    return rows
