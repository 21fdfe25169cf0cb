"""The way of a change: an edit opens a draft, review holds it, another person publishes it."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Clinic, User
from treatments.compiler import catalogue_of, compile_document, current_release
from treatments.engine import digest_of
from treatments.enums import DraftStatus, RuleOrigin
from treatments.models import (
    CatalogueChange,
    Draft,
    Release,
    ReleaseApproval,
    Rule,
    RuleApproval,
)
from treatments.services.golden import outcomes_in, take_over_accepted
from treatments.services.linting import errors_of, lint_rows, warnings_of
from treatments.services.releases import publish_release

# What other apps ask for before a draft is published: each answers with what is still missing.
Precondition = Callable[[Draft, str], list[str]]
PRECONDITIONS: list[Precondition] = []


def open_draft() -> Draft | None:
    """The draft that is being edited or reviewed now."""
    return Draft.objects.open().first()


def draft_for_edit(*, by: User | None) -> Draft:
    """The draft that an edit belongs to; the first edit after a release opens it.

    Refused while a draft is in review: what the reviewer reads must not move.
    """
    draft = Draft.objects.open().select_for_update().first()
    if draft is None:
        draft = Draft.objects.create(key=next_key(), base=current_release(), opened_by=by)
        audit.record("draft-opened", draft, by=by, detail={"key": draft.key})
    if draft.status == DraftStatus.IN_REVIEW:
        raise ValidationError(
            _("The draft %(key)s is in review. Send it back before it is changed.")
            % {"key": draft.key},
            code="in-review",
        )
    return draft


def next_key() -> str:
    """This year and the first number that no release has yet."""
    year = timezone.localdate().year
    keys = Release.objects.filter(key__startswith=f"{year}.").values_list("key", flat=True)
    numbers = [int(key.partition(".")[2]) for key in keys]
    return f"{year}.{max(numbers, default=0) + 1}"


@transaction.atomic
def submit_for_review(draft: Draft, *, by: User, acknowledged: Collection[str] = ()) -> Draft:
    """Hand the draft to the medical lead. Errors block; each warning has to be acknowledged."""
    draft = _locked(draft, DraftStatus.DRAFT)
    findings = lint_rows(draft.key)
    if errors := errors_of(findings):
        raise ValidationError([finding.message for finding in errors], code="lint-errors")
    open_warnings = [one for one in warnings_of(findings) if one.id not in acknowledged]
    if open_warnings:
        raise ValidationError([finding.message for finding in open_warnings], code="unacknowledged")
    draft.status = DraftStatus.IN_REVIEW
    draft.submitted_at, draft.submitted_by = timezone.now(), by
    draft.acknowledged = sorted(one.id for one in warnings_of(findings))
    draft.save()
    audit.record("draft-submitted", draft, by=by, detail={"key": draft.key})
    return draft


@transaction.atomic
def send_back(draft: Draft, *, by: User, note: str) -> Draft:
    """Let the draft be edited again, with a word on why."""
    draft = _locked(draft, DraftStatus.IN_REVIEW)
    draft.status = DraftStatus.DRAFT
    draft.closing_note = note
    draft.save()
    audit.record("draft-sent-back", draft, by=by, detail={"key": draft.key})
    return draft


@transaction.atomic
def publish_draft(
    draft: Draft, *, by: User, note: str, effective_at: datetime | None = None
) -> Release:
    """Publish a reviewed draft; refused to its editors and while anything is still missing."""
    draft = _locked(draft, DraftStatus.IN_REVIEW)
    if missing := missing_for_publishing(draft, by=by, note=note):
        raise ValidationError(missing, code="not-ready")
    take_over_accepted(draft)
    release = publish_release(draft.key, by=by, note=note, effective_at=effective_at)
    draft.status, draft.is_open = DraftStatus.PUBLISHED, False
    draft.release, draft.closing_note = release, note
    draft.closed_at, draft.closed_by = timezone.now(), by
    draft.save()
    audit.record("draft-published", draft, by=by, detail={"key": draft.key})
    return release


def missing_for_publishing(draft: Draft, *, by: User, note: str = "") -> list[str]:
    """Everything that stands between this draft and its release, in words."""
    document = compile_document(draft.key)
    missing = []
    if by.pk in editors_of(draft):
        missing.append(_("Somebody who did not edit or submit this draft has to publish it."))
    if not note.strip():
        missing.append(_("Say in a note what you approve."))
    missing += [finding.message for finding in errors_of(lint_rows(draft.key))]
    missing += [
        _("Golden case %(case)s has another outcome and is not accepted yet.")
        % {"case": outcome.case.code}
        for outcome in outcomes_in(draft, document)
        if not outcome.settled
    ]
    missing += [
        _("Rule %(rule)s rests on literature or policy and awaits its approval.") % {"rule": code}
        for code in awaiting_approval(draft, document)
    ]
    digest = digest_of(document)
    for precondition in PRECONDITIONS:
        missing += precondition(draft, digest)
    return missing


def editors_of(draft: Draft) -> set[object]:
    """Everybody who wrote a line of the draft, opened it or submitted it."""
    editors: set[object] = set(
        CatalogueChange.objects.filter(draft=draft).values_list("by", flat=True)
    )
    return (editors | {draft.opened_by_id, draft.submitted_by_id}) - {None}


def awaiting_approval(draft: Draft, document: Mapping[str, object]) -> list[str]:
    """Rules of literature or policy that the draft adds or changes and nobody has approved."""
    before = _digests(catalogue_of(draft.base).document)
    now = _digests(document)
    changed = {code for code, digest in now.items() if before.get(code) != digest}
    rules = Rule.objects.filter(code__in=changed).exclude(origin=RuleOrigin.SEED)
    approved = set(RuleApproval.objects.filter(rule__in=rules).values_list("rule__code", "digest"))
    return sorted(rule.code for rule in rules if (rule.code, now[rule.code]) not in approved)


@transaction.atomic
def approve_rule(draft: Draft, code: str, *, by: User, note: str = "") -> RuleApproval:
    """Stand behind one rule as it now reads. Who edited the draft cannot."""
    draft = _locked(draft, DraftStatus.IN_REVIEW)
    if by.pk in editors_of(draft):
        raise ValidationError(
            _("Somebody who did not edit this draft has to approve its rules."), code="self"
        )
    digests = _digests(compile_document(draft.key))
    if code not in digests:
        raise ValidationError(_("The draft has no such rule."), code="unknown")
    rule = Rule.objects.get(code=code)
    approval = RuleApproval.objects.create(
        rule=rule, digest=digests[code], approved_by=by, note=note
    )
    audit.record("rule-approved", rule, by=by, detail={"code": code, "draft": draft.key})
    return approval


@transaction.atomic
def approve_release(release: Release, *, clinic: Clinic, by: User, note: str) -> ReleaseApproval:
    """Say in the clinic's name that its medical lead stands behind a release."""
    approval = ReleaseApproval(release=release, clinic=clinic, approved_by=by, note=note)
    approval.full_clean()
    approval.save()
    audit.record("release-approved", release, by=by, clinic=clinic.pk, detail={"key": release.key})
    return approval


def _digests(document: Mapping[str, object]) -> dict[str, str]:
    """Each rule's own digest, by its code."""
    rules: list[dict[str, object]] = document["rules"]  # type: ignore[assignment]
    return {str(rule["code"]): digest_of(rule) for rule in rules}


def _locked(draft: Draft, *statuses: str) -> Draft:
    draft = Draft.objects.select_for_update(of=("self",)).select_related("base").get(pk=draft.pk)
    if draft.status not in statuses:
        raise ValidationError(
            _("The draft %(key)s is no longer in that state.") % {"key": draft.key}, code="state"
        )
    return draft
