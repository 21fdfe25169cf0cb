"""Before publishing: what a draft would change for everybody who is being treated.

Every open proposal and unfinished plan of all clinics is evaluated with the draft, on the facts
that are stored with it. Nothing of theirs is written, only the run and its results. Who came
later is evaluated with the release (``catching_up``), batch by batch in the same way.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from clinic import audit
from clinic.models import User
from consultations.comparing import Difference
from consultations.enums import RunStatus
from consultations.models import BlastResult, BlastRun, Plan, Proposal
from consultations.subjects import (
    open_proposals,
    plan_difference,
    proposal_difference,
    scheduled_of,
    unfinished_plans,
)
from treatments.compiler import catalogue_of, compile_document
from treatments.engine import Catalogue, digest_of
from treatments.enums import DraftStatus
from treatments.models import Draft

BATCH = 100
_compiled: dict[str, Catalogue] = {}  # the last draft, since a run goes on in many requests


@transaction.atomic
def start_run(draft: Draft, *, by: User | None) -> BlastRun:
    """Begin with the draft as it stands. A run of the same state that goes on is given back."""
    draft = Draft.objects.select_for_update(of=("self",)).select_related("base").get(pk=draft.pk)
    digest = _catalogue(draft).digest
    running = BlastRun.objects.filter(draft=draft, status=RunStatus.RUNNING)
    for run in running.exclude(digest=digest):
        _close(run, RunStatus.CANCELLED, by=by)
    found = running.filter(digest=digest).first()
    if found is not None:
        return found
    with scopes_disabled():  # the numbers are of all clinics, and nobody's name is in them
        total = sum(rows().count() for rows in (open_proposals, unfinished_plans))
    run = BlastRun.objects.create(
        draft=draft, base=draft.base, digest=digest, total=total, started_by=by
    )
    audit.record("blast-radius-started", run, by=by, detail={"key": draft.key, "digest": digest})
    return run


def continue_run(run: BlastRun, *, budget: float | None = None) -> BlastRun:
    """Go on for so many seconds, or to the end. Each batch is kept at once, so that a run that
    was killed goes on where it was; two who drive it at a time do no harm.

    Raises ValidationError when the draft is no longer what the run began with.
    """
    until = None if budget is None else time.monotonic() + budget
    run = _with_documents().get(pk=run.pk)
    catalogue = _catalogue_of(run)
    if catalogue.digest != run.digest:
        raise ValidationError(
            _("The draft was changed since. Begin again with what it says now."), code="changed"
        )
    while run.status == RunStatus.RUNNING:
        run = _next_batch(run, catalogue)
        if until is not None and time.monotonic() >= until:
            break
    return run


@transaction.atomic
def cancel_run(run: BlastRun, *, by: User) -> BlastRun:
    """Stop; what was found so far is kept, and the run can go on later."""
    run = _locked(run)
    if run.status == RunStatus.RUNNING:
        _close(run, RunStatus.CANCELLED, by=by)
    return run


@transaction.atomic
def resume_run(run: BlastRun, *, by: User) -> BlastRun:
    """Let a stopped run go on. Raises ValidationError when the draft was changed meanwhile."""
    run = _locked(run)
    if run.status == RunStatus.CANCELLED:
        if _catalogue_of(run).digest != run.digest:
            raise ValidationError(
                _("The draft was changed since. Begin again with what it says now."), code="changed"
            )
        run.status = RunStatus.RUNNING
        run.save(update_fields=["status"])
        audit.record("blast-radius-resumed", run, by=by, detail={"key": run.key})
    return run


def counts_now(run: BlastRun) -> bool:
    """False once the draft says something else than what the run evaluates."""
    try:
        return _catalogue_of(run).digest == run.digest
    except ValidationError:
        return False


def missing_run(draft: Draft, digest: str) -> list[str]:
    """What a draft lacks for publishing: a finished run for exactly what it says."""
    runs = BlastRun.objects.filter(draft=draft, base=draft.base, digest=digest)
    if runs.filter(status=RunStatus.FINISHED).exists():
        return []
    with scopes_disabled():  # whether anybody is being treated, in whichever clinic
        if not (open_proposals().exists() or unfinished_plans().exists()):
            return []
    return [_("Look first at what the draft changes for open proposals and unfinished plans.")]


def _catalogue_of(run: BlastRun) -> Catalogue:
    if run.release is not None:
        return catalogue_of(run.release)
    assert run.draft is not None  # noqa: S101 - the database keeps it so
    return _catalogue(run.draft)


def _catalogue(draft: Draft) -> Catalogue:
    """The draft as it stands, or the release that it became."""
    if draft.status == DraftStatus.WITHDRAWN:
        raise ValidationError(_("This draft was withdrawn."), code="state")
    if draft.release is not None:
        return catalogue_of(draft.release)
    document = compile_document(draft.key)
    digest = digest_of(document)
    kept = _compiled.get(digest)
    if kept is not None:
        return kept
    try:
        catalogue = Catalogue.from_document(document)
    except ValueError as error:
        raise ValidationError(
            _("The draft cannot be evaluated yet: %(why)s") % {"why": error}, code="unfit"
        ) from None
    _compiled.clear()
    _compiled[digest] = catalogue
    return catalogue


def _with_documents() -> QuerySet[BlastRun]:
    runs = BlastRun.objects.select_related("draft__release", "release")
    return runs.defer("draft__release__body", "release__body")


def _locked(run: BlastRun) -> BlastRun:
    return _with_documents().select_for_update(of=("self",)).get(pk=run.pk)


def _close(run: BlastRun, status: RunStatus, *, by: User | None) -> None:
    run.status = status
    run.finished_at = timezone.now() if status == RunStatus.FINISHED else None
    run.save(update_fields=["status", "finished_at"])
    detail = {"key": run.key, "done": run.done, "counts": run.counts}
    what = "blast-radius" if run.release is None else "worklist-run"
    audit.record(f"{what}-{status}", run, by=by, detail=detail)


# One batch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    subject: Proposal | Plan
    difference: Difference
    counted_from: date


def _next_batch(run: BlastRun, catalogue: Catalogue) -> BlastRun:
    """Evaluate outside any transaction, then keep the outcome if nobody else did meanwhile."""
    with scopes_disabled():  # a draft changes the catalogue of all clinics
        subjects, judge = _PHASES[run.phase]
        rows = subjects(run)
        found = list(judge(catalogue, rows))
        with transaction.atomic():
            current = _locked(run)
            place = (current.phase, current.cursor, current.status)
            if place == (run.phase, run.cursor, RunStatus.RUNNING):
                _keep(current, rows, found)
    return current


def _keep(run: BlastRun, rows: Sequence[Proposal | Plan], found: Sequence[_Found]) -> None:
    BlastResult.objects.bulk_create(_result(run, one) for one in found)
    counts = Counter(run.counts)
    kind = "proposals" if run.phase == 0 else "plans"
    counts[kind] += len(rows)
    for one in found:
        counts.update([f"{kind}.changed", *(f"{kind}.{code}" for code in one.difference.effects)])
    run.counts, run.done = dict(counts), run.done + len(rows)
    run.cursor = rows[-1].pk if rows else None
    if len(rows) < BATCH:
        run.phase, run.cursor = run.phase + 1, None
    run.save(update_fields=["counts", "done", "cursor", "phase"])
    if run.phase == len(_PHASES):
        _close(run, RunStatus.FINISHED, by=run.started_by)


def _result(run: BlastRun, found: _Found) -> BlastResult:
    subject, difference = found.subject, found.difference
    whose = "proposal" if isinstance(subject, Proposal) else "plan"
    changes = {"subject": str(subject.pk), "before": difference.before, "after": difference.after}
    return BlastResult(
        run=run,
        clinic_id=subject.clinic_id,
        effect=difference.effects[0],
        rank=difference.rank,
        effects=f" {' '.join(difference.effects)} ",
        before=difference.before,
        after=difference.after,
        counted_from=found.counted_from,
        digest=digest_of(changes),
        **{whose: subject},
    )


def _proposals(run: BlastRun) -> list[Proposal]:
    rows = proposals_for(run)
    return list((rows if run.cursor is None else rows.filter(id__gt=run.cursor))[:BATCH])


def _plans(run: BlastRun) -> list[Plan]:
    rows = plans_for(run).select_related("proposal")
    return list((rows if run.cursor is None else rows.filter(id__gt=run.cursor))[:BATCH])


def proposals_for(run: BlastRun) -> QuerySet[Proposal]:
    """With a draft all that are open; with a release those that it did not make itself."""
    rows = open_proposals()
    if run.release_id is not None:
        rows = rows.exclude(release=run.release_id)
    return rows if run.since is None else rows.filter(created_at__gte=run.since)


def plans_for(run: BlastRun) -> QuerySet[Plan]:
    rows = unfinished_plans()
    if run.release_id is not None:
        rows = rows.exclude(proposal__release=run.release_id)
    return rows if run.since is None else rows.filter(signed_at__gte=run.since)


def _judged_proposals(catalogue: Catalogue, rows: Sequence[Proposal]) -> Iterator[_Found]:
    for row in rows:
        if difference := proposal_difference(catalogue, row):
            yield _Found(subject=row, difference=difference, counted_from=_day(row))


def _judged_plans(catalogue: Catalogue, rows: Sequence[Plan]) -> Iterator[_Found]:
    scheduled = scheduled_of(rows)
    for row in rows:
        if difference := plan_difference(catalogue, row, scheduled[row.pk]):
            yield _Found(subject=row, difference=difference, counted_from=_day(row.proposal))


def _day(proposal: Proposal) -> date:
    return date.fromisoformat(json.loads(proposal.request)["consulted_on"])


_PHASES: tuple[tuple[Callable[..., Any], Callable[..., Iterator[_Found]]], ...] = (
    (_proposals, _judged_proposals),
    (_plans, _judged_plans),
)
