"""One consultation, step by step, up to the point where it can be proposed."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.permissions import actor, allowed, require
from clinic.roles import Action
from consultations import flow, policies
from consultations.bodymap import map_of
from consultations.errors import IncompleteFacts, StaleVersion
from consultations.forms.patients import StartForm
from consultations.forms.steps import StepForm
from consultations.models import Consultation, Patient, Plan
from consultations.services import intake, proposals
from consultations.services.patients import note_opened
from consultations.views.versions import version_in
from treatments.models import Area


@require_POST
@require(Action.EDIT_CONSULTATION)
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = get_object_or_404(Patient.objects.select_related("clinic"), pk=pk)
    form = StartForm(request.POST)
    day = form.cleaned_data["consulted_on"] if form.is_valid() else None
    if form.errors:
        messages.error(request, " ".join(form.errors["consulted_on"].as_data()[0].messages))
        return redirect("consultations:patient", patient.pk)
    consultation = intake.start_consultation(patient, by=actor(request), consulted_on=day)
    return redirect("consultations:step", consultation.pk, flow.STEPS[0].key)


@require(Action.VIEW_CONSULTATION)
def consultation(_request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go on where it was left."""
    row = get_object_or_404(Consultation.objects.with_facts(), pk=pk)
    key = flow.first_open(row) if policies.can_edit(row) else flow.REVIEW
    return redirect(_address(row, key))


@require(Action.VIEW_CONSULTATION)
def step(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    current = flow.step_or_404(key)
    row = get_object_or_404(Consultation.objects.with_facts(), pk=pk)
    if request.method == "POST":
        return cast("HttpResponse", _answer(request, row, current))
    note_opened(row, by=actor(request))
    return _show(request, row, current, current.form(None, consultation=row))


@require(Action.EDIT_CONSULTATION)
def _answer(request: HttpRequest, row: Consultation, current: flow.Step) -> HttpResponse:
    """Save a step, or give back one more empty row of it."""
    form = current.form(request.POST, consultation=row)
    if section := form.sections.get(request.POST.get("add", "")):
        return _with_new_row(request, row, current, form, section)
    version = version_in(request)
    if form.is_valid():
        try:
            saved = flow.save_step(form, row, by=actor(request), version=version)
        except StaleVersion as conflict:
            return _show(request, row, current, form, version=conflict.current, conflict=True)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(saved, flow.chosen_key(current, request.POST.get("go", ""))))
    return _show(request, row, current, form, version=version)


def _with_new_row(
    request: HttpRequest, row: Consultation, current: flow.Step, form: StepForm, section: Any
) -> HttpResponse:
    area = request.POST.get("area", "")
    new = section.add_blank(area=area)
    if not getattr(request, "htmx", False):
        return _show(request, row, current, form, version=version_in(request))
    return render(request, "consultations/partials/new_row.html", {"form": new, "section": section})


def _show(
    request: HttpRequest,
    row: Consultation,
    current: flow.Step,
    form: StepForm,
    *,
    version: int | None = None,
    conflict: bool = False,
) -> HttpResponse:
    editable = policies.can_edit(row) and allowed(request, Action.EDIT_CONSULTATION)
    if not editable:
        form.disable()
    context = {
        "consultation": row,
        "patient": row.patient,
        "step": current,
        "form": form,
        "progress": flow.progress(row, current.key),
        "version": row.version if version is None else version,
        "conflict": conflict,
        "told": current.told(row) if conflict else [],
        "editable": editable,
        "body_map": map_of(form.terms.active(Area)) if "concerns" in form.sections else None,
    }
    status = 409 if conflict else 200
    return render(request, "consultations/step.html", context, status=status)


@require(Action.VIEW_CONSULTATION)
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything told so far, what is missing, and the way to the proposal."""
    row = get_object_or_404(Consultation.objects.with_facts(), pk=pk)
    note_opened(row, by=actor(request))
    editable = policies.can_edit(row) and allowed(request, Action.EDIT_CONSULTATION)
    context = {
        "consultation": row,
        "patient": row.patient,
        "progress": flow.progress(row, flow.REVIEW),
        "told": [(one, one.told(row)) for one in flow.STEPS],
        **(_outlook(row) if editable else {}),
        "editable": editable,
        "proposal": proposals.latest(row),
        "plan": Plan.objects.filter(consultation=row).first(),
        "amendments": row.amendments.select_related("by"),
    }
    return render(request, "consultations/review.html", context)


def _outlook(row: Consultation) -> dict[str, list[flow.Missing]]:
    """What stands in the way of a proposal, and what it would ask back."""
    try:
        response = proposals.evaluate_now(row)
    except IncompleteFacts as incomplete:
        return {"missing": flow.missing(incomplete.faults)}
    return {"waiting": flow.waiting(response)}


def _address(row: Consultation, key: str) -> str:
    if key == flow.REVIEW:
        return reverse("consultations:review", args=[row.pk])
    return reverse("consultations:step", args=[row.pk, key])
