"""Cancelling a consultation: asked on a page of its own, with a reason."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic.permissions import actor, require
from clinic.roles import Action
from clinic.text import checks_own_text
from consultations import inputs, policies
from consultations.forms.cancelling import CancelForm
from consultations.models import Consultation
from consultations.services import cancelling
from consultations.services.patients import note_opened
from consultations.views.proposal_page import refusal
from consultations.views.proposals import consultation_or_404


@checks_own_text
@require(Action.EDIT_CONSULTATION)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    consultation = consultation_or_404(pk)
    form = CancelForm(request.POST or None)
    if request.method == "GET":
        note_opened(consultation, by=actor(request))
    elif form.is_valid() and _cancelled(request, consultation, form):
        return redirect("consultations:consultation", consultation.pk)
    context = {
        "consultation": consultation,
        "patient": consultation.patient,
        "form": form,
        "refusal": refusal(policies.check_can_edit, consultation),
        "unfinished": inputs.listed(consultation),
    }
    return render(request, "consultations/cancel.html", context)


def _cancelled(request: HttpRequest, consultation: Consultation, form: CancelForm) -> bool:
    try:
        cancelling.cancel_consultation(
            consultation, reason=form.cleaned_data["reason"], by=actor(request)
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    messages.success(request, _("The consultation is cancelled."))
    return True
