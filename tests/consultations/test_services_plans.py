"""Signing: numbered sessions, and a record that no door can change any more."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinic.models import AuditEvent
from consultations import policies
from consultations.enums import SessionStatus
from consultations.facts import request_of
from consultations.models import PlanSession, SessionItem
from consultations.services import decisions, intake, notes, plans, proposals
from tests.consultations.made import (
    LOW_PLATELETS,
    accept,
    again,
    consented,
    consulted,
    decided,
    facts_of,
    proposed,
    sign,
    signed,
)
from tests.engine.cases import concerns, medicine
from treatments.engine import canonical_json, digest_of
from treatments.models import Concern, Condition

pytestmark = pytest.mark.usefixtures("open_clinic")

FULL = {
    "medications": [medicine("paracetamol")],
    "labs": LOW_PLATELETS["labs"],
    "conditions": {"pregnancy": "no", "breastfeeding": "no", "atopy": "yes"},
    "no_known_allergies": False,
    "allergies": [{"allergen": "latex"}],
    "area_findings": [{"finding": "infection", "area": "back"}],
    "procedures": [{"procedure": "chemical-peel", "area": "back", "performed_on": "2026-01-05"}],
    "clinic": {
        "closed_on": ["2026-05-01"],
        "products": [{"product": "mix", "ingredients": ["hyaluronic-acid", "peptides"]}],
    },
}


def refused(code):
    return pytest.raises(
        ValidationError, check=lambda error: {one.code for one in error.error_list} == {code}
    )


def sessions_of(plan):
    return list(PlanSession.objects.filter(plan=plan).order_by("number"))


# Signing


def test_a_plan_has_numbered_dated_sessions(clinic, physician):
    plan = signed(clinic, physician)
    option = json.loads(plan.document)["decisions"][0]["option"]
    days = sorted(
        {day for course in option["courses"] for day in course["planned"] + course["optional"]}
    )

    rows = sessions_of(plan)

    assert [row.number for row in rows] == list(range(1, len(days) + 1))
    assert [row.planned_on.isoformat() for row in rows] == days
    assert {row.status for row in rows} == {SessionStatus.SCHEDULED}


def test_a_session_says_what_is_given(clinic, physician):
    plan = signed(clinic, physician)
    first = SessionItem.objects.filter(session__plan=plan, treatment__code="mesotherapy").first()

    assert first.materials["formulas"][0]["formula"] == "rejuvenation"
    assert first.area.code == "face"
    assert first.number_in_course >= 1


def test_treatments_of_several_areas_share_a_day(clinic, physician):
    proposal = proposed(
        clinic, physician, concerns=concerns(("fine-lines", "face"), ("fine-lines", "neck"))
    )
    accept(proposal, physician)
    accept(proposal, physician, area="neck")

    plan = sign(proposal, physician)

    days = [row.planned_on for row in sessions_of(plan)]
    assert len(days) == len(set(days))
    first = SessionItem.objects.filter(session__plan=plan, session__number=1)
    assert {item.area.code for item in first} == {"face", "neck"}


def test_a_session_is_optional_only_when_all_of_it_is(clinic, physician):
    plan = signed(clinic, physician)

    for row in sessions_of(plan):
        kinds = {item.kind for item in row.items.all()}
        assert row.kind == ("optional" if kinds == {"optional"} else "planned")


def test_the_document_of_a_plan_is_canonical_and_has_its_digest(clinic, physician):
    plan = signed(clinic, physician)
    document = json.loads(plan.document)

    assert plan.document == canonical_json(document)
    assert plan.digest == digest_of(document)
    assert document["receipt"] == plan.proposal.receipt


def test_signing_closes_the_consultation_and_leaves_an_event(clinic, physician):
    plan = signed(clinic, physician)
    consultation = again(plan.consultation)

    assert (consultation.status, consultation.signed_by) == ("signed", physician)
    assert consultation.signed_at == plan.signed_at
    event = AuditEvent.objects.get(action="plan-signed")
    assert (event.patient, event.detail["digest"]) == (consultation.patient_id, plan.digest)


def test_nothing_is_signed_without_a_proposal(clinic, physician):
    with refused("nothing-proposed"):
        plans.sign(consulted(clinic, physician), by=physician)


def test_nothing_is_signed_while_an_area_is_undecided(clinic, physician):
    proposal = proposed(
        clinic, physician, concerns=concerns(("fine-lines", "face"), ("fine-lines", "neck"))
    )
    accept(proposal, physician)

    with refused("undecided"):
        plans.sign(proposal.consultation, by=physician)


def test_nothing_is_signed_when_all_was_declined(clinic, physician):
    proposal = proposed(clinic, physician)
    decisions.decide(proposal, area="face", verdict="declined", by=physician)

    with refused("undecided"):
        plans.sign(proposal.consultation, by=physician)


def test_a_stale_proposal_is_not_signed(clinic, physician):
    proposal = decided(clinic, physician)
    row = again(proposal.consultation)
    intake.update_consultation(row, by=physician, version=row.version, goals="Changed.")

    with refused("stale"):
        plans.sign(row, by=physician)


def test_a_new_proposal_of_changed_facts_has_to_be_decided_anew(clinic, physician):
    row = decided(clinic, physician).consultation
    entries = intake.Entries(scalars={"goals": "Smoother"})
    row = intake.change_fields(row, entries, by=physician, version=row.version)
    proposal = proposals.propose(row, by=physician)

    with refused("undecided"):
        plans.sign(proposal.consultation, by=physician)


def test_a_combination_that_asks_for_another_performer_is_not_signed(clinic, physician):
    proposal = decided(clinic, physician, clinic={"performer": "nurse"})
    consented(proposal, physician)

    with refused("performer"):
        plans.sign(proposal.consultation, by=physician)

    with refused("performer"):
        policies.check_can_sign(proposal.consultation)


def test_signing_twice_is_one_signature(clinic, physician):
    plan = signed(clinic, physician)

    again_signed = plans.sign(plan.consultation, by=physician)

    assert (again_signed, again_signed.signed_at) == (plan, plan.signed_at)
    assert AuditEvent.objects.filter(action="plan-signed").count() == 1


def test_a_second_signature_by_somebody_else_is_refused(clinic, physician, make_member):
    plan = signed(clinic, physician)

    with refused("closed"):
        plans.sign(plan.consultation, by=make_member("physician"))

    assert sessions_of(plan) != []


# After signing


def change_goals(row, by):
    intake.update_consultation(row, by=by, version=row.version, goals="x")


def change_concerns(row, by):
    intake.change_fields(row, intake.Entries(sections={"concerns": []}), by=by, version=row.version)


def change_facts(row, by):
    document = request_of(facts_of(row))
    intake.replace_facts(row, document, by=by, version=row.version)


def change_answer(row, by):
    intake.set_condition(row, "pregnancy", "yes", by=by, version=row.version)


def change_decision(row, by):
    accept(proposals.latest(row), by)


def propose_again(row, by):
    proposals.propose(row, by=by)


@pytest.mark.parametrize(
    "door",
    [
        change_goals,
        change_concerns,
        change_facts,
        change_answer,
        change_decision,
        propose_again,
    ],
)
def test_every_service_refuses_a_signed_record(clinic, physician, door):
    row = again(signed(clinic, physician).consultation)

    with refused("closed"):
        door(row, physician)


@pytest.fixture
def full_plan(clinic, physician):
    """A signed consultation with rows in every table of facts, and an override."""
    first = proposed(clinic, physician, **FULL)
    place = {"view": "face", "x": Decimal("0.5"), "y": Decimal("0.5")}
    notes.pin_note(first.consultation, by=physician, text="A scar.", **place)
    second = decisions.override_rule(
        first.consultation,
        rule="L-08b",
        area="face",
        treatment="prp",
        reason="specialist-agrees",
        text="Agreed.",
        by=physician,
    )
    accept(second, physician)
    return sign(second, physician)


TABLES = [
    "consultations_consultation",
    "consultations_concernentry",
    "consultations_conditionanswer",
    "consultations_allergyentry",
    "consultations_medicationentry",
    "consultations_labentry",
    "consultations_findingentry",
    "consultations_procedureentry",
    "consultations_closeddayentry",
    "consultations_productentry",
    "consultations_productpart",
    "consultations_ruleoverride",
    "consultations_mapnote",
    "consultations_decision",
    "consultations_proposal",
    "consultations_plan",
    "consultations_plansession",
    "consultations_sessionitem",
]


# A consultation stands under none, and a plan is signed by being there.
UNDER = sorted(set(TABLES) - {"consultations_consultation", "consultations_plan"})

SAME = "clinic_id = clinic_id"
# What became of a session is told after signing; the rest of it stays.
CHANGE = {"consultations_plansession": "number = number + 1000"}


def bytes_of(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return repr(cursor.fetchall())


def attempt(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def gives_way(statement):
    try:
        attempt(statement)
    except DatabaseError as error:
        return not any(words in str(error) for words in ("signed", "never changes"))
    return True


def test_sql_cannot_change_or_delete_a_signed_row(full_plan):
    before = {table: bytes_of(table) for table in TABLES}

    open_doors = [
        statement
        for table in TABLES
        for statement in (f"UPDATE {table} SET {CHANGE.get(table, SAME)}", f"DELETE FROM {table}")
        if gives_way(statement)
    ]

    assert [table for table, rows in before.items() if rows == "[]"] == []
    assert open_doors == []
    assert {table: bytes_of(table) for table in TABLES} == before


def test_sql_cannot_add_a_row_under_a_signed_consultation(full_plan):
    assert [table for table in UNDER if gives_way(copy_of_a_row(table))] == []


def copy_of_a_row(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 1")
        columns = [column[0] for column in cursor.description]
    copied = ", ".join(_fresh(name) for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM {table} LIMIT 1"


def _fresh(column):
    """A copy with another key; SQLite keeps keys as bare hexadecimal text."""
    return "'00000000000000000000000000000001'" if column == "id" else f'"{column}"'


def test_the_orm_cannot_change_a_signed_row(full_plan):
    consultation = again(full_plan.consultation)
    row = consultation.concerns.get()
    row.concern = Concern.objects.exclude(pk=row.concern_id).first()

    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        consultation.condition_answers.create(
            clinic=consultation.clinic,
            condition=Condition.objects.get(code="tobacco"),
            answer="yes",
        )


def test_an_unsigned_record_beside_it_stays_open(clinic, physician, full_plan):
    row = consulted(clinic, physician)

    saved = intake.update_consultation(row, by=physician, version=row.version, goals="Open.")

    assert saved.goals == "Open."


# Sessions


def past(session):
    return session.planned_on <= timezone.localdate()


@pytest.mark.parametrize("status", ["done", "cancelled"])
def test_a_session_is_marked_once(clinic, physician, status):
    plan = signed(clinic, physician)
    first = sessions_of(plan)[0]
    assert past(first)

    marked = plans.mark_session(first, status=status, by=physician)

    assert again(marked).status == status
    with refused("closed"):
        plans.mark_session(first, status="done", by=physician)


def test_a_session_is_not_done_before_its_day(clinic, physician):
    later = (timezone.localdate() + timedelta(days=30)).isoformat()
    plan = signed(clinic, physician, start_on=later)
    first = sessions_of(plan)[0]
    assert first.planned_on >= date.fromisoformat(later)

    with pytest.raises(ValidationError) as refusal:
        plans.mark_session(first, status="done", by=physician)

    assert set(refusal.value.message_dict) == {"status"}
    assert plans.mark_session(first, status="cancelled", by=physician).status == "cancelled"


@pytest.mark.parametrize("status", ["scheduled", "", "gone"])
def test_a_session_takes_no_other_mark(clinic, physician, status):
    first = sessions_of(signed(clinic, physician))[0]

    with pytest.raises(ValidationError):
        plans.mark_session(first, status=status, by=physician)
