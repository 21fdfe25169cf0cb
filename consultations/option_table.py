"""The options of an area in one view: what differs between them, a line each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.dates import long_day
from clinic.text import with_commas
from treatments.explanations.options import CourseText, Fit, OptionText


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One option's share of a line, and the option's name for where no columns are seen."""

    option: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTable:
    options: tuple[OptionText, ...]
    lines: tuple[Line, ...]


def option_table(options: Sequence[OptionText]) -> OptionTable | None:
    """None where there is nothing to compare."""
    if len(options) < 2:  # noqa: PLR2004 - two can be compared
        return None
    told: tuple[tuple[str, Callable[[OptionText], Iterable[str]]], ...] = (
        (_("Visits"), _visits),
        (_("First and last day"), lambda one: (long_day(one.first_day), long_day(one.last_day))),
        (_("Sessions"), lambda one: map(_sessions, one.courses)),
        (_("Ingredients"), _ingredients),
        (_("Covered"), lambda one: _concerns(one.fits)),
        (_("Not covered"), lambda one: _concerns(one.uncovered)),
        (_("Evidence"), _evidence),
        (_("To be acknowledged"), lambda one: (point.text for point in one.points)),
    )
    return OptionTable(
        options=tuple(options),
        lines=tuple(
            Line(label=label, cells=tuple(_cell(one, say(one)) for one in options))
            for label, say in told
        ),
    )


def _cell(option: OptionText, lines: Iterable[str]) -> Cell:
    return Cell(option=option.title, lines=tuple(lines) or (_("none"),))


def _visits(option: OptionText) -> tuple[str, ...]:
    optional = option.optional_visits
    return (str(option.visits), *([_and_optional(optional)] if optional else []))


def _and_optional(number: int) -> str:
    told = ngettext("and %(number)d optional", "and %(number)d optional", number)
    return told % {"number": number}


def _sessions(course: CourseText) -> str:
    told = f"{course.name}: {len(course.planned)}"
    return f"{told}, {_and_optional(len(course.optional))}" if course.optional else told


def _ingredients(option: OptionText) -> tuple[str, ...]:
    """Of each treatment what goes in; of plasma the activators that may."""
    lines = []
    for course in option.courses:
        inside = [name for formula in course.formulas for _code, name in formula.ingredients]
        names = list(dict.fromkeys([*inside, *course.activators]))
        if names:
            lines.append(f"{course.name}: {with_commas(names)}")
        elif course.formulas:
            lines.append(f"{course.name}: {_('the clinician selects the ingredients')}")
    return tuple(lines)


def _concerns(fits: Iterable[Fit]) -> Iterable[str]:
    return [
        f"{one.concern} ({_('first choice')})" if one.first_choice else one.concern for one in fits
    ]


def _evidence(option: OptionText) -> tuple[str, ...]:
    """From the strongest to the weakest of the statements that the option rests on."""
    found = option.evidence
    if not found.best:
        return ()
    if found.best == found.worst:
        return (_("all %(grade)s") % {"grade": found.best},)
    return (
        _("at best %(grade)s") % {"grade": found.best},
        _("at worst %(grade)s") % {"grade": found.worst},
    )
