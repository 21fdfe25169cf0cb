"""Two texts for one field: which of them stands? Plain Python, no database.

An input is written only over something that its author has seen. ``bases`` are the values that
the author knows of: what the page was given, and what it has sent since without hearing back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

# A field is the texts that its form sends; a section is its rows, each its fields by name.
Single = tuple[str, ...]
Row = tuple[tuple[str, Single], ...]
Value = Single | tuple[Row, ...]


class Outcome(StrEnum):
    SAME = "same"  # the record says so already
    WRITE = "write"  # nobody else changed the field
    CONFLICT = "conflict"  # the record holds what the author has not seen
    ELSEWHERE = "elsewhere"  # the author's own other window holds unfinished input


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Unfinished input of the same author, and what the record held when it began."""

    value: Value
    base: Value


def outcome(
    new: Value, *, bases: Collection[Value], record: Value, kept: Kept | None = None
) -> Outcome:
    """What to do with ``new``.

    >>> outcome(("b",), bases=[("a",)], record=("a",))
    <Outcome.WRITE: 'write'>
    >>> outcome(("b",), bases=[("a",)], record=("c",))
    <Outcome.CONFLICT: 'conflict'>
    """
    if kept is not None and kept.value != new and kept.value not in bases:
        return Outcome.ELSEWHERE
    if new == record:
        return Outcome.SAME
    continued = kept is not None and kept.base == record
    return Outcome.WRITE if continued or record in bases else Outcome.CONFLICT


def base_of(*, bases: Collection[Value], record: Value, kept: Kept | None = None) -> Value:
    """What an input that is kept began from: the record itself where the author has seen it."""
    if record in bases:
        return record
    if kept is not None:
        return kept.base
    return next(iter(bases), ())
