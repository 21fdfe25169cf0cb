"""Finding patients, adding them, and the page of one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from clinic.permissions import actor, allowed, require
from clinic.roles import Action
from clinic.scoping import membership_of
from clinic.text import checks_own_text, searched
from consultations.errors import StaleVersion
from consultations.events import standing_events
from consultations.forms.patients import PatientForm, StartForm
from consultations.listing import page_of_patients
from consultations.lookalikes import lookalikes
from consultations.models import Consultation, Patient, Plan
from consultations.services import patients as services
from consultations.views.versions import version_in


@checks_own_text
@require(Action.VIEW_PATIENT)
def patients(request: HttpRequest) -> HttpResponse:
    """Search. The text comes in the body of a POST, so that no log keeps a name."""
    text = searched(request.POST.get("q", ""))
    page = page_of_patients(text, after=request.POST.get("after"))
    name = "consultations/patients.html"
    if getattr(request, "htmx", False):
        if not text and "quick" in request.POST:
            return HttpResponse()  # the Today page shows nobody until somebody is looked for
        name = f"consultations/partials/patient_{'rows' if page.after else 'results'}.html"
    services.note_listed(Patient, page.rows, by=actor(request), filters=["q"] if text else [])
    return render(request, name, {"page": page, "q": text})


@checks_own_text
@require(Action.EDIT_PATIENT)
def new_patient(request: HttpRequest) -> HttpResponse:
    form = PatientForm(request.POST or None)
    alike: list[Patient] = []
    if request.method == "POST" and form.is_valid():
        if "confirmed" not in request.POST:
            alike = lookalikes(**form.values())
            if alike:
                services.note_listed(Patient, alike, by=actor(request), filters=["alike"])
        if not alike and (patient := _register(request, form)):
            return redirect("consultations:patient", patient.pk)
    context = {"form": form, "alike": alike}
    return render(request, "consultations/new_patient.html", context)


def _register(request: HttpRequest, form: PatientForm) -> Patient | None:
    membership = membership_of(request)
    assert membership is not None  # noqa: S101 - the guard has seen it
    try:
        patient = services.register_patient(
            by=actor(request), clinic=membership.clinic, **form.values()
        )
    except ValidationError as error:
        form.add_error(None, _own(error, form))
        return None
    messages.success(request, _("The patient is added."))
    return patient


def _own(error: ValidationError, form: PatientForm) -> Any:
    """The refusal, at its field when the form has that field."""
    if hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields):
        return error
    return error.messages


@require(Action.VIEW_PATIENT)
def patient(request: HttpRequest, pk: UUID) -> HttpResponse:
    return patient_page(request, get_object_or_404(Patient, pk=pk), StartForm())


def patient_page(request: HttpRequest, row: Patient, start_form: StartForm) -> HttpResponse:
    """The page of one, with the form that starts a consultation, perhaps as it was refused."""
    services.note_opened(row, by=actor(request))
    context: dict[str, Any] = {"patient": row, "start_form": start_form}
    if allowed(request, Action.VIEW_CONSULTATION):
        rows = Consultation.objects.for_list().filter(patient=row)
        context["consultations"] = rows
        context["last_signed"] = Consultation.objects.last_signed(row)
    if allowed(request, Action.VIEW_PLAN):
        context["plans"] = Plan.objects.for_list().filter(patient=row).defer("document")
        context["events"] = standing_events(row)
    return render(request, "consultations/patient.html", context)


@checks_own_text
@require(Action.EDIT_PATIENT)
def edit_patient(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(Patient, pk=pk)
    if request.method == "GET":
        services.note_opened(row, by=actor(request))
    form = PatientForm(request.POST or None, instance=get_object_or_404(Patient, pk=pk))
    context = {"form": form, "patient": row, "version": row.version}
    if request.method == "POST" and form.is_valid():
        try:
            services.update_patient(
                row, by=actor(request), version=version_in(request), **form.values()
            )
        except StaleVersion as conflict:
            context |= {"conflict": True, "version": conflict.current}
        except ValidationError as error:
            form.add_error(None, _own(error, form))
        else:
            messages.success(request, _("Saved."))
            return redirect("consultations:patient", row.pk)
    status = 409 if context.get("conflict") else 200
    return render(request, "consultations/edit_patient.html", context, status=status)
