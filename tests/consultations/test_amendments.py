"""Amendments: added to what was signed, which stays as it was, byte for byte."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from clinic.models import AuditEvent
from consultations import policies
from consultations.models import Amendment, PlanSession
from consultations.services.amendments import amend
from tests.consultations.made import again, consulted, decided, signed

pytestmark = pytest.mark.usefixtures("open_clinic")

WRONG_DOSE = {"reason": "recorded-wrongly", "text": "The last dose was on 3 January."}


@pytest.fixture
def plan(clinic, physician):
    return signed(clinic, physician)


def attempt(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def rows_of(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return cursor.fetchall()


def test_amendments_are_numbered_and_carry_reason_name_and_time(plan, physician):
    first = amend(plan.consultation, by=physician, **WRONG_DOSE)
    second = amend(plan.consultation, by=physician, reason="clarified", text="  Said again. ")

    assert [first.number, second.number] == [1, 2]
    assert (first.reason, first.text) == tuple(WRONG_DOSE.values())
    assert second.text == "Said again."
    assert {first.by, second.by} == {physician}
    assert first.at < second.at


def test_the_signed_record_stays_as_it_was(plan, physician):
    tables = ["consultations_consultation", "consultations_plan", "consultations_concernentry"]
    before = [rows_of(table) for table in tables]

    amend(plan.consultation, by=physician, **WRONG_DOSE)

    assert [rows_of(table) for table in tables] == before


def test_an_amendment_leaves_an_event_without_its_words(plan, physician):
    amendment = amend(plan.consultation, by=physician, **WRONG_DOSE)

    event = AuditEvent.objects.get(action="consultation-amended")
    assert (event.subject, event.patient) == (str(amendment.pk), plan.patient_id)
    assert (event.actor, event.clinic) == (physician.pk, plan.clinic_id)
    assert event.detail == {"number": 1, "reason": "recorded-wrongly"}


@pytest.mark.parametrize("made", [consulted, decided])
def test_only_a_signed_consultation_is_amended(clinic, physician, made):
    row = made(clinic, physician)
    row = getattr(row, "consultation", row)

    with pytest.raises(ValidationError) as refusal:
        amend(row, by=physician, **WRONG_DOSE)

    assert [one.code for one in refusal.value.error_list] == ["not-signed"]
    assert not Amendment.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "because"}, "reason"),
        ({"text": ""}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "x" * 4001}, "text"),
    ],
)
def test_an_amendment_says_why_and_what(plan, physician, changes, field):
    with pytest.raises(ValidationError) as refusal:
        amend(plan.consultation, by=physician, **WRONG_DOSE | changes)

    assert field in refusal.value.error_dict
    assert not AuditEvent.objects.filter(action="consultation-amended").exists()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE consultations_amendment SET text = 'x'", "DELETE FROM consultations_amendment"],
)
def test_sql_cannot_change_an_amendment(plan, physician, statement):
    amend(plan.consultation, by=physician, **WRONG_DOSE)
    before = rows_of("consultations_amendment")

    with pytest.raises(DatabaseError, match="an amendment never changes"):
        attempt(statement)

    assert rows_of("consultations_amendment") == before


def new(consultation, physician, clinic):
    return Amendment(clinic=clinic, consultation=consultation, number=9, by=physician, **WRONG_DOSE)


def test_the_database_takes_no_amendment_of_an_open_consultation(clinic, physician):
    row = consulted(clinic, physician)

    with (
        pytest.raises(DatabaseError, match="only a signed consultation"),
        transaction.atomic(),
    ):
        new(row, physician, clinic).save()


def test_the_database_takes_no_amendment_of_another_clinic(plan, physician, other_clinic):
    with pytest.raises(DatabaseError, match="another clinic"), transaction.atomic():
        new(plan.consultation, physician, other_clinic).save()


def test_the_database_takes_no_amendment_without_words(plan, physician, clinic):
    empty = new(plan.consultation, physician, clinic)
    empty.text = ""

    with pytest.raises(DatabaseError), transaction.atomic():
        empty.save()


# Sessions under a signed plan


def copied(table, **changed):
    """The statement that adds a copy of one row, but for these columns."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 1")
        columns = [column[0] for column in cursor.description]
    values = ", ".join(changed.get(name, f'"{name}"') for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} LIMIT 1"


def fresh_id():
    key = uuid.uuid4()
    return f"'{key.hex if connection.vendor == 'sqlite' else key}'"


def test_sql_cannot_add_a_session_to_a_signed_plan(plan):
    with pytest.raises(DatabaseError, match="a signed plan never changes"):
        attempt(copied("consultations_plansession", id=fresh_id(), number="99"))


def test_sql_cannot_add_a_treatment_to_a_signed_session(plan):
    other = "(SELECT MAX(id) FROM treatments_treatment) + 1"

    with pytest.raises(DatabaseError, match="a signed plan never changes"):
        attempt(copied("consultations_sessionitem", id=fresh_id(), treatment_id=other))


def test_sql_cannot_delete_a_signed_session(plan):
    with pytest.raises(DatabaseError, match="a signed plan never changes"):
        attempt("DELETE FROM consultations_plansession")


@pytest.mark.parametrize(
    "change",
    ["number = number + 99", "planned_on = '2030-01-01'", "kind = 'optional'", "id = {fresh}"],
)
def test_sql_cannot_change_what_was_planned(plan, change):
    before = rows_of("consultations_plansession")
    one = "number = (SELECT MIN(number) FROM consultations_plansession)"

    with pytest.raises(DatabaseError, match="a signed plan never changes"):
        attempt(
            f"UPDATE consultations_plansession SET {change.format(fresh=fresh_id())} WHERE {one}"
        )

    assert rows_of("consultations_plansession") == before


def test_what_became_of_a_session_is_still_told(plan):
    PlanSession.objects.filter(plan=plan).update(status="cancelled")

    assert {row.status for row in PlanSession.objects.filter(plan=plan)} == {"cancelled"}


def test_nothing_of_it_is_amended_in_place(plan):
    policies.check_can_amend(again(plan.consultation))
    assert not policies.can_edit(again(plan.consultation))
