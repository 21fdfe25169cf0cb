"""What changes between two answers to the same facts, for a proposal or for a plan. Plain data.

Answers are responses of the engine, or ``{"errors": […]}`` where the facts cannot be read. What is
kept of them holds codes and dates alone: no fact of the patient and no name of a product.

A **proposal** changes with what is offered in any of its areas. A **plan** changes with what is
still ahead of it. The option that was taken is compared as it was proposed, not with the
clinician's changes in it, since another release knows nothing of those; and of it only treatments
and sessions that are not done or cancelled yet. Days are compared as days: a draft that moves the
first day moves all that follow, also where the first session is over, because telling too much is
noise and telling too little is a danger. Further, a plan gets a new option where any of its areas
is offered one, and a session is too early when it lies before the first day that the draft allows.

Wordings, sources, the rules an option rests on and rules that could not be evaluated are not
compared: nothing about the patient changes with them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consultations.enums import Effect

Row = Mapping[str, Any]
_ORDER = {effect: rank for rank, effect in enumerate(Effect)}
_NAMES = frozenset({"release", "receipt"})
_OFFERED = "proposed"
_POSSIBLE = "eligible"
_OF_A_COURSE: Mapping[Effect, tuple[str, ...]] = {
    Effect.DATES: ("planned", "optional", "maintenance_on", "review_on"),
    Effect.INGREDIENTS: ("formulas", "activators"),
}
_OF_AN_OPTION: Mapping[Effect, tuple[str, ...]] = {
    Effect.WARNINGS: ("warnings", "notices"),
    Effect.COVERAGE: ("covers", "uncovered", "adjuncts"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Every kind of change, the weightiest first, and the areas that differ on both sides."""

    effects: tuple[Effect, ...]
    before: Row
    after: Row

    @property
    def rank(self) -> int:
        return _ORDER[self.effects[0]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is still ahead of a plan in one area.

    ``option`` counts from 1. ``sessions`` are the numbers of the sessions in each treatment's
    course that are neither done nor cancelled, ``first`` the day of the first of them.
    """

    area: str
    option: int
    sessions: Mapping[str, Collection[int]]
    first: Mapping[str, str]


def compare_proposal(before: Row, after: Row) -> Difference | None:
    """None when nothing changes."""
    if _same(before, after):
        return None
    return _difference(_view(before), _view(after), _lost)


def compare_plan(before: Row, after: Row, ahead: Sequence[Ahead]) -> Difference | None:
    """None when nothing changes of what is still ahead."""
    if _same(before, after):
        return None
    old, new = _view(before), _view(after)
    left = {one.area: one for one in ahead}
    early = {one.area for one in ahead if _too_early(new, one)}
    return _difference(_left(old, left, old), _left(new, left, old), _blocked, early=early)


def _same(before: Row, after: Row) -> bool:
    keys = (before.keys() | after.keys()) - _NAMES
    return all(before.get(key) == after.get(key) for key in keys)


# What is kept of an answer


def _view(response: Row) -> dict[str, Any]:
    if "errors" in response:
        return {"status": "", "missing": [], "areas": [], "errors": response["errors"]}
    return {
        "status": response["status"],
        "missing": response["missing"],
        "areas": [_area(one) for one in response["areas"]],
    }


def _area(area: Row) -> dict[str, Any]:
    return {
        "area": area["area"],
        "status": area["status"],
        "refer_to": area["refer_to"],
        "treatments": [
            {key: one[key] for key in ("treatment", "status", "not_before", "findings")}
            for one in area["treatments"]
        ],
        "options": [_option(one) for one in area["options"]],
    }


def _option(option: Row) -> dict[str, Any]:
    kept = ("treatments", "variant", *(key for keys in _OF_AN_OPTION.values() for key in keys))
    courses = [
        {**course, "formulas": [_formula(one) for one in course["formulas"]]}
        for course in option["courses"]
    ]
    return {**{key: option[key] for key in kept}, "courses": courses}


def _formula(formula: Row) -> dict[str, Any]:
    """A clinic names its products as it likes; here it is enough that one is used."""
    return {**formula, "product": formula["product"] is not None}


# What is left of a plan


def _left(view: Row, ahead: Mapping[str, Ahead], old: Row) -> dict[str, Any]:
    """Each area with what is left of the option taken in it, and with options that are new."""
    areas = []
    for area in view["areas"]:
        before, plan = _find(old, area["area"]), ahead.get(area["area"])
        known = {_key(option) for option in before["options"]}
        fresh = [option for option in area["options"] if _key(option) not in known]
        if plan is not None:
            taken = before["options"][plan.option - 1]
            rows = [row for row in area["treatments"] if row["treatment"] in plan.sessions]
            same = [option for option in area["options"] if _key(option) == _key(taken)]
            rest = [_rest(option, plan, taken) for option in same]
            areas.append({**area, "treatments": rows, "options": [*rest, *fresh]})
        elif fresh:
            areas.append({**area, "treatments": [], "options": fresh})
    return {**view, "areas": areas}


def _rest(option: Row, plan: Ahead, taken: Row) -> dict[str, Any]:
    """The courses with the sessions that are left, and those that are added at their end."""
    known = {one["treatment"]: len(_sessions(one)) for one in taken["courses"]}
    courses = []
    for course in option["courses"]:
        if course["treatment"] in plan.sessions:
            number, left = known[course["treatment"]], plan.sessions[course["treatment"]]
            added = range(number + 1, len(_sessions(course)) + 1)
            courses.append(_only(course, {*left, *added}))
    return {**option, "courses": courses}


def _sessions(course: Row) -> list[str]:
    return [*course["planned"], *course["optional"]]


def _only(course: Row, numbers: Collection[int]) -> dict[str, Any]:
    """Sessions are numbered through a course, the optional ones last."""
    kept = [day for number, day in enumerate(_sessions(course), 1) if number in numbers]
    planned = sum(number <= len(course["planned"]) for number in numbers)
    return {**course, "planned": kept[:planned], "optional": kept[planned:]}


def _too_early(new: Row, ahead: Ahead) -> bool:
    return any(
        row["not_before"] is not None and ahead.first[row["treatment"]] < row["not_before"]
        for row in _find(new, ahead.area)["treatments"]
        if row["treatment"] in ahead.first
    )


# Comparing


_Closing = Callable[[Row, Row], Effect]


def _difference(
    before: Row, after: Row, closing: _Closing, *, early: Collection[str] = ()
) -> Difference | None:
    if "errors" in after:
        return Difference(effects=(Effect.UNREADABLE,), before=before, after=after)
    found = {
        name: {*_effects(_find(before, name), _find(after, name), closing)}
        | ({Effect.TOO_EARLY} if name in early else set())
        for name in dict.fromkeys(one["area"] for one in (*before["areas"], *after["areas"]))
    }
    effects = {effect for some in found.values() for effect in some}
    if not effects and _asked(before) != _asked(after):
        effects.add(Effect.STATUS)
    if not effects:
        return None
    changed = {name for name, some in found.items() if some}
    return Difference(
        effects=tuple(sorted(effects, key=_ORDER.__getitem__)),
        before=_kept(before, changed),
        after=_kept(after, changed),
    )


def _asked(view: Row) -> tuple[Any, ...]:
    return view["status"], view["missing"]


def _kept(view: Row, names: Collection[str]) -> Row:
    return {**view, "areas": [one for one in view["areas"] if one["area"] in names]}


def _find(view: Row, name: str) -> Row:
    """The area; where an answer has none, its status stands for the whole patient."""
    for area in view["areas"]:
        if area["area"] == name:
            found: Row = area
            return found
    return {
        "area": name,
        "status": view["status"],
        "refer_to": None,
        "treatments": [],
        "options": [],
    }


def _key(option: Row) -> tuple[Any, ...]:
    return (*option["treatments"], option["variant"])


def _effects(before: Row, after: Row, closing: _Closing) -> set[Effect]:
    old = {_key(one): one for one in before["options"]}
    new = {_key(one): one for one in after["options"]}
    both = [key for key in old if key in new]
    effects = {effect for key in both for effect in _option_effects(old[key], new[key])}
    if old.keys() - new.keys():
        effects.add(closing(before, after))
    if new.keys() - old.keys():
        effects.add(Effect.NEW_OPTION)
    if both != [key for key in new if key in old]:
        effects.add(Effect.RANKING)
    if not old and not new and _standing(before) != _standing(after):
        effects.add(Effect.STATUS)
    if not effects and _reasons(before) != _reasons(after):
        effects.add(Effect.REASONS)
    return effects


def _lost(_before: Row, after: Row) -> Effect:
    """For a proposal: an area where nothing is offered any more is blocked."""
    return Effect.OPTION_LOST if after["options"] else Effect.BLOCKED


def _blocked(before: Row, after: Row) -> Effect:
    """For a plan: blocked when one of the treatments still ahead is no longer possible there."""
    possible = {one["treatment"] for one in after["treatments"] if one["status"] == _POSSIBLE}
    ahead = {one["treatment"] for one in before["treatments"]}
    open_still = after["status"] == _OFFERED and ahead <= possible
    return Effect.OPTION_LOST if open_still else Effect.BLOCKED


def _standing(area: Row) -> tuple[Any, ...]:
    return area["status"], area["refer_to"]


def _reasons(area: Row) -> list[tuple[Any, ...]]:
    return [(one["treatment"], one["status"], one["findings"]) for one in area["treatments"]]


def _option_effects(before: Row, after: Row) -> Iterator[Effect]:
    for effect, keys in _OF_AN_OPTION.items():
        if any(before[key] != after[key] for key in keys):
            yield effect
    for old, new in zip(before["courses"], after["courses"], strict=True):
        for effect, keys in _OF_A_COURSE.items():
            if any(old[key] != new[key] for key in keys):
                yield effect
