"""Signing: decisions become a plan with numbered, dated sessions, and the record closes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import User
from consultations import policies
from consultations.consents import accepted
from consultations.enums import ConsultationStatus, SessionKind, SessionStatus
from consultations.models import (
    Consultation,
    Decision,
    ItemNotGiven,
    Plan,
    PlanSession,
    Preparation,
    SessionItem,
)
from consultations.past_sessions import check_past_sessions, past_sessions_of
from consultations.services.editing import close_editing
from consultations.services.proposals import latest
from consultations.signing import document_of, performers_asked, preparation_of
from consultations.withdrawn import withdrawals_of
from treatments.engine import canonical_json, digest_of
from treatments.models import Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One treatment in one area on one day, before sessions are numbered."""

    day: date
    decision: Decision
    course: dict[str, Any]
    kind: SessionKind
    number_in_course: int


@transaction.atomic
def sign(consultation: Consultation, *, by: User, past_sessions: bool = False) -> Plan:
    """Sign the decisions of the latest proposal. The consultation never changes after this.

    ``past_sessions``: sessions that lie before today are meant; without it they are refused.

    Signing again gives back the plan that the same person signed before.
    """
    consultation = _locked(consultation)
    signed = Plan.objects.filter(consultation=consultation, signed_by=by).first()
    if signed is not None:
        return signed
    policies.check_can_sign(consultation, by=by)
    proposal = latest(consultation)
    assert proposal is not None  # noqa: S101 - check_can_sign has seen it
    check_past_sessions(proposal, meant=past_sessions)
    passed = past_sessions_of(proposal)
    document = document_of(consultation, proposal)
    preparation = preparation_of(consultation, proposal) if performers_asked(proposal) else None
    plan = Plan.objects.create(
        clinic=consultation.clinic,
        consultation=consultation,
        proposal=proposal,
        patient=consultation.patient,
        document=canonical_json(document),
        digest=digest_of(document),
        signed_at=timezone.now(),
        signed_by=by,
        preparation=preparation,
    )
    _write_sessions(plan, accepted(proposal))
    close_editing(consultation)
    consultation.status = ConsultationStatus.SIGNED
    consultation.signed_at, consultation.signed_by = plan.signed_at, by
    consultation.save(update_fields=["status", "signed_at", "signed_by"])
    audit.record(
        "plan-signed",
        plan,
        by=by,
        patient=consultation.patient_id,
        detail={
            "digest": plan.digest,
            "receipt": proposal.receipt,
            **({"preparation": str(preparation.pk)} if preparation else {}),
            **({"past_sessions": len(passed)} if passed else {}),
        },
    )
    return plan


@transaction.atomic
def prepare(consultation: Consultation, *, by: User) -> Preparation:
    """Sign as who prepared a plan that a specialist has to co-sign. It closes nothing yet."""
    consultation = _locked(consultation)
    policies.check_can_prepare(consultation)
    proposal = latest(consultation)
    assert proposal is not None  # noqa: S101 - check_can_prepare has seen it
    digest = digest_of(document_of(consultation, proposal))
    preparation, is_new = Preparation.objects.get_or_create(
        proposal=proposal,
        digest=digest,
        signed_by=by,
        defaults={"clinic": consultation.clinic, "consultation": consultation},
    )
    if is_new:
        audit.record(
            "plan-prepared",
            preparation,
            by=by,
            patient=consultation.patient_id,
            detail={"digest": digest},
        )
    return preparation


@transaction.atomic
def mark_session(session: PlanSession, *, status: str, by: User, reason: str = "") -> PlanSession:
    """Say that a scheduled session was done or cancelled, and if it was told, why.

    A treatment whose consent is withdrawn is not given: of a session that is done without it, that
    is recorded. The consultation is locked first: consents are taken back under the same lock.
    """
    Consultation.objects.select_for_update(of=("self",)).get(plan__sessions=session.pk)
    session = (
        PlanSession.objects.select_for_update(of=("self",))
        .select_related("plan", "clinic")
        .get(pk=session.pk)
    )
    if status not in {SessionStatus.DONE, SessionStatus.CANCELLED}:
        raise ValidationError({"status": _("A session is marked as done or as cancelled.")})
    if session.status != SessionStatus.SCHEDULED:
        raise ValidationError(_("This session is closed already."), code="closed")
    if status == SessionStatus.DONE and session.planned_on > session.clinic.today():
        raise ValidationError({"status": _("A session cannot be done before its day.")})
    if reason and status != SessionStatus.CANCELLED:
        raise ValidationError({"reason": _("A reason is told of a cancelled session only.")})
    session.status, session.cancelled_because = status, reason.strip()
    _check_reason(session)
    session.save(update_fields=["status", "cancelled_because"])
    left_out = _leave_out(session, by=by) if status == SessionStatus.DONE else []
    audit.record(
        f"session-{status}",
        session,
        by=by,
        patient=session.plan.patient_id,
        detail={"not-given": left_out} if left_out else {},
    )
    return session


