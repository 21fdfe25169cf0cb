"""A consent taken back while its treatment shares visits with another one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent
from consultations import care_paper
from consultations.documents import plan_document
from consultations.models import ItemNotGiven, Plan, PlanSession, SessionItem
from consultations.services import consents, plans
from consultations.services.proposals import data_of
from consultations.treated import courses_of_plan, followed
from tests.consultations.made import accept, proposed, sign, signed
from tests.consultations.test_paper import made, text_of
from tests.engine.cases import concerns, conditions, medicine

pytestmark = pytest.mark.usefixtures("open_clinic", "on_the_day")
TOLD = {"told_by": "The patient", "reason": ""}


@pytest.fixture
def reader(client_of):
    return client_of("physician")


@pytest.fixture
def plan(clinic, physician):
    """A plan of which some visits hold both treatments."""
    return signed(clinic, physician, preferences={"combination": "same-session"})


def withdraw(plan, physician, treatment="prp"):
    row = plan.consultation.consents.get(treatment__code=treatment)
    return consents.withdraw_consent(row, by=physician, **TOLD)


def shared(plan):
    """The first visit with both treatments, its day come."""
    for session in plan.sessions.all():
        if len({item.treatment_id for item in session.items.all()}) == 2:
            return session
    raise AssertionError("no shared visit")


def document(plan):
    return plan_document(Plan.objects.with_sessions().get(pk=plan.pk))


def items_of(plan):
    return [
        (item.treatment, item.withdrawn) for one in document(plan).sessions for item in one.items
    ]


def test_what_is_withdrawn_is_marked_in_every_session_and_only_that(plan, physician):
    assert {withdrawn for _name, withdrawn in items_of(plan)} == {""}

    withdraw(plan, physician)

    for name, withdrawn in items_of(plan):
        assert withdrawn.startswith("Consent withdrawn on ") == name.startswith("Platelet")
    (line,) = document(plan).withdrawals
    assert line.startswith("Platelet-rich plasma (PRP): the consent was withdrawn on ")


def test_its_care_is_not_asked_for_any_more(plan, physician):
    def told():
        lines = [*document(plan).before, *document(plan).after]
        return {name for line in lines for name in line.treatments}

    assert len(told()) == 2
    withdraw(plan, physician)

    assert told() == {"Mesotherapy"}


def test_page_print_and_pdf_say_so(plan, physician, reader):
    withdraw(plan, physician)

    for name in ("plan", "print-plan"):
        page = reader.get(reverse(f"consultations:{name}", args=[plan.pk])).content.decode()
        assert "Consent withdrawn on " in page
        assert "the consent was withdrawn on " in page
    assert "Consent withdrawn on " in text_of(made(plan))


def test_the_map_counts_it_neither_as_done_nor_as_to_come(plan, physician):
    before = {one.treatment: one.sessions for one in courses_of_plan(document(plan))}
    withdraw(plan, physician)

    where = followed(courses_of_plan(document(plan)))

    told = {one.treatment: one for one in where.courses}
    assert before["prp"] > 0
    assert (told["prp"].sessions, told["prp"].withdrawn) == (0, True)
    assert "consent withdrawn" in told["prp"].progress
    assert (told["mesotherapy"].sessions, told["mesotherapy"].withdrawn) == (
        before["mesotherapy"],
        False,
    )


def test_where_all_is_withdrawn_nothing_looks_done(plan, physician):
    withdraw(plan, physician)
    withdraw(plan, physician, "mesotherapy")

    spot = followed(courses_of_plan(document(plan))).spots["face"]

    assert (spot.fill, spot.sign) == ("", "✕")


@pytest.fixture
def in_time(plan, monkeypatch):
    """The day of the first shared visit."""
    day = shared(plan).planned_on
    monkeypatch.setattr(timezone, "localdate", lambda *_args: day)
    return shared(plan)


def test_a_shared_visit_is_done_for_what_remains_and_that_is_recorded(plan, physician, in_time):
    withdrawal = withdraw(plan, physician)

    plans.mark_session(in_time, status="done", by=physician)

    (row,) = ItemNotGiven.objects.all()
    assert (row.item.session, row.item.treatment.code) == (in_time, "prp")
    assert (row.withdrawal, row.by) == (withdrawal, physician)
    event = AuditEvent.objects.get(action="session-done")
    assert event.detail == {"not-given": ["prp:face"]}
    session = next(one for one in document(plan).sessions if one.row == in_time)
    assert {item.treatment: item.withdrawn[:9] for item in session.items} == {
        "Mesotherapy": "",
        "Platelet-rich plasma (PRP)": "Not given",
    }


def test_what_was_given_before_stays_given(plan, physician, in_time):
    plans.mark_session(in_time, status="done", by=physician)

    withdraw(plan, physician)

    session = next(one for one in document(plan).sessions if one.row == in_time)
    assert {item.withdrawn for item in session.items} == {""}
    assert not ItemNotGiven.objects.exists()
    told = {one.treatment: one for one in courses_of_plan(document(plan))}
    assert (told["prp"].done, told["prp"].sessions) == (1, 1)


def test_a_visit_of_a_day_before_is_left_to_who_was_there(plan, physician, monkeypatch):
    """Its consent held on that day: nothing is struck out, cancelled, or said not to be given."""
    visits = [one for one in plan.sessions.all() if one.items.filter(treatment__code="prp")]
    held = visits[0]
    after = held.planned_on + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: after)

    withdraw(plan, physician)
    withdraw(plan, physician, "mesotherapy")

    status = {one.pk: one.status for one in plan.sessions.all()}
    assert status[held.pk] == "scheduled"
    assert {status[one.pk] for one in visits[1:]} == {"cancelled"}
    told = next(one for one in document(plan).sessions if one.row == held)
    assert {item.withdrawn for item in told.items} == {""}
    plans.mark_session(held, status="done", by=physician)
    assert not ItemNotGiven.objects.exists()


def test_the_page_says_what_was_not_given(plan, physician, reader, in_time):
    withdraw(plan, physician)

    page = reader.post(
        reverse("consultations:mark-session", args=[in_time.pk]), {"status": "done"}, follow=True
    )

    assert "Recorded as not given, since the consent is withdrawn" in page.content.decode()


def test_today_shows_it(plan, physician, reader, in_time):
    today = reader.get("/").content.decode()
    assert "consent withdrawn" not in today

    withdraw(plan, physician)

    assert "consent withdrawn" in reader.get("/").content.decode()


@pytest.mark.parametrize("path", ["plans/{plan}/", "sessions/{session}/"])
def test_rest_shows_it(plan, physician, api_of, path):
    api = api_of("physician")
    withdrawal = withdraw(plan, physician)
    session = shared(plan)

    data = api.get(f"/api/v1/{path.format(plan=plan.pk, session=session.pk)}").json()

    found = data.get("sessions", [data])
    items = [item for one in found for item in one["items"]]
    told = {(item["treatment"], item["withdrawn_at"] is not None) for item in items}
    assert told == {("prp", True), ("mesotherapy", False)}
    assert withdrawal.at.isoformat()[:19] in {str(item["withdrawn_at"])[:19] for item in items}


def test_what_was_recorded_never_changes(plan, physician, in_time):
    withdraw(plan, physician)
    plans.mark_session(in_time, status="done", by=physician)
    row = ItemNotGiven.objects.get()

    for attempt in (
        row.delete,
        lambda: ItemNotGiven.objects.update(at=timezone.now()),
        lambda: ItemNotGiven.objects.create(
            clinic=row.clinic, item=row.item, withdrawal=row.withdrawal, by=physician
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert ItemNotGiven.objects.count() == 1


def test_a_newer_consent_counts(plan, physician):
    """Only the newest consent to a treatment says whether it is given."""
    withdraw(plan, physician)

    rows = SessionItem.objects.with_withdrawals().filter(session__plan=plan)
    stopped = {row.treatment.code for row in rows if row.withdrawn_at is not None}

    assert stopped == {"prp"}
    assert PlanSession.objects.filter(plan=plan, status="scheduled").exists()


PRP = "Platelet-rich plasma (PRP)"


def after_the_course(plan):
    return {(one.treatment, one.review) for one in document(plan).follow_ups}


def test_what_would_follow_a_withdrawn_course_is_not_asked_for(plan, physician):
    before = after_the_course(plan)
    assert {name for name, _review in before} == {"Mesotherapy", PRP}
    frozen = (plan.document, plan.digest)

    withdraw(plan, physician)

    assert after_the_course(plan) == {one for one in before if one[0] == "Mesotherapy"}
    plan.refresh_from_db()
    assert (plan.document, plan.digest) == frozen


def test_where_all_is_withdrawn_nothing_is_asked_for_any_more(plan, physician, reader):
    withdraw(plan, physician)
    withdraw(plan, physician, "mesotherapy")

    told = document(plan)
    assert (told.follow_ups, told.before, told.after, told.heed, told.personal_care) == ((),) * 5
    for name in ("plan", "print-plan"):
        page = reader.get(reverse(f"consultations:{name}", args=[plan.pk])).content.decode()
        assert "After the course" not in page
        assert "To be minded" not in page
    assert "After the course" not in text_of(made(plan))


def test_where_all_is_cancelled_nothing_is_asked_for_any_more(plan, physician, reader):
    assert document(plan).heed

    for session in plan.sessions.all():
        plans.mark_session(session, status="cancelled", by=physician)

    told = document(plan)
    assert (told.follow_ups, told.before, told.after, told.heed, told.personal_care) == ((),) * 5
    assert care_paper.printed(Plan.objects.with_sessions().get(pk=plan.pk), "en")["care"] == []
    page = reader.get(reverse("consultations:plan", args=[plan.pk])).content.decode()
    assert "After the course" not in page


def test_of_a_course_that_was_begun_the_result_is_looked_at(plan, physician, in_time):
    plans.mark_session(in_time, status="done", by=physician)

    withdraw(plan, physician)

    assert {review for name, review in after_the_course(plan) if name == PRP} == {True}
    withdraw(plan, physician, "mesotherapy")
    assert document(plan).heed


def test_a_course_that_is_done_keeps_what_follows(plan, physician, monkeypatch):
    last = plan.sessions.last()
    monkeypatch.setattr(timezone, "localdate", lambda *_args: last.planned_on)
    before = document(plan)

    for session in plan.sessions.all():
        plans.mark_session(session, status="done", by=physician)

    after = document(plan)
    assert before.follow_ups
    for name in ("follow_ups", "before", "after", "heed", "personal_care"):
        assert getattr(after, name) == getattr(before, name)


def test_what_is_to_be_minded_goes_with_the_treatment_it_speaks_of(clinic, physician):
    """A warning of mesotherapy's mixture, a caution on it, and a notice of PRP."""
    proposal = proposed(
        clinic,
        physician,
        concerns=concerns(("fine-lines", "face"), ("hyperpigmentation", "face")),
        conditions=conditions(atopy="yes"),
    )
    options = data_of(proposal)["areas"][0]["options"]
    both = [len(one["treatments"]) == 2 for one in options].index(True) + 1
    accept(proposal, physician, number=both)
    plan = sign(proposal, physician)

    def told():
        return " ".join(one.text for one in document(plan).heed)

    speaks = {
        "mesotherapy": ("mostly known on the skin", "Check each product against known allergies"),
        "prp": ("Loss of sight",),
    }
    assert all(text in told() for texts in speaks.values() for text in texts)
    withdraw(plan, physician, "mesotherapy")
    assert [text for text in speaks["mesotherapy"] if text in told()] == []
    assert all(text in told() for text in speaks["prp"])


def test_care_of_her_own_goes_with_its_treatment(clinic, physician):
    """A painkiller the day before: each treatment has its own rule, and its own advice."""
    taken = medicine("ibuprofen", prescribed=False, ongoing=False, last_taken_on="2026-03-01")
    plan = signed(clinic, physician, medications=[taken])
    before = document(plan).personal_care
    assert len(before) == 2

    withdraw(plan, physician)

    assert set(document(plan).personal_care) < set(before)
    assert len(document(plan).personal_care) == 1
