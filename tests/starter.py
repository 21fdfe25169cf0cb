"""The test database's starting state, and the way back to it after a test that committed.

Django would flush every table then, which the append-only triggers refuse and which would take the
starter catalogue away. Here only the tables that a test touched are put back, with their guards
lifted meanwhile. The starting rows wait in tables of their own, in the same database.
"""

from io import StringIO
from itertools import chain

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import TransactionTestCase

from clinic.guards import guards_of, lay, lift

APPS = ("clinic", "treatments", "consultations")
COPY = "starting_"
KEPT = {"django_migrations"}


def prepare():
    """Load the starter catalogue once and remember every table as it is then."""
    call_command("load_catalogue", skip_checks=True, stdout=StringIO())
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'CREATE TABLE "{COPY}{table}" AS SELECT * FROM "{table}"')


def tables():
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(names) - KEPT)


def restore():
    touched = [table for table in tables() if _differs(table)]
    guards = [one for one in chain(*map(guards_of, APPS)) if one.table in touched]
    lift(guards, using="default")
    try:
        with transaction.atomic(), connection.cursor() as cursor:  # keys are checked at its end
            for table in touched:
                cursor.execute(f'DELETE FROM "{table}"')
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{COPY}{table}"')
            for statement in connection.ops.sequence_reset_sql(no_style(), _models_of(touched)):
                cursor.execute(statement)  # a table that was made anew would count from 1
    finally:
        lay(guards, using="default")


def _models_of(tables):
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.db_table in tables]


def _differs(table):
    now, then = f'SELECT * FROM "{table}"', f'SELECT * FROM "{COPY}{table}"'
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT * FROM ({now} EXCEPT {then}) added)"
            f" OR EXISTS (SELECT * FROM ({then} EXCEPT {now}) gone)"
        )
        return bool(cursor.fetchone()[0])


def restore_after_transactional_tests():
    TransactionTestCase._fixture_teardown = lambda _self: restore()
