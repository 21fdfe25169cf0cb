"""A session is closed once: by who marks it, or by a consent that is taken back."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django_scopes import scope

from clinic.models import AuditEvent
from consultations.models import PlanSession
from consultations.services import consents, plans
from tests.consultations.made import again, signed
from tests.consultations.records import unguarded
from tests.consultations.test_signing_race import Other

CLOSED = ["done", "cancelled"]


class Deed(Other):
    """What somebody else does, and in which words it is refused."""

    refused = ""

    def _run(self):
        try:
            super()._run()
        except ValidationError as error:
            self.refused = error.code


@pytest.fixture
def plan(clinic, physician, monkeypatch):
    """The day of its first visit for plasma has come."""
    plan = signed(clinic, physician)
    day = of_plasma(plan).planned_on
    monkeypatch.setattr(timezone, "localdate", lambda *_args: day)
    return plan


def sessions(plan):
    with scope(clinic=plan.clinic):
        return list(PlanSession.objects.filter(plan=plan).order_by("number"))


def of_plasma(plan):
    with scope(clinic=plan.clinic):
        return PlanSession.objects.filter(plan=plan, items__treatment__code="prp").first()


def mark(session, by, status="done"):
    with scope(clinic=session.clinic):
        return plans.mark_session(session, status=status, by=by)


def take_back(plan, by):
    with scope(clinic=plan.clinic):
        row = plan.consultation.consents.get(treatment__code="prp")
        consents.withdraw_consent(row, told_by="The patient", reason="", by=by)


@contextmanager
def under_way(clinic, act):
    """A transaction in which this was done, still open."""
    with scope(clinic=clinic), transaction.atomic():
        act()
        yield


# Two at the same moment


@pytest.mark.django_db(transaction=True)
def test_who_takes_a_consent_back_waits_for_a_session_that_is_being_marked(clinic, physician, plan):
    session = of_plasma(plan)

    with under_way(clinic, lambda: mark(session, physician)):
        withdrawal = Deed(lambda: take_back(plan, physician))
        assert not withdrawal.is_done()

    assert (withdrawal.result(), withdrawal.refused) == (None, "")
    assert again(session).status == "done"
    events = AuditEvent.objects.filter(subject=str(session.pk), action__startswith="session-")
    assert [one.action for one in events] == ["session-done"]


@pytest.mark.django_db(transaction=True)
def test_who_marks_a_session_waits_for_a_consent_that_is_being_taken_back(clinic, physician, plan):
    session = of_plasma(plan)

    with under_way(clinic, lambda: take_back(plan, physician)):
        marking = Deed(lambda: mark(session, physician))
        assert not marking.is_done()

    assert (marking.result(), marking.refused) == (None, "closed")
    assert again(session).status == "cancelled"
    events = AuditEvent.objects.filter(subject=str(session.pk), action__startswith="session-")
    assert [one.action for one in events] == ["session-cancelled"]


@pytest.mark.django_db(transaction=True)
def test_marking_locks_the_consultation_and_not_the_session_alone(
    clinic, physician, plan, monkeypatch
):
    """A session of the other treatment: nothing but the consultation is common to both."""
    with scope(clinic=clinic):
        other = PlanSession.objects.filter(plan=plan).exclude(items__treatment__code="prp").first()
    monkeypatch.setattr(timezone, "localdate", lambda *_args: other.planned_on)

    with under_way(clinic, lambda: take_back(plan, physician)):
        marking = Deed(lambda: mark(other, physician))
        assert not marking.is_done()

    assert (marking.result(), marking.refused) == (None, "")
    assert again(other).status == "done"


def test_what_was_closed_since_it_was_read_is_not_cancelled(clinic, physician, plan):
    read = sessions(plan)
    mark(read[0], physician)

    with scope(clinic=clinic), transaction.atomic():
        plans.cancel_sessions(read, by=physician, why="consent-withdrawn")

    assert {one.status for one in sessions(plan)[1:]} == {"cancelled"}
    assert sessions(plan)[0].status == "done"
    assert AuditEvent.objects.filter(action="session-cancelled").count() == len(read) - 1


# By SQL


def set_to(session, status):
    with scope(clinic=session.clinic), transaction.atomic():
        return PlanSession.objects.filter(pk=session.pk).update(status=status)


@pytest.mark.parametrize("after", ["scheduled", *CLOSED])
@pytest.mark.parametrize("before", CLOSED)
def test_no_statement_changes_a_closed_session(physician, plan, before, after):
    session = mark(sessions(plan)[0], physician, before)

    with pytest.raises(DatabaseError, match="a signed plan never changes"):
        set_to(session, after)

    assert again(session).status == before


@pytest.mark.parametrize("after", CLOSED)
def test_a_scheduled_one_may_be_closed(plan, after):
    assert set_to(sessions(plan)[0], after) == 1


def test_without_the_guard_it_would_change(physician, plan):
    """The positive control."""
    session = mark(sessions(plan)[0], physician)

    assert unguarded(lambda: set_to(session, "scheduled")) == 1

    assert again(session).status == "scheduled"
