"""Nothing that SQL can say changes a signed consultation or a row below it.

One matrix: every model that leads to a consultation, by every way to write, on both databases; on
SQLite also where recursive triggers are off, as in any other program that opens the file.
"""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import UniqueConstraint
from django_scopes import scopes_disabled

from clinic.guards import guards_of
from consultations.models import BlastResult, Consultation, PlanSession, Presence
from tests.consultations.records import (
    full_record,
    keys_of,
    models_of_the_record,
    rows_of,
    signed_record,
    stored,
    unguarded,
)

EXEMPT = {
    Presence: "who has it open at this moment; signing forgets it",
    BlastResult: "what a draft of the catalogue would change; written anew by every run",
}
FRESH = "'00000000000000000000000000000001'"
# What became of a session is told after signing; the rest of it stays.
SESSION = {
    "id": FRESH,
    "clinic_id": FRESH,
    "plan_id": FRESH,
    "number": "number + 1000",
    "planned_on": "'2031-01-02'",
    "kind": "'changed'",
}
WORDS = {one.message for one in guards_of("consultations")}


def frozen():
    return [model for model in models_of_the_record() if model not in EXEMPT]


@pytest.fixture
def pairs(clinic, physician):
    """(model, key of a row of a signed record, key of another record's row), for every model.

    The other record is an open one, but where only a signed one has such rows.
    """
    signed_record(clinic, physician)
    before = {model: keys_of(model) for model in frozen()}
    full_record(clinic, physician)
    still_open = {model: keys_of(model) - before[model] for model in frozen()}
    others = {model: still_open[model] or before[model] for model in frozen()}
    before = {model: keys_of(model) for model in frozen()}
    signed_record(clinic, physician)
    connection.check_constraints()  # PostgreSQL truncates no table with checks outstanding
    return [
        (model, fullest(model, keys_of(model) - before[model]), fullest(model, others[model]))
        for model in frozen()
    ]


def fullest(model, keys):
    """The row with the fewest empty columns: a key that is empty is nobody's."""

    def filled(row):
        return sum(getattr(row, field.attname) is not None for field in row._meta.concrete_fields)

    with scopes_disabled():
        rows = model.objects.filter(pk__in=keys)
        return max(rows, key=lambda row: (filled(row), row.pk.hex)).pk.hex


def on_sqlite():
    return connection.vendor == "sqlite"


def columns_of(model):
    return [field.column for field in model._meta.concrete_fields]


def places_of(model):
    """The columns of every key by which a row is found; on SQLite its number, too."""
    named = {field.name: field.column for field in model._meta.concrete_fields}
    yield ("id",)
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key:
            yield (field.column,)
    for one in model._meta.constraints:
        if isinstance(one, UniqueConstraint):
            yield tuple(named[name] for name in one.fields)
    if on_sqlite():
        yield ("rowid",)


def ways_above(model):
    """The keys by which a row hangs below the record."""
    return [
        (field.column,)
        for field in model._meta.concrete_fields
        if field.related_model in models_of_the_record()
        and (model, field.name) != (Consultation, "copied_from")
    ]


def update(model, mine, _other):
    table = model._meta.db_table
    values = SESSION if model is PlanSession else {name: name for name in columns_of(model)}
    for column, value in values.items():
        yield f"UPDATE {table} SET {column} = {value} WHERE id = '{mine}'"
    yield f"UPDATE {table} SET id = {FRESH} WHERE id = '{mine}'"


def delete(model, mine, _other):
    yield f"DELETE FROM {model._meta.db_table} WHERE id = '{mine}'"


def insert(model, mine, _other):
    """Another row below the signed record; the consultation itself is below nothing."""
    if model is not Consultation:
        yield copied(model, source=mine)


def insert_or_replace(model, mine, other):
    table = model._meta.db_table
    if not on_sqlite():
        again = f"INSERT INTO {table} SELECT * FROM {table} WHERE id = '{mine}'"
        yield f"{again} ON CONFLICT (id) DO UPDATE SET clinic_id = EXCLUDED.clinic_id"
        return
    for place in places_of(model):
        kept = {name: taken_from(table, name, mine) for name in place}
        yield copied(model, source=other, verb="INSERT OR REPLACE", **kept)


def update_or_replace(model, mine, other):
    """Another row takes the place of a signed one, or moves below the signed record."""
    table, verb = model._meta.db_table, "UPDATE OR REPLACE" if on_sqlite() else "UPDATE"
    for place in [*places_of(model), *ways_above(model)]:
        values = ", ".join(f"{name} = {taken_from(table, name, mine)}" for name in place)
        yield f"{verb} {table} SET {values} WHERE id = '{other}'"


def truncate(model, _mine, _other):
    table = model._meta.db_table
    yield f"DELETE FROM {table}" if on_sqlite() else f"TRUNCATE {table} CASCADE"


WAYS = [update, delete, insert, insert_or_replace, update_or_replace, truncate]


def copied(model, *, source, verb="INSERT", **values):
    table, names = model._meta.db_table, columns_of(model)
    values = {**{name: name for name in names}, "id": FRESH, **values}
    chosen = f"SELECT {', '.join(values.values())} FROM {table} WHERE id = '{source}'"
    return f"{verb} INTO {table} ({', '.join(values)}) {chosen}"


def taken_from(table, column, row):
    return f"(SELECT m.{column} FROM {table} m WHERE m.id = '{row}')"


def gives_way(statement):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return not any(words in str(error) for words in WORDS)
    return True


def test_every_model_of_the_record_is_guarded():
    guarded = {one.table for one in guards_of("consultations") if not hasattr(one, "parent")}

    assert {one.__name__ for one in frozen() if one._meta.db_table not in guarded} == set()
    assert set(EXEMPT) < set(models_of_the_record())


@pytest.fixture
def _switch(request, db):
    """SQLite calls no DELETE trigger for what REPLACE deletes unless a connection asks for it."""
    if on_sqlite():
        connection.cursor().execute(f"PRAGMA recursive_triggers={request.param}")
    yield
    if on_sqlite():
        connection.cursor().execute("PRAGMA recursive_triggers=ON")


SWITCHES = ["ON", "OFF"] if connection.vendor == "sqlite" else ["ON"]


@pytest.mark.parametrize("_switch", SWITCHES, indirect=True)
@pytest.mark.usefixtures("_switch")
def test_no_statement_changes_a_signed_record(pairs):
    before = stored()

    open_doors = [
        statement
        for way in WAYS
        for pair in pairs
        for statement in way(*pair)
        if gives_way(statement)
    ]

    assert open_doors == []
    assert stored() == before


def test_without_the_guards_the_same_statements_do_change_it(pairs):
    """The positive control: what is refused above would have worked."""
    with_effect = unguarded(lambda: {way: set(changed_by(way, pairs)) for way in WAYS})

    everywhere = set(frozen())
    assert with_effect[update] == with_effect[delete] == with_effect[truncate] == everywhere
    if on_sqlite():  # PostgreSQL has no REPLACE: another row's key is refused by the key itself
        assert with_effect[insert_or_replace] == with_effect[update_or_replace] == everywhere


def changed_by(way, pairs):
    for model, mine, other in pairs:
        for statement in way(model, mine, other):
            if _changes(model, statement):
                yield model


def _changes(model, statement):
    before = rows_of(model)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            after = rows_of(model)
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return after != before
