"""Two release documents laid side by side.

Nothing that differs is passed over, except for `key`: that is the release's name, not its content.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from treatments.diffing.comparison import Change, Comparison, FieldChange, Group, Kind
from treatments.diffing.matching import match, same
from treatments.diffing.names import Names
from treatments.diffing.sections import GROUP_OF, GROUPS, SECTIONS, code_of, known_by
from treatments.diffing.wording import ABSENT, contents, field_changes, moved

Document = Mapping[str, Any]
_KEY: Final = "key"


def compare(old: Document, new: Document) -> Comparison:
    """What turns one document into the other; empty exactly when they are written alike."""
    names = Names.of(new, old)
    found: dict[str, list[Change]] = {group: [] for group in GROUPS}
    for section in dict.fromkeys([*SECTIONS, *new, *old]):
        if section != _KEY:
            group = GROUP_OF.get(section, "other")
            found[group].extend(_section_changes(section, old, new, names))
    return Comparison(
        groups=tuple(
            Group(code=group, label=str(GROUPS[group]), changes=tuple(changes))
            for group, changes in found.items()
            if changes
        )
    )


def _section_changes(section: str, old: Document, new: Document, names: Names) -> Iterator[Change]:
    before, now = old.get(section, ABSENT), new.get(section, ABSENT)
    if before is now or (before is not ABSENT and now is not ABSENT and same(before, now)):
        return
    rows = (_rows(before), _rows(now))
    if isinstance(before, list) and isinstance(now, list):
        yield from _row_changes(section, before, now, names)
    elif isinstance(before, Mapping) and isinstance(now, Mapping):
        yield from _row_changes(section, _coded(before), _coded(now), names)
    else:  # the section itself came or went, or is no longer of the same make
        whole = field_changes(
            {} if before is ABSENT else {section: before},
            {} if now is ABSENT else {section: now},
            names,
        )
        yield Change(
            kind=_kind(before, now), section=section, code=section, label="", fields=tuple(whole)
        )
        yield from _row_changes(section, *rows, names)


def _kind(before: Any, now: Any) -> Kind:
    if before is ABSENT:
        return Kind.ADDED
    return Kind.REMOVED if now is ABSENT else Kind.CHANGED


def _rows(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return _coded(value)
    return value if isinstance(value, list) else []


def _coded(rows: Mapping[str, Any]) -> list[Any]:
    """Rows that stand under their codes, in the order of these; single values get a field."""
    return [
        {**(row if _is_plain(row) else {"value": row}), "code": code}
        for code, row in sorted(rows.items())
    ]


def _is_plain(row: Any) -> bool:
    return isinstance(row, Mapping) and "code" not in row and set(row) != {"value"}


def _row_changes(section: str, old: list[Any], new: list[Any], names: Names) -> Iterator[Change]:
    found = match(old, new, lambda row: known_by(section, row))
    for row in found.added:
        yield _whole(Kind.ADDED, section, row, names)
    for key, before, now in found.pairs:
        fields = [*field_changes(before, now, names)] if not same(before, now) else []
        if key in found.after:
            fields.append(_move(section, found.after[key]))
        if fields:
            yield _change(Kind.CHANGED, section, now, names, tuple(fields))
    for row in found.removed:
        yield _whole(Kind.REMOVED, section, row, names)


def _move(section: str, after: Any) -> FieldChange:
    code = None if after is None else code_of(section, after)
    return FieldChange(field="order", sentence=moved(code), new=code)


def _whole(kind: Kind, section: str, row: Any, names: Names) -> Change:
    """A row that came or went, with all that it says."""
    held = row if isinstance(row, Mapping) else {"value": row}
    fields = tuple(
        FieldChange(
            field=field,
            sentence=sentence,
            old=held[field] if kind is Kind.REMOVED else None,
            new=held[field] if kind is Kind.ADDED else None,
        )
        for field, sentence in contents(held, names)
        if field != "code"
    )
    return _change(kind, section, row, names, fields)


def _change(
    kind: Kind, section: str, row: Any, names: Names, fields: tuple[FieldChange, ...]
) -> Change:
    return Change(
        kind=kind,
        section=section,
        code=code_of(section, row),
        label=names.label(section, row),
        fields=fields,
    )
