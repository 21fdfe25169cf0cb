"""Tables as CSV: UTF-8, comma or semicolon, one file a table."""

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from treatments.services.faults import PlacedError
from treatments.services.tables.archives import parts_of
from treatments.services.tables.cells import text_of
from treatments.services.tables.definitions import TABLES, Table
from treatments.services.tables.limits import limited
from treatments.services.tables.rows import document_of, grid_of

MARK: Final = "\ufeff"  # so that spreadsheets read the file as UTF-8
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # equal tables, equal archives


def csv_of(table: Table) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([text_of(cell) for cell in row] for row in grid_of(table))
    return (MARK + out.getvalue()).encode()


def archive_of_tables() -> bytes:
    """Every table as CSV, in one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in TABLES.values():
            info = zipfile.ZipInfo(f"{table.name}.csv", EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, csv_of(table))
    return out.getvalue()


def document_of_csv(table: Table, data: bytes, *, place: str) -> dict[str, Any]:
    return document_of(table, limited(_rows(data, place), place=place), place=place)


def documents_of_archive(data: bytes, *, place: str) -> dict[str, object]:
    documents: dict[str, object] = {}
    faults: list[ValidationError] = []
    for name, part in parts_of(data, place=place).items():
        inner = f"{place}, {name}"
        table = TABLES.get(name.removesuffix(".csv"))
        if table is None or not name.endswith(".csv"):
            known = ", ".join(f"{one}.csv" for one in TABLES)
            text = _("%(place)s: this is no table. Tables are %(known)s.")
            told = text % {"place": inner, "known": known}
            faults.append(PlacedError(told, code="table", path=name))
            continue
        try:
            documents[inner] = document_of_csv(table, part, place=inner)
        except ValidationError as error:
            faults += error.error_list
    if faults:
        raise ValidationError(faults)
    return documents


def _rows(data: bytes, place: str) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = _("%(place)s: this is not UTF-8 at byte %(at)d. Save the table as “CSV UTF-8”.")
        raise ValidationError(text % {"place": place, "at": error.start}, code="encoding") from None
    header = text.partition("\n")[0]
    delimiter = ";" if ";" in header and "," not in header else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from rows
    except csv.Error as error:
        fault = _("%(place)s, line %(line)d: this is no CSV (%(error)s).")
        told = fault % {"place": place, "line": rows.line_num, "error": error}
        raise PlacedError(told, code="malformed", row=rows.line_num) from None
