"""Accepting an option with other dates, techniques, parts or fewer ingredients."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinic.permissions import actor, require
from clinic.roles import Action
from clinic.text import checks_own_text
from consultations.enums import Verdict
from consultations.forms.changes import ChangeForm, Choosable
from consultations.models import Decision, Proposal
from consultations.narrowing import parts_of
from consultations.reasons import reasons_for
from consultations.services import decisions as services
from consultations.services.changes import Offer, limits_on
from consultations.services.patients import note_opened
from consultations.techniques import techniques_for
from consultations.views.decisions import area_or_404, back_to, context_of
from consultations.views.proposals import proposal_or_404
from treatments.enums import ReasonFor
from treatments.explanations import wording_of
from treatments.explanations.options import OptionText
from treatments.texts import in_plain_text


@checks_own_text
@require(Action.DECIDE)
def change(request: HttpRequest, pk: UUID, number: int, area: str, option: int) -> HttpResponse:
    proposal = proposal_or_404(pk, number)
    answer = area_or_404(proposal, area)
    if not 1 <= option <= len(answer.options):
        raise Http404
    chosen = answer.options[option - 1]
    form = _form(request, proposal, area, chosen)
    if request.method == "GET":
        note_opened(proposal, by=actor(request))
    elif (laid := form.laid_again()) is not None:
        form = _form(request, proposal, area, chosen, sent=laid)
        form.helper.form_show_errors = False  # nothing is decided yet
    elif form.is_valid() and _changed(request, proposal, area, form):
        return back_to(proposal, area)
    context = context_of(proposal) | {"answer": answer, "option": chosen, "form": form}
    return render(request, "consultations/change_option.html", context)


def _form(
    request: HttpRequest,
    proposal: Proposal,
    area: str,
    option: OptionText,
    *,
    sent: Any = None,
) -> ChangeForm:
    offer = services.offer_of(proposal, area)
    offered = offer.area["options"][option.number - 1]
    taken = Decision.objects.filter(
        proposal=proposal,
        area__code=area,
        verdict=Verdict.MODIFIED,
        option_number=option.number,
    ).first()
    return ChangeForm(
        sent or request.POST or None,
        option=option,
        start=taken.option if taken else offered,
        initial={"note": taken.note} if taken else None,
        choosable=_choosable(offer, offered),
    )


def _choosable(offer: Offer, offered: dict[str, Any]) -> Choosable:
    wording = wording_of(offer.catalogue)
    area = offer.area["area"]
    return Choosable(
        limits=limits_on(offered, offer),
        techniques={
            code: [
                (row["code"], in_plain_text(row["name"]))
                for row in techniques_for(offer.catalogue, code, area)
            ]
            for code in offered["treatments"]
        },
        parts=[(code, wording.name("areas", code)) for code in parts_of(offer.catalogue, area)],
        reasons=reasons_for(ReasonFor.DEPARTURE),
    )


def _changed(request: HttpRequest, proposal: Proposal, area: str, form: ChangeForm) -> bool:
    try:
        services.decide(
            proposal,
            area=area,
            verdict=Verdict.MODIFIED,
            by=actor(request),
            option_number=form.option.number,
            changes=form.changes(),
            note=form.cleaned_data["note"],
            acknowledged=form.cleaned_data.get("acknowledged", ()),
        )
    except ValidationError as error:
        form.refuse(error)
        return False
    messages.success(request, _("The changed option is accepted."))
    return True
