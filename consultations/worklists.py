"""What the release in force changed for this clinic's patients, and who has not seen it yet."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clinic.models import User
from consultations.enums import ConsultationStatus, RunStatus, SessionStatus
from consultations.models import BlastResult, BlastRun, Plan, PrescriberQuestion, SeenResult
from consultations.subjects import open_proposals, unfinished_plans
from treatments.models import ReleaseActivation

PAGE = 25


def runs_in_force() -> QuerySet[BlastRun]:
    """Runs with exactly what is in force: the newest of a draft or a release that looked at
    everybody, and those that came after it for whoever was new."""
    digest = ReleaseActivation.objects.in_force().values("release__digest")[:1]
    runs = BlastRun.objects.filter(
        Q(status=RunStatus.FINISHED) | Q(release__isnull=False), digest=Subquery(digest)
    )
    whole = runs.filter(status=RunStatus.FINISHED, since=None).order_by("-pk").values("pk")[:1]
    return runs.filter(pk__gte=Coalesce(Subquery(whole), 0))


def to_look_at() -> QuerySet[BlastResult]:
    """What the release in force changed for subjects that are still as they were evaluated, and
    that nobody has seen."""
    runs = runs_in_force().values("pk")
    found = BlastResult.objects.filter(run__in=runs)
    newer = BlastResult.objects.filter(run__in=runs, run__gt=OuterRef("run"))
    found = found.exclude(Exists(newer.filter(plan=OuterRef("plan"))))
    found = found.exclude(Exists(newer.filter(proposal=OuterRef("proposal"))))
    return not_seen(found).filter(still_open()).order_by("rank", "id")


def not_seen(rows: QuerySet[BlastResult]) -> QuerySet[BlastResult]:
    """The same change found again by a later run has been seen already."""
    seen = SeenResult.objects.filter(result__digest=OuterRef("digest"))
    return rows.filter(~Exists(seen))


def still_open() -> Q:
    """Plans with sessions to come, and proposals that no newer one has replaced."""
    return Q(Exists(unfinished_plans().filter(pk=OuterRef("plan")))) | Q(
        Exists(open_proposals().filter(pk=OuterRef("proposal")))
    )


def of_clinician(rows: QuerySet[BlastResult], user: User) -> QuerySet[BlastResult]:
    return rows.filter(_of_clinician(user))


def _of_clinician(user: User) -> Q:
    return Q(proposal__consultation__clinician=user) | Q(plan__consultation__clinician=user)


def with_patients(rows: QuerySet[BlastResult]) -> QuerySet[BlastResult]:
    """What a row of the worklist shows, without a query a row and without the long documents."""
    return rows.select_related(
        "proposal__consultation__patient",
        "proposal__consultation__clinician",
        "plan__consultation__patient",
        "plan__consultation__clinician",
    ).defer(
        "proposal__request",
        "proposal__response",
        "plan__document",
    )


def counts_for(user: User) -> tuple[int, int]:
    """How many there are for this clinician, and for the whole clinic."""
    own = Count("pk", filter=_of_clinician(user))
    found = to_look_at().order_by().aggregate(own=own, all=Count("pk"))
    return found["own"], found["all"]


def page_of(rows: QuerySet[BlastResult], after: str | None) -> tuple[list[BlastResult], str]:
    """A page of results by weight, and the place after which the next begins (empty at the end)."""
    rank, _colon, key = (after or "").partition(":")
    if rank.isdecimal() and (last := _uuid(key)):
        rows = rows.filter(Q(rank__gt=int(rank[:4])) | Q(rank=int(rank[:4]), id__gt=last))
    found = list(rows.order_by("rank", "id")[: PAGE + 1])
    shown = found[:PAGE]
    more = f"{shown[-1].rank}:{shown[-1].pk}" if len(found) > PAGE else ""
    return shown, more


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def mark_outdated(consultations: Iterable[Any]) -> list[Any]:
    """Consultations for a list, each saying whether the catalogue changed since its proposal."""
    rows = list(consultations)
    current = ReleaseActivation.objects.in_force().values("release")[:1]
    outdated = set(
        open_proposals()
        .filter(consultation__in=rows)
        .exclude(release=Subquery(current))
        .values_list("consultation", flat=True)
    )
    for row in rows:
        row.outdated = row.pk in outdated
    return rows


def open_questions() -> list[PrescriberQuestion]:
    """What prescribers were asked and have not answered, the longest waiting first.

    Several treatments and areas that were asked about together are one line: the first of them.
    """
    rows = PrescriberQuestion.objects.filter(
        answer="", consultation__status=ConsultationStatus.OPEN
    ).select_related("consultation__patient", "treatment", "area", "asked_by")
    lines: dict[tuple[UUID, str], PrescriberQuestion] = {}
    for row in rows.order_by("asked_at", "id"):
        line = lines.setdefault((row.consultation_id, row.rule), row)
        line.places = [*getattr(line, "places", ()), f"{row.treatment}, {row.area}"]  # type: ignore[attr-defined]
    return list(lines.values())


def is_outdated(plan: Plan) -> bool:
    """True while sessions are to come and another release is in force than the plan's own."""
    ahead = any(one.status == SessionStatus.SCHEDULED for one in plan.sessions.all())
    current = ReleaseActivation.objects.in_force().values_list("release", flat=True).first()
    return ahead and current != plan.proposal.release_id
