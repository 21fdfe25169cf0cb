"""Two lists laid side by side: what came, what went, what stayed, and what stands elsewhere."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from treatments.engine import canonical_json

Key = tuple[str, int]  # what a row is known by, and which of several such rows it is


@dataclass(frozen=True, slots=True)
class Matched:
    """`pairs` and `added` stand in the new order, `removed` in the old one.

    `after` holds, for each row that moved among those that stayed, the one it now comes after
    (None: it comes first); the fewest moves that explain the new order.
    """

    added: tuple[Any, ...]
    removed: tuple[Any, ...]
    pairs: tuple[tuple[Key, Any, Any], ...]
    after: dict[Key, Any]


def same(one: object, other: object) -> bool:
    """Whether two values are written alike; true and 1 are not, though Python calls them equal."""
    return canonical_json(one) == canonical_json(other)


def match(old: Sequence[Any], new: Sequence[Any], known_by: Callable[[Any], str]) -> Matched:
    before, now = _keyed(old, known_by), _keyed(new, known_by)
    stayed = [key for key in now if key in before]
    settled = _settled([key for key in before if key in now], stayed)
    places = list(now)
    return Matched(
        added=tuple(row for key, row in now.items() if key not in before),
        removed=tuple(row for key, row in before.items() if key not in now),
        pairs=tuple((key, before[key], now[key]) for key in stayed),
        after={
            key: now[places[places.index(key) - 1]] if places.index(key) else None
            for key in stayed
            if key not in settled
        },
    )


def _keyed(rows: Sequence[Any], known_by: Callable[[Any], str]) -> dict[Key, Any]:
    seen: Counter[str] = Counter()
    keyed = {}
    for row in rows:
        name = known_by(row)
        keyed[name, seen[name]] = row
        seen[name] += 1
    return keyed


def _settled(before: list[Key], now: list[Key]) -> set[Key]:
    """The longest run of rows that kept their order (patience sorting)."""
    place = {key: index for index, key in enumerate(before)}
    tails: list[int] = []
    chains: list[tuple[Key, ...]] = []
    for key in now:
        length = bisect_left(tails, place[key])
        chain = (*(chains[length - 1] if length else ()), key)
        tails[length : length + 1] = [place[key]]
        chains[length : length + 1] = [chain]
    return set(chains[-1]) if chains else set()
