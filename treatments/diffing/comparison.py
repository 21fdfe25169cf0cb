"""What a comparison of two release documents holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _


class Kind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One sentence on one field. `old` and `new` are the values as the documents hold them.

    `inherited`: so it was already before the edits that are looked at.
    """

    field: str
    sentence: str
    old: Any = None
    new: Any = None
    inherited: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "sentence": self.sentence,
            "old": self.old,
            "new": self.new,
            "inherited": self.inherited,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one row. `section` is its list in the document, `code` what it is known by."""

    kind: Kind
    section: str
    code: str
    label: str
    fields: tuple[FieldChange, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each with the code in front, so that it can stand alone: “S-07: wait 7 → 10 days”."""
        return tuple(
            _("%(code)s: %(sentence)s") % {"code": self.code, "sentence": one.sentence}
            for one in self.fields
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "section": self.section,
            "code": self.code,
            "label": self.label,
            "fields": [one.as_json() for one in self.fields],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The changes of one kind of knowledge."""

    code: str
    label: str
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "group": self.code,
            "label": self.label,
            "changes": [one.as_json() for one in self.changes],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Groups without changes are left out; without any group the two documents are the same."""

    groups: tuple[Group, ...]

    def __bool__(self) -> bool:
        return bool(self.groups)

    @property
    def inherits(self) -> bool:
        return any(one.inherited for change in self.changes for one in change.fields)

    def marking(self, before: "Comparison") -> "Comparison":
        """The same with what another comparison says as well marked as inherited from there."""
        known = {(one.section, one.code): one.fields for one in before.changes}
        return Comparison(
            groups=tuple(
                replace(group, changes=tuple(_marked(change, known) for change in group.changes))
                for group in self.groups
            )
        )

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(change for group in self.groups for change in group.changes)

    @property
    def counts(self) -> dict[str, int]:
        kinds = [change.kind for change in self.changes]
        return {kind.value: kinds.count(kind) for kind in Kind}

    def as_json(self) -> dict[str, Any]:
        return {"counts": self.counts, "groups": [one.as_json() for one in self.groups]}


def _marked(change: Change, known: Mapping[tuple[str, str], tuple[FieldChange, ...]]) -> Change:
    there = known.get((change.section, change.code), ())
    fields = (replace(one, inherited=True) if one in there else one for one in change.fields)
    return replace(change, fields=tuple(fields))
