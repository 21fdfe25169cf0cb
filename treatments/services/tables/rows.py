"""Tables ↔ the rows of import files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, CharField, TextField
from django.utils.translation import gettext as _

from treatments.services.exporting import with_everything
from treatments.services.faults import PlacedError, PlacedRow, Spot
from treatments.services.merging import natural_fields
from treatments.services.portable import Form, form_of
from treatments.services.tables.cells import SEPARATOR, Cell, cell_of, truth_of, unguarded
from treatments.services.tables.definitions import Table

HEADER = 1  # the number of the row with the names of the columns
Grid = Iterable[Sequence[str]]


def grid_of(table: Table) -> list[list[Cell]]:
    """The table as it stands, its header first."""
    rows = (_ordered(table, form) for form in _forms(table))
    return [list(table.columns), *([cell_of(value) for value in row] for row in rows)]


def _forms(table: Table) -> Iterator[Form]:
    for row in with_everything(table.model):
        form = form_of(row)
        if table.lines:
            known = {table.parent_column: form["code"]}
            yield from ({**known, **line} for line in form[table.lines])
        else:
            yield form


def _ordered(table: Table, form: Form) -> list[Any]:
    return [form[column] for column in table.columns]


def document_of(table: Table, grid: Grid, *, place: str, padded: bool = False) -> dict[str, Any]:
    """What an import file would say. Every fault names its row and column.

    ``place`` is the file, or the sheet in it. Lines of a row are complete: those that a table of
    lines does not list do not belong to any row that it does list. A row that ends before its
    columns do was cut short, unless the file leaves empty cells out (``padded``).
    """
    numbered = enumerate(grid, start=HEADER)
    _number, header = next(numbered, (HEADER, ()))
    columns = _columns(table, header, place)
    faults: list[ValidationError] = []
    rows = []
    for number, cells in numbered:
        if any(cell.strip() for cell in cells):
            spot = Spot(file=place, path=table.name, row=number)
            row, wrong = _row(table, columns, cells, padded=padded)
            faults += [spot.fault(one.message, name=one.column, code=one.code) for one in wrong]
            rows.append(PlacedRow(row, spot=spot))
    if faults:
        raise ValidationError(faults)
    return {table.label: _nested(table, rows) if table.lines else rows}


def _columns(table: Table, header: Sequence[str], place: str) -> list[str]:
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    needed = _needed(table)
    spot = Spot(file=place, path=table.name, row=HEADER)
    strange = [name for name in dict.fromkeys(names) if name not in table.columns]
    faults = [
        *(_Wrong(name, _no_column(name), "unknown_column") for name in strange),
        *(
            _Wrong(name, _("column “%s” is there twice.") % name, "duplicate")
            for name, number in Counter(names).items()
            if number > 1
        ),
        *(
            _Wrong(name, _("column “%s” is missing.") % name, "required")
            for name in sorted(needed - set(names))
        ),
    ]
    if faults:
        raise ValidationError([_of_header(spot, one) for one in faults])
    return names


@dataclass(frozen=True, slots=True)
class _Wrong:
    column: str
    message: str
    code: str = "invalid"


def _no_column(name: str) -> str:
    if not name:
        return _("a column has no name. Name each column in the first row.")
    return _("there is no column “%s” here.") % name


def _of_header(spot: Spot, wrong: _Wrong) -> PlacedError:
    """The text names the column already."""
    fault = spot.fault(wrong.message, code=wrong.code)
    fault.column = wrong.column
    return fault


def _needed(table: Table) -> set[str]:
    """Without these columns nobody knows which row is meant."""
    if table.lines:
        return {table.parent_column}
    fields = {name: table.field(name) for name in natural_fields(table.model)}
    return {name for name, field in fields.items() if field and not (field.null or field.blank)}


def _row(
    table: Table, columns: Sequence[str], cells: Sequence[str], *, padded: bool
) -> tuple[dict[str, Any], list[_Wrong]]:
    row: dict[str, Any] = {}
    faults = [] if padded else _cut_short(columns, cells)
    for column, cell in zip(columns, [*cells, *[""] * len(columns)], strict=False):
        try:
            row[column] = _value(table, column, unguarded(cell))
        except ValidationError as error:
            faults += [_Wrong(column, text, error.code or "invalid") for text in error.messages]
    if any(cell.strip() for cell in cells[len(columns) :]):
        faults.append(_Wrong("", _("there is something beyond the last column."), "beyond"))
    return row, faults


def _cut_short(columns: Sequence[str], cells: Sequence[str]) -> list[_Wrong]:
    """What is not there must not be taken for what was emptied."""
    if len(cells) >= len(columns):
        return []
    text = _("the row is cut short: it has %(cells)d of %(columns)d cells.")
    numbers = {"cells": len(cells), "columns": len(columns)}
    return [_Wrong(columns[len(cells)], text % numbers, "cut_short")]


def _value(table: Table, column: str, text: str) -> Any:
    """The cell as an import file would give it. Empty is empty text, or nothing at all."""
    field = table.field(column)
    if table.holds_list(column):
        return [code for part in text.split(SEPARATOR.strip()) if (code := part.strip())]
    if isinstance(field, CharField | TextField) or field is None:
        return text
    if not text.strip():
        return None
    return truth_of(text) if isinstance(field, BooleanField) else text.strip()


def _nested(table: Table, rows: Iterable[PlacedRow]) -> list[Mapping[str, Any]]:
    """Lines under the row that each names."""
    parents: dict[str, PlacedRow] = {}
    for row in rows:
        code = row.pop(table.parent_column)
        parent = parents.setdefault(code, PlacedRow({"code": code, table.lines: []}, spot=row.spot))
        parent[table.lines].append(row)
    return list(parents.values())
