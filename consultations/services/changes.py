"""A clinician's changes to an option: applied, and held against the protocol they come from."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.dates import long_day
from consultations.planning import Breach, Course, Limits, breaches
from treatments.engine import Catalogue

Option = dict[str, Any]
_CHANGEABLE = {"treatment", "planned", "optional", "formulas"}


def apply_changes(
    option: Option,
    changes: Mapping[str, Any],
    *,
    area: Mapping[str, Any],
    catalogue: Catalogue,
    request: Mapping[str, Any],
) -> Option:
    """The option with the changed courses in it.

    Dates must keep what the protocol and the rules ask for; ingredients can be left out but not
    added, since what an allergy removed must not come back. Raises ValidationError.
    """
    changed = deepcopy(option)
    courses = {course["treatment"]: course for course in changed["courses"]}
    for wanted in _wanted(changes):
        course = courses.get(wanted.get("treatment", ""))
        if course is None or set(wanted) - _CHANGEABLE:
            raise ValidationError(_("Only sessions and ingredients of the option can be changed."))
        _change_dates(course, wanted)
        _leave_out(course, wanted)
    _check_dates(changed, area=area, catalogue=catalogue, request=request)
    for before, after in zip(option["courses"], changed["courses"], strict=True):
        _move_follow_ups(before, after)
    return changed


def _move_follow_ups(before: Mapping[str, Any], after: dict[str, Any]) -> None:
    """Maintenance and review keep their distance from the last planned session."""
    moved = _day(after["planned"][-1]) - _day(before["planned"][-1])
    for key in ("maintenance_on", "review_on"):
        if before[key]:
            after[key] = (_day(before[key]) + moved).isoformat()


def _wanted(changes: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    courses = changes.get("courses")
    if set(changes) != {"courses"} or not isinstance(courses, list) or not courses:
        raise ValidationError(_("Say which course is changed, and how."))
    if not all(isinstance(course, dict) for course in courses):
        raise ValidationError(_("Say which course is changed, and how."))
    return courses


def _change_dates(course: dict[str, Any], wanted: Mapping[str, Any]) -> None:
    for key in ("planned", "optional"):
        if key not in wanted:
            continue
        if not isinstance(wanted[key], list):
            raise ValidationError(_("Give the dates as a list."))
        course[key] = [_day(text).isoformat() for text in wanted[key]]


def _day(text: object) -> date:
    try:
        return date.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValidationError(_("Dates are written as 2026-05-04.")) from None


def _leave_out(course: dict[str, Any], wanted: Mapping[str, Any]) -> None:
    if "formulas" not in wanted:
        return
    offered = {one["formula"]: one for one in course["formulas"]}
    if not isinstance(wanted["formulas"], list):
        raise ValidationError(_("Give the formulas as a list."))
    for one in wanted["formulas"]:
        formula = offered.get(one.get("formula")) if isinstance(one, dict) else None
        kept = one.get("ingredients") if formula else None
        if formula is None or not isinstance(kept, list) or not kept:
            raise ValidationError(_("A formula keeps at least one of its ingredients."))
        if not set(map(str, kept)) <= set(formula["ingredients"]):
            raise ValidationError(_("Ingredients can be left out, not added."))
        formula["ingredients"] = [code for code in formula["ingredients"] if code in kept]


def _check_dates(
    option: Option, *, area: Mapping[str, Any], catalogue: Catalogue, request: Mapping[str, Any]
) -> None:
    courses = [
        Course(
            treatment=course["treatment"],
            planned=tuple(map(date.fromisoformat, course["planned"])),
            optional=tuple(map(date.fromisoformat, course["optional"])),
        )
        for course in option["courses"]
    ]
    found = breaches(courses, _limits(option, area, catalogue, request))
    if found:
        raise ValidationError([_sentence(breach, catalogue) for breach in found])


def _limits(
    option: Option, area: Mapping[str, Any], catalogue: Catalogue, request: Mapping[str, Any]
) -> Limits:
    document, clinic = catalogue.document, request.get("clinic", {})
    basis = set(option["basis"])
    first_days = {
        one["treatment"]: date.fromisoformat(one["not_before"])
        for one in area["treatments"]
        if one["not_before"]
    }
    # The protocols that the option rests on are those whose rules all stand in its basis.
    intervals = {
        protocol["treatment"]: protocol["min_interval_days"]
        for protocol in document["protocols"]
        if set(protocol["basis"]) <= basis
    }
    mode = request.get("preferences", {}).get("combination")
    combination = next(
        one for one in document["combinations"] if mode is None or one["mode"] == mode
    )
    return Limits(
        not_before=first_days,
        min_interval=intervals,
        gap=combination["gap_days"],
        closed_weekdays=frozenset(clinic.get("closed_weekdays", ())),
        closed_on=frozenset(map(date.fromisoformat, clinic.get("closed_on", ()))),
    )


def _sentence(breach: Breach, catalogue: Catalogue) -> str:
    names = {one["code"]: one["name"] for one in catalogue.document["treatments"]}
    sentences = {
        "empty": _("%(treatment)s needs at least one planned session."),
        "order": _("%(treatment)s: %(day)s does not come after the session before it."),
        "not-before": _("%(treatment)s cannot start before %(least)s."),
        "closed": _("%(day)s is a closed day."),
        "interval": _("%(treatment)s: the session on %(day)s can be on %(least)s at the earliest."),
        "gap": _("%(treatment)s: %(day)s is too close to a session of the other treatment."),
    }
    return sentences[breach.code] % {
        "treatment": names[breach.treatment],
        "day": long_day(breach.day) if breach.day else "",
        "least": long_day(breach.least) if breach.least else "",
    }
