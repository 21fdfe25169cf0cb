"""Does a rule's message say another number than the rule itself?"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from treatments.lint.extra import Extra
from treatments.lint.findings import Check, Finding, Severity
from treatments.lint.literals import leaves

Document = Mapping[str, Any]
_WORDS: Final = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_VALUES: Final = {
    **{word: value for value, word in enumerate(_WORDS, start=2)},
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
}
_POWER: Final = re.compile("[\u00d7x*]\\s*10\\S*")  # of a unit, as in 10*9/L
# “1,000” is a thousand, “1,5” is one and a half. Digits behind a letter, or behind a letter and
# a hyphen, are part of a name: “B12”, “COVID-19”, “L-10”.
_NUMBER: Final = re.compile(
    r"(?<!\d)(?<!\d[.,])(?<![^\W\d_])(?<![^\W\d_][-\u2010\u2011])"
    r"(?:(?P<thousands>\d{1,3}(?:,\d{3})+(?:\.\d+)?)(?!\d)|\d+(?:[.,]\d+)?)"
    r"|[^\W\d_]+"
)


def numbers_that_differ(document: Document, _extra: Extra) -> Iterator[Finding]:
    """Rules that reckon with numbers of their own; others only tell of numbers."""
    for rule in document["rules"]:
        known = set(_numbers(rule.get("wait_days"))) | {
            number for leaf in leaves(rule.get("trigger") or {}) for number in _numbers(leaf)
        }
        for said in dict.fromkeys(_said(rule["message"]) if known else ()):
            if float(said) not in known:
                yield Finding(
                    check=Check.NUMBER_DIFFERS,
                    severity=Severity.WARNING,
                    section="rules",
                    code=rule["code"],
                    about=(said, *(f"{one:g}" for one in sorted(known))),
                    message=_("Its message says %(number)s, which is no number of the rule.")
                    % {"number": said},
                )


def _said(message: str) -> Iterator[str]:
    for found in _NUMBER.finditer(_POWER.sub(" ", message)):
        word = found[0]
        if found["thousands"]:
            yield word.replace(",", "")
        elif word[0].isdigit():
            yield word.replace(",", ".")
        elif word.lower() in _VALUES:
            yield str(_VALUES[word.lower()])


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _numbers(one)
    elif isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    elif isinstance(value, str):
        if re.fullmatch(r"\d+(\.\d+)?", value):
            yield float(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)
