"""What was proposed, and what was decided on it, as entries of the record."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clinic.dates import day_and_time, long_day
from clinic.text import isolated, with_commas
from consultations.agreements import lifted_by
from consultations.lifted import overrides_in, texts_of
from consultations.models import Decision, PrescriberQuestion, Proposal, RuleOverride
from consultations.paper import answer_of, bears_on, override_of
from consultations.record_facts import Entry, entry, section
from consultations.sheets import Printed, lines_of
from treatments.compiler import catalogue_of
from treatments.explanations import Wording, explain
from treatments.explanations.minding import text_of
from treatments.explanations.options import CourseText, OptionText, course_text
from treatments.explanations.questions import Coverage
from treatments.explanations.reasons import TreatmentAnswer
from treatments.texts import joined, listed, said


def decision_sections(wording: Wording, proposal: Proposal) -> Iterator[Printed]:
    explanation = explain(
        catalogue_of(proposal.release),
        json.loads(proposal.request),
        json.loads(proposal.response),
        **lifted_by(proposal),
    )
    consultation = proposal.consultation
    yield section(_("Proposal"), map(_area, explanation.areas))
    yield section(_("Not evaluated"), _not_evaluated(explanation.coverage))
    rows = proposal.decisions.select_related("area", "decided_by")
    decided = [one for row in rows for one in _decision(wording, proposal, row)]
    yield section(_("Decisions"), decided)
    yield section(
        _("Rules that were overridden"), _overrides(wording, overrides_in(proposal).counted)
    )
    asked = consultation.prescriber_questions.select_related("area", "treatment", "asked_by")
    answered = asked.exclude(answer="")
    yield section(_("What prescribers answered"), (_answer(wording, one) for one in answered))
    waiting = asked.filter(answer="")
    title = _("Waiting for a prescriber’s answer")  # noqa: RUF001 - as the Today page says it
    yield section(title, (_question(wording, one) for one in waiting))


def _area(area: Any) -> Entry:
    return entry(
        area.name,
        aside=joined(_semicolon(), [listed(area.concerns), area.status_label]),
        items=[*map(_option, area.options), *(_why(one) for one in area.treatments)],
    )


def _option(option: OptionText) -> str:
    told = _("Option %(number)s: %(names)s. %(courses)s")
    courses = joined(_semicolon(), map(_course, option.courses))
    return said(told, {"number": option.number, "names": listed(option.names), "courses": courses})


def _course(course: CourseText) -> str:
    """“PRP on 2 March 2026; 30 March 2026 (Rejuvenation: Vitamin C)”"""
    days = _semicolon().join(long_day(day) for day in (*course.planned, *course.optional))
    inside = [listed(name for _code, name in one.ingredients) for one in course.formulas]
    told = {"name": course.name, "days": days, "parts": listed([*inside, *course.activators])}
    if not told["parts"]:
        return said(_("%(name)s on %(days)s"), told)
    return said(_("%(name)s on %(days)s (%(parts)s)"), told)


def _why(one: TreatmentAnswer) -> str:
    reasons = joined(" ", (row.ground.message for row in one.reasons))
    told = {"name": one.name, "status": one.status_label, "reasons": reasons}
    if not reasons:
        return said("%(name)s: %(status)s", told)
    return said("%(name)s: %(status)s. %(reasons)s", told)


def _not_evaluated(coverage: Coverage) -> Iterator[Entry]:
    numbers = {"evaluated": coverage.evaluated, "rules": coverage.rules}
    yield entry(
        lines=[_("%(evaluated)d of %(rules)d rules evaluated") % numbers],
        items=[
            said(
                "%(rule)s %(title)s: %(needs)s",
                {
                    "rule": isolated(one.rule),
                    "title": one.title,
                    "needs": joined(_semicolon(), (need.text for need in one.needs)),
                },
            )
            for one in coverage.not_evaluated
        ],
    )


def _decision(wording: Wording, proposal: Proposal, row: Decision) -> Iterator[Entry]:
    verdict = str(row.get_verdict_display())
    if row.option_number:
        verdict = _("%(verdict)s: option %(number)d") % {
            "verdict": verdict,
            "number": row.option_number,
        }
    courses = row.option["courses"] if row.option else ()
    request = json.loads(proposal.request)
    area = wording.name("areas", row.area.code)
    yield entry(
        area,
        aside=with_commas([verdict, isolated(row.decided_by), day_and_time(row.decided_at)]),
        items=[_course(course_text(wording, request, one)) for one in courses],
        lines=lines_of(row.note),
    )
    told = {"area": area, "who": isolated(row.decided_by), "time": day_and_time(row.decided_at)}
    yield entry(
        said(_("%(area)s: acknowledged by %(who)s on %(time)s"), told),
        items=[text_of(wording, code) for code in row.acknowledged],
    )


def _overrides(wording: Wording, rows: Iterable[RuleOverride]) -> Iterator[Entry]:
    for one in texts_of(rows, wording):
        yield _said_by(override_of(wording, one), "reason")


def _answer(wording: Wording, row: PrescriberQuestion) -> Entry:
    one = answer_of(wording, row)
    return _said_by(one | {"text": [*one["text"], *one["conditions"]]}, "answer")


def _question(wording: Wording, row: PrescriberQuestion) -> Entry:
    by = with_commas([isolated(row.asked_by), day_and_time(row.asked_at)])
    return entry(bears_on(wording, row), aside=by, lines=lines_of(row.text))


def _said_by(one: Printed, word: str) -> Entry:
    return entry(one["rule"], aside=one["by"], lines=[one[word], *one["text"]])


def _semicolon() -> str:
    return pgettext("between phrases", "; ")
