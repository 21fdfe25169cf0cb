"""The page of a consultation: every section of it, who it is about, and how far it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.permissions import actor, allowed
from clinic.roles import Action
from consultations import flow, inputs, policies
from consultations.bodymap import Drawn, map_of
from consultations.checking import panel_of
from consultations.forms.history import Questions
from consultations.forms.notes import NoteForm
from consultations.forms.steps import StepForm
from consultations.forms.terms import Terms
from consultations.models import Consultation, Plan
from consultations.services import proposals
from consultations.views.map_panel import MapPanel, map_panel
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


def workspace(
    request: HttpRequest,
    row: Consultation,
    sent: Sent | None = None,
    *,
    note: NoteForm | None = None,
) -> HttpResponse:
    """Load the consultation with its facts. With `sent`, that section shows its faults, and with
    `note` that note of the map."""
    editable, check, terms = may_edit(request, row), check_state(row), Terms()
    idle = check["panel"].idle if check["panel"] else frozenset()
    notes = map_panel(row, by=actor(request), editable=editable, terms=terms, sent=note)
    context = {
        "consultation": row,
        "patient": row.patient,
        "sections": list(_sections(row, sent, terms, editable=editable, idle=idle)),
        "body_map": _map(terms, notes, editable=editable),
        "map_panel": notes,
        "editable": editable,
        "refused": sent.form.refusals if sent and not editable else [],
        "amendments": row.amendments.select_related("by"),
        **check,
    }
    status = 409 if sent and sent.conflict else 200
    return render(request, "consultations/workspace.html", context, status=status)


def may_edit(request: HttpRequest, row: Consultation) -> bool:
    return policies.can_edit(row) and allowed(request, Action.EDIT_CONSULTATION)


def check_state(row: Consultation) -> dict[str, Any]:
    """What follows from the facts: the safety panel, and how far the way to the proposal is.

    A closed consultation is not checked any more: its plan says what was known then.
    """
    editable = policies.can_edit(row)
    unfinished = inputs.listed(row)
    panel = panel_of(row, {one.field for one in unfinished}) if editable else None
    return {
        "panel": panel,
        "unfinished": unfinished,
        "held_up": any(one.is_fact for one in unfinished),
        "missing": panel.missing if panel else (),
        "waiting": panel.waiting if panel else (),
        "proposal": proposals.latest(row),
        "plan": None if panel else Plan.objects.filter(consultation=row).first(),
    }


def _sections(
    row: Consultation,
    sent: Sent | None,
    terms: Terms,
    *,
    editable: bool,
    idle: frozenset[str],
) -> Iterator[Section]:
    for one in flow.progress(row):
        step = one.step
        mine = sent if sent and sent.step is step else None
        form = _form(row, step, mine, terms) if editable else None
        if form and isinstance(form.scalars, Questions):
            form.scalars.fold(idle)
        yield Section(
            step=step,
            done=one.done,
            told=step.told(row) if mine or not editable else [],
            version=mine.version if mine else row.version,
            form=form,
            conflict=bool(mine and mine.conflict),
        )


def _form(row: Consultation, step: flow.Step, sent: Sent | None, terms: Terms) -> StepForm:
    return sent.form if sent else step.form(None, consultation=row, terms=terms)


def _map(terms: Terms, notes: MapPanel, *, editable: bool) -> list[Drawn]:
    """To tap on where the reader may write; else with its pins, and only where there are any."""
    if not editable and not notes.rows:
        return []
    return map_of(terms.active(Area), notes=notes.notes)