def _check_reason(session: PlanSession) -> None:
    try:
        PlanSession._meta.get_field("cancelled_because").clean(session.cancelled_because, session)
    except ValidationError as error:
        raise ValidationError({"reason": error.error_list}) from error


def _leave_out(session: PlanSession, *, by: User) -> list[str]:
    """Record what was not given in a session, as “treatment:area”."""
    withdrawals = {
        treatment: withdrawal
        for treatment, withdrawal in withdrawals_of(session.plan.consultation_id).items()
        if session.planned_on >= session.clinic.day_of(withdrawal.at)
    }
    items = session.items.filter(treatment__in=[*withdrawals]).select_related("area", "treatment")
    for item in items:
        ItemNotGiven.objects.create(
            clinic_id=session.clinic_id,
            item=item,
            withdrawal=withdrawals[item.treatment_id],
            by=by,
        )
    return [f"{item.treatment.code}:{item.area.code}" for item in items]


def cancel_sessions(sessions: Iterable[PlanSession], *, by: User, why: str) -> None:
    """Cancel those that are still scheduled, for a reason that is recorded elsewhere; ``why`` is
    its code."""
    scheduled = PlanSession.objects.filter(
        pk__in=[one.pk for one in sessions], status=SessionStatus.SCHEDULED
    )
    for session in (
        scheduled.select_for_update(of=("self",)).select_related("plan").order_by("number")
    ):
        session.status = SessionStatus.CANCELLED
        session.save(update_fields=["status"])
        patient = session.plan.patient_id
        audit.record("session-cancelled", session, by=by, patient=patient, detail={"why": why})


def _locked(consultation: Consultation) -> Consultation:
    row: Consultation = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("patient", "clinic")
        .get(pk=consultation.pk)
    )
    return row


def _write_sessions(plan: Plan, accepted: list[Decision]) -> None:
    treatments = {row.code: row for row in Treatment.objects.all()}
    by_day: dict[date, list[Visit]] = defaultdict(list)
    for visit in _visits(accepted):
        by_day[visit.day].append(visit)
    for number, day in enumerate(sorted(by_day), start=1):
        optional = all(visit.kind == SessionKind.OPTIONAL for visit in by_day[day])
        session = PlanSession.objects.create(
            clinic=plan.clinic,
            plan=plan,
            number=number,
            planned_on=day,
            kind=SessionKind.OPTIONAL if optional else SessionKind.PLANNED,
        )
        SessionItem.objects.bulk_create(
            SessionItem(
                clinic=plan.clinic,
                session=session,
                area=visit.decision.area,
                treatment=treatments[visit.course["treatment"]],
                variant=visit.decision.option["variant"] or "",
                kind=visit.kind,
                number_in_course=visit.number_in_course,
                materials={
                    "formulas": visit.course["formulas"],
                    "activators": visit.course["activators"],
                    **_chosen(visit),
                },
            )
            for visit in by_day[day]
        )


def _chosen(visit: Visit) -> dict[str, Any]:
    """What the clinician chose beside the proposal; nothing where it was left open."""
    chosen = {
        "technique": visit.course.get("technique"),
        "parts": visit.decision.option.get("parts"),
    }
    return {name: value for name, value in chosen.items() if value}


def _visits(accepted: list[Decision]) -> Iterator[Visit]:
    for decision in accepted:
        for course in decision.option["courses"]:
            days = [
                *((day, SessionKind.PLANNED) for day in course["planned"]),
                *((day, SessionKind.OPTIONAL) for day in course["optional"]),
            ]
            for number, (day, kind) in enumerate(days, start=1):
                yield Visit(
                    day=date.fromisoformat(day),
                    decision=decision,
                    course=course,
                    kind=kind,
                    number_in_course=number,
                )
