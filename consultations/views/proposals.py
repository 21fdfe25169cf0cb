"""The proposal page, the way to it, and the proposals that were made before."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.permissions import actor, require
from clinic.roles import Action
from consultations import flow, inputs
from consultations.bodymap import map_of
from consultations.errors import IncompleteFacts
from consultations.mapnotes import notes_of
from consultations.models import Consultation, Proposal
from consultations.services import proposals as services
from consultations.services.patients import note_opened
from consultations.treated import courses_of_panels, treated
from consultations.unfinished import UNFINISHED
from consultations.views.proposal_page import explained, left_over, panels, state_of
from treatments.models import Area


def consultation_or_404(pk: UUID) -> Consultation:
    rows = Consultation.objects.select_related("patient", "clinic").prefetch_related(
        "allergies__allergen"
    )
    return get_object_or_404(rows, pk=pk)


def proposal_or_404(pk: UUID, number: int) -> Proposal:
    """A proposal by its consultation and number, with all that its banner shows."""
    rows = (
        Proposal.objects.select_related(
            "consultation__patient", "consultation__clinic", "release", "created_by"
        )
        .defer("release__body")
        .prefetch_related("consultation__allergies__allergen")
    )
    return get_object_or_404(rows, consultation_id=pk, number=number)


@require_POST
@require(Action.PROPOSE)
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    consultation = consultation_or_404(pk)
    try:
        proposal = services.propose(consultation, by=actor(request))
    except IncompleteFacts as error:
        return incomplete(request, consultation, error)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(flow.address(consultation, flow.PROPOSAL))
    return redirect("consultations:proposal-number", pk, proposal.number)


def incomplete(
    request: HttpRequest, consultation: Consultation, error: IncompleteFacts
) -> HttpResponse:
    """What stands between the facts and a proposal."""
    missing = flow.missing(one for one in error.faults if one.code != UNFINISHED)
    context = {
        "consultation": consultation,
        "patient": consultation.patient,
        "unfinished": [one for one in inputs.listed(consultation) if one.is_fact],
    }
    return render(
        request, "consultations/incomplete.html", {**context, "missing": missing}, status=400
    )


@require(Action.VIEW_CONSULTATION)
def newest(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The proposal that counts."""
    consultation = get_object_or_404(Consultation, pk=pk)
    found = services.latest(consultation)
    if found is None:
        messages.info(request, _("Nothing has been proposed yet."))
        return redirect(flow.address(consultation, flow.PROPOSAL))
    return redirect("consultations:proposal-number", pk, found.number)


@require(Action.VIEW_CONSULTATION)
def proposal(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    row = proposal_or_404(pk, number)
    note_opened(row, by=actor(request))
    explanation, state = explained(row), state_of(row)
    coverage = explanation.coverage
    shown = panels(request, row, explanation, state)
    where, notes = treated(courses_of_panels(shown)), notes_of(row.consultation)
    context = {
        "proposal": row,
        "consultation": row.consultation,
        "patient": row.consultation.patient,
        "explanation": explanation,
        "state": state,
        "unfinished": inputs.listed(row.consultation),
        "panels": shown,
        "left_over": left_over(row, state),
        "where": where,
        "body_map": map_of(Area.objects.active().select_related("parent"), where.spots, notes),
        "notes": notes,
        "questions": [(one, flow.step_of(one.need.path).key) for one in coverage.questions],
    }
    return render(request, "consultations/proposal.html", context)


@require(Action.VIEW_CONSULTATION)
def history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All proposals of a consultation, the newest first."""
    consultation = consultation_or_404(pk)
    note_opened(consultation, by=actor(request))
    rows = Proposal.objects.filter(consultation=consultation).select_related(
        "release", "created_by"
    )
    context = {
        "consultation": consultation,
        "patient": consultation.patient,
        "rows": rows.defer("release__body", "request", "response"),
    }
    return render(request, "consultations/proposals.html", context)
