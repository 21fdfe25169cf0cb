"""Taking consents: the patient reads on this screen, signs on it, and may take it back."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.permissions import actor, allowed, require
from clinic.roles import Action
from clinic.text import checks_own_text
from consultations import consent_paper, drawing, policies
from consultations.consents import Needed, needed_for
from consultations.enums import ConsentState
from consultations.forms.consents import ConsentForm, PrepareForm, WithdrawForm
from consultations.models import Consent, Consultation
from consultations.services import consents as services
from consultations.services import plans
from consultations.services.patients import note_opened
from consultations.services.proposals import latest
from consultations.views.proposal_page import refusal
from consultations.views.proposals import consultation_or_404
from consultations.views.signing import is_signed_by, what_is_signed
from treatments.engine import digest_of


@require(Action.TAKE_CONSENT)
def consents(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is decided, the consents that it needs, and the preparation where one is asked for."""
    consultation = consultation_or_404(pk)
    note_opened(consultation, by=actor(request))
    return _shown(request, consultation, PrepareForm())


@require_POST
@require(Action.PREPARE)
def prepare(request: HttpRequest, pk: UUID) -> HttpResponse:
    consultation = consultation_or_404(pk)
    form = PrepareForm(request.POST)
    if form.is_valid() and is_signed_by(request, form):
        try:
            plans.prepare(consultation, by=actor(request))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The preparation is signed. It waits to be co-signed."))
            return redirect("consultations:consents", pk)
    return _shown(request, consultation, form)


def _shown(request: HttpRequest, consultation: Consultation, form: PrepareForm) -> HttpResponse:
    form.helper.form_action = reverse("consultations:prepare", args=[consultation.pk])
    context = {
        "consultation": consultation,
        "patient": consultation.patient,
        "form": form,
        "refusal": refusal(policies.check_is_decided, consultation),
        "prepare_refusal": refusal(policies.check_can_prepare, consultation),
        **what_is_signed(request, consultation),
    }
    return render(request, "consultations/consents.html", context)


@checks_own_text
@require(Action.TAKE_CONSENT)
def give(request: HttpRequest, pk: UUID, treatment: str) -> HttpResponse:
    """The text for the patient to read, in a language of theirs, and to sign."""
    consultation = consultation_or_404(pk)
    back = _way_back(request, pk)
    needed = _needed(consultation, treatment)
    if needed is None:
        if not refusal(policies.check_is_decided, consultation):  # else the page itself says why
            messages.error(request, _("No area of the plan has this treatment."))
        return redirect(back)
    if needed.consent is not None and needed.given:
        return redirect("consultations:consent", needed.consent.pk)
    language = _language(request, needed)
    if language is None:
        messages.error(request, _("There is no consent text for this treatment."))
        return redirect(back)
    document = _document(consultation, treatment, language)
    form = _form(request, document, signer=_signer_before(consultation))
    if request.method == "POST" and form.is_valid() and _given(request, consultation, form, needed):
        return redirect(_next_consent(consultation, language) or back)
    if request.method == "GET":
        note_opened(consultation, by=actor(request))
    context = {
        "consultation": consultation,
        "patient": consultation.patient,
        "needed": needed,
        "document": document,
        "languages": [
            (code, name) for code, name in settings.LANGUAGES if code in needed.languages
        ],
        "form": form,
        "pad": drawing,
        "back": back,
    }
    return render(request, "consultations/give_consent.html", context)


def _needed(consultation: Consultation, treatment: str) -> Needed | None:
    proposal = latest(consultation)
    if proposal is None or refusal(policies.check_is_decided, consultation):
        return None
    return next((one for one in needed_for(proposal) if one.treatment == treatment), None)


def _language(request: HttpRequest, needed: Needed) -> str | None:
    """The one asked for, else that of the page, else any that there is."""
    wanted = (request.POST or request.GET).get("language") or get_language()
    return wanted if wanted in needed.languages else next(iter(needed.languages), None)


def _document(consultation: Consultation, treatment: str, language: str) -> dict[str, Any]:
    proposal = latest(consultation)
    assert proposal is not None  # noqa: S101 - something is needed for it
    return services.document_to_sign(proposal, treatment, language)


