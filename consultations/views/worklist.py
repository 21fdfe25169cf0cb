"""After publishing: whom the release in force concerns, and what it changes for one patient."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.permissions import actor, require
from clinic.roles import Action
from consultations import worklists
from consultations.comparing import Difference
from consultations.differences import as_dates, groups
from consultations.models import BlastResult, Consultation, Plan
from consultations.overrides import override_report
from consultations.services.catching_up import catch_up_at_first_sight
from consultations.services.patients import note_listed, note_opened
from consultations.services.worklist import mark_seen
from consultations.subjects import plan_difference, proposal_difference, scheduled_of
from consultations.views.proposals import proposal_or_404
from treatments.compiler import catalogue_of, current_release
from treatments.explanations import wording_of


@require(Action.VIEW_CONSULTATION)
def worklist(request: HttpRequest) -> HttpResponse:
    """One's own patients; with ``?of=all`` those of the whole clinic."""
    going_on = catch_up_at_first_sight()
    rows, whole = worklists.to_look_at(), request.GET.get("of") == "all"
    if not whole:
        rows = worklists.of_clinician(rows, actor(request))
    shown, more = worklists.page_of(worklists.with_patients(rows), request.GET.get("after"))
    note_listed(BlastResult, shown, by=actor(request))
    release = current_release()
    wording = wording_of(catalogue_of(release))
    own, every = worklists.counts_for(actor(request))
    context = {
        "rows": [(row, groups(wording, row.before, row.after, day=as_dates)) for row in shown],
        "more": more,
        "whole": whole,
        "own": own,
        "every": every,
        "release": release,
        "going_on": going_on,
    }
    return render(request, "consultations/worklist.html", context)


@require_POST
@require(Action.EDIT_CONSULTATION)
def seen(request: HttpRequest, pk: UUID) -> HttpResponse:
    mark_seen(get_object_or_404(BlastResult, pk=pk), by=actor(request))
    messages.success(request, _("Marked as seen."))
    return redirect("consultations:worklist")


@require(Action.VIEW_CONSULTATION)
def proposal_changed(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """The proposal beside what the release in force says to the same facts."""
    row = proposal_or_404(pk, number)
    note_opened(row, by=actor(request))
    difference = proposal_difference(catalogue_of(current_release()), row)
    return _changed(request, row.consultation, difference, made_with=row.release)


@require(Action.VIEW_PLAN)
def plan_changed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is left of a plan beside what the release in force says to the same facts."""
    rows = Plan.objects.select_related(
        "patient", "consultation__patient", "consultation__clinic", "proposal__release"
    ).defer("proposal__release__body")
    row = get_object_or_404(rows.prefetch_related("consultation__allergies__allergen"), pk=pk)
    note_opened(row, by=actor(request))
    ahead = scheduled_of([row])[row.pk]
    difference = plan_difference(catalogue_of(current_release()), row, ahead)
    return _changed(request, row.consultation, difference, made_with=row.proposal.release, plan=row)


def _changed(
    request: HttpRequest,
    consultation: Consultation,
    difference: Difference | None,
    *,
    made_with: Any,
    plan: Plan | None = None,
) -> HttpResponse:
    release = current_release()
    context: dict[str, Any] = {
        "consultation": consultation,
        "patient": consultation.patient,
        "plan": plan,
        "made_with": made_with,
        "release": release,
        "effects": difference.effects if difference else (),
    }
    if difference:
        wording = wording_of(catalogue_of(release))
        context["groups"] = groups(wording, difference.before, difference.after, day=as_dates)
    return render(request, "consultations/changed.html", context)


@require(Action.EDIT_CATALOGUE)
def overrides(request: HttpRequest) -> HttpResponse:
    """Which rules this clinic's clinicians go against, for whoever curates them."""
    return render(request, "consultations/overrides.html", {"rules": override_report()})
