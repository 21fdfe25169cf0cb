"""Import files → one row for each thing they speak of, whichever files say something about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import CASCADE, Field, ManyToManyField, ManyToOneRel, Model, UniqueConstraint
from django.utils.translation import gettext as _

from clinic.parsers import shown
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
from treatments.services.faults import PlacedError, PlacedRow, Spot, spot_of

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


@dataclass(slots=True)
class MergedRow:
    """What all files together say about one row. ``spots``: where each field was named last."""

    model: type[Model]
    key: Key
    values: dict[str, Any] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)

    def fault(self, text: Any, *, name: str = "", code: str = "invalid") -> PlacedError:
        spot = self.spots.get(name) or next(iter(self.spots.values()), _NOWHERE)
        return spot.fault(text, name=name, code=code)


_NOWHERE = Spot(file="", path="")


@dataclass(slots=True)
class Merged:
    rows: dict[tuple[type[Model], Key], MergedRow] = field(default_factory=dict)
    faults: list[ValidationError] = field(default_factory=list)


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
    """Files in the order of their names; what a later one says about a field counts.

    One file speaks of a row once: two rows of the same code would hide one of them.
    """
    merged = Merged()
    for file, document in sorted(documents.items()):
        if not isinstance(document, dict):
            text = _("this file must hold one object.")
            merged.faults.append(PlacedError(f"{file}: {text}", code="type"))
            continue
        seen: dict[tuple[type[Model], Key], Spot] = {}
        for label, rows in document.items():
            for model, spot, row in _rows(merged, file, label, rows):
                _add(merged, model, row, spot=spot, seen=seen)
    return merged


def _rows(
    merged: Merged, file: str, label: str, rows: object
) -> Iterator[tuple[type[Model], Spot, object]]:
    """The rows of one kind in one file, each with its place."""
    model, path = _model(label), shown(label)
    whole = Spot(file=file, path=path, what=f"“{path}”")
    if model is None:
        text = _("this is no kind of row that a file of the catalogue holds.")
        merged.faults.append(whole.fault(text, code="unknown_kind"))
    elif not isinstance(rows, list):
        merged.faults.append(whole.fault(_("this must be a list of rows."), code="type"))
    else:
        for index, row in enumerate(rows):
            spot = spot_of(row) or Spot(
                file=file, path=f"{path}[{index}]", what=_called(model, row, index)
            )
            yield model, spot, row


def _called(model: type[Model], row: object, index: int) -> str:
    """“area “knee” (no. 3)”: the kind, the key as far as it is known, and which one it is."""
    kind, number = str(model._meta.verbose_name), _("no. %(number)d") % {"number": index + 1}
    values = row if isinstance(row, dict) else {}
    parts = [values.get(name) for name in natural_fields(model)]
    key = " ".join(shown(part) for part in parts if isinstance(part, str) and part)
    return f"{kind} “{key}” ({number})" if key else f"{kind} {number}"


def _model(label: str) -> type[Model] | None:
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    known = model._meta.app_label == APP and model not in NOT_IMPORTED
    return model if known else None


def _add(
    merged: Merged,
    model: type[Model],
    row: object,
    *,
    spot: Spot,
    seen: dict[tuple[type[Model], Key], Spot],
) -> None:
    names = natural_fields(model)
    key = _key(model, names, row) if isinstance(row, dict) else None
    if not isinstance(row, dict) or key is None:
        text = _("a row needs its %(names)s.") % {"names": ", ".join(names)}
        merged.faults.append(spot.fault(text, code="required"))
        return
    first = seen.setdefault((model, key), spot)
    if first is not spot:
        merged.faults.append(_twice(spot, first, names))
        return
    known = merged.rows.setdefault((model, key), MergedRow(model, key))
    children = children_of(model)
    for name, value in row.items():
        known.spots[name] = spot
        if not _storable(value):
            text = _("this text holds characters that cannot be stored.")
            merged.faults.append(known.fault(text, name=name, code="unstorable"))
        elif name in children:
            _add_children(merged, known, children[name], value)
        elif field_of(model, name) is None:
            text = _("there is no such field.")
            merged.faults.append(known.fault(text, name=name, code="unknown_key"))
        else:
            known.values[name] = value


def _twice(spot: Spot, first: Spot, names: tuple[str, ...]) -> PlacedError:
    """Which of the two is meant, only whoever wrote the file knows."""
    if first.row is None:
        text = _("this row stands in the file twice, first as %(what)s.") % {"what": first.what}
    else:
        text = _("this row stands in the table twice, first in row %(row)d.") % {"row": first.row}
    return spot.fault(text, name=names[0] if len(names) == 1 else "", code="duplicate")


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


def _add_children(merged: Merged, row: MergedRow, relation: ManyToOneRel, value: object) -> None:
    """Children with a key of their own are merged by it; a list of others replaces the one before.

    The children of a row are complete: those that no file names do not belong to it.
    """
    name = relation.get_accessor_name() or ""
    if not isinstance(value, list) or not all(isinstance(child, dict) for child in value):
        text = _("this must be a list of rows.")
        merged.faults.append(row.fault(text, name=name, code="type"))
        return
    model: Any = relation.related_model
    keys = natural_fields(model, without=relation.field.name)
    children = [_placed(child, row.spots[name], name, index) for index, child in enumerate(value)]
    if not keys:
        row.values[name] = children
        return
    known = row.values.setdefault(name, [])
    earlier = list(known)  # twice in one list stays twice, for the row itself to refuse
    for child in children:
        same = [one for one in earlier if all(one.get(key) == child.get(key) for key in keys)]
        if same:
            same[0].update(child)
        else:
            known.append(child)


def _placed(child: dict[str, Any], spot: Spot, name: str, index: int) -> PlacedRow:
    """A line under its own place: a line of a table has one, others stand in a list."""
    own = spot_of(child)
    if own is None:
        number = _("no. %(number)d") % {"number": index + 1}
        inner = f"{name} {number}"
        own = Spot(
            file=spot.file,
            path=f"{spot.path}.{name}[{index}]",
            what=f"{spot.what}, {inner}" if spot.what else inner,
        )
    return PlacedRow(child, spot=own)


def _storable(value: object) -> bool:
    """Also within lists and nested rows."""
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return all(_storable(one) for one in value.values())
    return all(_storable(one) for one in value) if isinstance(value, list) else True
