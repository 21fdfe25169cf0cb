"""Everything that is known of the open draft as it stands, worked out once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic.models import User
from treatments.compiler import (
    NoReleaseInForce,
    catalogue_of,
    compile_document,
    current_release,
)
from treatments.diffing import Comparison, compare
from treatments.engine import digest_of
from treatments.enums import DraftStatus
from treatments.lint import Check, Finding
from treatments.models import Draft, GoldenCase, Release
from treatments.services.approvals import AwaitedRule, awaited_rules
from treatments.services.drafting import editors_of, has_anonymous_edits
from treatments.services.golden import Outcome, outcomes_in
from treatments.services.linting import errors_of, in_words, lint_document, warnings_of

# What other apps ask for before a draft is published: each answers with what is still missing.
Precondition = Callable[[Draft, str], list[str]]
PRECONDITIONS: list[Precondition] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One look at a draft. ``outcomes`` are empty while the engine cannot read it."""

    draft: Draft
    document: dict[str, Any]
    digest: str
    against: Release
    comparison: Comparison
    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]
    awaited: tuple[AwaitedRule, ...]
    unmet: tuple[str, ...]

    @property
    def errors(self) -> list[Finding]:
        return errors_of(self.findings)

    @property
    def warnings(self) -> list[Finding]:
        return warnings_of(self.findings)

    @property
    def changed_outcomes(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.changed]

    @property
    def retired_cases(self) -> list[GoldenCase]:
        """Golden cases that go out of use with the draft; they were tried on it nevertheless."""
        return [one.case for one in self.outcomes if not one.in_use]

    @property
    def unsettled(self) -> list[Outcome]:
        return [one for one in self.outcomes if not one.settled]


def review_of(draft: Draft) -> Review:
    """Compile the rows as they stand and look at them from every side. It only reads."""
    document = compile_document(draft.key)
    digest = digest_of(document)
    against = released_before(draft)
    findings = lint_document(document)
    readable = all(one.check is not Check.NOT_READABLE for one in findings)
    return Review(
        draft=draft,
        document=document,
        digest=digest,
        against=against,
        comparison=_compared(draft, against, document),
        findings=findings,
        outcomes=tuple(outcomes_in(draft, document)) if readable else (),
        awaited=tuple(awaited_rules(draft, document)),
        unmet=tuple(text for ask in PRECONDITIONS for text in ask(draft, digest)),
    )


def released_before(draft: Draft) -> Release:
    """What clinicians work with now, against which a draft is read."""
    try:
        return current_release()
    except NoReleaseInForce:
        return draft.base


def comparison_of(draft: Draft) -> Comparison:
    """What an open draft would change, or what a published one did."""
    if draft.release is not None:
        old, new = catalogue_of(draft.base).document, catalogue_of(draft.release).document
        return compare(old, new)
    return _compared(draft, released_before(draft), compile_document(draft.key))


def _compared(draft: Draft, against: Release, document: Mapping[str, Any]) -> Comparison:
    """Against what clinicians work with; marked where it comes from the release below the draft."""
    now = catalogue_of(against).document
    found = compare(now, document)
    if draft.base_id == against.pk:
        return found
    return found.marking(compare(now, catalogue_of(draft.base).document))


def missing_for_submitting(review: Review) -> list[str]:
    """What stands between this draft and its review; warnings are acknowledged with handing in."""
    if review.draft.status != DraftStatus.DRAFT:
        return [_("It is in review already.")]
    return [in_words(one) for one in review.errors]


def missing_for_publishing(review: Review, *, by: User) -> list[str]:
    """Everything that stands between this draft and its release, in words."""
    missing: list[str] = []
    if review.draft.status != DraftStatus.IN_REVIEW:
        missing.append(_("It has to be submitted for review first."))
    if by.pk in editors_of(review.draft):
        missing.append(_("You edited or submitted this draft. Somebody else has to approve it."))
    if has_anonymous_edits(review.draft):
        missing.append(_("Some of its edits name no author. Withdraw it and make them anew."))
    missing += [in_words(one) for one in review.errors]
    missing += [
        _("Nobody has acknowledged this warning: %(warning)s") % {"warning": in_words(one)}
        for one in review.warnings
        if one.id not in review.draft.acknowledged
    ]
    missing += [
        _("Golden case %(case)s has another outcome and is not accepted yet.")
        % {"case": outcome.case.code}
        for outcome in review.unsettled
    ]
    missing += [
        _("Rule %(rule)s rests on literature or policy and awaits its approval.")
        % {"rule": one.rule.code}
        for one in review.awaited
        if one.approval is None
    ]
    return [*missing, *review.unmet]
