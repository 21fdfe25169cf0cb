"""Recording what went wrong after a treatment, and correcting what was recorded."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from consultations.models import AdverseEvent, Plan, PlanSession, SessionItem
from treatments.models import SideEffect


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as it is told. Codes are the catalogue's; ``session`` is one of the plan's."""

    treatment: str
    area: str
    what: str
    seriousness: str
    onset_on: date
    outcome: str
    kind: str = ""
    session: UUID | None = None


@transaction.atomic
def record_event(plan: Plan, told: Told, *, by: User) -> AdverseEvent:
    """Add an event to a signed plan."""
    event = _made(_locked(plan), told, by=by)
    _save(event, "adverse-event-recorded")
    return event


@transaction.atomic
def correct_event(
    event: AdverseEvent, told: Told, *, by: User, withdrawn: bool = False
) -> AdverseEvent:
    """Tell the event anew, as a further row. ``withdrawn``: there was no such event."""
    plan = _locked(event.plan)
    if AdverseEvent.objects.filter(corrects=event).exists():
        raise ValidationError(
            _("This was corrected already. Correct what was recorded last."), code="superseded"
        )
    further = _made(plan, told, by=by, withdrawn=withdrawn)
    further.corrects, further.withdrawn = event, withdrawn
    _save(further, "adverse-event-withdrawn" if withdrawn else "adverse-event-corrected")
    return further


def _locked(plan: Plan) -> Plan:
    """Held, so that two who correct one event do so after each other."""
    rows = Plan.objects.select_for_update(of=("self",)).select_related("clinic")
    row: Plan = rows.defer("document").get(pk=plan.pk)
    return row


def _made(plan: Plan, told: Told, *, by: User, withdrawn: bool = False) -> AdverseEvent:
    _check_onset(plan, told.onset_on)
    item = _item(plan, told, withdrawn=withdrawn)
    return AdverseEvent(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        plan=plan,
        session=item.session if told.session else None,
        treatment=item.treatment,
        area=item.area,
        kind=_kind(told),
        what=told.what.strip(),
        seriousness=told.seriousness,
        onset_on=told.onset_on,
        outcome=told.outcome,
        recorded_by=by,
    )


def _item(plan: Plan, told: Told, *, withdrawn: bool) -> SessionItem:
    """What the plan gave there, in that session where one is named.

    A session that was not held, or came later, has caused nothing; only who takes an event back
    may name it. Without a session it is enough that one was due: that a visit was cancelled by
    mistake, or by a consent taken back since, must not keep an event from being told.
    """
    items = SessionItem.objects.filter(session__plan=plan).select_related(
        "session", "treatment", "area"
    )
    here = items.filter(treatment__code=told.treatment, area__code=told.area)
    if not here.exists():
        raise ValidationError({"treatment": _("The plan has no such treatment in this area.")})
    if told.session is None:
        due = here if withdrawn else here.due_by(told.onset_on)
        if found := due.first():
            return found
        raise ValidationError({"treatment": _("This was not given there by the day of the event.")})
    if not PlanSession.objects.filter(plan=plan, pk=told.session).exists():
        raise ValidationError({"session": _("The plan has no such session.")})
    if not here.filter(session=told.session).exists():
        raise ValidationError({"session": _("This treatment is not given there in that session.")})
    given = here if withdrawn else here.given_by(told.onset_on)
    found = given.filter(session=told.session).first()
    if found is None:
        raise ValidationError({"session": _("This was not given there by the day of the event.")})
    return found


def _kind(told: Told) -> SideEffect | None:
    if not told.kind:
        return None
    kind = SideEffect.objects.filter(code=told.kind, treatment__code=told.treatment).first()
    if kind is None:
        raise ValidationError({"kind": _("This treatment has no such side effect on record.")})
    return kind


def _check_onset(plan: Plan, day: date) -> None:
    if day > plan.clinic.today():
        raise ValidationError({"onset_on": _("This day is still to come.")})
    if day < plan.clinic.day_of(plan.signed_at):
        raise ValidationError({"onset_on": _("The plan was signed after this day.")})


def _save(event: AdverseEvent, action: str) -> None:
    event.full_clean(exclude=["clinic", "patient", "plan", "recorded_by"])
    event.save()
    detail = {
        "treatment": event.treatment.code,
        "area": event.area.code,
        "seriousness": event.seriousness,
        **({"corrects": str(event.corrects_id)} if event.corrects_id else {}),
    }
    audit.record(action, event, by=event.recorded_by, patient=event.patient_id, detail=detail)
