"""Triggers that keep rows from changing, laid after every migrate on both databases.

Each app lists its guards in ``guards.py`` as ``GUARDS``. Their kinds:
``AppendOnly``: rows are added and never changed or deleted, not even by TRUNCATE or REPLACE;
``SameClinic``: a row's clinic is the clinic of the row it belongs to;
``FrozenOnce``: a row is neither changed nor deleted once it is closed;
``FrozenUnder``: no row is added, changed or deleted once a row above it is closed;
``FrozenColumns``: these columns of a row keep what was written into them first;
``NeverBefore``: no row is added whose time lies before that of a row that is there.

What is frozen also keeps its place: no other row takes its key, on SQLite not its number either.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.utils.module_loading import import_string

from clinic.triggers import Trigger, create_sql, drop_sql, taken, taken_by_number

_OTHER_KEY = "NEW.id <> OLD.id"
_OTHER_NUMBER = "NEW.rowid <> OLD.rowid"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendOnly:
    table: str
    message: str

    def triggers(self) -> Iterator[Trigger]:
        yield Trigger(
            table=self.table,
            name=f"guard_{self.table}_insert",
            event="INSERT",
            message=self.message,
            when=taken(self.table),
            rowid=taken_by_number(self.table),
        )
        for event in ("UPDATE", "DELETE", "TRUNCATE"):
            name = f"guard_{self.table}_{event.lower()}"
            yield Trigger(table=self.table, name=name, event=event, message=self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class SameClinic:
    """``column`` of ``table`` points at ``parent``; both rows must name the same clinic, or have
    ``ours`` equal ``theirs``."""

    table: str
    column: str
    parent: str
    message: str = "the row belongs to another clinic"
    ours: str = "clinic_id"
    theirs: str = "clinic_id"

    def triggers(self) -> Iterator[Trigger]:
        when = (
            f"NEW.{self.column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {self.parent} p"
            f" WHERE p.id = NEW.{self.column} AND p.{self.theirs} = NEW.{self.ours})"
        )
        for event in ("INSERT", "UPDATE"):
            same = self.ours.removesuffix("_id")
            name = f"guard_{self.table}_{self.column}_{same}_{event.lower()}"
            yield Trigger(table=self.table, name=name, event=event, message=self.message, when=when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """The row above a row: ``rows`` is SQL "FROM … WHERE …" with {row} for the row below, in
    which the one above is named c; ``closed`` says of c that it is closed."""

    rows: str
    closed: str

    def closes(self, row: str) -> str:
        return f"EXISTS (SELECT 1 {self.rows} AND {self.closed})".format(row=row)

    def held(self, row: str) -> str:
        return self.rows.format(row=row)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenUnder:
    """Refuse every write while the row above is ``closed``; until then that waits for the write.

    Without that wait, who signs and who writes below could each miss what the other commits.
    """

    table: str
    closed: Above
    message: str
    events: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")

    def triggers(self) -> Iterator[Trigger]:
        rows = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
        for event in self.events:
            yield Trigger(
                table=self.table,
                name=f"guard_{self.table}_frozen_{event.lower()}",
                event=event,
                message=self.message,
                when=" OR ".join((*map(self.closed.closes, rows[event]), *self._moved(event))),
                rowid=self._renumbered(event),
                holds=tuple(map(self.closed.held, rows[event])),
            )
        name = f"guard_{self.table}_frozen_truncate"
        yield Trigger(table=self.table, name=name, event="TRUNCATE", message=self.message)

    def _moved(self, event: str) -> tuple[str, ...]:
        if event == "DELETE":
            return ()
        there = taken(self.table, also=self.closed.closes("o"))
        return (there,) if event == "INSERT" else (_OTHER_KEY, there)

    def _renumbered(self, event: str) -> str:
        there = taken_by_number(self.table, also=self.closed.closes("o"))
        return {"INSERT": there, "UPDATE": _OTHER_NUMBER, "DELETE": ""}[event]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenOnce:
    """Refuse to change or delete a row that is already closed; closing it is allowed."""

    table: str
    closed: str
    message: str

    def triggers(self) -> Iterator[Trigger]:
        was, there = self.closed.format(row="OLD"), self.closed.format(row="o")
        place, number = taken(self.table, also=there), taken_by_number(self.table, also=there)
        moved = f"{was} OR {_OTHER_KEY} OR {place}"
        for event, when, rowid in (
            ("INSERT", place, number),
            ("UPDATE", moved, _OTHER_NUMBER),
            ("DELETE", was, ""),
            ("TRUNCATE", "", ""),
        ):
            yield Trigger(
                table=self.table,
                name=f"guard_{self.table}_closed_{event.lower()}",
                event=event,
                message=self.message,
                when=when,
                rowid=rowid,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenColumns:
    """Refuse to change ``columns``, none of which can be NULL; the others may change."""

    table: str
    columns: tuple[str, ...]
    message: str

    def triggers(self) -> Iterator[Trigger]:
        yield Trigger(
            table=self.table,
            name=f"guard_{self.table}_columns_update",
            event="UPDATE",
            message=self.message,
            when=" OR ".join(f"NEW.{name} <> OLD.{name}" for name in self.columns),
            rowid=_OTHER_NUMBER,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverBefore:
    """What is added now comes after all that is there. It is compared with the rows alone: the
    database's clock may have been set back meanwhile, but no row may say so."""

    table: str
    column: str
    message: str

    def triggers(self) -> Iterator[Trigger]:
        later = f"SELECT 1 FROM {self.table} o WHERE o.{self.column} > NEW.{self.column}"
        yield Trigger(
            table=self.table,
            name=f"guard_{self.table}_{self.column}_insert",
            event="INSERT",
            message=self.message,
            when=f"EXISTS ({later})",
        )


Guard = AppendOnly | SameClinic | FrozenUnder | FrozenOnce | FrozenColumns | NeverBefore


def guards_of(app: str) -> tuple[Guard, ...]:
    """The guards that an app lists."""
    guards: tuple[Guard, ...] = import_string(f"{app}.guards.GUARDS")
    return guards


def triggers_of(guards: Iterable[Guard]) -> list[Trigger]:
    return [trigger for guard in guards for trigger in guard.triggers()]


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
