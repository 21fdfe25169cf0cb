"""How large a table may be."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from treatments.services.faults import PlacedError
from treatments.services.tables.cells import LONGEST

MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 50
T = TypeVar("T")


def limited(rows: Iterable[Sequence[T]], *, place: str) -> Iterator[Sequence[T]]:
    """The rows, until there are too many of them or one is too wide."""
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS + 1:
            text = _("%(place)s: a table holds at most %(most)d rows.")
            raise _refused(text % {"place": place, "most": MOST_ROWS})
        if len(row) > MOST_COLUMNS:
            text = _("%(place)s, row %(row)d: a table has at most %(most)d columns.")
            told = text % {"place": place, "row": number, "most": MOST_COLUMNS}
            raise _refused(told, row=number)
        if any(isinstance(cell, str) and len(cell) > LONGEST for cell in row):
            text = _("%(place)s, row %(row)d: a cell holds at most %(most)d characters.")
            raise _refused(text % {"place": place, "row": number, "most": LONGEST}, row=number)
        yield row


def _refused(text: str, *, row: int | None = None) -> PlacedError:
    return PlacedError(text, code="too_large", row=row)
