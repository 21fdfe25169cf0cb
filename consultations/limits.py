"""What a clinician's dates for an option have to keep, and in which words they do not."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from clinic.dates import long_day
from consultations.planning import Breach, Course, Limits, Range
from treatments.engine import Catalogue
from treatments.explanations import wording_of

Row = Mapping[str, Any]
# Further on, a date is a slip of the hand: no course lasts that long.
LONGEST_COURSE: Final = timedelta(days=5 * 366)


def course_of(row: Row) -> Course:
    return Course(
        treatment=row["treatment"],
        planned=tuple(map(date.fromisoformat, row["planned"])),
        optional=tuple(map(date.fromisoformat, row["optional"])),
    )


def limits_of(
    option: Row, *, catalogue: Catalogue, request: Row, first: Mapping[str, date]
) -> Limits:
    """Of an option as it was offered; `first` is the first day of each treatment."""
    clinic = request.get("clinic", {})
    courses = [course_of(row) for row in option["courses"]]
    return Limits(
        not_before=first,
        not_after=max(first[one.treatment] for one in courses) + LONGEST_COURSE,
        ranges={one.treatment: _range(one, option, catalogue) for one in courses},
        gap=_gap(catalogue, request),
        closed_weekdays=frozenset(clinic.get("closed_weekdays", ())),
        closed_on=frozenset(map(date.fromisoformat, clinic.get("closed_on", ()))),
    )


def _range(course: Course, option: Row, catalogue: Catalogue) -> Range:
    """The protocol that the option rests on is the one whose rules all stand in its basis. What
    the program itself offers, around closed days and the other treatment, is never outside."""
    protocol = next(
        row
        for row in catalogue.document["protocols"]
        if row["treatment"] == course.treatment and set(row["basis"]) <= set(option["basis"])
    )
    offered = [
        (after - before).days for before, after in zip(course.days, course.days[1:], strict=False)
    ]
    return Range(
        shortest=protocol["min_interval_days"],
        longest=max(protocol["max_interval_days"], *offered, 0),
        fewest=len(course.planned),
        most=len(course.days),
    )


def _gap(catalogue: Catalogue, request: Row) -> int | None:
    mode = request.get("preferences", {}).get("combination")
    rows = catalogue.document["combinations"]
    gap: int | None = next(one for one in rows if mode in (None, one["mode"]))["gap_days"]
    return gap


def sentence(breach: Breach, catalogue: Catalogue) -> str:
    """What cannot be, whatever the reason."""
    sentences = {
        "empty": _("%(treatment)s needs at least one planned session."),
        "order": _("%(treatment)s: %(day)s does not come after the session before it."),
        "not-before": _("%(treatment)s cannot start before %(least)s."),
        "not-after": _("%(treatment)s: %(day)s is too far ahead."),
        "closed": _("%(day)s is a closed day."),
        "gap": _("%(treatment)s: %(day)s is too close to a session of the other treatment."),
    }
    return sentences[breach.code] % {
        "treatment": wording_of(catalogue).name("treatments", breach.treatment),
        "day": long_day(breach.day) if breach.day else "",
        "least": long_day(breach.least) if breach.least else "",
    }
