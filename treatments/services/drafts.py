"""The way of a change: an edit opens a draft, review holds it, another person publishes it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Clinic, User
from clinic.text import validate_storable
from treatments.enums import DraftStatus
from treatments.models import Draft, Release
from treatments.services.allergens import record_allergens_in_step
from treatments.services.approvals import approve_release, approve_rule
from treatments.services.drafting import (
    check_not_editor,
    draft_for_edit,
    editors_of,
    locked,
    next_key,
    open_draft,
)
from treatments.services.golden import Outcome
from treatments.services.linting import errors_of, in_words, lint_rows, warnings_of
from treatments.services.recording import Recorder
from treatments.services.releases import publish_release
from treatments.services.review import PRECONDITIONS, missing_for_publishing, review_of
from treatments.services.undoing import take_back

__all__ = [
    "PRECONDITIONS",
    "approve_release",
    "approve_rule",
    "draft_for_edit",
    "editors_of",
    "next_key",
    "open_draft",
    "publish_draft",
    "send_back",
    "submit_for_review",
    "withdraw_draft",
]


@transaction.atomic
def submit_for_review(draft: Draft, *, by: User, acknowledged: Collection[str] = ()) -> Draft:
    """Hand the draft to the medical lead. Errors block; each warning has to be acknowledged.

    From here on nothing of it moves: what is read, tried and approved is what is published.
    """
    draft = locked(draft, DraftStatus.DRAFT)
    record_allergens_in_step(Recorder(by=by, draft=draft))
    findings = lint_rows(draft.key)
    if errors := errors_of(findings):
        raise _refusal([in_words(one) for one in errors], code="lint-errors")
    warnings = warnings_of(findings)
    if unread := [in_words(one) for one in warnings if one.id not in acknowledged]:
        asked = _("Acknowledge this warning: %(warning)s")
        raise _refusal([asked % {"warning": text} for text in unread], code="unacknowledged")
    draft.status = DraftStatus.IN_REVIEW
    draft.submitted_at, draft.submitted_by = timezone.now(), by
    draft.acknowledged = sorted(one.id for one in warnings)
    draft.closing_note = ""
    draft.save()
    audit.record("draft-submitted", draft, by=by, detail={"key": draft.key})
    return draft


@transaction.atomic
def send_back(draft: Draft, *, by: User, note: str) -> Draft:
    """Let the draft be edited again, with a word on why."""
    draft = locked(draft, DraftStatus.IN_REVIEW)
    draft.status = DraftStatus.DRAFT
    draft.closing_note = _needed(note, _("Say in a note why it goes back."))
    draft.save()
    audit.record("draft-sent-back", draft, by=by, detail={"key": draft.key})
    return draft


@transaction.atomic
def publish_draft(
    draft: Draft,
    *,
    by: User,
    note: str,
    effective_at: datetime | None = None,
    clinic: Clinic | None = None,
) -> Release:
    """Publish a reviewed draft; refused to its editors and while anything is still missing.

    The clinic in whose name its medical lead publishes has approved the release thereby.
    """
    draft = locked(draft, DraftStatus.IN_REVIEW)
    check_not_editor(draft, by)
    note = _needed(note, _("Say in a note what you approve."))
    review = review_of(draft)
    if missing := missing_for_publishing(review, by=by):
        raise _refusal(missing, code="not-ready")
    _expect(review.changed_outcomes)
    release = publish_release(
        draft.key, by=by, note=note, effective_at=effective_at, digest=review.digest
    )
    if clinic is not None:
        approve_release(release, clinic=clinic, by=by, note=note)
    draft.release = release
    _close(draft, DraftStatus.PUBLISHED, by=by, note=note)
    audit.record("draft-published", draft, by=by, detail={"key": draft.key})
    return release


@transaction.atomic
def withdraw_draft(draft: Draft, *, by: User, note: str = "") -> Draft:
    """Give the draft up: every row becomes again what it was, all of them or none."""
    draft = locked(draft, DraftStatus.DRAFT, DraftStatus.IN_REVIEW)
    take_back(draft, by=by)
    _close(draft, DraftStatus.WITHDRAWN, by=by, note=_storable(note))
    audit.record("draft-withdrawn", draft, by=by, detail={"key": draft.key})
    return draft


def _expect(outcomes: Iterable[Outcome]) -> None:
    """What was accepted is from now on what the cases expect."""
    for outcome in outcomes:
        outcome.case.expected = outcome.got
        outcome.case.save(update_fields=["expected"])


def _close(draft: Draft, status: DraftStatus, *, by: User, note: str) -> None:
    draft.status, draft.is_open = status, False
    draft.closed_at, draft.closed_by, draft.closing_note = timezone.now(), by, note
    draft.save()


def _refusal(texts: Iterable[str], *, code: str) -> ValidationError:
    return ValidationError([ValidationError(text, code=code) for text in texts])


def _needed(note: str, message: str) -> str:
    if not note.strip():
        raise ValidationError({"note": ValidationError(message, code="required")})
    return _storable(note)


def _storable(note: str) -> str:
    try:
        validate_storable(note)
    except ValidationError as error:
        raise ValidationError({"note": error}) from None
    return note.strip()
