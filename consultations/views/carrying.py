"""Starting from the last consultation, and confirming what came along."""

import json
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from clinic.permissions import actor, require
from clinic.roles import Action
from consultations.carried import marks
from consultations.models import Consultation, Patient
from consultations.services import carrying, intake


def sent_keys(request: HttpRequest) -> set[str]:
    """The marks that a button names: one, or all of a section with spaces between."""
    return {key for value in request.POST.getlist("confirm") for key in value.split()}


@require_POST
@require(Action.EDIT_CONSULTATION)
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nothing but the marks: what else stands in the form is saved by its own address."""
    row = get_object_or_404(Consultation.objects.with_facts(), pk=pk)
    keys = sent_keys(request)
    back = redirect("consultations:consultation", row.pk)
    in_place = getattr(request, "htmx", False)
    try:
        saved = carrying.confirm(row, keys, by=actor(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return HttpResponse(status=204, headers={"HX-Refresh": "true"}) if in_place else back
    if not in_place:
        return back
    waiting = {mark.key for mark in marks(saved)}
    done = {
        "keys": sorted(keys - waiting),
        "before": saved.version - 1,
        "version": saved.version,
    }
    return HttpResponse(
        status=204, headers={"HX-Trigger": json.dumps({"consilium:confirmed": done})}
    )


def confirmed_besides(request: HttpRequest, row: Consultation) -> Consultation:
    """Without JavaScript a mark's button sends the whole form, which has just been saved."""
    keys = sent_keys(request)
    return carrying.confirm(row, keys, by=actor(request)) if keys else row


def begin(request: HttpRequest, patient: Patient, day: date | None) -> Consultation:
    """From the consultation that a button names, or empty. Raises Http404, ValidationError."""
    if key := request.POST.get("copy_from"):
        source = get_object_or_404(Consultation, pk=_uuid(key), patient=patient)
        return carrying.start_from(source, by=actor(request), consulted_on=day)
    return intake.start_consultation(patient, by=actor(request), consulted_on=day)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
