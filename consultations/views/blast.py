"""What a draft would change for everybody who is being treated, before it is published.

Whoever curates sees no patient here: results of the reader's own clinic lead to their patients
only for roles that may see consultations, and all others are told without names and dates.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django_scopes import scopes_disabled

from clinic.permissions import actor, allowed, require
from clinic.roles import Action
from clinic.scoping import membership_of
from consultations.enums import Effect, RunStatus
from consultations.models import BlastResult, BlastRun, Consultation
from consultations.radius import KINDS, consultations_of, filtered, shown, tallies
from consultations.services import blast as services
from consultations.services.patients import note_listed
from consultations.worklists import page_of
from treatments.compiler import catalogue_of, current_release
from treatments.explanations import wording_of
from treatments.models import Draft

SECONDS = 1.5


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


def _results(request: HttpRequest, run: BlastRun) -> Mapping[str, Any]:
    effect, kind = request.GET.get("effect", ""), request.GET.get("kind", "")
    with scopes_disabled():  # of all clinics: what is shown of them holds nobody's name or dates
        rows, more = page_of(filtered(run, effect, kind), request.GET.get("after"))
    published = run.draft.release if run.draft else None
    wording = wording_of(catalogue_of(published or current_release()))
    own = _consultations(request, rows)
    return {
        "rows": [shown(wording, row, own.get(row.pk)) for row in rows],
        "more": more,
        "effect": effect if effect in Effect.values else "",
        "kind": kind if kind in KINDS else "",
    }


def _consultations(request: HttpRequest, rows: list[BlastResult]) -> dict[UUID, Consultation]:
    """Those of the reader's own clinic, for those who may see them."""
    membership = membership_of(request)
    if membership is None or not allowed(request, Action.VIEW_CONSULTATION):
        return {}
    own = consultations_of(rows, clinic=membership.clinic_id)
    note_listed(BlastResult, own.values(), by=actor(request))
    return own
