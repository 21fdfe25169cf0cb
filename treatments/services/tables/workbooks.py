"""Tables as one workbook (XLSX), a sheet a table."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from treatments.services.faults import PlacedError
from treatments.services.tables.archives import parts_of
from treatments.services.tables.cells import LONGEST, Cell, text_of
from treatments.services.tables.definitions import TABLES
from treatments.services.tables.limits import limited
from treatments.services.tables.rows import document_of, grid_of

# How a workbook writes characters that its XML would change, and text that looks like that.
_CHANGED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_WRITTEN: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ENTITIES: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MERGED: Final = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]{0,200}?\bref\s*=\s*["']([A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?)"""
)
_DIGITS: Final = re.compile(r"[0-9]+")
_XML: Final = (".xml", ".rels", ".vml")


def workbook_of_tables() -> bytes:
    grids = {
        table.name: [[_kept(cell) for cell in row] for row in grid_of(table)]
        for table in TABLES.values()
    }
    book = Workbook(write_only=True)
    for name, grid in grids.items():
        sheet = book.create_sheet(name)
        for row in grid:
            sheet.append([_written(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _kept(value: Cell) -> Cell:
    """Text so that it comes back as it is."""
    if not isinstance(value, str):
        return value
    text = _CHANGED.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    if len(text) > LONGEST:
        raise ValidationError(_("A text is too long for a workbook; export CSV or JSON."))
    return text


def _written(sheet: Any, value: Cell) -> Any:
    """Text is written as text, whatever it looks like."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value="")
    cell.value, cell.data_type = value, "s"
    return cell


def documents_of_workbook(data: bytes, *, place: str) -> dict[str, object]:
    parts = _checked_parts(data, place)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheets = {
            sheet.title: list(limited(_rows(sheet, place), place=f"{place}, {sheet.title}"))
            for sheet in book.worksheets
            if sheet.title in TABLES
        }
        strange = [title for title in book.sheetnames if title not in TABLES]
        merged = list(_merged_cells(book, parts))
        doubled = [title for title, number in Counter(book.sheetnames).items() if number > 1]
    except ValidationError:
        raise
    except Exception:  # noqa: BLE001 - whatever the reader stumbles over is wrong with the file
        raise ValidationError(
            _("%(place)s: this is no workbook that can be read.") % {"place": place},
            code="malformed",
        ) from None
    faults = [*_sheet_faults(strange, doubled, place), *_merge_faults(merged, place)]
    return _documents(sheets, faults, place)


def _sheet_faults(strange: list[str], doubled: list[str], place: str) -> Iterator[ValidationError]:
    known = ", ".join(TABLES)
    for name in strange:
        text = _("%(place)s, %(sheet)s: this is no table. Sheets are %(known)s.")
        told = text % {"place": place, "sheet": name, "known": known}
        yield PlacedError(told, code="table", path=name)
    for name in doubled:
        text = _("%(place)s, %(sheet)s: there are two sheets of this name.")
        yield PlacedError(text % {"place": place, "sheet": name}, code="duplicate", path=name)


def _merge_faults(merged: list[tuple[str, str]], place: str) -> Iterator[ValidationError]:
    for name, cells in merged:
        text = _("%(place)s, %(sheet)s, %(cells)s: these cells are merged. Unmerge them first.")
        told = text % {"place": place, "sheet": name, "cells": cells}
        row = int(_DIGITS.search(cells)[0])  # type: ignore[index]  # the pattern asks for one
        yield PlacedError(told, code="merged", path=name, row=row)


def _merged_cells(book: Any, parts: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """A merged cell hides what stands below it, and reading row by row does not show it."""
    for sheet in book.worksheets:
        part = parts.get(sheet._worksheet_path.lstrip("/"), b"")  # noqa: SLF001 - nothing else says which part a sheet is
        for found in _MERGED.finditer(part):
            yield sheet.title, found[1].decode()


def _documents(
    sheets: dict[str, list[Any]], faults: list[ValidationError], place: str
) -> dict[str, object]:
    documents: dict[str, object] = {}
    for name, grid in sheets.items():
        inner = f"{place}, {name}"
        try:
            documents[inner] = document_of(TABLES[name], grid, place=inner, padded=True)
        except ValidationError as error:
            faults += error.error_list
    if faults:
        raise ValidationError(faults)
    return documents


def _checked_parts(data: bytes, place: str) -> dict[str, bytes]:
    """No entities that grow while they are read, and nothing hidden in another encoding."""
    parts = parts_of(data, place=place)
    for name, part in parts.items():
        if name.lower().endswith(_XML) and (b"\0" in part or _ENTITIES.search(part)):
            raise ValidationError(
                _("%(place)s: %(name)s holds declarations that no workbook needs.")
                % {"place": place, "name": name},
                code="entities",
            )
    return parts


def _rows(sheet: Any, place: str) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what a file says about its size is not believed
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield [_text(cell, place, sheet.title, number) for cell in row]


def _text(cell: Any, place: str, sheet: str, number: int) -> str:
    """What stands in a cell; a fault names the cell as the spreadsheet does."""
    try:
        text = _plain(cell)
    except ValidationError as error:
        name = getattr(cell, "coordinate", "")
        told = f"{place}, {sheet}, {name or number}: {' '.join(error.messages)}"
        code, column = error.code or "invalid", name.rstrip("0123456789")
        raise PlacedError(told, code=code, path=sheet, row=number, column=column) from None
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), text)


def _plain(cell: Any) -> str:
    kind = getattr(cell, "data_type", "n")
    if kind == "f":
        text = _("this cell is a formula. Put in its value as text.")
        raise ValidationError(text, code="formula")
    if kind == "e":
        raise ValidationError(_("this cell holds an error."), code="error")
    return text_of(cell.value)
