"""Who submitted, acknowledged, accepted and approved what, and when a release was put in force,
withstands SQL on both databases."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinic.guards import guards_of, lay, lift
from treatments.models import (
    AcceptedOutcome,
    Draft,
    GoldenCase,
    Release,
    ReleaseActivation,
    ReleaseApproval,
    Rule,
    RuleApproval,
)

MODELS = [Draft, AcceptedOutcome, ReleaseApproval, RuleApproval]
WORDS = {one.message for one in guards_of("treatments")}


@pytest.fixture
def history(clinic, make_member):
    """A published draft with an accepted outcome, an open one with another, and approvals."""
    by, release = make_member("medical-lead"), Release.objects.get()
    closed = Draft.objects.create(key="2030.1", base=release, submitted_by=by)
    accept(closed, by)
    closed.status, closed.is_open, closed.release = "published", False, release
    closed.save()
    accept(Draft.objects.create(key="2030.2", base=release), by)
    ReleaseApproval.objects.create(release=release, clinic=clinic, approved_by=by, note="Read.")
    RuleApproval.objects.create(rule=Rule.objects.first(), digest="sha256:0", approved_by=by)
    connection.check_constraints()  # PostgreSQL truncates no table with checks outstanding
    return closed


def accept(draft, by):
    AcceptedOutcome.objects.create(
        draft=draft, case=GoldenCase.objects.first(), outcome={}, reason="Meant.", accepted_by=by
    )


def attacks(model):
    """The first row is closed. Where there is a second one, it is open."""
    table = model._meta.db_table
    first, *others = model.objects.order_by("pk").values_list("pk", flat=True)
    columns = [field.column for field in model._meta.concrete_fields]
    named = ", ".join(columns)
    for column in columns:
        yield f"UPDATE {table} SET {column} = {column} WHERE id = {first}"
    yield f"UPDATE {table} SET id = 77 WHERE id = {first}"
    yield f"DELETE FROM {table} WHERE id = {first}"
    yield f"DELETE FROM {table}" if on_sqlite() else f"TRUNCATE {table} CASCADE"
    if on_sqlite():
        again = f"SELECT {named} FROM {table} WHERE id = {first}"
        yield f"INSERT OR REPLACE INTO {table} ({named}) {again}"
    for other in others:
        verb = "UPDATE OR REPLACE" if on_sqlite() else "UPDATE"
        yield f"{verb} {table} SET id = {first} WHERE id = {other}"
    if model is AcceptedOutcome:
        closed = f"(SELECT draft_id FROM {table} WHERE id = {first})"
        yield f"UPDATE {table} SET draft_id = {closed} WHERE id = {others[0]}"


def on_sqlite():
    return connection.vendor == "sqlite"


def refused(statement):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return any(words in str(error) for words in WORDS)
    return False


@pytest.mark.parametrize("model", MODELS)
def test_what_was_decided_about_a_release_withstands_sql(model, history):
    before = list(model.objects.order_by("pk").values())

    assert [one for one in attacks(model) if not refused(one)] == []
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("model", MODELS)
def test_without_the_guards_it_would_not(model, history):
    """The positive control."""
    lift(guards_of("treatments"), using="default")
    try:
        worked = [one for one in attacks(model) if changes(model, one)]
    finally:
        lay(guards_of("treatments"), using="default")

    assert [one for one in worked if "DELETE" in one or "TRUNCATE" in one]


def changes(model, statement):
    before = list(model.objects.order_by("pk").values())
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            after = list(model.objects.order_by("pk").values())
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return after != before


def test_an_open_draft_is_still_edited_and_its_outcomes_accepted_anew(history, make_member):
    draft = Draft.objects.open().get()
    draft.note = "More."
    draft.save()

    row = draft.accepted_outcomes.get()
    row.reason = "Meant so."
    row.save()
    row.delete()


def activated(at):
    return ReleaseActivation.objects.create(
        release=Release.objects.get(), effective_at=timezone.now(), activated_at=at
    )


def test_no_activation_is_older_than_the_last(db):
    last = ReleaseActivation.objects.latest("activated_at").activated_at

    for before in (timedelta(microseconds=1000), timedelta(days=2000)):
        with pytest.raises(DatabaseError, match="decided before the last"), transaction.atomic():
            activated(last - before)

    assert activated(last).pk
    assert activated(last + timedelta(seconds=1)).pk


def test_an_activation_is_compared_with_the_rows_and_not_with_a_clock(db):
    """A row from the future (a clock that was wrong) sets the mark; what follows comes after it."""
    future = timezone.now() + timedelta(days=1)
    activated(future)

    with pytest.raises(DatabaseError, match="decided before the last"), transaction.atomic():
        activated(timezone.now())
    assert activated(future + timedelta(seconds=1)).pk
