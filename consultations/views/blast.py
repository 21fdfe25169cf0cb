"""What a draft would change for everybody who is being treated, before it is published.

Whoever curates sees no patient here: results of the reader's own clinic lead to their patients
only for roles that may see consultations, and all others are told without names and dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django_scopes import scopes_disabled

from clinic.permissions import actor, allowed, require
from clinic.roles import Action
from clinic.scoping import membership_of
from consultations.differences import Group, as_dates, as_days_from, groups
from consultations.enums import Effect, RunStatus
from consultations.models import BlastResult, BlastRun, Consultation
from consultations.services import blast as services
from consultations.services.patients import note_listed
from consultations.worklists import page_of
from treatments.compiler import catalogue_of, current_release
from treatments.explanations import Wording, wording_of
from treatments.models import Draft

SECONDS = 1.5
KINDS = ("plans", "proposals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many plans (or proposals) were evaluated, so many change, and in which way."""

    kind: str
    seen: int
    changed: int
    effects: tuple[tuple[Effect, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A result; ``consultation`` only where the reader may open it."""

    result: BlastResult
    groups: list[Group]
    consultation: Consultation | None


@require(Action.EDIT_CATALOGUE)
def blast_radius(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft.objects.select_related("base").defer("base__body"), pk=pk)
    runs = BlastRun.objects.filter(draft=draft).select_related("started_by", "draft__release")
    run = runs.defer("draft__release__body").order_by("-pk").first()
    context: dict[str, Any] = {"draft": draft, "run": run}
    if run is not None:
        context |= {"counts": services.counts_now(run), "tallies": tallies(run)}
        context |= _results(request, run)
    return render(request, "consultations/blast_radius.html", context)


@require_POST
@require(Action.EDIT_CATALOGUE)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    try:
        services.start_run(draft, by=actor(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("consultations:blast-radius", pk)


@require_POST
@require(Action.EDIT_CATALOGUE)
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """A little further each time the page asks; the last answer makes it show the results."""
    run = _of_a_draft_or_404(pk)
    refusal = ""
    try:
        run = services.continue_run(run, budget=SECONDS)
    except ValidationError as error:
        refusal = " ".join(error.messages)
    if not getattr(request, "htmx", False):
        if refusal:
            messages.error(request, refusal)
        return redirect("consultations:blast-radius", run.draft_id)
    context = {"run": run, "refusal": refusal}
    response = render(request, "consultations/partials/blast/progress.html", context)
    if run.status != RunStatus.RUNNING:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@require(Action.EDIT_CATALOGUE)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    run = services.cancel_run(_of_a_draft_or_404(pk), by=actor(request))
    return redirect("consultations:blast-radius", run.draft_id)


@require_POST
@require(Action.EDIT_CATALOGUE)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    run = _of_a_draft_or_404(pk)
    try:
        services.resume_run(run, by=actor(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("consultations:blast-radius", run.draft_id)


def _of_a_draft_or_404(pk: int) -> BlastRun:
    """Runs of a release go on by themselves."""
    return get_object_or_404(BlastRun, pk=pk, draft__isnull=False)


def tallies(run: BlastRun) -> list[Tally]:
    return [
        Tally(
            kind=kind,
            seen=run.counts.get(kind, 0),
            changed=run.counts.get(f"{kind}.changed", 0),
            effects=tuple(
                (effect, number)
                for effect in Effect
                if (number := run.counts.get(f"{kind}.{effect}", 0))
            ),
        )
        for kind in KINDS
    ]


def _results(request: HttpRequest, run: BlastRun) -> Mapping[str, Any]:
    effect, kind = request.GET.get("effect", ""), request.GET.get("kind", "")
    with scopes_disabled():  # of all clinics: what is shown of them holds nobody's name or dates
        rows, more = page_of(_filtered(run, effect, kind), request.GET.get("after"))
    published = run.draft.release if run.draft else None
    wording = wording_of(catalogue_of(published or current_release()))
    own = _consultations(request, rows)
    return {
        "rows": [_shown(wording, row, own.get(row.pk)) for row in rows],
        "more": more,
        "effect": effect if effect in Effect.values else "",
        "kind": kind if kind in KINDS else "",
    }


def _filtered(run: BlastRun, effect: str, kind: str) -> QuerySet[BlastResult]:
    rows: QuerySet[BlastResult] = BlastResult.objects.filter(run=run)
    if effect in Effect.values:
        rows = rows.filter(effects__contains=f" {effect} ")
    if kind in KINDS:
        rows = rows.filter(plan__isnull=kind != "plans")
    return rows


def _consultations(request: HttpRequest, rows: list[BlastResult]) -> dict[UUID, Consultation]:
    """The consultations behind results of the reader's own clinic, for those who may see them."""
    membership = membership_of(request)
    if membership is None or not allowed(request, Action.VIEW_CONSULTATION):
        return {}
    keys = [row.pk for row in rows if row.clinic_id == membership.clinic_id]
    found = BlastResult.objects.filter(pk__in=keys).select_related(
        "proposal__consultation__patient", "plan__consultation__patient"
    )
    found = found.defer("proposal__request", "proposal__response", "plan__document")
    note_listed(BlastResult, found, by=actor(request))
    return {row.pk: row.consultation for row in found}


def _shown(wording: Wording, row: BlastResult, consultation: Consultation | None) -> Shown:
    day = as_dates if consultation else as_days_from(row.counted_from)
    told = groups(wording, row.before, row.after, day=day)
    return Shown(result=row, groups=told, consultation=consultation)
