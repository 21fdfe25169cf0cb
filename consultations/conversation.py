"""The treatments side by side for one patient: her concerns, her sessions, her cautions.

Plain data in and out. What is told comes from the release that her proposal was made with.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clinic.text import lowered
from treatments.enums import Rating
from treatments.explanations import Explanation, Wording
from treatments.explanations.evidence import Disagreement
from treatments.explanations.minding import spoken_of, text_of
from treatments.explanations.reasons import TreatmentAnswer

Row = Mapping[str, Any]
Asked = tuple[str, str]  # area and concern


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a treatment suits a concern here. `open`: nothing stands against it for this patient.

    It is None where that was not looked at: before a proposal only the rating in general is known.
    """

    treatment: str
    text: str
    suits: bool
    open: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernLine:
    area: str
    concern: str
    refer_to: str
    fits: tuple[Fit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLine:
    """`standing` says whether it was signed, accepted or only proposed."""

    treatment: str
    area: str
    standing: str
    planned: tuple[date, ...]
    optional: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """A rule that bears on a treatment, once for all areas in which it does."""

    label: str
    areas: tuple[str, ...]
    message: str
    care: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one treatment means for this patient."""

    treatment: str
    courses: tuple[CourseLine, ...]
    cautions: tuple[Caution, ...]
    minded: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    concerns: tuple[ConcernLine, ...]
    columns: tuple[Column, ...]
    disagreements: tuple[Disagreement, ...]

    @property
    def any_courses(self) -> bool:
        return any(one.courses for one in self.columns)

    @property
    def any_cautions(self) -> bool:
        return any(one.cautions or one.minded for one in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is told of in an area: the option that was taken, or else the first one."""

    area: str
    option: Row
    standing: str


def conversation(
    wording: Wording,
    asked: Iterable[Asked],
    *,
    explanation: Explanation | None = None,
    offers: Sequence[Offer] = (),
    courses: Sequence[CourseLine] = (),
) -> Conversation:
    """Without an explanation, what the release says of the concerns in general."""
    patient = _patient(explanation) if explanation else None
    codes = [row["code"] for row in wording.document["treatments"]]
    return Conversation(
        concerns=tuple(_line(wording, one, codes, patient) for one in asked),
        columns=tuple(
            Column(
                treatment=wording.name("treatments", code),
                courses=tuple(one for one in courses if one.treatment == code),
                cautions=tuple(_cautions(wording, code, patient)),
                minded=_minded(wording, code, offers),
            )
            for code in codes
        ),
        disagreements=_disagreements(explanation) if explanation else (),
    )


def asked_in(request: Row) -> list[Asked]:
    return list(dict.fromkeys((row["area"], row["concern"]) for row in request["concerns"]))


def first_offers(response: Row) -> list[Offer]:
    """What the program proposes where nobody has decided yet."""
    return [
        Offer(area=row["area"], option=row["options"][0], standing=_("proposed, not decided yet"))
        for row in response["areas"]
        if row["options"]
    ]


def courses_of(wording: Wording, offers: Iterable[Offer]) -> list[CourseLine]:
    return [
        CourseLine(
            treatment=course["treatment"],
            area=wording.name("areas", offer.area),
            standing=offer.standing,
            planned=tuple(map(date.fromisoformat, course["planned"])),
            optional=tuple(map(date.fromisoformat, course["optional"])),
        )
        for offer in offers
        for course in offer.option["courses"]
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patient:
    """What was answered by area and treatment; without any, `status` holds for all of them."""

    answers: Mapping[tuple[str, str], TreatmentAnswer]
    status: str


def _patient(explanation: Explanation) -> _Patient:
    return _Patient(
        answers={
            (area.code, one.code): one for area in explanation.areas for one in area.treatments
        },
        status=explanation.patient.label if explanation.patient else "",
    )


def _line(
    wording: Wording, asked: Asked, treatments: list[str], patient: _Patient | None
) -> ConcernLine:
    area, concern = asked
    row = wording.row("concerns", concern)
    refer_to = row.get("refer_to") or ""
    return ConcernLine(
        area=wording.name("areas", area),
        concern=wording.name("concerns", concern),
        refer_to=wording.row("referrals", refer_to).get("name", refer_to),
        fits=tuple(_fit(wording, asked, code, patient) for code in treatments),
    )


def _fit(wording: Wording, asked: Asked, treatment: str, patient: _Patient | None) -> Fit:
    area, concern = asked
    name = wording.name("treatments", treatment)
    rating = next(
        (
            row["rating"]
            for row in wording.document["suitabilities"]
            if (row["concern"], row["treatment"]) == (concern, treatment)
        ),
        None,
    )
    if rating is None:
        return Fit(treatment=name, text=_("Not for this concern"), suits=False, open=False)
    texts = {"rating": str(Rating(rating).label)}
    if patient is None:
        told = _("%(rating)s in general") % texts
        return Fit(treatment=name, text=told, suits=True, open=None)
    answer = patient.answers.get((area, treatment))
    if answer is None:
        texts["standing"] = lowered(patient.status)
    elif not answer.available or answer.waits:
        texts["standing"] = lowered(answer.status_label)
    elif wording.name("concerns", concern) not in answer.covers:
        texts["standing"] = lowered(_("No formula left"))
    else:
        return Fit(treatment=name, text=texts["rating"], suits=True, open=True)
    said = _("%(rating)s in general; for you: %(standing)s") % texts
    return Fit(treatment=name, text=said, suits=True, open=False)


def _disagreements(explanation: Explanation) -> tuple[Disagreement, ...]:
    """Where sources disagree on what is open to her, or on what stands against it."""
    told = [option.disagreements for area in explanation.areas for option in area.options]
    told += [
        reason.disagreements
        for area in explanation.areas
        for one in area.treatments
        for reason in one.reasons
    ]
    return tuple({one.code: one for every in told for one in every}.values())


def _cautions(wording: Wording, treatment: str, patient: _Patient | None) -> Iterator[Caution]:
    found: dict[tuple[str, str], list[str]] = {}
    messages: dict[str, str] = {}
    for (area, code), answer in patient.answers.items() if patient else ():
        for reason in answer.reasons if code == treatment else ():
            found.setdefault((reason.ground.rule, reason.effect_label), []).append(area)
            messages[reason.ground.rule] = reason.ground.message
    for (rule, label), areas in found.items():
        yield Caution(
            label=label,
            areas=wording.each("areas", areas),
            message=messages[rule],
            care=wording.rules[rule]["care"] or "",
        )


def _minded(wording: Wording, treatment: str, offers: Iterable[Offer]) -> tuple[str, ...]:
    """The warnings and notices of options that speak of the treatment, each once."""
    texts: dict[str, None] = {}
    for offer in offers:
        codes = [
            *(f"warning:{code}" for code in offer.option["warnings"]),
            *(f"notice:{code}" for code in offer.option["notices"]),
        ]
        for code in codes:
            if treatment in spoken_of(wording, offer.option, code):
                texts[text_of(wording, code)] = None
    return tuple(texts)
