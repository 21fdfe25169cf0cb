"""What the codes of release documents are called."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from treatments.texts import joined

# Rules, statements and warnings are known by their codes to those who keep them.
_BY_CODE = frozenset({"rules", "statements", "warnings"})


class Names:
    """The names in one or more documents; where two differ the first given counts."""

    def __init__(
        self, named: Mapping[str, Mapping[str, str]], units: Mapping[str, str] | None = None
    ) -> None:
        self._named = named
        self._units = units or {}

    @classmethod
    def of(cls, *documents: Mapping[str, Any]) -> Self:
        named: dict[str, dict[str, str]] = {}
        for document in documents:
            for section, rows in document.items():
                if isinstance(rows, list) and section not in _BY_CODE:
                    known = named.setdefault(section, {})
                    for code, name in _names(rows):
                        known.setdefault(code, name)
        tests = [row for one in documents for row in _rows(one.get("lab_tests"))]
        return cls(named, {str(row.get("code")): str(row.get("unit", "")) for row in tests})

    def name(self, section: str, code: object) -> str:
        """The code itself where there is no name."""
        text = str(code)
        return self._named.get(section, {}).get(text) or text

    def unit(self, test: object) -> str:
        """The unit that the bounds of a lab test are given in."""
        return self._units.get(str(test), "")

    def label(self, section: str, row: Any) -> str:
        """What a row says of itself: its name, title, topic or words."""
        if not isinstance(row, Mapping):
            return ""
        if "concern" in row and "treatment" in row and "name" not in row:
            concern = self.name("concerns", row["concern"])
            return joined(" / ", [concern, self.name("treatments", row["treatment"])])
        found = (row.get(field) for field in ("title", "name", "topic", "text", "message", "mode"))
        return next((one for one in found if isinstance(one, str) and one), "")


def _rows(section: Any) -> list[Mapping[str, Any]]:
    rows = section if isinstance(section, list) else []
    return [row for row in rows if isinstance(row, Mapping)]


def _names(rows: list[Any]) -> Iterable[tuple[str, str]]:
    for row in _rows(rows):
        code, name = row.get("code"), row.get("name")
        if isinstance(code, str) and isinstance(name, str):
            yield code, name
