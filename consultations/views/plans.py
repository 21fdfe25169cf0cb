"""Signed plans: the list, the page, the printout, and what became of each session."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.permissions import actor, require
from clinic.roles import Action
from clinic.scoping import clinic_today
from clinic.text import with_commas
from consultations.bodymap import map_of
from consultations.documents import plan_document
from consultations.enums import SessionStatus
from consultations.events import events_of
from consultations.forms.decisions import CancelForm, MarkForm, first_errors
from consultations.models import Plan, PlanSession
from consultations.services import plans as services
from consultations.services.patients import note_listed, note_opened
from consultations.treated import courses_of_plan, followed
from consultations.views.sheets import in_language, languages, plan_or_404
from consultations.worklists import is_outdated
from treatments.models import Area

PAGE = 25


@require(Action.VIEW_PLAN)
def plans(request: HttpRequest) -> HttpResponse:
    """The newest first, a page beginning after the last row of the one before."""
    rows = Plan.objects.for_list()
    last = _last_row(request)
    if last is not None:
        rows = rows.filter(
            Q(signed_at__lt=last.signed_at) | Q(signed_at=last.signed_at, id__gt=last.pk)
        )
    shown = list(rows.defer("document")[: PAGE + 1])
    note_listed(Plan, shown[:PAGE], by=actor(request))
    more = shown[PAGE - 1] if len(shown) > PAGE else None
    context = {"rows": shown[:PAGE], "more": more, "later": last is not None}
    return render(request, "consultations/plans.html", context)


def _last_row(request: HttpRequest) -> Plan | None:
    try:
        key = UUID(request.GET["after"])
    except (KeyError, ValueError):
        return None
    return Plan.objects.filter(pk=key).first()


@require(Action.VIEW_PLAN)
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = plan_or_404(pk)
    note_opened(row, by=actor(request))
    context = {**_context(row), "languages": languages()}
    return render(request, "consultations/plan.html", context)


@require(Action.VIEW_PLAN)
def print_plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The plan on paper, in a language of its own."""
    row = plan_or_404(pk)
    note_opened(row, by=actor(request))
    return in_language(request, "consultations/print_plan.html", lambda: _context(row))


@require_POST
@require(Action.MARK_SESSION)
def mark(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(PlanSession, pk=pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_errors(form))
        return redirect("consultations:plan", row.plan_id)
    try:
        marked = services.mark_session(row, status=form.cleaned_data["status"], by=actor(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _marked(marked))
    return redirect("consultations:plan", row.plan_id)


@require(Action.MARK_SESSION)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Asks first, on a page of its own: what is cancelled is not scheduled again."""
    row = get_object_or_404(PlanSession, pk=pk)
    plan = plan_or_404(row.plan_id)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _cancelled(request, row, form):
        messages.success(request, _("The session is marked."))
        return redirect("consultations:plan", plan.pk)
    if request.method == "GET":
        note_opened(plan, by=actor(request))
    session = next(one for one in plan_document(plan).sessions if one.row.pk == row.pk)
    context = {
        "form": form,
        "session": session,
        "row": session.row,
        "plan": plan,
        "consultation": plan.consultation,
        "patient": plan.patient,
    }
    return render(request, "consultations/cancel_session.html", context)


def _cancelled(request: HttpRequest, row: PlanSession, form: CancelForm) -> bool:
    reason = form.cleaned_data["reason"]
    try:
        services.mark_session(row, status=SessionStatus.CANCELLED, reason=reason, by=actor(request))
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def _marked(session: PlanSession) -> str:
    items = session.items.filter(not_given__isnull=False).select_related("area", "treatment")
    if not items:
        return _("The session is marked.")
    left_out = with_commas(f"{item.treatment} ({item.area})" for item in items)
    return _(
        "The session is marked. Recorded as not given, since the consent is withdrawn: %(items)s."
    ) % {"items": left_out}


def _context(row: Plan) -> dict[str, Any]:
    document = plan_document(row)
    where = followed(courses_of_plan(document))
    return {
        "plan": row,
        "consultation": row.consultation,
        "patient": row.patient,
        "document": document,
        "where": where,
        "followed": True,
        "body_map": map_of(
            Area.objects.active().select_related("parent"), where.spots, document.map_notes
        ),
        "notes": document.map_notes,
        "today": clinic_today(),
        "outdated": is_outdated(row),
        "events": events_of(row),
        "done_form": MarkForm(initial={"status": SessionStatus.DONE}, auto_id=False),
    }
