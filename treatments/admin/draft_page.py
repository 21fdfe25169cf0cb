"""What the page of a draft shows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from treatments.admin.draft_steps import STEPS, why_not
from treatments.compiler import catalogue_of
from treatments.engine import Catalogue
from treatments.explanations import Wording, wording_of
from treatments.explanations.outcomes import compared
from treatments.lint import Finding
from treatments.models import Draft, ReleaseActivation
from treatments.services.approvals import AwaitedRule
from treatments.services.golden import Outcome, changed_parts
from treatments.services.linting import in_words, rows_to_mend
from treatments.services.review import Review, comparison_of, review_of

BLAST_RADIUS = "consultations:blast-radius"  # a page of the app above, when it is installed
MAIN_STEPS = ("submit", "send-back", "publish", "withdraw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A step that was refused, with what was typed."""

    step: str
    subject: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    name: str
    form: Form
    why_not: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    finding: Finding
    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOutcome:
    outcome: Outcome
    parts: tuple[tuple[str, str, str], ...]
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    awaited: AwaitedRule
    form: Form


def page_context(request: HttpRequest, draft: Draft, failed: Failed | None) -> dict[str, Any]:
    """Of an open draft everything that is known; of a closed one what it changed."""
    context: dict[str, Any] = {"draft": draft, "changes_total": draft.changes.count()}
    if not draft.is_open:
        published = draft.release is not None
        return {**context, "comparison": comparison_of(draft) if published else None}
    review = review_of(draft)
    return {
        **context,
        "review": review,
        "comparison": review.comparison,
        "inherited": review.comparison.inherits,
        "base_starts": _starts(draft),
        "errors": _findings(review.errors),
        "warnings": _findings(review.warnings),
        "acknowledged": request.POST.getlist("acknowledged") or draft.acknowledged,
        "outcomes": list(_outcomes(review, failed)),
        "rules": list(_rules(review, failed)),
        "rules_why_not": why_not(request, "approve-rule", review),
        "cases_why_not": why_not(request, "accept", review),
        "steps": {
            name.replace("-", "_"): _step(request, name, review, failed) for name in MAIN_STEPS
        },
        "blast_radius_url": _blast_radius(draft),
    }


def _starts(draft: Draft) -> datetime | None:
    """When the release that the draft is built on comes into force, if that is still to come."""
    waiting = ReleaseActivation.objects.to_come().filter(release=draft.base_id)
    return waiting.order_by("effective_at").values_list("effective_at", flat=True).first()


def refused_form(step: str, form: Form, error: ValidationError) -> Failed:
    """The form again with what the service said, beside the field where it named one."""
    named = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for name, texts in named.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
    subject = STEPS[step].subject
    return Failed(step=step, subject=form.data.get(subject, "") if subject else "", form=form)


def _step(request: HttpRequest, name: str, review: Review, failed: Failed | None) -> ShownStep:
    form = _form(name, "", failed, {})
    return ShownStep(name=name, form=form, why_not=tuple(why_not(request, name, review)))


def _form(name: str, subject: str, failed: Failed | None, initial: dict[str, Any]) -> Form:
    if failed is not None and (failed.step, failed.subject) == (name, subject):
        return failed.form
    prefix = f"{name}-{subject}" if subject else name
    return STEPS[name].form(initial=initial, auto_id=f"id_{prefix}_%s")


def _findings(findings: list[Finding]) -> list[ShownFinding]:
    rows = rows_to_mend(findings)
    return [
        ShownFinding(finding=one, words=in_words(one), url=_url(rows.get(one.id)))
        for one in findings
    ]


def _url(row: Model | None) -> str:
    if row is None:
        return ""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def _outcomes(review: Review, failed: Failed | None) -> Iterator[ShownOutcome]:
    changed = review.changed_outcomes
    wordings = _wordings(review) if changed else []
    for outcome in changed:
        code = outcome.case.code
        reason = outcome.accepted.reason if outcome.accepted else ""
        yield ShownOutcome(
            outcome=outcome,
            parts=tuple(_parts(wordings, outcome)),
            form=_form("accept", code, failed, {"case": code, "reason": reason}),
        )


def _wordings(review: Review) -> list[Wording]:
    """The words of the draft first: it may name what the release does not know."""
    catalogues = (Catalogue.from_document(review.document), catalogue_of(review.against))
    return [wording_of(one) for one in catalogues]


def _parts(wordings: list[Wording], outcome: Outcome) -> list[tuple[str, str, str]]:
    """What differs in words; what has no words of its own by its path."""
    case = outcome.case
    lines = compared(wordings, case.request, case.expected, outcome.got)
    told = [(f"{one.section}: {one.label}", one.before, one.after) for one in lines if one.changed]
    return told or [
        (path, _shown(old), _shown(new))
        for path, old, new in changed_parts(case.expected, outcome.got)
    ]


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _rules(review: Review, failed: Failed | None) -> Iterator[ShownRule]:
    for awaited in review.awaited:
        code = awaited.rule.code
        yield ShownRule(awaited=awaited, form=_form("approve-rule", code, failed, {"rule": code}))


def _blast_radius(draft: Draft) -> str:
    try:
        return reverse(BLAST_RADIUS, args=[draft.pk])
    except NoReverseMatch:
        return ""
