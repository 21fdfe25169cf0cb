"""What stood against a treatment and was lifted: rules overridden, prescribers who agreed.

It stands beside the treatment wherever that is shown: at every session and on every printout.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from clinic.dates import long_day
from clinic.models import User
from clinic.text import isolated
from consultations.effects import has_effect
from consultations.models import Plan, PrescriberQuestion, Proposal, RuleOverride
from treatments.compiler import catalogue_of
from treatments.enums import EffectKind
from treatments.explanations import Wording, wording_of
from treatments.models import Area, Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """One line for people; `area` and `treatment` are codes."""

    area: str
    treatment: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideText:
    """An override as it is read: its reason in the words of the release."""

    pk: Any
    rule: str
    area: Area
    treatment: Treatment
    reason: str
    text: str
    made_at: datetime
    made_by: User


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """All that was decided beside the facts of a signed plan."""

    overrides: tuple[OverrideText, ...]
    answers: tuple[PrescriberQuestion, ...]
    lifted: tuple[Lifted, ...]

    def lifted_for(self, area: str, treatment: str) -> tuple[str, ...]:
        return tuple(
            one.text for one in self.lifted if (one.area, one.treatment) == (area, treatment)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Of a consultation: those that count in a proposal, and those that are left over, whose rule
    does not stand against the treatment there."""

    counted: tuple[RuleOverride, ...]
    left_over: tuple[RuleOverride, ...]


def overrides_in(proposal: Proposal) -> Overrides:
    """What was overridden once may have been put right since, or its area may be gone."""
    rows = RuleOverride.objects.filter(consultation=proposal.consultation_id)
    response, made_with = json.loads(proposal.response), {tuple(one) for one in proposal.overrides}
    kept: dict[bool, list[RuleOverride]] = {True: [], False: []}
    for row in rows.select_related("area", "treatment", "made_by"):
        lifted = (row.rule, row.area.code, row.treatment.code)
        counts = lifted in made_with and has_effect(
            response, EffectKind.EXCLUDE_OVERRIDABLE, *lifted
        )
        kept[counts].append(row)
    return Overrides(counted=tuple(kept[True]), left_over=tuple(kept[False]))


def decided_beside(plan: Plan) -> Decided:
    """Overrides and answers of a signed plan. They are frozen with its consultation."""
    wording = wording_of(catalogue_of(plan.proposal.release))
    overrides = texts_of(overrides_in(plan.proposal).counted, wording)
    answers = tuple(
        plan.consultation.prescriber_questions.exclude(answer="").select_related(
            "area", "treatment", "asked_by", "recorded_by"
        )
    )
    return Decided(
        overrides=overrides,
        answers=answers,
        lifted=(*map(_overridden, overrides), *_agreed(plan, answers)),
    )


def texts_of(overrides: Iterable[RuleOverride], wording: Wording) -> tuple[OverrideText, ...]:
    return tuple(
        OverrideText(
            pk=row.pk,
            rule=row.rule,
            area=row.area,
            treatment=row.treatment,
            reason=wording.name("decision_reasons", row.reason),
            text=row.text,
            made_at=row.made_at,
            made_by=row.made_by,
        )
        for row in overrides
    )


def _overridden(row: OverrideText) -> Lifted:
    text = _("%(rule)s overridden: %(reason)s. “%(text)s” %(who)s, %(day)s") % {
        "rule": row.rule,
        "reason": row.reason,
        "text": isolated(row.text),
        "who": isolated(row.made_by),
        "day": long_day(row.made_at),
    }
    return Lifted(area=row.area.code, treatment=row.treatment.code, rule=row.rule, text=text)


def _agreed(plan: Plan, answers: Iterable[PrescriberQuestion]) -> Iterable[Lifted]:
    """Those that the signed proposal was evaluated with, each by its newest answer."""
    counted = {tuple(one) for one in plan.proposal.agreements}
    newest = {
        (row.rule, row.area.code, row.treatment.code): row
        for row in sorted(answers, key=lambda row: (row.answered_on, row.recorded_at))
    }
    return [_agreement(row) for key, row in newest.items() if key in counted]


def _agreement(row: PrescriberQuestion) -> Lifted:
    text = _("%(rule)s, the prescriber's answer: %(answer)s. %(name)s, %(day)s") % {
        "rule": row.rule,
        "answer": row.get_answer_display(),
        "name": isolated(row.prescriber),
        "day": long_day(row.answered_on),  # type: ignore[arg-type]  # answered
    }
    if row.conditions:
        text += _(": “%(conditions)s”") % {"conditions": isolated(row.conditions)}
    return Lifted(area=row.area.code, treatment=row.treatment.code, rule=row.rule, text=text)
