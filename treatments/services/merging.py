"""Import files → one row for each thing they speak of, whichever files say something about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CASCADE, Field, ManyToManyField, ManyToOneRel, Model, UniqueConstraint
from django.utils.translation import gettext as _

from clinic.text import is_storable
from treatments.models import (
    AcceptedOutcome,
    CatalogueChange,
    CatalogueImport,
    Draft,
    Release,
    ReleaseActivation,
    ReleaseApproval,
    RuleApproval,
)

APP = "treatments"
# What people decided, and when, is no knowledge: a file must not claim it.
NOT_IMPORTED = (
    Release,
    ReleaseActivation,
    CatalogueChange,
    CatalogueImport,
    Draft,
    ReleaseApproval,
    RuleApproval,
    AcceptedOutcome,
)
Key = tuple[object, ...]


class NumberedRow(dict[str, Any]):
    """A row of a table, which knows the number that a spreadsheet shows beside it."""

    def __init__(self, values: Mapping[str, Any], *, number: int) -> None:
        super().__init__(values)
        self.number = number

    def copy(self) -> "NumberedRow":
        return NumberedRow(self, number=self.number)


@dataclass(slots=True)
class MergedRow:
    """What all files together say about one row. ``files``: which of them named a field last."""

    model: type[Model]
    key: Key
    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, tuple[str, int | None]] = field(default_factory=dict)

    def place(self, name: str = "", *, number: int | None = None) -> str:
        file, own_number = self.files.get(name) or next(iter(self.files.values()), ("", None))
        file += _told_number(number or own_number)
        what = " ".join(str(part) for part in self.key if part not in {None, ""})
        return f"{file}, {self.model._meta.label_lower} {what}" + (f", {name}" if name else "")


@dataclass(slots=True)
class Merged:
    rows: dict[tuple[type[Model], Key], MergedRow] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def natural_fields(model: type[Model], *, without: str = "") -> tuple[str, ...]:
    """The fields that tell a model's rows apart; none when only their order does."""
    if names := getattr(model, "natural_names", ()):
        return tuple(names)
    for one in model._meta.concrete_fields:
        if one.unique and not one.primary_key:
            return (one.name,)
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.condition is None:
            return tuple(name for name in constraint.fields if name != without)
    return ()


def children_of(model: type[Model]) -> dict[str, ManyToOneRel]:
    """Rows that belong to a row and are nested in it, by the name they are given under."""
    return {
        relation.get_accessor_name() or "": relation
        for relation in model._meta.related_objects
        if isinstance(relation, ManyToOneRel) and relation.on_delete is CASCADE
    }


def key_back(line: Model, parent: Model) -> str:
    """The field by which a line names its row; empty where it names the row by its code."""
    relations = children_of(type(parent)).values()
    found = (one.field.name for one in relations if one.related_model is type(line))
    return next(found, "")


def field_of(model: type[Model], name: str) -> Field | None:
    """The field that a file may fill, if there is one of that name."""
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if not isinstance(found, Field) or found.primary_key or not found.editable:
        return None
    if isinstance(found, ManyToManyField):
        through: Any = found.remote_field.through
        return found if through._meta.auto_created else None
    return found


def merge(documents: Mapping[str, object]) -> Merged:
    """Files in the order of their names; what a later one says about a field counts."""
    merged = Merged()
    for file, document in sorted(documents.items()):
        if not isinstance(document, dict):
            merged.faults.append(f"{file}: " + _("this file must hold one object."))
            continue
        for label, rows in document.items():
            model = _model(label)
            if model is None or not isinstance(rows, list):
                merged.faults.append(f"{file}, {label}: " + _("this is no list of known rows."))
                continue
            for number, row in enumerate(rows):
                at = _told_number(number_of(row)) or f", {label}[{number}]"
                _add(merged, model, row, file=file, place=f"{file}{at}")
    return merged


def _model(label: str) -> type[Model] | None:
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    known = model._meta.app_label == APP and model not in NOT_IMPORTED
    return model if known else None


def _add(merged: Merged, model: type[Model], row: object, *, file: str, place: str) -> None:
    names = natural_fields(model)
    key = _key(model, names, row) if isinstance(row, dict) else None
    if not isinstance(row, dict) or key is None:
        wanted = ", ".join(names)
        merged.faults.append(f"{place}: " + _("a row needs its %(names)s.") % {"names": wanted})
        return
    known = merged.rows.setdefault((model, key), MergedRow(model, key))
    children = children_of(model)
    for name, value in row.items():
        known.files[name] = file, number_of(row)
        if not _storable(value):
            fault = _("this text holds characters that cannot be stored.")
            merged.faults.append(f"{known.place(name)}: {fault}")
        elif name in children:
            _add_children(merged, known, children[name], value)
        elif field_of(model, name) is None:
            merged.faults.append(f"{known.place(name)}: " + _("there is no such field."))
        else:
            known.values[name] = value


def _key(model: type[Model], names: tuple[str, ...], row: Mapping[str, Any]) -> Key | None:
    """What the row is known by; a part that the model allows to be empty may be left out."""
    key: list[object] = []
    for name in names:
        field: Any = model._meta.get_field(name)
        empty = "" if field.blank and not field.null else None
        part = row.get(name, empty)
        if not isinstance(part, str) and not (field.null and part is None):
            return None
        key.append(part)
    return tuple(key)


def number_of(row: object) -> int | None:
    """The number of a table's row; rows of other files have none."""
    return row.number if isinstance(row, NumberedRow) else None


def _told_number(number: int | None) -> str:
    return "" if number is None else ", " + _("row %(number)d") % {"number": number}


def _add_children(merged: Merged, row: MergedRow, relation: ManyToOneRel, value: object) -> None:
    """Children with a key of their own are merged by it; a list of others replaces the one before.

    The children of a row are complete: those that no file names do not belong to it.
    """
    name = relation.get_accessor_name() or ""
    if not isinstance(value, list) or not all(isinstance(child, dict) for child in value):
        merged.faults.append(f"{row.place(name)}: " + _("this must be a list of rows."))
        return
    model: Any = relation.related_model
    keys = natural_fields(model, without=relation.field.name)
    if not keys:
        row.values[name] = value
        return
    known = row.values.setdefault(name, [])
    earlier = list(known)  # twice in one list stays twice, for the row itself to refuse
    for child in value:
        same = [one for one in earlier if all(one.get(key) == child.get(key) for key in keys)]
        if same:
            same[0].update(child)
        else:
            known.append(child.copy())


def _storable(value: object) -> bool:
    """Also within lists and nested rows."""
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return all(_storable(one) for one in value.values())
    return all(_storable(one) for one in value) if isinstance(value, list) else True
