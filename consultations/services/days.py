"""On which days a consultation can be, and its treatment can start."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.models import Consultation
from consultations.validators import validate_told_day

DAYS: Final = ("consulted_on", "start_on")
FARTHEST: Final = timedelta(days=731)  # after today: a slip in the year is farther off


def check_days(consultation: Consultation, names: Collection[str]) -> None:
    """Refuse days, of those that are named, that cannot be meant."""
    faults: dict[str, ValidationError] = {}
    for name in DAYS:
        day = getattr(consultation, name)
        if name in names and isinstance(day, date):
            try:
                _check(consultation, day)
            except ValidationError as error:
                faults[name] = error
    if faults:
        raise ValidationError(dict(faults))


def check_follows(day: date, source: Consultation) -> None:
    if day < source.consulted_on:
        message = _("This day is before the consultation that this one starts from.")
        raise ValidationError({"consulted_on": ValidationError(message, code="day")})


def _check(consultation: Consultation, day: date) -> None:
    validate_told_day(day, born=consultation.patient.birth_date)
    if day > consultation.clinic.today() + FARTHEST:
        raise ValidationError(_("This day is too far ahead."), code="day")
