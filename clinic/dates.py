"""Days and times as people of the language in use write them; the one place that knows how.

Persian shows the day of the Solar Hijri calendar beside the Gregorian one, and its own digits.
"""

from datetime import date, datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from persiantools.jdatetime import MONTH_NAMES_FA, JalaliDate

from clinic.digits import local_digits

_LONG: Final = "j E Y"  # E is the month's name within a date, where a language bends it
_WITH_WEEKDAY: Final = {"en": "l, j E Y", "tr": "j E Y l", "fa": "D j E Y"}
_SHORT: Final = {"tr": "d.m.Y", "el": "d/m/Y", "fa": "Y/m/d"}
_SOLAR_YEARS: Final = range(1200, 1500)
_WITH_TIME: Final = {"fa": "%s، ساعت %s"}


def long_day(day: date) -> str:
    """“4 May 2026”, read the same way everywhere."""
    return _told(day, _LONG)


def weekday_and_day(day: date) -> str:
    """“Monday, 4 May 2026”"""
    return _told(day, _WITH_WEEKDAY.get(_language(), f"l {_LONG}"))


def short_day(day: date) -> str:
    """For columns: “2026-05-04” in English, where 04/05 would have two meanings."""
    return _told(day, _SHORT.get(_language(), "Y-m-d"), in_numbers=True)


def day_and_time(moment: datetime) -> str:
    """“4 May 2026, 14:05”, in the time zone in use."""
    told = _WITH_TIME.get(_language(), "%s, %s")
    return told % (long_day(moment), local_digits(date_format(_local(moment), "H:i")))


def day_of_calendar(year: int, month: int, day: int) -> date:
    """In Persian a year like 1405 is of the Solar Hijri calendar: nobody today has anything to tell
    of the Gregorian year 1405. Raises ValueError for a day that does not exist."""
    if _language() == "fa" and year in _SOLAR_YEARS:
        solar = JalaliDate(year, month, day)  # type: ignore[no-untyped-call]
        found: date = solar.to_gregorian()
        return found
    return date(year, month, day)


def _told(day: date, written: str, *, in_numbers: bool = False) -> str:
    day = _local(day)
    gregorian = local_digits(date_format(day, written))
    solar = _solar(day, in_numbers=in_numbers)
    return f"{gregorian} ({solar})" if solar else gregorian


def _solar(day: date, *, in_numbers: bool) -> str:
    """Nothing where the language does not use it, and outside the years that it can tell."""
    if _language() != "fa":
        return ""
    try:
        beside = JalaliDate(date(day.year, day.month, day.day))  # type: ignore[no-untyped-call]
    except ValueError:
        return ""
    if in_numbers:
        return local_digits(f"{beside.year:04}/{beside.month:02}/{beside.day:02}")
    return local_digits(f"{beside.day} {MONTH_NAMES_FA[beside.month]} {beside.year}")


def _local(day: date) -> date:
    """A moment is told in the time zone in use; a day is the same day everywhere.

    At the ends of the calendar there is no hour to move it by: it stays as it was given.
    """
    if isinstance(day, datetime) and timezone.is_aware(day):
        try:
            return timezone.localtime(day)
        except OverflowError:
            return day
    return day


def _language() -> str:
    return (get_language() or "en").partition("-")[0]
