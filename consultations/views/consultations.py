"""One consultation: starting it, its page, and what is saved from there."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from clinic.permissions import actor, require
from clinic.roles import Action
from clinic.text import checks_own_text
from consultations import flow
from consultations.errors import StaleVersion
from consultations.forms.patients import StartForm
from consultations.models import Consultation, Patient
from consultations.services.patients import note_opened
from consultations.views.carrying import begin, confirmed_besides
from consultations.views.patients import patient_page
from consultations.views.versions import version_in
from consultations.views.workspace import Sent, workspace


@require(Action.EDIT_CONSULTATION)
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever comes here without the form is led to it."""
    patient = get_object_or_404(Patient.objects.select_related("clinic"), pk=pk)
    if request.method != "POST":
        return redirect("consultations:patient", patient.pk)
    form = StartForm(request.POST)
    if form.is_valid():
        try:
            row = begin(request, patient, form.cleaned_data["consulted_on"])
        except ValidationError as error:
            named = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
            form.add_error(None, error if named else error.messages)
        else:
            return redirect("consultations:consultation", row.pk)
    return patient_page(request, patient, form)


@require(Action.VIEW_CONSULTATION)
def consultation(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(Consultation.objects.with_facts(), pk=pk)
    note_opened(row, by=actor(request))
    return workspace(request, row)


@checks_own_text
@require(Action.VIEW_CONSULTATION)
def step(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    """Save a section. Whoever comes here otherwise (after logging in anew) is led to it."""
    current = flow.step_or_404(key)
    row = get_object_or_404(Consultation.objects.with_facts(), pk=pk)
    if request.method == "POST":
        return cast("HttpResponse", _answer(request, row, current))
    return redirect(flow.address(row, key))


@require(Action.EDIT_CONSULTATION)
def _answer(request: HttpRequest, row: Consultation, current: flow.Step) -> HttpResponse:
    """Save a section, or give back one more empty row of it."""
    form = current.form(request.POST, consultation=row)
    version = version_in(request)
    sent = Sent(step=current, form=form, version=version)
    if section := form.sections.get(request.POST.get("add", "")):
        return _with_new_row(request, row, sent, section)
    if form.is_valid():
        try:
            saved = flow.save_step(form, row, by=actor(request), version=version)
            saved = confirmed_besides(request, saved)
        except StaleVersion as clash:
            sent = Sent(step=current, form=form, version=clash.current, conflict=True)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(flow.address(saved, current.key))
    return workspace(request, row, sent)


def _with_new_row(
    request: HttpRequest, row: Consultation, sent: Sent, section: Any
) -> HttpResponse:
    new = section.add_blank(area=request.POST.get("area", ""))
    if not getattr(request, "htmx", False):
        return workspace(request, row, sent)
    return render(request, "consultations/partials/new_row.html", {"form": new, "section": section})
