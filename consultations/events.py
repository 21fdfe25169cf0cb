"""Adverse events of a plan, as they are read."""

from consultations.models import AdverseEvent, Plan


def events_of(plan: Plan) -> list[AdverseEvent]:
    """All that was recorded, the newest first; each says whether it was corrected since."""
    rows: list[AdverseEvent] = list(AdverseEvent.objects.with_names().filter(plan=plan))
    for row in rows:
        row.is_overtaken = hasattr(row, "correction")  # type: ignore[attr-defined]
    return rows
