"""Giving up input that never became part of the record."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.permissions import actor, require
from clinic.roles import Action
from consultations import flow
from consultations.models import DraftInput
from consultations.services import editing

_PAGES = {name: f"consultations:{name}" for name in ("proposal", "consents", "sign", "cancel")}


@require_POST
@require(Action.EDIT_CONSULTATION)
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(DraftInput.objects.select_related("consultation"), pk=pk)
    consultation = row.consultation
    try:
        editing.discard_inputs(consultation, [pk], by=actor(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The input is discarded."))
    page = _PAGES.get(request.POST.get("back", ""))
    return (
        redirect(page, consultation.pk)
        if page
        else redirect(flow.address(consultation, flow.PROPOSAL))
    )
