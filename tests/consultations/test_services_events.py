"""Adverse events: recorded for a signed plan, never changed, corrected by a further row."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django_scopes import scope

from clinic.models import AuditEvent
from consultations.models import (
    AdverseEvent,
    PlanSession,
    SessionItem,
)
from consultations.services import plans
from consultations.services.consents import withdraw_consent
from consultations.services.events import Told, correct_event, record_event
from tests.consultations.made import signed
from treatments.models import SideEffect

pytestmark = pytest.mark.django_db
TABLE = "consultations_adverseevent"


@pytest.fixture
def plan(clinic, physician):
    return signed(clinic, physician)


@pytest.fixture(autouse=True)
def _open_clinic(clinic):
    with scope(clinic=clinic):
        yield


def told(plan, **changes):
    item = SessionItem.objects.filter(session__plan=plan).first()
    plain = {
        "treatment": item.treatment.code,
        "area": item.area.code,
        "what": " Swelling. ",
        "seriousness": "mild",
        "onset_on": timezone.localdate(),
        "outcome": "recovered",
    }
    return Told(**{**plain, **changes})


def test_an_event_is_recorded_with_its_plan_and_audited(plan, physician):
    session = PlanSession.objects.filter(plan=plan).first()
    item = session.items.first()
    kind = SideEffect.objects.filter(treatment=item.treatment).first()

    event = record_event(
        plan,
        told(plan, treatment=item.treatment.code, session=session.pk, kind=kind.code),
        by=physician,
    )

    assert (event.patient_id, event.session, event.kind, event.what) == (
        plan.patient_id,
        session,
        kind,
        "Swelling.",
    )
    found = AuditEvent.objects.get(action="adverse-event-recorded")
    assert (found.actor, found.patient) == (physician.pk, plan.patient_id)
    assert found.detail == {
        "treatment": item.treatment.code,
        "area": item.area.code,
        "seriousness": "mild",
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"treatment": "laser"}, "treatment"),
        ({"area": "scalp"}, "treatment"),
        ({"kind": "no-such"}, "kind"),
        ({"session": "5ca1ebd8-5e2f-49be-aabe-5e40cf910d42"}, "session"),
        ({"what": "  "}, "what"),
        ({"what": "a\x00b"}, "what"),
        ({"what": "x" * 2001}, "what"),
        ({"seriousness": "dreadful"}, "seriousness"),
        ({"outcome": ""}, "outcome"),
        ({"onset_on": timezone.localdate() + timedelta(days=1)}, "onset_on"),
        ({"onset_on": timezone.localdate() - timedelta(days=1)}, "onset_on"),
    ],
)
def test_what_does_not_go_with_the_plan_is_refused_at_its_field(plan, physician, changes, field):
    with pytest.raises(ValidationError) as refusal:
        record_event(plan, told(plan, **changes), by=physician)

    assert field in refusal.value.message_dict
    assert not AdverseEvent.objects.exists()


def test_only_what_was_given_by_then_can_have_caused_it(clinic, physician):
    today = timezone.localdate()
    plan = signed(clinic, physician, consulted_on=(today - timedelta(days=60)).isoformat())
    passed = list(plan.sessions.filter(planned_on__lte=today).order_by("-number"))
    (last, *others), to_come = passed, plan.sessions.filter(planned_on__gt=today).first()
    for session in others:
        plans.mark_session(session, status="cancelled", by=physician)
    plain = place_of(last)

    for wrong in (others[0], to_come):
        with pytest.raises(ValidationError) as refusal:
            record_event(plan, told(plan, session=wrong.pk, **place_of(wrong)), by=physician)
        assert list(refusal.value.message_dict) == ["session"]
    event = record_event(plan, told(plan, session=last.pk, **plain), by=physician)
    assert record_event(plan, told(plan, **plain), by=physician).session is None

    plans.mark_session(last, status="cancelled", by=physician)
    with pytest.raises(ValidationError, match="was not given there by"):
        correct_event(event, told(plan, session=last.pk, **plain), by=physician)
    assert record_event(plan, told(plan, **plain), by=physician).session is None
    mistake = told(plan, session=last.pk, **plain)
    assert correct_event(event, mistake, by=physician, withdrawn=True).session == last


def place_of(session):
    item = session.items.first()
    return {"treatment": item.treatment.code, "area": item.area.code}


def test_what_was_left_out_of_a_session_cannot_have_caused_it(clinic, physician, monkeypatch):
    plan = signed(clinic, physician, preferences={"combination": "same-session"})
    session = next(one for one in plan.sessions.all() if one.items.count() == 2)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: session.planned_on)
    given = plan.consultation.consents.get(treatment__code="prp")
    withdraw_consent(given, told_by="The patient", reason="", by=physician)
    plans.mark_session(session, status="done", by=physician)
    of = {item.treatment.code: {"treatment": item.treatment.code, "area": item.area.code}
          for item in session.items.all()}  # fmt: skip

    with pytest.raises(ValidationError) as refusal:
        record_event(plan, told(plan, session=session.pk, **of["prp"]), by=physician)

    assert list(refusal.value.message_dict) == ["session"]
    assert record_event(plan, told(plan, session=session.pk, **of["mesotherapy"]), by=physician)


def test_a_correction_is_a_further_row_and_there_is_one(plan, physician):
    event = record_event(plan, told(plan), by=physician)

    further = correct_event(event, told(plan, seriousness="serious"), by=physician)

    assert further.corrects == event
    event.refresh_from_db()
    assert event.seriousness == "mild"
    with pytest.raises(ValidationError, match="corrected already"):
        correct_event(event, told(plan), by=physician)
    mistake = correct_event(further, told(plan), by=physician, withdrawn=True)
    assert (mistake.withdrawn, AdverseEvent.objects.count()) == (True, 3)
    actions = AuditEvent.objects.filter(action__startswith="adverse-event").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "adverse-event-recorded",
        "adverse-event-corrected",
        "adverse-event-withdrawn",
    ]


def key(row):
    return row.pk.hex if connection.vendor == "sqlite" else str(row.pk)


def refused(sql, *params):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_the_database_keeps_what_was_recorded(plan, physician):
    event = record_event(plan, told(plan), by=physician)

    refused(f"UPDATE {TABLE} SET seriousness = 'mild' WHERE id = %s", key(event))
    refused(f"DELETE FROM {TABLE} WHERE id = %s", key(event))
    if connection.vendor == "sqlite":
        refused(f"INSERT OR REPLACE INTO {TABLE} SELECT * FROM {TABLE} WHERE id = %s", key(event))
    else:
        refused(f"TRUNCATE {TABLE}")


def test_the_database_refuses_an_event_of_another_plan_patient_or_clinic(
    plan, physician, clinic, other_clinic
):
    other = signed(clinic, physician)
    event = record_event(plan, told(plan), by=physician)
    mixed = [
        {"patient_id": other.patient_id},
        {"session": PlanSession.objects.filter(plan=other).first()},
        {"clinic": other_clinic},
        {"corrects": record_event(other, told(other), by=physician)},
    ]

    for changes in mixed:
        with pytest.raises(DatabaseError), transaction.atomic():
            further(event, **changes).save()
    further(event, corrects=event).save()  # positive control


def further(event, **changes):
    """Another row of the same event."""
    names = [one.attname for one in AdverseEvent._meta.concrete_fields if not one.primary_key]
    row = AdverseEvent(**{name: getattr(event, name) for name in names})
    for name, value in changes.items():
        setattr(row, name, value)
    return row
