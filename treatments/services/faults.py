"""What is wrong with an imported file, and where: for people in words, for programs as a place."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class PlacedError(ValidationError):
    """One fault of a file.

    ``path`` leads into a JSON file, or is the name of a table; of a table ``row`` is the number
    that a spreadsheet shows beside the row, and ``column`` the name of the column.
    """

    def __init__(
        self,
        text: str,
        *,
        code: str = "invalid",
        path: str = "",
        row: int | None = None,
        column: str = "",
    ) -> None:
        super().__init__(text, code=code)
        self.path = path
        self.row = row
        self.column = column


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where something stands in a file: at a path of JSON, or in a row of a table.

    ``what`` is what a person calls it, “area “knee””.
    """

    file: str
    path: str
    row: int | None = None
    what: str = ""

    def fault(self, text: Any, *, name: str = "", code: str = "invalid") -> PlacedError:
        """A fault of the whole, or of one field or column of it."""
        if self.row is not None:
            at = in_table(self.file, self.row, name)
            return PlacedError(
                f"{at}: {text}", code=code, path=self.path, row=self.row, column=name
            )
        told = ", ".join(part for part in (self.file, self.what, name) if part)
        path = f"{self.path}.{name}" if self.path and name else self.path or name
        return PlacedError(f"{told}: {text}", code=code, path=path)


class PlacedRow(dict[str, Any]):
    """A row that knows where it stands in its file."""

    def __init__(self, values: Any, *, spot: Spot) -> None:
        super().__init__(values)
        self.spot = spot

    def copy(self) -> "PlacedRow":
        return PlacedRow(self, spot=self.spot)


def spot_of(row: object) -> Spot | None:
    return row.spot if isinstance(row, PlacedRow) else None


def in_table(file: str, row: int, column: str = "") -> str:
    """“areas.csv, row 3, column name”"""
    at = f"{file}, " + _("row %(number)d") % {"number": row}
    if not column:
        return at
    return f"{at}, " + _("column %(name)s") % {"name": column}
