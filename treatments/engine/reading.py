"""Reading single values out of a request, and collecting what is wrong with them."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from fractions import Fraction
from typing import Final

from treatments.engine.faults import Fault

Row = dict[str, object]

MOST_LINES: Final = 300

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSAFE: Final = re.compile("[\x00\ud800-\udfff]")
_LONGEST_NAME: Final = 200
_LARGEST_BITS: Final = 1023
_SHOWN: Final = 100


def join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


class Reader:
    """Answers None for a value it has found fault with; a key that is absent is for the caller."""

    __slots__ = ("faults",)

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, message: str, code: str = "invalid") -> None:
        self.faults.append(Fault(path, message, code))

    def row(self, value: object, path: str, keys: Collection[str]) -> Row | None:
        if not isinstance(value, dict):
            self.fault(path, "An object is expected here.", "type")
            return None
        for key in value:
            if not isinstance(key, str) or key not in keys:
                self.fault(join(path, shown(key)), "This key is not known.", "unknown_key")
        return value

    def present(self, row: Row, key: str, path: str, *, required: bool) -> bool:
        if key in row:
            return True
        if required:
            self.fault(join(path, key), "This is required.", "required")
        return False

    def rows(self, parent: Row, key: str, keys: Collection[str]) -> Iterator[tuple[int, str, Row]]:
        for index, value in enumerate(self.items(parent, key, "")):
            path = f"{key}[{index}]"
            row = self.row(value, path, keys)
            if row is not None:
                yield index, path, row

    def items(
        self, parent: Row, key: str, path: str, *, required: bool = False, most: int = MOST_LINES
    ) -> list[object]:
        """Of a list without end nothing is read: its faults would be as many."""
        if not self.present(parent, key, path, required=required):
            return []
        value = parent[key]
        if not isinstance(value, list):
            self.fault(join(path, key), "A list is expected here.", "type")
        elif len(value) > most:
            self.fault(join(path, key), f"A list has at most {most} lines.", "length")
        else:
            return value
        return []

    def code(
        self, row: Row, key: str, path: str, known: Collection[str], *, required: bool = True
    ) -> str | None:
        if not self.present(row, key, path, required=required):
            return None
        return self.known(row[key], join(path, key), known)

    def known(self, value: object, path: str, known: Collection[str]) -> str | None:
        if not isinstance(value, str):
            self.fault(path, "A code is expected here.", "type")
            return None
        if value not in known:
            self.fault(path, "This code is not known.", "unknown_code")
            return None
        return value

    def flag(self, row: Row, key: str, path: str, *, required: bool = False) -> bool:
        """False where it is left out."""
        if not self.present(row, key, path, required=required):
            return False
        value = row[key]
        if isinstance(value, bool):
            return value
        self.fault(join(path, key), "true or false is expected here.", "type")
        return False

    def day(self, row: Row, key: str, path: str, *, required: bool = False) -> date | None:
        if not self.present(row, key, path, required=required):
            return None
        return self.date(row[key], join(path, key))

    def date(self, value: object, path: str) -> date | None:
        if not isinstance(value, str):
            self.fault(path, "A date is expected here, as YYYY-MM-DD.", "type")
            return None
        if _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.fault(path, "This is not a date of the form YYYY-MM-DD.", "date")
        return None

    def number(self, value: object, path: str, lowest: int, highest: int) -> int | None:
        if type(value) is not int:
            self.fault(path, "A whole number is expected here.", "type")
            return None
        if not lowest <= value <= highest:
            self.fault(path, f"This must lie from {lowest} to {highest}.", "range")
            return None
        return value

    def amount(self, row: Row, key: str, path: str) -> Fraction | None:
        """A number above 0, exactly as it was written."""
        if not self.present(row, key, path, required=True):
            return None
        value, path = row[key], join(path, key)
        if type(value) is not int and type(value) is not float:
            self.fault(path, "A number is expected here.", "type")
        elif not _finite(value):
            self.fault(path, "This number is too large, or not a number.", "range")
        elif value <= 0:
            self.fault(path, "This must be more than 0.", "range")
        else:
            return Fraction(repr(value))
        return None

    def name(self, row: Row, key: str, path: str) -> str | None:
        if not self.present(row, key, path, required=True):
            return None
        value, path = row[key], join(path, key)
        if not isinstance(value, str):
            self.fault(path, "A text is expected here.", "type")
        elif not value.strip():
            self.fault(path, "A name cannot be blank.", "blank")
        elif len(value) > _LONGEST_NAME:
            self.fault(path, f"A name has at most {_LONGEST_NAME} characters.", "length")
        elif _UNSAFE.search(value):
            self.fault(path, "This name holds a character that cannot be stored.", "characters")
        else:
            return value
        return None


def _finite(value: int | float) -> bool:
    if isinstance(value, int):
        return value.bit_length() <= _LARGEST_BITS
    return value == value and abs(value) != float("inf")  # noqa: PLR0124 - only NaN differs


def shown(key: object) -> str:
    """A key that is not ours, fit to stand in an answer."""
    text = key if isinstance(key, str) else type(key).__name__
    return _UNSAFE.sub("�", text[:_SHOWN])
