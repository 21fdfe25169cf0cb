"""The treatments side by side for the talk with one patient, on screen and on paper."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic.permissions import actor, require
from clinic.roles import Action
from clinic.text import lowered
from consultations.conversation import (
    Conversation,
    CourseLine,
    Offer,
    asked_in,
    conversation,
    courses_of,
    first_offers,
)
from consultations.enums import SessionKind, SessionStatus
from consultations.models import Consultation, Plan, Proposal
from consultations.policies import facts_changed
from consultations.services.patients import note_opened
from consultations.services.proposals import data_of, latest
from consultations.standing import standing_of
from consultations.views.proposal_page import explained
from consultations.views.proposals import consultation_or_404
from consultations.views.sheets import in_language
from treatments.browsing import comparison_of
from treatments.compiler import catalogue_of
from treatments.explanations import Wording, wording_of
from treatments.models import Release
from treatments.views.releases import in_force


@require(Action.VIEW_CONSULTATION)
def comparison(request: HttpRequest, pk: UUID) -> HttpResponse:
    consultation = consultation_or_404(pk)
    note_opened(consultation, by=actor(request))
    made, current = latest(consultation), in_force()
    # What was answered since is not in it: then nothing of it is told as if it still held.
    proposal = None if made is None or facts_changed(made) else made
    release = proposal.release if proposal else current
    if release is None:
        raise Http404(_("No release of the catalogue is in force yet."))

    def context() -> dict[str, Any]:
        wording = wording_of(catalogue_of(release))
        return {
            "consultation": consultation,
            "patient": consultation.patient,
            "made": made,
            "proposal": proposal,
            **_told(consultation, proposal, wording),
            **_released(release, current),
        }

    return in_language(request, "consultations/comparison.html", context)


def _released(release: Release, current: Release | None) -> dict[str, Any]:
    return {
        "comparison": comparison_of(catalogue_of(release)),
        "release": release,
        "release_key": release.key,
        "current": current,
        "in_force": current is not None and current.pk == release.pk,
    }


def _told(
    consultation: Consultation, proposal: Proposal | None, wording: Wording
) -> dict[str, Any]:
    """`holds`: what holds for the whole patient, where nothing can be proposed in any area."""
    if proposal is None:
        return {"own": _before_a_proposal(consultation, wording), "holds": None}
    explanation = explained(proposal)
    offers = _offers(proposal)
    plan = Plan.objects.with_sessions().filter(consultation=consultation).first()
    courses = list(_signed(plan, wording)) if plan else courses_of(wording, offers)
    if plan is not None:
        offers = list(_kept(plan, offers))
    own = conversation(
        wording,
        asked_in(json.loads(proposal.request)),
        explanation=explanation,
        offers=offers,
        courses=courses,
    )
    return {"own": own, "holds": explanation.patient}


def _before_a_proposal(consultation: Consultation, wording: Wording) -> Conversation:
    rows = consultation.concerns.select_related("area", "concern")
    asked = [(row.area.code if row.area else "", row.concern.code) for row in rows]
    return conversation(wording, dict.fromkeys(asked))


def _offers(proposal: Proposal) -> list[Offer]:
    """Of each area what was taken; nothing where all was declined."""
    decided = {row.area.code: row for row in proposal.decisions.select_related("area")}
    taken = [
        Offer(area=area, option=row.option, standing=lowered(row.get_verdict_display()))
        for area, row in decided.items()
        if row.option
    ]
    return taken + [one for one in first_offers(data_of(proposal)) if one.area not in decided]


def _kept(plan: Plan, offers: list[Offer]) -> Iterator[Offer]:
    """Of each option the treatments of which something was given or is to come."""
    kept = standing_of(plan).kept
    for offer in offers:
        left = [one for one in offer.option["treatments"] if (offer.area, one) in kept]
        courses = [one for one in offer.option["courses"] if one["treatment"] in left]
        if left:
            yield replace(offer, option={**offer.option, "treatments": left, "courses": courses})


def _signed(plan: Plan, wording: Wording) -> Iterator[CourseLine]:
    """The sessions of the signed plan that were not cancelled, but for what is withdrawn."""
    found: dict[tuple[str, str], dict[str, list[Any]]] = {}
    for session in plan.sessions.all():
        if session.status == SessionStatus.CANCELLED:
            continue
        for item in session.items.all():
            if item.withdrawn_at is not None:
                continue
            days = found.setdefault((item.treatment.code, item.area.code), {})
            days.setdefault(item.kind, []).append(session.planned_on)
    for (treatment, area), days in found.items():
        yield CourseLine(
            treatment=treatment,
            area=wording.name("areas", area),
            standing=_("signed"),
            planned=tuple(days.get(SessionKind.PLANNED, ())),
            optional=tuple(days.get(SessionKind.OPTIONAL, ())),
        )
