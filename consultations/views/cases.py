"""A proposal's facts kept beside the rules, by whoever curates and may see them."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.permissions import actor, require
from clinic.roles import Action
from consultations.services.cases import keep_as_case
from consultations.views.proposals import proposal_or_404


@require_POST
@require(Action.VIEW_CONSULTATION)
@require(Action.EDIT_CATALOGUE)
def keep(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    proposal = proposal_or_404(pk, number)
    try:
        case, new = keep_as_case(proposal, by=actor(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("consultations:proposal-number", pk, number)
    text = (
        _("Kept as “%(case)s”, without the patient's identity. Please read it through.")
        if new
        else _("These facts are kept already, as “%(case)s”.")
    )
    messages.success(request, text % {"case": case})
    return redirect("admin:treatments_goldencase_change", case.pk)
