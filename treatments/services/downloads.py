"""The files that the catalogue is handed out as."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from treatments.services.exporting import export_text
from treatments.services.tables.csvs import archive_of_tables, csv_of
from treatments.services.tables.definitions import TABLES
from treatments.services.tables.workbooks import workbook_of_tables

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Download(NamedTuple):
    content_type: str
    content: Callable[[], bytes]


DOWNLOADS: Final[Mapping[str, Download]] = {
    "catalogue.json": Download("application/json", lambda: export_text().encode()),
    "catalogue.xlsx": Download(WORKBOOK, workbook_of_tables),
    "tables.zip": Download("application/zip", archive_of_tables),
    **{
        f"{name}.csv": Download("text/csv; charset=utf-8", lambda table=table: csv_of(table))  # type: ignore[misc]
        for name, table in TABLES.items()
    },
}
