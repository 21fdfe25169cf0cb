"""After a release came into force: look at whoever the run before publishing could not see.

Proposals and plans made between that run and the moment of coming into force; and after a
rollback those that were made under the release that was left. It goes on wherever it was stopped:
a little with the decision itself, a little whenever somebody looks, all of it by the command.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django_scopes import scopes_disabled

from clinic import audit
from clinic.problems import is_busy
from consultations.enums import RunStatus
from consultations.models import BlastRun
from consultations.services.blast import continue_run, plans_for, proposals_for
from treatments.models import Release, ReleaseActivation

WITH_THE_DECISION = 3.0
AT_FIRST_SIGHT = 1.0
# What is written now may have begun before, with the release of then: nothing takes longer.
LONGEST_WRITE = timedelta(minutes=5)


def catch_up(*, budget: float | None = None) -> BlastRun | None:
    """Go on for so many seconds, or to the end. None when nobody is left to be looked at."""
    decision = _decision_to_follow()
    if decision is None:
        return None
    release, newest = decision.release, _newest_run(decision.release)
    if newest is None or newest.status != RunStatus.RUNNING:
        if not _is_due(decision, newest):
            return None
        newest = _begin(release, since=newest.started_at - LONGEST_WRITE if newest else None)
    run = continue_run(newest, budget=budget)
    return run if run.status == RunStatus.RUNNING else None


def catch_up_with_decision() -> None:
    """Once a decision about releases is stored."""
    catch_up(budget=WITH_THE_DECISION)


def catch_up_at_first_sight() -> BlastRun | None:
    """For whoever looks: the run that still goes on, if there is one. Never in anybody's way."""
    try:
        return catch_up(budget=AT_FIRST_SIGHT)
    except OperationalError as error:
        if not is_busy(error):
            raise
        return None


def _decision_to_follow() -> ReleaseActivation | None:
    """What is in force; nothing while no other release was before it, as nobody can differ."""
    decisions = ReleaseActivation.objects.in_force().select_related("release")
    found = list(decisions.defer("release__body")[:2])
    return found[0] if len(found) > 1 else None


def _newest_run(release: Release) -> BlastRun | None:
    counts = Q(status=RunStatus.FINISHED) | Q(status=RunStatus.RUNNING, release__isnull=False)
    runs = BlastRun.objects.filter(counts, digest=release.digest)
    return runs.order_by("-started_at", "-pk").first()


def _is_due(decision: ReleaseActivation, newest: BlastRun | None) -> bool:
    """At once when no run began since; and once more when the last late write is in."""
    if newest is None or newest.started_at < decision.effective_at:
        return True
    settled = decision.effective_at + LONGEST_WRITE
    return newest.started_at < settled <= timezone.now()


def _begin(release: Release, *, since: datetime | None) -> BlastRun:
    run = BlastRun(release=release, digest=release.digest, since=since)
    with scopes_disabled():  # a release is of all clinics
        run.total = proposals_for(run).count() + plans_for(run).count()
    try:
        with transaction.atomic():
            run.save(force_insert=True)
            detail = {"key": release.key, "digest": release.digest, "total": run.total}
            audit.record("worklist-run-started", run, by=None, detail=detail)
    except IntegrityError:  # somebody else was quicker
        return BlastRun.objects.get(release=release, status=RunStatus.RUNNING)
    return run
