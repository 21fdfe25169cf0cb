"""Which area is treated with what: on the proposal, and of a signed plan how far it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.bodymap import Spot
from consultations.documents import PlanDocument
from consultations.enums import SessionKind, SessionStatus

_TONES = 2  # patterns that can be told apart also where they lie over each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One treatment in one area. ``contents`` are its ingredients or activators by name."""

    area: str
    area_name: str
    treatment: str
    name: str
    sessions: int
    contents: tuple[str, ...] = ()
    done: int = 0
    standing: str = ""
    withdrawn: bool = False

    @property
    def said(self) -> str:
        words = ngettext("%(number)d session", "%(number)d sessions", self.sessions)
        return words % {"number": self.sessions}

    @property
    def progress(self) -> str:
        numbers = {"done": self.done, "all": self.sessions}
        progress = _("%(done)d of %(all)d done") % numbers
        return f"{progress}, {_('consent withdrawn')}" if self.withdrawn else progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """A treatment of the legend: its pattern, and the sign that stands on the areas."""

    fill: str
    sign: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    courses: tuple[Course, ...]
    tones: tuple[Tone, ...]
    spots: Mapping[str, Spot]


def treated(courses: Iterable[Course]) -> Treated:
    """The areas in the patterns of their treatments; both lie over each other where both go."""
    every = tuple(courses)
    names = {one.treatment: one.name for one in every}
    order = {code: number for number, code in enumerate(names, start=1)}
    return Treated(
        courses=every,
        tones=tuple(
            Tone(fill=f"tone-{_tone(order[code])}", sign=str(order[code]), name=name)
            for code, name in names.items()
        ),
        spots={area: _planned(rows, order) for area, rows in _by_area(every).items()},
    )


def followed(courses: Iterable[Course]) -> Treated:
    """The areas by how far their sessions are."""
    every = tuple(courses)
    return Treated(
        courses=every,
        tones=(
            Tone(fill="planned", sign="", name=_("planned")),
            Tone(fill="begun", sign="", name=_("begun")),
            Tone(fill="done", sign="✓", name=_("all sessions done")),
        ),
        spots={area: _begun(rows) for area, rows in _by_area(every).items()},
    )


def _by_area(courses: Sequence[Course]) -> dict[str, list[Course]]:
    found: dict[str, list[Course]] = {}
    for one in courses:
        found.setdefault(one.area, []).append(one)
    return found


def _tone(number: int) -> int:
    return (number - 1) % _TONES + 1


def _planned(rows: list[Course], order: Mapping[str, int]) -> Spot:
    numbers = sorted({order[one.treatment] for one in rows})
    tones = sorted({_tone(number) for number in numbers})
    return Spot(
        fill=f"tone-{'-'.join(map(str, tones))}",
        sign="+".join(map(str, numbers)),
        told=", ".join(f"{one.name}: {one.said}" for one in rows),
    )


def _begun(rows: list[Course]) -> Spot:
    """What is withdrawn or cancelled is neither to come nor done."""
    done, every = sum(one.done for one in rows), sum(one.sessions for one in rows)
    if all(one.withdrawn for one in rows) or not every:
        fill, sign = "begun" if done else "", "✕"
    elif done == every:
        fill, sign = "done", "✓"
    else:
        fill, sign = "begun" if done else "planned", f"{done}/{every}"
    return Spot(
        fill=fill,
        sign=sign,
        told=", ".join(f"{one.name}: {one.progress}" for one in rows),
    )


def courses_of_panels(panels: Iterable[Any]) -> list[Course]:
    """What was taken in each area of a proposal, and the first option where nobody decided yet."""
    found = []
    for panel in panels:
        if panel.taken:
            courses, standing = panel.taken, str(panel.decision.get_verdict_display())
        elif panel.decision is None and panel.answer.options:
            courses, standing = panel.answer.options[0].courses, _("Not decided yet")
        else:
            continue
        found += [_of_option(panel.answer, one, standing) for one in courses]
    return found


def _of_option(answer: Any, course: Any, standing: str) -> Course:
    inside = [name for formula in course.formulas for _code, name in formula.ingredients]
    return Course(
        area=answer.code,
        area_name=answer.name,
        treatment=course.treatment,
        name=course.name,
        sessions=len(course.planned),
        contents=tuple(dict.fromkeys([*inside, *course.activators])),
        standing=standing,
    )


def courses_of_plan(document: PlanDocument) -> list[Course]:
    """The plan's courses with what has been done. Optional sessions count once they are done."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for session in document.sessions:
        status = session.row.status
        for item, text in zip(session.row.items.all(), session.items, strict=True):
            course = found.setdefault(
                (item.area.code, item.treatment.code),
                {"area_name": text.area, "name": text.treatment, "sessions": 0, "done": 0}
                | {"contents": {}, "withdrawn": False},
            )
            given = not text.withdrawn
            done = status == SessionStatus.DONE and given
            due = item.kind == SessionKind.PLANNED and status == SessionStatus.SCHEDULED and given
            course["sessions"] += done or due
            course["done"] += done
            course["withdrawn"] |= not given
            inside = [name for mixture in text.mixtures for name in mixture.ingredients]
            course["contents"] |= dict.fromkeys([*inside, *text.activators])
    return [
        Course(area=area, treatment=code, **{**course, "contents": tuple(course["contents"])})
        for (area, code), course in found.items()
    ]
