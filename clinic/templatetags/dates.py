"""``clinic.dates`` for templates, which have these filters without loading them.

Nothing is said of a day that is not known, so that ``default`` can follow.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import template

from clinic import dates

register = template.Library()


def _if_known(tell: Callable[[Any], str], kind: type[date] = date) -> Callable[[Any], str]:
    return lambda value: tell(value) if isinstance(value, kind) else ""


register.filter("long_day", _if_known(dates.long_day))
register.filter("weekday_and_day", _if_known(dates.weekday_and_day))
register.filter("short_day", _if_known(dates.short_day))
register.filter("day_and_time", _if_known(dates.day_and_time, datetime))
