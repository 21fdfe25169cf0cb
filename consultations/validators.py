"""Rules that models, forms and services share."""

from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

EARLIEST: Final = date(1900, 1, 1)


def validate_told_day(day: date, *, born: date | None = None) -> None:
    """A day that can be meant. Who writes 1405 counts years by another calendar: read as it
    stands, the last dose of a medicine would lie six centuries back and hold up nothing."""
    if day < EARLIEST:
        raise ValidationError(
            _("This day is before 1900. Write the year of the Gregorian calendar."), code="day"
        )
    if born is not None and day < born:
        raise ValidationError(_("This day is before the patient's birth."), code="day")
