"""Tables as one workbook (XLSX), a sheet a table."""

import io
import re
from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from treatments.services.tables.archives import parts_of
from treatments.services.tables.cells import LONGEST, Cell, text_of
from treatments.services.tables.definitions import TABLES
from treatments.services.tables.limits import limited
from treatments.services.tables.rows import document_of, grid_of

# How a workbook writes characters that its XML would change, and text that looks like that.
_CHANGED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_WRITTEN: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ENTITIES: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
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
    _check_parts(data, place)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheets = {
            sheet.title: list(limited(_rows(sheet, place), place=f"{place}, {sheet.title}"))
            for sheet in book.worksheets
            if sheet.title in TABLES
        }
        strange = [title for title in book.sheetnames if title not in TABLES]
    except ValidationError:
        raise
    except Exception:  # noqa: BLE001 - whatever the reader stumbles over is wrong with the file
        raise ValidationError(
            _("%(place)s: this is no workbook that can be read.") % {"place": place},
            code="malformed",
        ) from None
    return _documents(sheets, strange, place)


def _documents(sheets: dict[str, list[Any]], strange: list[str], place: str) -> dict[str, object]:
    known = ", ".join(TABLES)
    text = _("%(place)s, %(sheet)s: this is no table. Sheets are %(known)s.")
    faults = [text % {"place": place, "sheet": name, "known": known} for name in strange]
    documents: dict[str, object] = {}
    for name, grid in sheets.items():
        inner = f"{place}, {name}"
        try:
            documents[inner] = document_of(TABLES[name], grid, place=inner)
        except ValidationError as error:
            faults += error.messages
    if faults:
        raise ValidationError(faults)
    return documents


def _check_parts(data: bytes, place: str) -> None:
    """No entities that grow while they are read, and nothing hidden in another encoding."""
    for name, part in parts_of(data, place=place).items():
        if name.lower().endswith(_XML) and (b"\0" in part or _ENTITIES.search(part)):
            raise ValidationError(
                _("%(place)s: %(name)s holds declarations that no workbook needs.")
                % {"place": place, "name": name},
                code="entities",
            )


def _rows(sheet: Any, place: str) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what a file says about its size is not believed
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield [_text(cell, f"{place}, {sheet.title}", number) for cell in row]


def _text(cell: Any, place: str, number: int) -> str:
    kind = getattr(cell, "data_type", "n")
    where = f"{place}, {getattr(cell, 'coordinate', '') or number}"
    if kind == "f":
        raise ValidationError(
            _("%(where)s: this cell is a formula. Put in its value as text.") % {"where": where},
            code="formula",
        )
    if kind == "e":
        raise ValidationError(_("%(where)s: this cell holds an error.") % {"where": where})
    try:
        text = text_of(cell.value)
    except ValidationError as error:
        raise ValidationError([f"{where}: {text}" for text in error.messages]) from None
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), text)
