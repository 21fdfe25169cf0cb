"""Tables ↔ the rows of import files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, CharField, TextField
from django.utils.translation import gettext as _

from treatments.services.exporting import with_everything
from treatments.services.merging import NumberedRow, natural_fields
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


def document_of(table: Table, grid: Grid, *, place: str) -> dict[str, Any]:
    """What an import file would say. Every fault names its row and column.

    ``place`` is the file, or the sheet in it. Lines of a row are complete: those that a table of
    lines does not list do not belong to any row that it does list.
    """
    numbered = enumerate(grid, start=HEADER)
    _number, header = next(numbered, (HEADER, ()))
    columns = _columns(table, header, place)
    faults: list[str] = []
    rows = []
    for number, cells in numbered:
        if any(cell.strip() for cell in cells):
            row, wrong = _row(table, columns, cells)
            faults += [f"{place}, {_at(number, column)}: {text}" for column, text in wrong]
            rows.append(NumberedRow(row, number=number))
    if faults:
        raise ValidationError(faults)
    return {table.label: _nested(table, rows) if table.lines else rows}


def _columns(table: Table, header: Sequence[str], place: str) -> list[str]:
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    needed = _needed(table)
    faults = [
        *(_("there is no column “%s” here.") % name for name in names if name not in table.columns),
        *(_("column “%s” is there twice.") % name for name, n in Counter(names).items() if n > 1),
        *(_("column “%s” is missing.") % name for name in sorted(needed - set(names))),
    ]
    if faults:
        raise ValidationError([f"{place}, {_at(HEADER)}: {text}" for text in faults])
    return names


def _needed(table: Table) -> set[str]:
    """Without these columns nobody knows which row is meant."""
    if table.lines:
        return {table.parent_column}
    fields = {name: table.field(name) for name in natural_fields(table.model)}
    return {name for name, field in fields.items() if field and not (field.null or field.blank)}


def _at(number: int, column: str = "") -> str:
    row = _("row %(number)d") % {"number": number}
    return f"{row}, {_('column')} {column}" if column else row


def _row(
    table: Table, columns: Sequence[str], cells: Sequence[str]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    row: dict[str, Any] = {}
    faults = []
    for column, cell in zip(columns, [*cells, *[""] * len(columns)], strict=False):
        try:
            row[column] = _value(table, column, unguarded(cell))
        except ValidationError as error:
            faults += [(column, text) for text in error.messages]
    if any(cell.strip() for cell in cells[len(columns) :]):
        faults.append(("", _("there is something beyond the last column.")))
    return row, faults


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


def _nested(table: Table, rows: Iterable[NumberedRow]) -> list[Mapping[str, Any]]:
    """Lines under the row that each names."""
    parents: dict[str, NumberedRow] = {}
    for row in rows:
        code = row.pop(table.parent_column)
        parent = parents.setdefault(
            code, NumberedRow({"code": code, table.lines: []}, number=row.number)
        )
        parent[table.lines].append(row)
    return list(parents.values())
