"""The prescriber is asked; the answer comes back, by name and date, and the proposal goes on."""

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
from consultations.forms.prescribers import AnswerForm, AskForm
from consultations.models import PrescriberQuestion, Proposal
from consultations.services import prescribers as services
from consultations.services.patients import note_opened
from consultations.views.proposal_page import explained, refusal
from consultations.views.proposals import proposal_or_404
from treatments.explanations.reasons import Reason


@checks_own_text
@require(Action.DECIDE)
def ask(
    request: HttpRequest, pk: UUID, number: int, area: str, treatment: str, rule: str
) -> HttpResponse:
    """Note the question, for every treatment and area that waits for the same rule."""
    proposal = proposal_or_404(pk, number)
    reason, places = _waiting(proposal, rule)
    if reason is None or f"{area}/{treatment}" not in dict(places):
        raise Http404
    if refused := refusal(policies.check_can_ask, proposal, rule, area, treatment):
        messages.error(request, refused)
        return _back(proposal, area)
    initial = {"places": [key for key, _name in places], "text": _wording(reason, places)}
    form = AskForm(request.POST or None, places=places, initial=initial)
    if request.method == "GET":
        note_opened(proposal, by=actor(request))
    elif form.is_valid() and _asked(request, proposal, rule, form):
        return _back(proposal, area)
    context = _context(proposal) | {"reason": reason, "form": form, "area": area}
    return render(request, "consultations/ask_prescriber.html", context)


def _asked(request: HttpRequest, proposal: Proposal, rule: str, form: AskForm) -> bool:
    places = [(key.partition("/")[0], key.partition("/")[2]) for key in form.cleaned_data["places"]]
    try:
        services.ask_prescriber(
            proposal.consultation,
            rule=rule,
            places=places,
            text=form.cleaned_data["text"],
            by=actor(request),
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    messages.success(request, _("The question is kept. It waits on the page “Today”."))
    return True


def _waiting(proposal: Proposal, rule: str) -> tuple[Reason | None, list[tuple[str, str]]]:
    """The rule in words, and the areas and treatments that still have to be asked about."""
    found, places = None, []
    open_places = policies.places_to_ask(proposal, rule)
    for answer in explained(proposal).areas:
        for one in answer.treatments:
            for reason in one.reasons:
                if reason.ground.rule == rule and reason.asks:
                    found = found or reason
                    if (answer.code, one.code) in open_places:
                        places.append((f"{answer.code}/{one.code}", f"{one.name}, {answer.name}"))
    return found, places


def _wording(reason: Reason, places: list[tuple[str, str]]) -> str:
    facts = "; ".join(fact.text for fact in reason.facts)
    planned = "; ".join(name for _key, name in places)
    text = _("The patient takes: %(facts)s. Planned: %(planned)s. Is there anything against it?")
    return text % {"facts": facts, "planned": planned}


@checks_own_text
@require(Action.DECIDE)
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the prescriber said; the proposal is made anew with it."""
    question = _question_or_404(pk)
    consultation = question.consultation
    if refused := refusal(policies.check_can_answer, question):
        messages.error(request, refused)
        return redirect("consultations:proposal", consultation.pk)
    others = consultation.prescriber_questions.filter(rule=question.rule, answer="")
    form = AnswerForm(
        request.POST or None,
        others=others.exclude(pk=question.pk).select_related("area", "treatment"),
    )
    if request.method == "GET":
        note_opened(question, by=actor(request))
    elif form.is_valid():
        try:
            made = services.record_answer(question, by=actor(request), **form.answered())
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return _gone_on(request, question, made)
    context = {"question": question, "consultation": consultation, "form": form}
    return render(
        request,
        "consultations/answer_prescriber.html",
        context | {"patient": consultation.patient},
    )


def _gone_on(
    request: HttpRequest, question: PrescriberQuestion, made: Proposal | None
) -> HttpResponse:
    if made is None:
        messages.warning(
            request, _("The answer is kept. Facts are missing before it can be proposed with it.")
        )
        return redirect("consultations:review", question.consultation_id)
    messages.success(request, _("The answer is kept and a new proposal is made."))
    return _back(made, question.area.code)


@require_POST
@require(Action.DECIDE)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    question = _question_or_404(pk)
    try:
        services.withdraw_question(question, by=actor(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The question is taken back."))
    return redirect("consultations:proposal", question.consultation_id)


def _question_or_404(pk: UUID) -> PrescriberQuestion:
    rows = PrescriberQuestion.objects.select_related(
        "area", "treatment", "asked_by", "consultation__patient", "consultation__clinic"
    ).prefetch_related("consultation__allergies__allergen")
    return get_object_or_404(rows, pk=pk)


def _context(proposal: Proposal) -> dict[str, object]:
    consultation = proposal.consultation
    return {"proposal": proposal, "consultation": consultation, "patient": consultation.patient}


def _back(proposal: Proposal, area: str) -> HttpResponse:
    page = redirect("consultations:proposal-number", proposal.consultation_id, proposal.number)
    page["Location"] += f"#area-{area}"
    return page
