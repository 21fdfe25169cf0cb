"""Signing: what is signed is shown once more, and the password is asked again."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic.permissions import actor, require
from clinic.reauthentication import is_confirmed
from clinic.roles import Action
from consultations import inputs, policies
from consultations.consents import needed_for
from consultations.forms.decisions import SignForm
from consultations.models import Consultation, Plan
from consultations.past_sessions import check_past_sessions
from consultations.services import plans as services
from consultations.services.patients import note_opened
from consultations.services.proposals import latest
from consultations.signing import names_of_performers, performers_asked, preparation_of
from consultations.views.proposal_page import explained, panels, refusal, state_of
from consultations.views.proposals import consultation_or_404


@require(Action.SIGN)
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    consultation = consultation_or_404(pk)
    proposal = latest(consultation)
    past = refusal(check_past_sessions, proposal, meant=False) if proposal else ""
    form = SignForm(request.POST or None, asks_past=bool(past))
    if request.method == "GET":
        note_opened(consultation, by=actor(request))
    elif form.is_valid() and is_signed_by(request, form):
        plan = _signed(request, consultation, form)
        if plan is not None:
            return redirect("consultations:plan", plan.pk)
    context = {**_context(request, consultation, form), "past": past}
    return render(request, "consultations/sign.html", context)


def is_signed_by(request: HttpRequest, form: SignForm) -> bool:
    return is_confirmed(request, form)


def _signed(request: HttpRequest, consultation: Consultation, form: SignForm) -> Plan | None:
    try:
        past = form.cleaned_data.get("past_sessions", False)
        plan = services.sign(consultation, by=actor(request), past_sessions=past)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    messages.success(request, _("The plan is signed."))
    return plan


def _context(request: HttpRequest, consultation: Consultation, form: SignForm) -> dict[str, object]:
    context: dict[str, object] = {
        "consultation": consultation,
        "patient": consultation.patient,
        "form": form,
        "overtaken": consultation.consulted_on < consultation.clinic.today(),
        "refusal": refusal(policies.check_can_sign, consultation, by=actor(request)),
    }
    return context | what_is_signed(request, consultation)


def what_is_signed(request: HttpRequest, consultation: Consultation) -> dict[str, object]:
    """The decisions, the consents that they need, and whose signatures. Read-only once signed."""
    proposal = latest(consultation)
    if proposal is None:
        return {}
    decided = not refusal(policies.check_is_decided, consultation)
    asked = performers_asked(proposal)
    needed = needed_for(proposal) if decided else []
    return {
        "proposal": proposal,
        "unfinished": inputs.listed(consultation),
        "panels": panels(request, proposal, explained(proposal), state_of(proposal)),
        "needed": needed,
        "asked": names_of_performers(proposal) if decided and asked else "",
        "preparation": preparation_of(consultation, proposal, needed)
        if decided and asked
        else None,
    }
