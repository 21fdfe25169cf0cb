"""The page of one row: what it says, what it rests on, what contradicts it, what uses it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic.text import with_semicolons
from treatments.browsing.kinds import KIND_OF, KINDS, Words
from treatments.browsing.sentences import sentence_of
from treatments.browsing.shelf import Entry, Shelf
from treatments.diffing.fields import label_of, one_of
from treatments.diffing.sections import LINES, REFERENCES
from treatments.diffing.wording import value_in_words
from treatments.explanations.evidence import Disagreement, Statement, disagreements, statements

# What a page shows in a place of its own.
_TOLD_ELSEWHERE = frozenset(
    {"code", "name", "title", "topic", "sources", "sides", "citations", "trigger", "entries"}
)
# Texts, in the order in which they are read.
_LONG = (
    "question", "hint", "summary", "role", "text", "message", "care", "resolution", "why", "note",
)  # fmt: skip
_ALSO_ALLERGENS = ("ingredients", "ingredient_classes", "activators")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A row as it is named on another row's page. Without an entry it has no page."""

    text: Words
    entry: Entry | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: Words
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    entry: Entry
    heading: Words
    sentence: str
    texts: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]
    statements: tuple[Statement, ...]
    grounds: tuple[tuple[Entry, tuple[Statement, ...]], ...]
    disagreements: tuple[Disagreement, ...]
    groups: tuple[Group, ...]


def page_of(shelf: Shelf, entry: Entry) -> Page:
    section, row = entry.place[0], entry.row
    basis = list(_basis(shelf, entry))
    return Page(
        entry=entry,
        heading=_heading(entry),
        sentence=_sentence(shelf, entry),
        texts=tuple((label_of(name), row[name]) for name in _LONG if _is_text(row, name)),
        fields=tuple(_fields(shelf, row)),
        statements=_statements(shelf, entry),
        grounds=tuple((one, statements(shelf.wording, one.row["sources"])) for one in basis),
        disagreements=_disagreements(shelf, entry, basis),
        groups=tuple(_groups(shelf, section, entry)),
    )


def item_of(shelf: Shelf, entry: Entry) -> Item:
    return Item(
        text=entry.title,
        entry=entry,
        note=sentence_of(entry.kind.section, entry.row, shelf.names),
    )


def _heading(entry: Entry) -> Words:
    """Statements, notices and warnings are texts without a name."""
    if entry.kind.section in {"statements", "notices", "warnings", "input_conflicts"}:
        return f"{entry.kind.one} {entry.code}"
    return entry.title


def _sentence(shelf: Shelf, entry: Entry) -> str:
    """Where it does not only repeat a text of the row."""
    sentence = sentence_of(entry.kind.section, entry.row, shelf.names)
    return "" if sentence in entry.row.values() else sentence


def _basis(shelf: Shelf, entry: Entry) -> Iterator[Entry]:
    """Rows that bring statements with them: rules behind a plan, ratings of a concern."""
    row = entry.row
    for code in dict.fromkeys([*row.get("basis", ()), row.get("rule"), row.get("blocked_by")]):
        if ("rules", code) in shelf.entries:
            yield shelf.entries["rules", code]
    if entry.kind.section == "concerns":
        users = shelf.users_of(entry.place)
        yield from (one for one in users if one.kind.section == "suitabilities")


def _is_text(row: Mapping[str, Any], name: str) -> bool:
    return isinstance(row.get(name), str) and bool(row[name])


def _fields(shelf: Shelf, row: Mapping[str, Any]) -> Iterator[Field]:
    """All that the row holds besides, with links to what it names."""
    for name, value in row.items():
        if name in _TOLD_ELSEWHERE or name in _LONG or value in (None, "", [], {}):
            continue
        items = tuple(_items(shelf, name, value))
        if items:
            yield Field(label=_label(name, value), items=items)


def _label(name: str, value: Any) -> str:
    label = _("based on") if name == "basis" else label_of(name)
    if isinstance(value, list) and len(value) > 1 and name in KIND_OF:
        label = str(KIND_OF[name].several)
    return label[:1].upper() + label[1:]


