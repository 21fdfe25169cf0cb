"""Amending: what was signed is shown as it is, what is added is signed with the password."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic.permissions import actor, require
from clinic.roles import Action
from clinic.text import checks_own_text
from consultations import flow, policies
from consultations.forms.amendments import AmendForm
from consultations.models import Consultation, Plan
from consultations.services import amendments as services
from consultations.services.patients import note_opened
from consultations.views.proposal_page import refusal
from consultations.views.proposals import consultation_or_404
from consultations.views.signing import is_signed_by


@checks_own_text
@require(Action.SIGN)
def amend(request: HttpRequest, pk: UUID) -> HttpResponse:
    consultation = consultation_or_404(pk)
    form = AmendForm(request.POST or None)
    if request.method == "GET":
        note_opened(consultation, by=actor(request))
    elif form.is_valid() and is_signed_by(request, form) and _amended(request, pk, form):
        return redirect("consultations:plan", consultation.plan.pk)
    context = {
        "consultation": consultation,
        "patient": consultation.patient,
        "plan": Plan.objects.filter(consultation=consultation).first(),
        "told": _told(pk),
        "amendments": consultation.amendments.select_related("by"),
        "form": form,
        "refusal": refusal(policies.check_can_amend, consultation),
    }
    return render(request, "consultations/amend.html", context)


def _amended(request: HttpRequest, pk: UUID, form: AmendForm) -> bool:
    try:
        services.amend(
            consultation_or_404(pk),
            reason=form.cleaned_data["reason"],
            text=form.cleaned_data["text"],
            by=actor(request),
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    messages.success(request, _("The amendment is signed."))
    return True


def _told(pk: UUID) -> list[tuple[flow.Step, list[str]]]:
    """The record as it was signed, a step with its lines; steps without any are left out."""
    row = Consultation.objects.with_facts().get(pk=pk)
    told = [(step, step.told(row)) for step in flow.STEPS]
    return [(step, lines) for step, lines in told if lines]
