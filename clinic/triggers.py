"""Triggers as both databases write them, and the keys by which a row's place can be taken."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import UniqueConstraint


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One trigger on one table: refuse ``event`` ``when`` a condition over NEW/OLD holds.

    ``rowid`` is one more condition, on SQLite alone: its rows have a number beside their key.
    ``holds`` are rows ("FROM … WHERE …", the row named c) that PostgreSQL locks before it looks,
    so that nobody closes them before this transaction ends.
    """

    table: str
    name: str
    event: str  # INSERT, UPDATE, DELETE or TRUNCATE
    message: str
    when: str = ""
    rowid: str = ""
    holds: tuple[str, ...] = ()


def keys_of(table: str) -> Iterator[tuple[str, ...]]:
    """The columns of each unique key of a table, the primary key first.

    Keys that only some rows have are left out: what is unique while a row is open
    (one open draft, one open question) ends with its closing.
    """
    meta = next(one._meta for one in apps.get_models() if one._meta.db_table == table)
    columns = {field.name: str(field.column) for field in meta.concrete_fields}
    yield (columns[meta.pk.name],)
    for field in meta.concrete_fields:
        if field.unique and not field.primary_key:
            yield (columns[field.name],)
    for one in meta.constraints:
        if isinstance(one, UniqueConstraint) and one.fields and one.condition is None:
            yield tuple(columns[name] for name in one.fields)


def taken(table: str, *, also: str = "TRUE") -> str:
    """That another row stands under one of the keys of NEW, and ``also`` holds for it as o.

    REPLACE deletes such a row, without a trigger where recursive triggers are off.
    """
    return " OR ".join(_there(table, names, also) for names in keys_of(table))


def taken_by_number(table: str, *, also: str = "TRUE") -> str:
    return _there(table, ("rowid",), also)


def _there(table: str, names: tuple[str, ...], also: str) -> str:
    same = " AND ".join(f"o.{name} = NEW.{name}" for name in names)
    return f"EXISTS (SELECT 1 FROM {table} o WHERE {same} AND {also})"  # noqa: S608


def create_sql(trigger: Trigger, vendor: str) -> list[str]:
    """The statements that lay one trigger; TRUNCATE exists on PostgreSQL only."""
    if vendor != "sqlite":
        return _for_postgresql(trigger)
    if trigger.event == "TRUNCATE":
        return []
    conditions = " OR ".join(f"({one})" for one in (trigger.when, trigger.rowid) if one)
    when = f"WHEN {conditions} " if conditions else ""
    return [
        (
            f"CREATE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table} "
            f"{when}BEGIN SELECT RAISE(ABORT, '{trigger.message}'); END"
        )
    ]


def _for_postgresql(trigger: Trigger) -> list[str]:
    """Signing updates no key, so a weaker lock than FOR SHARE would not keep it waiting."""
    refuse = f"RAISE EXCEPTION '{trigger.message}' USING ERRCODE = 'check_violation';"
    hold = " ".join(f"PERFORM 1 {rows} FOR SHARE OF c;" for rows in trigger.holds)
    look = f"IF {trigger.when} THEN {refuse} END IF;" if trigger.when else refuse
    done = "RETURN OLD;" if trigger.event == "DELETE" else "RETURN NEW;"
    level = "STATEMENT" if trigger.event == "TRUNCATE" else "ROW"
    return [
        (
            f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger "
            f"LANGUAGE plpgsql AS $guard$ BEGIN {hold} {look} {done} END $guard$"
        ),
        (
            f"CREATE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table} "
            f"FOR EACH {level} EXECUTE FUNCTION {trigger.name}()"
        ),
    ]


def drop_sql(trigger: Trigger, vendor: str) -> str:
    on_table = "" if vendor == "sqlite" else f" ON {trigger.table}"
    return f"DROP TRIGGER IF EXISTS {trigger.name}{on_table}"