def _items(shelf: Shelf, name: str, value: Any) -> Iterator[Item]:
    if isinstance(value, list):
        for one in value:
            yield from _items(shelf, name, one)
    elif isinstance(value, Mapping):
        yield _line(shelf, name, value)
    elif name in REFERENCES:
        yield _named(shelf, REFERENCES[name], value)
    else:
        yield Item(text=value_in_words(name, value, shelf.names))


def _named(shelf: Shelf, section: str, code: str, note: str = "") -> Item:
    entry = shelf.entries.get((section, code))
    return Item(text=entry.title if entry else code, entry=entry, note=note)


def _line(shelf: Shelf, name: str, line: Mapping[str, Any]) -> Item:
    """A line of a list: what it is known by, and what else it says."""
    known = next((one for one in LINES.get(name, ()) if line.get(one)), "")
    rest = with_semicolons(
        _said(name, one, value_in_words(one, held, shelf.names))
        for one, held in line.items()
        if one != known and held not in (None, "", [])
    )
    if known in REFERENCES:
        return _named(shelf, REFERENCES[known], line[known], rest)
    return Item(text=str(line[known]) if known else _("any treatment"), note=rest)


def _said(name: str, field: str, words: str) -> str:
    """An effect of effects needs no label."""
    return words if one_of(name) == label_of(field) else f"{label_of(field)}: {words}"


def _statements(shelf: Shelf, entry: Entry) -> tuple[Statement, ...]:
    """What the row rests on; for a statement, itself."""
    if entry.kind.section == "statements":
        return statements(shelf.wording, [entry.code])
    cited = [*entry.row.get("sources", ())]
    cited += [code for one in entry.row.get("entries", ()) for code in one["sources"]]
    return statements(shelf.wording, dict.fromkeys(cited))


def _disagreements(shelf: Shelf, entry: Entry, basis: Iterable[Entry]) -> tuple[Disagreement, ...]:
    section, code = entry.place
    cited = {one.code for one in _statements(shelf, entry)}
    if section == "sources":
        cited = {one.code for one in shelf.users_of(entry.place)}
    if section == "conflicts":
        cited = {side["statement"] for side in entry.row["sides"]}
    cited |= {one for row in basis if row.kind.section != "rules" for one in row.row["sources"]}
    rules = {one.code for one in (*basis, entry) if one.kind.section == "rules"}
    found = disagreements(shelf.wording, rules=rules, cited=cited)
    return tuple(one for one in found if section != "conflicts" or one.code == code)


def _groups(shelf: Shelf, section: str, entry: Entry) -> Iterator[Group]:
    """What names the row, by kind; an allergy stands beside what it is an allergy to."""
    yield from _by_kind(shelf, [*shelf.users_of(entry.place), *_resting_on(shelf, entry)])
    family = entry.row.get("medication_class")
    if family:
        users = [
            one
            for one in shelf.users_of(("medication_classes", family))
            if one.kind.section != "medications"
        ]
        yield from _together(shelf, _("Through its class"), users)
    if section in _ALSO_ALLERGENS and ("allergens", entry.code) in shelf.entries:
        allergen = shelf.entries["allergens", entry.code]
        users = [allergen, *shelf.users_of(allergen.place)]
        yield from _together(shelf, _("As an allergy"), users)
    if section == "allergens":
        same = [shelf.entries.get((other, entry.code)) for other in _ALSO_ALLERGENS]
        yield from _together(shelf, _("An allergy to"), [one for one in same if one])


def _resting_on(shelf: Shelf, entry: Entry) -> Iterator[Entry]:
    """A conflict names the rules that follow it, and not they it."""
    if entry.kind.section == "conflicts":
        for code in entry.row.get("rules", ()):
            if ("rules", code) in shelf.entries:
                yield shelf.entries["rules", code]


def _by_kind(shelf: Shelf, entries: Iterable[Entry]) -> Iterator[Group]:
    found = list(entries)
    for kind in KINDS.values():
        yield from _together(shelf, kind.several, [one for one in found if one.kind is kind])


def _together(shelf: Shelf, title: Words, entries: Iterable[Entry]) -> Iterator[Group]:
    items = tuple(item_of(shelf, one) for one in entries)
    if items:
        yield Group(title=title, items=items)
