"""A clinician's changes to an option: applied, and held against engine and protocol."""

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.text import with_commas
from consultations.departures import Departure, departure, told
from consultations.limits import course_of, limits_of, sentence
from consultations.narrowing import Lifted, first_days, parts_of, standing_in
from consultations.planning import Breach, Course, Limits, breaches
from consultations.reasons import check_reason
from consultations.techniques import techniques_for
from treatments.engine import Catalogue, Facts, InvalidRequest, left_of, parse_facts, warnings_of
from treatments.enums import ReasonFor
from treatments.explanations import wording_of

Option = dict[str, Any]
_CHANGES: Final = {"courses", "parts", "departure"}
_OF_COURSE: Final = {"treatment", "planned", "optional", "formulas", "technique"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What was offered in one area of a proposal, and on what it rests."""

    area: Mapping[str, Any]
    catalogue: Catalogue
    request: Mapping[str, Any]
    lifted: Lifted

    @property
    def facts(self) -> Facts:
        return parse_facts(self.catalogue, self.request)


def apply_changes(option: Option, changes: Mapping[str, Any], offer: Offer) -> Option:
    """The option with the changes in it.

    Dates keep what the rules ask for; they leave the range of a protocol for a reason only, which
    then stands in the option. Ingredients are left out but not added: what an allergy removed must
    not come back. What is left is judged by the engine. Raises ValidationError by JSON path.
    """
    changed = deepcopy(option)
    sent = _sent(changed, changes)
    for path, course, wanted in sent:
        _change_dates(course, wanted, path)
        _leave_out(course, wanted, path, offer)
        _choose_technique(course, wanted, path, offer)
    _narrow(changed, changes, offer)
    _check_dates(option, changed, changes, offer)
    for before, after in zip(option["courses"], changed["courses"], strict=True):
        _move_follow_ups(before, after)
    changed["warnings"] = _warnings(option, changed, offer)
    return changed


def fault(path: str, message: str, code: str = "invalid") -> ValidationError:
    return ValidationError({path: ValidationError(message, code=code)})


def _sent(
    option: Option, changes: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any], Mapping[str, Any]]]:
    """Each course that is changed, with the path and the words of its change."""
    courses = changes.get("courses", [])
    nothing = not courses and not changes.get("parts")
    if nothing or set(changes) - _CHANGES or not isinstance(courses, list):
        raise fault("changes", _("Say which course is changed, and how."))
    known = {course["treatment"]: course for course in option["courses"]}
    found: list[tuple[str, dict[str, Any], Mapping[str, Any]]] = []
    for index, wanted in enumerate(courses):
        path = f"changes.courses[{index}]"
        if not isinstance(wanted, dict) or set(wanted) - _OF_COURSE:
            raise fault(path, _("Say which course is changed, and how."))
        course = known.pop(wanted.get("treatment", ""), None)
        if course is None:
            raise fault(f"{path}.treatment", _("Name each treatment of the option once."))
        found.append((path, course, wanted))
    return found


def _change_dates(course: dict[str, Any], wanted: Mapping[str, Any], path: str) -> None:
    for key in ("planned", "optional"):
        if key in wanted:
            if not isinstance(wanted[key], list):
                raise fault(f"{path}.{key}", _("Give the dates as a list."))
            course[key] = [
                _day(text, f"{path}.{key}[{index}]").isoformat()
                for index, text in enumerate(wanted[key])
            ]


def _day(text: object, path: str) -> date:
    try:
        return date.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise fault(path, _("Dates are written as 2026-05-04.")) from None


def _leave_out(course: dict[str, Any], wanted: Mapping[str, Any], path: str, offer: Offer) -> None:
    formulas = wanted.get("formulas", [])
    if not isinstance(formulas, list):
        raise fault(f"{path}.formulas", _("Give the formulas as a list."))
    for index, one in enumerate(formulas):
        where = f"{path}.formulas[{index}]"
        row = _meant(course, one)
        if row is None:
            raise fault(f"{where}.formula", _("The option has no such formula."))
        row |= _kept(row, one.get("ingredients"), f"{where}.ingredients", offer)


def _meant(course: Mapping[str, Any], one: object) -> dict[str, Any] | None:
    """The formula that is named; where several products give it, with its product."""
    if not isinstance(one, dict):
        return None
    found = [row for row in course["formulas"] if row["formula"] == one.get("formula")]
    if len(found) > 1:
        found = [row for row in found if row["product"] == one.get("product")]
    return found[0] if found else None


def _kept(row: Mapping[str, Any], kept: object, path: str, offer: Offer) -> dict[str, Any]:
    if not isinstance(kept, list) or not kept:
        raise fault(path, _("A formula keeps at least one of its ingredients."))
    if not set(map(str, kept)) <= set(row["ingredients"]):
        raise fault(path, _("Ingredients can be left out, not added."))
    left = left_of(offer.catalogue, offer.facts, row, kept)
    if left is None:
        raise fault(path, _not_left(row, kept, offer.catalogue))
    return left


def _not_left(row: Mapping[str, Any], kept: Collection[str], catalogue: Catalogue) -> str:
    if row["product"] is not None:
        return _("“%(product)s” cannot be given without these ingredients.") % {
            "product": row["product"]
        }
    wording = wording_of(catalogue)
    required = catalogue.vocabulary.formulas[row["formula"]].required.difference(kept)
    return _("This formula needs %(ingredients)s.") % {
        "ingredients": with_commas(wording.each("ingredients", sorted(required)))
    }


def _choose_technique(
    course: dict[str, Any], wanted: Mapping[str, Any], path: str, offer: Offer
) -> None:
    technique = wanted.get("technique")
    if not technique:
        return
    known = techniques_for(offer.catalogue, course["treatment"], offer.area["area"])
    if technique not in {one["code"] for one in known}:
        raise fault(f"{path}.technique", _("This technique is not for the treatment here."))
    course["technique"] = technique


def _narrow(option: Option, changes: Mapping[str, Any], offer: Offer) -> None:
    parts = changes.get("parts")
    if not parts:
        return
    known = parts_of(offer.catalogue, offer.area["area"])
    if not isinstance(parts, list) or not set(map(str, parts)) <= set(known):
        raise fault("changes.parts", _("Choose parts of the area itself."))
    option["parts"] = [code for code in known if code in parts]


def limits_on(option: Option, offer: Offer) -> Limits:
    """What holds for an option as it is offered."""
    first = _first_days(option, offer)
    return limits_of(option, catalogue=offer.catalogue, request=offer.request, first=first)


def _first_days(option: Option, offer: Offer) -> dict[str, date]:
    """Of the area as it was answered; of its parts as the engine answers for them now."""
    days = first_days(_answers(option, offer))
    wording = wording_of(offer.catalogue)
    for code in option["treatments"]:
        if days.get(code) is None:
            words = _("%(treatment)s cannot be given in each of these parts.")
            name = wording.name("treatments", code)
            raise fault("changes.parts", words % {"treatment": name})
    return {code: day for code, day in days.items() if day is not None}


def _answers(option: Option, offer: Offer) -> Sequence[Mapping[str, Any]]:
    if "parts" not in option:
        return [offer.area]
    where = {"area": offer.area["area"], "parts": option["parts"]}
    try:
        return standing_in(offer.catalogue, offer.request, offer.lifted, **where)
    except InvalidRequest as error:
        raise fault("changes.parts", str(error.faults[0].message)) from error


def _check_dates(
    offered: Option, changed: Option, changes: Mapping[str, Any], offer: Offer
) -> None:
    courses = [course_of(row) for row in changed["courses"]]
    first = _first_days(changed, offer)
    limits = limits_of(offered, catalogue=offer.catalogue, request=offer.request, first=first)
    found = breaches(courses, limits)
    kept = [one for one in found if not one.of_range]
    if kept:
        faults: dict[str, list[str]] = {}
        for one in kept:
            words = faults.setdefault(_place(one, courses, changes), [])
            words.append(sentence(one, offer.catalogue))
        raise ValidationError(faults)
    left = [departure(one, limits.ranges) for one in found]
    if left:
        changed["departures"] = left
        changed["departure_reason"] = _reason(changes, left, offer.catalogue)


def _place(breach: Breach, courses: Sequence[Course], changes: Mapping[str, Any]) -> str:
    """Where in what was sent the day stands; the courses as a whole where it was not sent."""
    names = [one.get("treatment") for one in changes.get("courses", [])]
    if breach.treatment not in names:
        return "changes.courses"
    index = names.index(breach.treatment)
    (course,) = (one for one in courses if one.treatment == breach.treatment)
    place, planned = breach.place, len(course.planned)
    if place is None:
        return f"changes.courses[{index}].planned"
    key, number = ("planned", place) if place < planned else ("optional", place - planned)
    sent = f"[{number}]" if key in changes["courses"][index] else ""
    return f"changes.courses[{index}].{key}{sent}"


def _reason(changes: Mapping[str, Any], left: list[Departure], catalogue: Catalogue) -> str:
    reason = changes.get("departure")
    if not reason:
        wording = wording_of(catalogue)
        words = [told(one, wording.name("treatments", one["treatment"])) for one in left]
        ask = _("This leaves the range of the protocol. Choose a reason, or keep to the range.")
        raise ValidationError({"changes.departure": [ask, *words]})
    try:
        check_reason(ReasonFor.DEPARTURE, str(reason))
    except ValidationError as error:
        raise ValidationError({"changes.departure": error.messages}) from error
    return str(reason)


def _move_follow_ups(before: Mapping[str, Any], after: dict[str, Any]) -> None:
    """Maintenance and review keep their distance from the last planned session."""
    moved = course_of(after).planned[-1] - course_of(before).planned[-1]
    for key in ("maintenance_on", "review_on"):
        if before[key]:
            after[key] = (date.fromisoformat(before[key]) + moved).isoformat()


def _warnings(before: Option, after: Option, offer: Offer) -> list[str]:
    """What no longer goes in needs no warning any more."""

    def of_formulas(option: Option) -> set[str]:
        rows = [row for course in option["courses"] for row in course["formulas"]]
        return warnings_of(offer.catalogue, offer.facts, rows)

    return sorted(set(before["warnings"]) - of_formulas(before) | of_formulas(after))