def _next_consent(consultation: Consultation, language: str) -> str:
    """The patient who signs one goes on to the next, in the same language where there is one."""
    proposal = latest(consultation)
    asked = [one for one in needed_for(proposal) if one.readable] if proposal else []
    following = next((one for one in asked if one.state != ConsentState.WITHDRAWN), None)
    if following is None:
        return ""
    address = reverse("consultations:give-consent", args=[consultation.pk, following.treatment])
    return f"{address}?language={language}" if language in following.languages else address


def _signer_before(consultation: Consultation) -> str:
    """A name is written once; each text is agreed to by itself."""
    signed = Consent.objects.filter(consultation=consultation, withdrawal__isnull=True)
    last = signed.order_by("-signed_at", "-id").first()
    return last.signer_name if last else ""


def _form(request: HttpRequest, document: dict[str, Any], *, signer: str) -> ConsentForm:
    """It speaks the patient's language. What was read is what the page showed, not what is now."""
    with translation.override(document["language"]):
        form = ConsentForm(
            request.POST or None,
            witness=document["witness"],
            initial={"read": digest_of(document), "name": signer},
        )
        form.is_valid()
        return form


def _given(
    request: HttpRequest, consultation: Consultation, form: ConsentForm, needed: Needed
) -> bool:
    try:
        services.give_consent(
            consultation,
            treatment=needed.treatment,
            language=_language(request, needed) or "",
            read=form.cleaned_data["read"],
            signature=form.signature(),
            by=actor(request),
        )
    except ValidationError as error:
        _add_errors(form, error)
        form.data = {
            **dict(form.data.items()),
            "read": form.initial["read"],
        }  # what the page shows now
        return False
    messages.success(request, _("The consent is signed."))
    return True


def _add_errors(form: Any, error: ValidationError) -> None:
    faults: Any = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
    for name, found in faults.items():
        form.add_error(name if name in form.fields else None, list(found))


@require(Action.VIEW_CONSULTATION)
def consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A consent as it was signed, and whether it was taken back."""
    row = consent_or_404(pk)
    note_opened(row.consultation, by=actor(request))
    return _consent_page(request, row, WithdrawForm(initial={"told_by": str(row.signer_name)}))


@checks_own_text
@require_POST
@require(Action.TAKE_CONSENT)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = consent_or_404(pk)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            services.withdraw_consent(row, by=actor(request), **form.cleaned_data)
        except ValidationError as error:
            _add_errors(form, error)
        else:
            messages.success(request, _("The withdrawal is recorded."))
            return redirect("consultations:consent", pk)
    return _consent_page(request, row, form)


@require(Action.VIEW_CONSULTATION)
def consent_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The signed consent as a file, in its own language."""
    row = consent_or_404(pk)
    note_opened(row.consultation, by=actor(request))
    return consent_paper.consent_pdf(row)


def consent_or_404(pk: UUID) -> Consent:
    rows = Consent.objects.select_related(
        "consultation__patient",
        "consultation__clinic",
        "treatment",
        "taken_by",
        "withdrawal__recorded_by",
        "clinic",
    )
    return get_object_or_404(rows.prefetch_related("consultation__allergies__allergen"), pk=pk)


def _consent_page(request: HttpRequest, row: Consent, form: WithdrawForm) -> HttpResponse:
    document = json.loads(row.document)
    form.helper.form_action = reverse("consultations:withdraw-consent", args=[row.pk])
    context = {
        "consent": row,
        "consultation": row.consultation,
        "patient": row.consultation.patient,
        "document": document,
        "drawn": drawing.path_of(document["signature"]["drawing"]),
        "pad": drawing,
        "withdrawal": getattr(row, "withdrawal", None),
        "form": form,
    }
    return render(request, "consultations/consent.html", context)


def _way_back(request: HttpRequest, pk: UUID) -> str:
    """Who may sign goes on to the signature; who may not, to the list of consents."""
    page = "sign" if allowed(request, Action.SIGN) else "consents"
    return reverse(f"consultations:{page}", args=[pk])
