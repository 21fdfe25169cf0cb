"""The page a day begins with: what is open, who comes, and whom to look for."""

from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.permissions import actor, allowed
from clinic.roles import Action
from clinic.scoping import clinic_today, membership_of
from consultations import worklists
from consultations.enums import ConsultationStatus, SessionStatus
from consultations.listing import page_of_open
from consultations.models import Consultation, PlanSession, SessionItem
from consultations.services.catching_up import catch_up_at_first_sight
from consultations.services.patients import note_listed
from treatments.models import Draft

NAMING = ("asked", "open_consultations", "others_today", "sessions", "unmarked")
UNMARKED = 20


def today(request: HttpRequest) -> HttpResponse:
    """Every member may open it; it shows what the role may see."""
    context: dict[str, Any] = {"today": clinic_today()}
    if membership_of(request) is None:
        return render(request, "consultations/no_clinic.html", context)
    if allowed(request, Action.VIEW_CONSULTATION):
        context |= _consultations(request)
    if allowed(request, Action.VIEW_PLAN):
        context |= _sessions()
    if allowed(request, Action.EDIT_CATALOGUE):
        context["draft"] = Draft.objects.open().first()
    if named := [row for key in NAMING for row in context.get(key, ())]:
        note_listed(Consultation, named, by=actor(request), filters=["today"])
    return render(request, "consultations/today.html", context)


def _consultations(request: HttpRequest) -> dict[str, Any]:
    """Of one day every row is shown; what is open grows with the years and has pages."""
    rows = Consultation.objects.for_list().order_by("-consulted_on", "-created_at", "id")
    page = page_of_open(actor(request), after=request.GET.get("after"))
    going_on = catch_up_at_first_sight()
    own, every = worklists.counts_for(actor(request))
    return {
        "asked": worklists.open_questions(),
        "changed_own": own,
        "changed_every": every,
        "going_on": going_on,
        "open_page": page,
        "open_consultations": worklists.mark_outdated(page.rows),
        "others_today": rows.filter(consulted_on=clinic_today())
        .exclude(clinician=actor(request), status=ConsultationStatus.OPEN)
        .exclude(status=ConsultationStatus.CANCELLED),
    }


def _sessions() -> dict[str, Any]:
    """Those of today, and of the days before the newest that nobody has said anything of yet."""
    day = clinic_today()
    scheduled = PlanSession.objects.filter(status=SessionStatus.SCHEDULED)
    before = scheduled.filter(planned_on__lt=day).order_by("-planned_on", "id")
    shown = Q(planned_on=day) | Q(pk__in=before.values("pk")[: UNMARKED + 1])
    rows = list(
        scheduled.filter(shown)
        .select_related("plan__patient")
        .defer("plan__document")
        .prefetch_related(Prefetch("items", queryset=SessionItem.objects.with_withdrawals()))
        .order_by("plan__patient__family_name", "plan__patient__given_name", "plan", "number")
    )
    unmarked = [row for row in rows if row.planned_on < day]
    unmarked.sort(key=lambda row: row.planned_on, reverse=True)
    return {
        "sessions": [row for row in rows if row.planned_on == day],
        "unmarked": unmarked[:UNMARKED],
        "more_unmarked": len(unmarked) > UNMARKED,
    }
