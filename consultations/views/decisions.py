"""Taking, changing, declining; overriding a rule and taking that back."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.permissions import actor, require
from clinic.roles import Action
from clinic.text import checks_own_text
from consultations import policies
from consultations.errors import IncompleteFacts
from consultations.forms.decisions import DecisionForm, OverrideForm, first_errors
from consultations.models import Proposal, RuleOverride
from consultations.reasons import reasons_for
from consultations.services import decisions as services
from consultations.services.patients import note_opened
from consultations.views.proposal_page import explained, refusal
from consultations.views.proposals import consultation_or_404, incomplete, proposal_or_404
from treatments.enums import ReasonFor
from treatments.explanations.proposals import AreaAnswer


@require_POST
@require(Action.DECIDE)
def decide(request: HttpRequest, pk: UUID, number: int, area: str) -> HttpResponse:
    proposal = proposal_or_404(pk, number)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_errors(form))
        return back_to(proposal, area)
    try:
        services.decide(proposal, area=area, by=actor(request), **form.decision())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The decision is kept."))
    return back_to(proposal, area)


@checks_own_text
@require(Action.OVERRIDE)
def override(
    request: HttpRequest, pk: UUID, number: int, area: str, treatment: str, rule: str
) -> HttpResponse:
    """Go ahead against an overridable rule, with a coded reason and a text."""
    proposal = proposal_or_404(pk, number)
    answer = area_or_404(proposal, area)
    found = [
        (one, reason)
        for one in answer.treatments
        for reason in one.reasons
        if one.code == treatment and reason.ground.rule == rule
    ]
    if not found:
        raise Http404
    if refused := refusal(policies.check_can_override, proposal, rule, area, treatment):
        messages.error(request, refused)
        return back_to(proposal, area)
    reasons = reasons_for(ReasonFor.OVERRIDE)
    form = OverrideForm(request.POST or None, reasons=reasons)
    if request.method == "GET":
        note_opened(proposal, by=actor(request))
    elif form.is_valid():
        try:
            made = services.override_rule(
                proposal.consultation,
                rule=rule,
                area=area,
                treatment=treatment,
                by=actor(request),
                **form.cleaned_data,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The rule is overridden and a new proposal is made."))
            return back_to(made, area)
    standing, reason = found[0]
    context = context_of(proposal) | {"answer": answer, "standing": standing, "reason": reason}
    return render(request, "consultations/override.html", context | {"form": form})


@require_POST
@require(Action.OVERRIDE)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(RuleOverride.objects.select_related("area"), pk=pk)
    try:
        made = services.withdraw_override(row, by=actor(request))
    except IncompleteFacts as error:
        return incomplete(request, consultation_or_404(row.consultation_id), error)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("consultations:proposal", row.consultation_id)
    messages.success(request, _("The override is taken back and a new proposal is made."))
    return back_to(made, row.area.code)


def area_or_404(proposal: Proposal, code: str) -> AreaAnswer:
    for answer in explained(proposal).areas:
        if answer.code == code:
            return answer
    raise Http404


def context_of(proposal: Proposal) -> dict[str, object]:
    consultation = proposal.consultation
    return {"proposal": proposal, "consultation": consultation, "patient": consultation.patient}


def back_to(proposal: Proposal, area: str) -> HttpResponse:
    page = redirect("consultations:proposal-number", proposal.consultation_id, proposal.number)
    page["Location"] += f"#area-{area}"
    return page
