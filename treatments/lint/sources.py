"""Checks of what the knowledge rests on.

A number is sourced when a statement that its row rests on gives it: as one of the ends of its
figure, or between two of them. A figure from 0 gives its upper end alone: “in the 2 weeks before”
says nothing for 1 day. Days, weeks, months and years are held against each other.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from treatments.diffing.fields import label_of
from treatments.lint.extra import Extra, Figure
from treatments.lint.findings import Check, Finding, Severity
from treatments.lint.literals import leaves
from treatments.lint.rows import coded_rows

Document = Mapping[str, Any]
_DAYS: Final = "d"
_DAYS_IN: Final[Mapping[str, Decimal]] = {
    "h": Decimal(1) / 24,
    "d": Decimal(1),
    "wk": Decimal(7),
    "mo": Decimal(30),
    "a": Decimal(365),
}
# A curator writes the word as often as the unit's code.
_WORDS: Final = {
    f"{word}{end}": code
    for word, code in (("hour", "h"), ("day", "d"), ("week", "wk"), ("month", "mo"), ("year", "a"))
    for end in ("", "s")
}
_UNIT_OF: Final[Mapping[str, str]] = {
    "wait_days": _DAYS,
    "within_days": _DAYS,
    "interval_days": _DAYS,
    "min_interval_days": _DAYS,
    "max_interval_days": _DAYS,
    "maintenance_days": _DAYS,
    "review_days": _DAYS,
    "gap_days": _DAYS,
    "visit_days": _DAYS,
    "planned": "sessions",
}


class _Number(NamedTuple):
    field: str
    value: Decimal
    unit: str


def rules_without_statement(document: Document, _extra: Extra) -> Iterator[Finding]:
    for code, row in coded_rows(document, "rules"):
        if not row["sources"]:
            yield Finding(
                check=Check.RULE_WITHOUT_STATEMENT,
                severity=Severity.ERROR,
                section="rules",
                code=code,
                message=_("Name at least one statement that this rule rests on."),
            )


def sources_without_grade(document: Document, extra: Extra) -> Iterator[Finding]:
    """Of the sources that the release cites. A statement has a grade if one of its sources has."""
    ungraded = {
        cited["source"]
        for _code, row in coded_rows(document, "statements")
        for cited in row["citations"]
        if row["grade"] is None or cited["source"] in extra.ungraded
    }
    for code in sorted(ungraded):
        yield Finding(
            check=Check.SOURCE_WITHOUT_GRADE,
            severity=Severity.WARNING,
            section="sources",
            code=code,
            message=_("Say how far this source carries: it has no grade."),
        )


def numbers_without_source(document: Document, extra: Extra) -> Iterator[Finding]:
    """An error where nothing that the row rests on gives any number, else a warning."""
    rests_on = {code: row["sources"] for code, row in coded_rows(document, "rules")}
    units = {code: row["unit"] for code, row in coded_rows(document, "lab_tests")}
    for code, row in coded_rows(document, "rules"):
        yield from _unsourced("rules", code, _of_rule(row, units), row["sources"], extra)
    for section in ("protocols", "combinations"):
        for code, row in coded_rows(document, section):
            statements = [one for rule in row["basis"] for one in rests_on.get(rule, ())]
            yield from _unsourced(section, code, _of_plan(row), statements, extra)


def _unsourced(
    section: str, code: str, numbers: Iterable[_Number], statements: list[str], extra: Extra
) -> Iterator[Finding]:
    figures = [extra.figures[one] for one in statements if one in extra.figures]
    for number in numbers:
        if any(_gives(figure, number) for figure in figures):
            continue
        texts = {"field": label_of(number.field), "value": f"{number.value.normalize():f}"}
        yield Finding(
            check=Check.NUMBER_WITHOUT_SOURCE,
            severity=Severity.WARNING if figures else Severity.ERROR,
            section=section,
            code=code,
            about=(number.field, texts["value"]),
            message=_("No statement that it rests on gives this number: %(field)s %(value)s.")
            % texts,
        )


def _of_plan(row: Mapping[str, Any]) -> Iterator[_Number]:
    for field, unit in _UNIT_OF.items():
        if row.get(field) is not None:
            yield _Number(field, Decimal(row[field]), unit)
    if row.get("optional"):
        yield _Number("optional", Decimal(row["planned"] + row["optional"]), "sessions")


def _of_rule(row: Mapping[str, Any], units: Mapping[str, str]) -> Iterator[_Number]:
    """Waiting 0 days and an age of 0 state no number."""
    if row.get("wait_days"):
        yield _Number("wait_days", Decimal(row["wait_days"]), _DAYS)
    for leaf in leaves(row.get("trigger") or {}):
        unit = units.get(leaf["test"], "") if leaf["kind"] == "lab" else "a"
        for field in ("from", "below"):
            if leaf.get(field) not in (None, 0, "0"):
                yield _Number(field, Decimal(leaf[field]), unit)
        if leaf.get("within_days"):
            yield _Number("within_days", Decimal(leaf["within_days"]), _DAYS)


def _gives(figure: Figure, number: _Number) -> bool:
    factor = _factor(figure.unit, number.unit)
    if factor is None:
        return False
    low, high = (None if end is None else end * factor for end in (figure.low, figure.high))
    if low and high is not None:
        return low <= number.value <= high
    return number.value in ((high,) if high is not None else (low,))


def _factor(given: str, wanted: str) -> Decimal | None:
    """What a figure is multiplied by to stand in the number's unit."""
    given = _WORDS.get(given.strip().lower(), given)
    if given == wanted:
        return Decimal(1)
    if given in _DAYS_IN and wanted in _DAYS_IN:
        return _DAYS_IN[given] / _DAYS_IN[wanted]
    return None
