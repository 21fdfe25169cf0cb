"""Search through all rows of a release: every word somewhere in the row, accents ignored."""

from clinic.text import search_key
from treatments.browsing.shelf import Entry, Shelf

MOST = 60


def found(shelf: Shelf, text: str) -> tuple[Entry, ...]:
    """What is called so first, then what only speaks of it; nothing for an empty text."""
    words = search_key(text).split()
    if not words:
        return ()
    hits = [one for one in shelf.entries.values() if all(word in one.key for word in words)]
    return tuple(sorted(hits, key=lambda one: _rank(one, words)))


def _rank(entry: Entry, words: list[str]) -> int:
    """0: its code, 1: begins with the words, 2: has them in its name, 3: in its text."""
    if search_key(entry.code) == " ".join(words):
        return 0
    if entry.title_key.startswith(" ".join(words)):
        return 1
    return 2 if all(word in entry.title_key for word in words) else 3
