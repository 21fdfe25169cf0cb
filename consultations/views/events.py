"""Adverse events: recorded on a page of their own, corrected by a further row."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from clinic.permissions import actor, require
from clinic.roles import Action
from consultations.forms.events import CorrectEventForm, EventForm, as_told
from consultations.models import AdverseEvent, Plan
from consultations.services import events as services
from consultations.services.patients import note_opened


@require(Action.RECORD_EVENT)
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    plan = _plan_or_404(pk)
    form = EventForm(request.POST or None, plan=plan)
    if request.method == "GET":
        note_opened(plan, by=actor(request))
    elif form.is_valid() and _stored(
        form, lambda: services.record_event(plan, form.told(), by=actor(request))
    ):
        messages.success(request, _("The event is recorded."))
        return redirect("consultations:plan", pk)
    return _page(request, plan, form)


@require(Action.RECORD_EVENT)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    event = get_object_or_404(
        AdverseEvent.objects.select_related("treatment", "area", "kind", "recorded_by"), pk=pk
    )
    plan = _plan_or_404(event.plan_id)
    form = CorrectEventForm(request.POST or None, plan=plan, initial=as_told(event))
    if request.method == "GET":
        note_opened(plan, by=actor(request))
    elif form.is_valid() and _stored(form, lambda: _corrected(request, event, form)):
        messages.success(request, _("The correction is recorded."))
        return redirect("consultations:plan", plan.pk)
    return _page(request, plan, form, event=event)


def _corrected(request: HttpRequest, event: AdverseEvent, form: CorrectEventForm) -> AdverseEvent:
    withdrawn = form.cleaned_data["withdrawn"]
    return services.correct_event(event, form.told(), by=actor(request), withdrawn=withdrawn)


def _stored(form: EventForm, service: Callable[[], AdverseEvent]) -> bool:
    """What the service refuses stands at its field; treatment and area are one field here."""
    try:
        service()
    except ValidationError as error:
        faults = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        for name, found in faults.items():
            field = "place" if name in {"treatment", "area"} else name
            form.add_error(field if field in form.fields else None, list(found))
        return False
    return True


def _plan_or_404(pk: UUID) -> Plan:
    rows = Plan.objects.with_sessions().defer("proposal__release__body", "document")
    return get_object_or_404(rows.prefetch_related("consultation__allergies__allergen"), pk=pk)


def _page(
    request: HttpRequest, plan: Plan, form: EventForm, *, event: AdverseEvent | None = None
) -> HttpResponse:
    context = {
        "plan": plan,
        "consultation": plan.consultation,
        "patient": plan.patient,
        "form": form,
        "event": event,
    }
    return render(request, "consultations/record_event.html", context)
