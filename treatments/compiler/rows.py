"""How a row is written into a release document."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

Row = dict[str, Any]


def in_order(rows: Iterable[Any]) -> list[Any]:
    """Terms in the curators' order, the same on every database."""
    return sorted(rows, key=lambda row: (row.position, row.code))


def term(row: Any, **more: object) -> Row:
    return {"code": row.code, "name": row.name, **more}


def cited(row: Any, **more: object) -> Row:
    """A term with the statements that it rests on."""
    return term(row, **more, sources=sorted_codes(row.statements.all()))


def active(rows: Any) -> list[Any]:
    return [row for row in rows.all() if row.active]


def still_meant(terms: Any) -> bool:
    """Rows for certain terms must not become rows for all when those are retired."""
    return not terms.all() or bool(active(terms))


def code_of(row: Any) -> str | None:
    return None if row is None else str(row.code)


def codes(rows: Iterable[Any]) -> list[str]:
    """Codes of terms, in the curators' order."""
    return [row.code for row in in_order(rows)]


def sorted_codes(rows: Iterable[Any]) -> list[str]:
    """Codes of rows that stand in the order of their codes: rules and statements."""
    return sorted(row.code for row in rows)


def number(value: Decimal | None) -> str | None:
    """A decimal without the zeros that its column adds: 50, not 50.0000."""
    return None if value is None else format(value.normalize(), "f")
