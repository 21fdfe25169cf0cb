import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from clinic.guards import guards_of, triggers_of

APPS = ("clinic", "treatments", "consultations")


def laid():
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor.fetchall()}


def listed():
    """PostgreSQL cuts names at 63 characters; SQLite has nothing that truncates."""
    triggers = triggers_of(guard for app in APPS for guard in guards_of(app))
    if connection.vendor == "sqlite":
        return {one.name for one in triggers if one.event != "TRUNCATE"}
    return {one.name[:63] for one in triggers}


def test_every_listed_guard_is_laid(db):
    assert listed()
    assert listed() <= laid()


def test_guard_names_are_told_apart_by_both_databases():
    names = [one.name[:63] for app in APPS for one in triggers_of(guards_of(app))]

    assert len(set(names)) == len(names)


@pytest.mark.django_db(transaction=True)
def test_guards_are_back_after_all_migrations_were_undone_and_done_again():
    call_command("migrate", "clinic", "zero", verbosity=0, skip_checks=True)
    assert "treatments_release" not in connection.introspection.table_names()
    assert not listed() & laid()

    call_command("migrate", verbosity=0, skip_checks=True)

    assert listed() <= laid()


def one_step_back(app):
    """The migration before the app's newest."""
    graph = MigrationLoader(connection).graph
    (newest,) = graph.leaf_nodes(app)
    return next(one.key[1] for one in graph.node_map[newest].parents if one.key[0] == app)


@pytest.mark.parametrize("app", APPS)
@pytest.mark.django_db(transaction=True)
def test_guards_are_back_after_one_step_back_and_forth(app):
    """SQLite loses a table's triggers with most changes of the table."""
    call_command("migrate", app, one_step_back(app), verbosity=0, skip_checks=True)
    call_command("migrate", verbosity=0, skip_checks=True)

    assert listed() <= laid()
