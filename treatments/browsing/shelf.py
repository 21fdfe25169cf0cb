"""Every row of a release by its kind and code, and which rows name which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from clinic.text import search_key
from treatments.browsing.kinds import KINDS, Kind, Words
from treatments.browsing.sentences import WARNINGS
from treatments.diffing import Names
from treatments.diffing.sections import references
from treatments.engine import Catalogue
from treatments.enums import CombinationMode
from treatments.explanations import Wording, wording_of
from treatments.explanations.told import unit_text

Row = Mapping[str, Any]
Place = tuple[str, str]  # section and code
# Fields whose words can be searched; codes of other rows are not words of this one.
_SEARCHED = frozenset(
    {
        "care", "frequency", "hint", "message", "name", "note", "position", "question",
        "resolution", "role", "summary", "text", "title", "topic", "url", "why",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`title` is what the row is called, `key` what a search looks through."""

    kind: Kind
    code: str
    title: Words
    row: Row
    title_key: str
    key: str

    @property
    def place(self) -> Place:
        return self.kind.section, self.code


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    wording: Wording
    names: Names
    entries: Mapping[Place, Entry]
    users: Mapping[Place, tuple[Place, ...]]

    @property
    def key(self) -> str:
        """The release's."""
        return self.wording.catalogue.key

    def entry(self, kind: Kind, code: str) -> Entry | None:
        return self.entries.get((kind.section, code))

    def spelled(self, kind: Kind, code: str) -> str | None:
        """The code as it is written, where somebody wrote it large or small."""
        if self.entry(kind, code) is not None:
            return code
        alike = (one.code for one in self.of_kind(kind) if one.code.lower() == code.lower())
        return next(alike, None)

    def of_kind(self, kind: Kind) -> tuple[Entry, ...]:
        """In the order of the release."""
        return tuple(one for one in self.entries.values() if one.kind is kind)

    def users_of(self, place: Place) -> tuple[Entry, ...]:
        return tuple(self.entries[user] for user in self.users.get(place, ()))


def shelf_of(catalogue: Catalogue) -> Shelf:
    """In the reader's language. It can be searched in the words that it shows."""
    return _shelf(wording_of(catalogue))


@lru_cache(maxsize=32)
def _shelf(wording: Wording) -> Shelf:
    names = _names(wording.document)
    entries = {
        one.place: one for kind in KINDS.values() for one in _entries(kind, wording.document, names)
    }
    users: dict[Place, dict[Place, None]] = {}
    for place, one in entries.items():
        for named in references(one.row):
            if named != place:
                users.setdefault(named, {})[place] = None
    return Shelf(
        wording=wording,
        names=names,
        entries=entries,
        users={named: tuple(found) for named, found in users.items()},
    )


def _names(document: Row) -> Names:
    """As they are read: units as people write them, warnings by what they say."""
    warnings = [{"code": one["code"], "name": one["text"]} for one in document["warnings"]]
    tests = [{**one, "unit": unit_text(one["unit"])} for one in document["lab_tests"]]
    return Names.of({**document, "lab_tests": tests, WARNINGS: warnings})


def _entries(kind: Kind, document: Row, names: Names) -> Iterator[Entry]:
    """Releases that were made before a kind was frozen simply have none of it."""
    rows = document.get(kind.section, ())
    pairs = rows.items() if isinstance(rows, Mapping) else ((code_of(one), one) for one in rows)
    for code, row in pairs:
        title = _title(kind, row, names)
        called = title if isinstance(title, str) else ""
        yield Entry(
            kind=kind,
            code=code,
            title=title,
            row=row,
            title_key=search_key(called),
            key=search_key(code, called, *_words(row)),
        )


def code_of(row: Row) -> str:
    """No code of a term holds two hyphens in a row, so that these keep a pair apart."""
    if "code" in row:
        return str(row["code"])
    return str(row["mode"]) if "mode" in row else f"{row['concern']}--{row['treatment']}"


def _title(kind: Kind, row: Row, names: Names) -> Words:
    if kind.section == "combinations" and row["mode"] in CombinationMode.values:
        return CombinationMode(row["mode"]).label  # in the language of whoever reads it
    return names.label(kind.section, row) or code_of(row)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for field, held in value.items():
            if isinstance(held, str):
                if field in _SEARCHED:
                    yield held
            else:
                yield from _words(held)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
