"""Dates as people write them."""

import re
from datetime import date

from clinic.dates import day_of_calendar

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\Z")
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})\Z")


def parse_date(text: str) -> date | None:
    """Read 1980-05-04, 04.05.1980 or 4/5/1980 (day first); anything else is no date.

    In Persian, years like 1405 are of the Solar Hijri calendar.
    """
    if found := _YEAR_FIRST.match(text):
        year, _mark, month, day = found.groups()
    elif found := _DAY_FIRST.match(text):
        day, month, year = found.groups()
    else:
        return None
    try:
        return day_of_calendar(int(year), int(month), int(day))
    except ValueError:
        return None
