"""The safety panel on its own, and one question answered without a script."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.permissions import actor, require
from clinic.roles import Action
from consultations import flow
from consultations.errors import StaleVersion
from consultations.models import Consultation
from consultations.services import intake
from consultations.views.versions import version_in
from consultations.views.workspace import check_state, may_edit


@require_GET
@require(Action.VIEW_CONSULTATION)
def safety(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The panel anew, with everything else on the page that follows from it."""
    row = get_object_or_404(Consultation.objects.with_facts(), pk=pk)
    context = {
        "consultation": row,
        "patient": row.patient,
        "editable": may_edit(request, row),
        **check_state(row),
        "anew": True,
    }
    return render(request, "consultations/partials/safety/anew.html", context)


@require_POST
@require(Action.EDIT_CONSULTATION)
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The next question, answered by a button of its own."""
    row = get_object_or_404(Consultation, pk=pk)
    condition, told = request.POST.get("condition", ""), request.POST.get("answer", "")
    version = version_in(request)
    try:
        intake.set_condition(row, condition, told, by=actor(request), version=version)
    except StaleVersion:
        text = _("Somebody else saved this consultation in the meantime. Please answer again.")
        messages.warning(request, text)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Saved."))
    return redirect(flow.address(row, "history"))
