"""The page of a consultation: every section of it, who it is about, and how far it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.permissions import allowed
from clinic.roles import Action
from consultations import flow, policies
from consultations.bodymap import map_of
from consultations.errors import IncompleteFacts
from consultations.forms.steps import StepForm
from consultations.forms.terms import Terms
from consultations.models import Consultation, Plan
from consultations.services import proposals
from treatments.models import Area


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A section as it came and could not be saved: it is shown as it was typed."""

    step: flow.Step
    form: StepForm
    version: int
    conflict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the page: a form where the reader may write, else what was told."""

    step: flow.Step
    done: bool
    told: list[str]
    version: int
    form: StepForm | None = None
    conflict: bool = False
    body_map: list[dict[str, Any]] | None = None


def workspace(request: HttpRequest, row: Consultation, sent: Sent | None = None) -> HttpResponse:
    """Load the consultation with its facts. With `sent`, that section shows its faults."""
    editable = may_edit(request, row)
    context = {
        "consultation": row,
        "patient": row.patient,
        "sections": list(_sections(row, sent, editable=editable)),
        "editable": editable,
        "refused": sent.form.refusals if sent and not editable else [],
        **proposal_state(row, editable=editable),
    }
    status = 409 if sent and sent.conflict else 200
    return render(request, "consultations/workspace.html", context, status=status)


def may_edit(request: HttpRequest, row: Consultation) -> bool:
    return policies.can_edit(row) and allowed(request, Action.EDIT_CONSULTATION)


def proposal_state(row: Consultation, *, editable: bool) -> dict[str, Any]:
    """How far the way to the proposal is, for the last section."""
    return {
        **(_outlook(row) if editable else {}),
        "proposal": proposals.latest(row),
        "plan": Plan.objects.filter(consultation=row).first(),
        "amendments": row.amendments.select_related("by"),
    }


def _outlook(row: Consultation) -> dict[str, list[flow.Missing]]:
    """What stands in the way of a proposal, and what it would ask back."""
    try:
        response = proposals.evaluate_now(row)
    except IncompleteFacts as incomplete:
        return {"missing": flow.missing(incomplete.faults)}
    return {"waiting": flow.waiting(response)}


def _sections(row: Consultation, sent: Sent | None, *, editable: bool) -> Iterator[Section]:
    terms = Terms()
    for one in flow.progress(row):
        step = one.step
        mine = sent if sent and sent.step is step else None
        form = _form(row, step, mine, terms) if editable else None
        yield Section(
            step=step,
            done=one.done,
            told=step.told(row) if mine or not editable else [],
            version=mine.version if mine else row.version,
            form=form,
            conflict=bool(mine and mine.conflict),
            body_map=_map(form),
        )


def _form(row: Consultation, step: flow.Step, sent: Sent | None, terms: Terms) -> StepForm:
    return sent.form if sent else step.form(None, consultation=row, terms=terms)


def _map(form: StepForm | None) -> list[dict[str, Any]] | None:
    return map_of(form.terms.active(Area)) if form and "concerns" in form.sections else None
