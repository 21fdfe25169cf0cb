"""Documents on paper, in the language that the clinician chooses for them alone."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.permissions import actor, require
from clinic.roles import Action
from consultations import care_paper, paper, record_paper
from consultations.models import Consultation, Plan
from consultations.services.patients import note_opened
from consultations.sheets import language_of

Languages = list[tuple[str, str]]


def asked_language(request: HttpRequest) -> str:
    """Of the document; the interface keeps its own."""
    try:
        return language_of(request.GET.get("language"))
    except ValidationError:
        raise Http404(_("There is no document in this language.")) from None


def in_language(
    request: HttpRequest, template: str, context_of: Callable[[], dict[str, object]]
) -> HttpResponse:
    """A page that is printed, all of it in the language asked for."""
    language = asked_language(request)
    with translation.override(language):
        context = {"sheet_language": language, "languages": languages(), **context_of()}
        response = render(request, template, context)
    response.headers["Content-Language"] = language
    return response


def languages() -> Languages:
    """Each by its own name."""
    return list(settings.LANGUAGES)


@require(Action.VIEW_PLAN)
def plan_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The plan as a file, tagged for those who have it read aloud."""
    language, row = asked_language(request), plan_or_404(pk)
    note_opened(row, by=actor(request))
    return paper.plan_pdf(row, language)


@require(Action.VIEW_PLAN)
def care_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the patient takes home: preparation and aftercare."""
    language, row = asked_language(request), plan_or_404(pk)
    note_opened(row, by=actor(request))
    return care_paper.care_pdf(row, language)


@require(Action.VIEW_CONSULTATION)
def record_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All of a consultation, from its facts to its amendments."""
    language = asked_language(request)
    row = get_object_or_404(Consultation.objects.with_facts().select_related("clinician"), pk=pk)
    note_opened(row, by=actor(request))
    return record_paper.record_pdf(row, language)


def plan_or_404(pk: UUID) -> Plan:
    rows = Plan.objects.with_sessions().defer("proposal__release__body")
    return get_object_or_404(rows.prefetch_related("consultation__allergies__allergen"), pk=pk)
