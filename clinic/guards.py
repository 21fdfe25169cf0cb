"""Triggers that keep rows from changing, laid after every migrate on both databases.

Each app lists its guards in ``guards.py`` as ``GUARDS``. Their kinds:
``AppendOnly``: rows are added and never changed or deleted, not even by TRUNCATE or REPLACE;
``SameClinic``: a row's clinic is the clinic of the row it belongs to;
``FrozenOnce``: a row is neither changed nor deleted once it is closed;
``FrozenUnder``: no row is added, changed or deleted once a row above it is closed;
``FrozenColumns``: these columns of a row keep what was written into them first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One trigger on one table: refuse ``event`` ``when`` a condition over NEW/OLD holds."""

    table: str
    name: str
    event: str  # INSERT, UPDATE, DELETE or TRUNCATE
    message: str
    when: str = ""


def _there(table: str, *names: str, also: str = "TRUE") -> str:
    """That a row stands already under these values of NEW.

    A connection may have recursive triggers off, and REPLACE then deletes without a trigger.
    """
    same = " AND ".join(f"o.{name} = NEW.{name}" for name in names)
    return f"EXISTS (SELECT 1 FROM {table} o WHERE {same} AND {also})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendOnly:
    """``known_by``: the unique keys by which an INSERT OR REPLACE could take a row's place."""

    table: str
    message: str
    known_by: tuple[tuple[str, ...], ...] = (("id",),)

    def triggers(self) -> Iterator[Trigger]:
        when = " OR ".join(_there(self.table, *names) for names in self.known_by)
        name = f"guard_{self.table}_insert"
        yield Trigger(table=self.table, name=name, event="INSERT", message=self.message, when=when)
        for event in ("UPDATE", "DELETE", "TRUNCATE"):
            name = f"guard_{self.table}_{event.lower()}"
            yield Trigger(table=self.table, name=name, event=event, message=self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class SameClinic:
    """``column`` of ``table`` points at ``parent``; both rows must name the same clinic."""

    table: str
    column: str
    parent: str
    message: str = "the row belongs to another clinic"

    def triggers(self) -> Iterator[Trigger]:
        when = (
            f"NEW.{self.column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {self.parent} p"
            f" WHERE p.id = NEW.{self.column} AND p.clinic_id = NEW.clinic_id)"
        )
        for event in ("INSERT", "UPDATE"):
            name = f"guard_{self.table}_{self.column}_clinic_{event.lower()}"
            yield Trigger(table=self.table, name=name, event=event, message=self.message, when=when)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenUnder:
    """Refuse every write while ``closed`` (SQL with {row} for NEW or OLD) holds."""

    table: str
    closed: str
    message: str
    events: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")

    def triggers(self) -> Iterator[Trigger]:
        for event in self.events:
            rows = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[event]
            when = " OR ".join(f"({self.closed.format(row=row)})" for row in rows)
            if event == "INSERT":
                when += f" OR {_there(self.table, 'id', also=self.closed.format(row='o'))}"
            name = f"guard_{self.table}_frozen_{event.lower()}"
            yield Trigger(table=self.table, name=name, event=event, message=self.message, when=when)
        name = f"guard_{self.table}_frozen_truncate"
        yield Trigger(table=self.table, name=name, event="TRUNCATE", message=self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenOnce:
    """Refuse to change or delete a row that is already closed; closing it is allowed."""

    table: str
    closed: str
    message: str

    def triggers(self) -> Iterator[Trigger]:
        for event in ("UPDATE", "DELETE"):
            name = f"guard_{self.table}_closed_{event.lower()}"
            when = self.closed.format(row="OLD")
            yield Trigger(table=self.table, name=name, event=event, message=self.message, when=when)
        name, when = f"guard_{self.table}_closed_insert", self.closed.format(row="o")
        there = _there(self.table, "id", also=when)
        yield Trigger(table=self.table, name=name, event="INSERT", message=self.message, when=there)
        name = f"guard_{self.table}_closed_truncate"
        yield Trigger(table=self.table, name=name, event="TRUNCATE", message=self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenColumns:
    """Refuse to change ``columns``, none of which can be NULL; the others may change."""

    table: str
    columns: tuple[str, ...]
    message: str

    def triggers(self) -> Iterator[Trigger]:
        when = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in self.columns)
        name = f"guard_{self.table}_columns_update"
        yield Trigger(table=self.table, name=name, event="UPDATE", message=self.message, when=when)


Guard = AppendOnly | SameClinic | FrozenUnder | FrozenOnce | FrozenColumns


def guards_of(app: str) -> tuple[Guard, ...]:
    """The guards that an app lists."""
    guards: tuple[Guard, ...] = import_string(f"{app}.guards.GUARDS")
    return guards


def triggers_of(guards: Iterable[Guard]) -> list[Trigger]:
    return [trigger for guard in guards for trigger in guard.triggers()]


def create_sql(trigger: Trigger, vendor: str) -> list[str]:
    """The statements that lay one trigger; TRUNCATE exists on PostgreSQL only."""
    if vendor == "sqlite":
        if trigger.event == "TRUNCATE":
            return []
        when = f"WHEN {trigger.when} " if trigger.when else ""
        return [
            (
                f"CREATE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table} "
                f"{when}BEGIN SELECT RAISE(ABORT, '{trigger.message}'); END"
            )
        ]
    refuse = f"RAISE EXCEPTION '{trigger.message}' USING ERRCODE = 'check_violation';"
    body = f"IF {trigger.when} THEN {refuse} END IF;" if trigger.when else refuse
    done = "RETURN OLD;" if trigger.event == "DELETE" else "RETURN NEW;"
    level = "STATEMENT" if trigger.event == "TRUNCATE" else "ROW"
    return [
        (
            f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger "
            f"LANGUAGE plpgsql AS $guard$ BEGIN {body} {done} END $guard$"
        ),
        (
            f"CREATE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table} "
            f"FOR EACH {level} EXECUTE FUNCTION {trigger.name}()"
        ),
    ]


def drop_sql(trigger: Trigger, vendor: str) -> str:
    on_table = "" if vendor == "sqlite" else f" ON {trigger.table}"
    return f"DROP TRIGGER IF EXISTS {trigger.name}{on_table}"


def lay(guards: Iterable[Guard], *, using: str) -> None:
    """Lay the triggers of tables that exist; those already there are laid anew."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for trigger in triggers_of(guards):
            if trigger.table in tables:
                cursor.execute(drop_sql(trigger, connection.vendor))
                for statement in create_sql(trigger, connection.vendor):
                    cursor.execute(statement)


def lift(guards: Iterable[Guard], *, using: str) -> None:
    """Take the triggers off: while SQLite migrates, and when tests empty their database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for trigger in triggers_of(guards):
            if trigger.table in tables:
                cursor.execute(drop_sql(trigger, connection.vendor))


def lift_guards(sender: AppConfig, using: str, **_signal: Any) -> None:
    """Receiver of ``pre_migrate``: SQLite cannot rebuild a table that another's trigger names."""
    if connections[using].vendor == "sqlite":
        lift(guards_of(sender.name), using=using)


def install_guards(sender: AppConfig, using: str, **_signal: Any) -> None:
    """Receiver of ``post_migrate``: lay the guards of the app that has just been migrated."""
    lay(guards_of(sender.name), using=using)


GUARDS: tuple[Guard, ...] = (
    AppendOnly(table="clinic_auditevent", message="audit events never change"),
)
