"""An option in words: what it fits, when its sessions are, what goes in, and on what it rests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from treatments.enums import Rating
from treatments.explanations.evidence import (
    Disagreement,
    Grades,
    Ground,
    disagreements,
    grades_of,
    ground,
    statements,
)
from treatments.explanations.ingredients import (
    FormulaText,
    activators_left_out,
    formula_text,
)
from treatments.explanations.minding import text_of
from treatments.explanations.reasons import Reason, TreatmentAnswer
from treatments.explanations.wording import Row, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One concern: by which treatments it is covered, and how well they suit it."""

    concern: str
    covered: bool
    first_choice: bool
    ratings: tuple[tuple[str, str], ...]  # treatment and rating
    refer_to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseText:
    """`technique` is the clinician's choice; None while it is left open."""

    treatment: str
    name: str
    technique: str | None
    planned: tuple[date, ...]
    optional: tuple[date, ...]
    maintenance_on: date | None
    review_on: date | None
    formulas: tuple[FormulaText, ...]
    activators: tuple[str, ...]
    activators_left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjunct:
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to be minded, under the code that it is acknowledged by. `kind` is warning,
    caution or notice; a caution has its `reason`."""

    code: str
    kind: str
    text: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionText:
    """`number` counts from 1 in the area; the first one is what the program proposes."""

    number: int
    names: tuple[str, ...]
    variant: str | None
    fits: tuple[Fit, ...]
    uncovered: tuple[Fit, ...]
    courses: tuple[CourseText, ...]
    adjuncts: tuple[Adjunct, ...]
    warnings: tuple[str, ...]
    notices: tuple[str, ...]
    cautions: tuple[Reason, ...]
    points: tuple[Point, ...]
    basis: tuple[Ground, ...]
    evidence: Grades
    disagreements: tuple[Disagreement, ...]

    @property
    def title(self) -> str:
        name = " + ".join(self.names)
        return f"{name} ({self.variant})" if self.variant else name

    @property
    def first_day(self) -> date:
        return min(course.planned[0] for course in self.courses)

    @property
    def last_day(self) -> date:
        """Of the planned sessions."""
        return max(course.planned[-1] for course in self.courses)

    @property
    def visits(self) -> int:
        """Treatments of one day are one visit."""
        return len(self._planned_days)

    @property
    def optional_visits(self) -> int:
        optional = {day for course in self.courses for day in course.optional}
        return len(optional - self._planned_days)

    @property
    def _planned_days(self) -> set[date]:
        return {day for course in self.courses for day in course.planned}


def option_text(
    wording: Wording, request: Row, option: Row, number: int, answers: Sequence[TreatmentAnswer]
) -> OptionText:
    ratings = _ratings(wording, option)
    uncovered = tuple(_uncovered(wording, code) for code in option["uncovered"])
    fits = tuple(_fit(wording, code, ratings) for code in option["covers"])
    part = [one for one in answers if one.code in option["treatments"]]
    rules = [*option["basis"], *(one.ground.rule for answer in part for one in answer.reasons)]
    cited = {code for row in ratings for code in row["sources"]}
    basis = tuple(ground(wording, code) for code in _grounds(wording, option))
    return OptionText(
        number=number,
        names=wording.each("treatments", option["treatments"]),
        variant=wording.name("variants", option["variant"]) if option["variant"] else None,
        fits=fits,
        uncovered=uncovered,
        courses=tuple(course_text(wording, request, row) for row in option["courses"]),
        adjuncts=tuple(_adjunct(wording, code) for code in option["adjuncts"]),
        warnings=_texts(wording, "warnings", option),
        notices=_texts(wording, "notices", option),
        cautions=_cautions(part),
        points=tuple(_points(wording, option, _cautions(part))),
        basis=basis,
        evidence=grades_of(
            [*(said for one in basis for said in one.statements), *statements(wording, cited)]
        ),
        disagreements=disagreements(wording, rules=rules, cited=cited),
    )


def _texts(wording: Wording, section: str, option: Row) -> tuple[str, ...]:
    return tuple(wording.row(section, code).get("text", code) for code in option[section])


def _ratings(wording: Wording, option: Row) -> list[Row]:
    return [
        row
        for row in wording.document["suitabilities"]
        if row["treatment"] in option["treatments"] and row["concern"] in option["covers"]
    ]


def _fit(wording: Wording, concern: str, ratings: list[Row]) -> Fit:
    own = [row for row in ratings if row["concern"] == concern]
    return Fit(
        concern=wording.name("concerns", concern),
        covered=True,
        first_choice=any(row["rating"] == Rating.FIRST_CHOICE for row in own),
        ratings=tuple(
            (wording.name("treatments", row["treatment"]), str(Rating(row["rating"]).label))
            for row in own
        ),
        refer_to=None,
    )


def _uncovered(wording: Wording, concern: str) -> Fit:
    refer_to = wording.row("concerns", concern).get("refer_to")
    return Fit(
        concern=wording.name("concerns", concern),
        covered=False,
        first_choice=False,
        ratings=(),
        refer_to=refer_to,
    )


def course_text(wording: Wording, request: Row, row: Row) -> CourseText:
    code = row["treatment"]
    return CourseText(
        treatment=code,
        name=wording.name("treatments", code),
        technique=wording.name("techniques", row["technique"]) if "technique" in row else None,
        planned=tuple(map(date.fromisoformat, row["planned"])),
        optional=tuple(map(date.fromisoformat, row["optional"])),
        maintenance_on=date.fromisoformat(row["maintenance_on"]) if row["maintenance_on"] else None,
        review_on=date.fromisoformat(row["review_on"]) if row["review_on"] else None,
        formulas=tuple(formula_text(wording, request, one) for one in row["formulas"]),
        activators=wording.each("activators", row["activators"]),
        activators_left_out=activators_left_out(wording, request, code),
    )


def _adjunct(wording: Wording, code: str) -> Adjunct:
    row = wording.row("adjuncts", code)
    return Adjunct(name=row.get("name", code), text=row.get("text", ""))


def _cautions(answers: Sequence[TreatmentAnswer]) -> tuple[Reason, ...]:
    """Rules that do not keep the option back but have to be minded, each once."""
    found = {one.ground.rule: one for answer in answers for one in answer.reasons if one.minded}
    return tuple(found.values())


def _points(wording: Wording, option: Row, cautions: tuple[Reason, ...]) -> Iterator[Point]:
    """In the order of their weight, under the codes of `to_acknowledge`."""
    for code in option["warnings"]:
        yield Point(code=(full := f"warning:{code}"), kind="warning", text=text_of(wording, full))
    for one in cautions:
        code = f"rule:{one.ground.rule}"
        yield Point(code=code, kind="caution", text=one.ground.message, reason=one)
    for code in option["notices"]:
        yield Point(code=(full := f"notice:{code}"), kind="notice", text=text_of(wording, full))


def _grounds(wording: Wording, option: Row) -> list[str]:
    """The basis, and the rules behind the notices."""
    noticed = [wording.row("notices", code).get("rule") for code in option["notices"]]
    codes = {*option["basis"], *(code for code in noticed if code)}
    return sorted(code for code in codes if code in wording.rules)
