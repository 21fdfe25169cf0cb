from datetime import date

from django import template

from clinic.scoping import clinic_today
from consultations.enums import LeftOut
from consultations.events import standing_events
from consultations.models import AdverseEvent, Patient

register = template.Library()


@register.filter
def age(patient: Patient, on: date | None = None) -> int | None:
    """Completed years on a day (today, without one), or None when the birth date is unknown."""
    born = patient.birth_date
    if born is None:
        return None
    day = on or clinic_today()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@register.simple_tag
def events_after_treatment(patient: Patient) -> list[AdverseEvent]:
    """Those that stand. Every page that shows a banner asks for them once."""
    return standing_events(patient)


@register.filter
def left_out(reason: str) -> str:
    """Why an answer was not taken over, in words."""
    return str(LeftOut(reason).label) if reason in LeftOut.values else ""
