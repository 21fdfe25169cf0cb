"""An uploaded file → what an import reads, whatever kind of file it is."""

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.parsers import read_json
from clinic.problems import Refusal
from treatments.services.faults import Spot
from treatments.services.tables.csvs import document_of_csv, documents_of_archive
from treatments.services.tables.definitions import TABLES
from treatments.services.tables.workbooks import documents_of_workbook

LARGEST: Final = 5 * 1024 * 1024
# Browsers number a second download of the same file.
_NUMBERED: Final = re.compile(r"\s*\(\d+\)$")

Documents = dict[str, object]


def documents_of(name: str, data: bytes, *, table: str = "") -> Documents:
    """The rows of a file by where they stand in it. ``table`` says what a CSV file holds."""
    check_size(name, len(data))
    if not data.strip():
        raise ValidationError(_("%(name)s: this file is empty.") % {"name": name}, code="empty")
    kind = PurePath(name).suffix.lower()
    if kind == ".csv":
        return _csv(name, data, table)
    if kind not in _READERS:
        text = _("%(name)s: choose a file that ends in .json, .csv, .zip or .xlsx.")
        raise ValidationError(text % {"name": name}, code="kind")
    documents = _READERS[kind](data, name)
    if not documents:
        raise ValidationError(_("%(name)s: this file is empty.") % {"name": name}, code="empty")
    return documents


def check_size(name: str, size: int) -> None:
    """To be asked before anything is read."""
    if size > LARGEST:
        text = _("%(name)s: a file may have at most %(most)d MB.")
        most = LARGEST // (1024 * 1024)
        raise ValidationError(text % {"name": name, "most": most}, code="too_large")


def _csv(name: str, data: bytes, table: str) -> Documents:
    chosen = table or _NUMBERED.sub("", PurePath(name).stem).lower()
    if chosen not in TABLES:
        text = _("%(name)s: say which table this is, or name the file after it: %(known)s.")
        raise ValidationError(text % {"name": name, "known": ", ".join(TABLES)}, code="table")
    return {name: document_of_csv(TABLES[chosen], data, place=name)}


def _json(data: bytes, name: str) -> Documents:
    try:
        return {name: read_json(data.removeprefix(BOM_UTF8))}
    except Refusal as refusal:
        raise ValidationError(
            [
                Spot(file=name, path="").fault(one.message, name=one.path, code=one.code)
                for one in refusal.problems
            ]
        ) from None


_READERS: Final[Mapping[str, Callable[[bytes, str], Documents]]] = {
    ".json": _json,
    ".zip": lambda data, name: documents_of_archive(data, place=name),
    ".xlsx": lambda data, name: documents_of_workbook(data, place=name),
}
