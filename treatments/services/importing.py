"""Bring the catalogue in from files. Rows that are there already are changed, not doubled."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Field, ForeignKey, ManyToManyField, Model
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from treatments.models import CatalogueChange, GoldenCase, Release
from treatments.services.allergens import keep_allergens_in_step
from treatments.services.anonymous import tells_of_somebody
from treatments.services.catalogue_rows import in_order
from treatments.services.faults import Spot, spot_of
from treatments.services.merging import (
    MergedRow,
    children_of,
    field_of,
    merge,
    natural_fields,
)
from treatments.services.plain_values import value_for
from treatments.services.portable import code_of
from treatments.services.tracing import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCounts:
    """Rows that were added, changed or already the same. Nested rows count with their parent."""

    added: int
    changed: int
    unchanged: int
    changes: tuple[CatalogueChange, ...] = ()


@dataclass(slots=True)
class _Import:
    """What one run knows: rows by natural key, keys by code, and everything found wrong."""

    trace: Trace
    rows: dict[type[Model], dict[tuple[object, ...], Model]] = field(default_factory=dict)
    keys: dict[type[Model], dict[object, object]] = field(default_factory=dict)
    faults: list[ValidationError] = field(default_factory=list)
    added: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)

    @contextmanager
    def fault_at(self, row: MergedRow, name: str = "") -> Iterator[None]:
        """Collect what is wrong, each with its place, and go on with the next row."""
        try:
            yield
        except ValidationError as error:
            line: Spot | None = getattr(error, "spot", None)
            for inner, texts in _by_field(error, name).items():
                faulty = line.fault if line else row.fault
                self.faults += [faulty(text, name=inner) for text in texts]

    def check(self) -> None:
        if self.faults:
            raise ValidationError(self.faults)


def _by_field(error: ValidationError, name: str) -> dict[str, list[str]]:
    """What is wrong, by the field that it is wrong with; of a line, by the line's own field."""
    if not hasattr(error, "error_dict"):
        return {"" if hasattr(error, "spot") else name: error.messages}
    found: dict[str, list[str]] = {}
    for inner, texts in error.message_dict.items():
        found.setdefault(name if inner == NON_FIELD_ERRORS else inner, []).extend(texts)
    return {"" if hasattr(error, "spot") and one == name else one: found[one] for one in found}


@transaction.atomic
def import_catalogue(documents: Mapping[str, object], *, by: User | None) -> ImportCounts:
    """Import parsed files by their names: everything or, with one fault, nothing.

    The same files again change nothing. Every fault names its file, row and field. Once there is
    a release, what differs stands in the draft like any other edit.
    """
    merged, run = merge(documents), _Import(Trace(by=by, kept=Release.objects.exists()))
    run.faults.extend(merged.faults)
    rows = in_order(merged.rows.values())
    saved = [(row, one) for row in rows if (one := _save_row(run, row)) is not None]
    run.check()
    allergens = keep_allergens_in_step(run.trace)
    for row, instance in saved:
        _save_lists(run, row, instance)
    run.check()
    changes = run.trace.write()
    changed = run.changed - run.added
    counts = ImportCounts(
        added=len(run.added) + allergens,
        changed=len(changed),
        unchanged=len(rows) - len(run.added) - len(changed),
        changes=tuple(changes),
    )
    if counts.added or counts.changed:
        detail = {"added": counts.added, "changed": counts.changed, "files": sorted(documents)}
        audit.record("catalogue-imported", by=by, detail=detail)
    return counts


def _save_row(run: _Import, row: MergedRow) -> Model | None:
    """The row without its lists, which may name rows that come later."""
    instance = _existing(run, row.model).get(row.key)
    known = instance is not None
    if instance is None:
        instance = row.model()
    before = _plain_values(instance)
    faults = len(run.faults)
    for name, value in row.values.items():
        target = field_of(row.model, name)
        if target is not None and not isinstance(target, ManyToManyField):
            with run.fault_at(row, name):
                _fill(run, instance, target, value)
    differs = not known or _plain_values(instance) != before
    if differs and len(run.faults) == faults:
        with run.fault_at(row):
            _check_case(instance, before, known=known)
            instance.full_clean()
    if len(run.faults) > faults:
        return None
    if differs:
        run.trace.before(instance)
        instance.save()
        (run.changed if known else run.added).add(id(row))
    _remember(run, instance, row.key)
    return instance


def _check_case(instance: Model, before: dict[str, object], *, known: bool) -> None:
    """What a golden case expects changes by being accepted in a draft, and in no other way.

    In and out of use it goes by its own services, which a file would pass by.
    """
    if not isinstance(instance, GoldenCase):
        return
    if known and instance.active != before["active"]:
        text = _("A case that is already here goes in and out of use in its own list.")
        raise ValidationError({"active": text})
    for name in ("request", "expected"):
        value = getattr(instance, name)
        if not isinstance(value, dict):
            raise ValidationError({name: _("This must be an object.")})
        if known and value != before[name]:
            text = _("A case that is already here keeps its facts and its expected outcome.")
            raise ValidationError({name: text})
    if not known:
        _check_about_nobody(instance.request)


def _check_about_nobody(request: dict[str, Any]) -> None:
    """What such a case expects may name what would be taken away, so it is refused as a whole."""
    if paths := tells_of_somebody(request):
        text = _("A golden case is about nobody: give an age, and call products “product-1”.")
        raise ValidationError({"request": [f"{path}: {text}" for path in paths]})


def _save_lists(run: _Import, row: MergedRow, instance: Model) -> None:
    children = children_of(row.model)
    for name, value in row.values.items():
        target = field_of(row.model, name)
        with run.fault_at(row, name):
            if name in children:
                same = _save_children(run, instance, children[name], value)
            elif isinstance(target, ManyToManyField):
                same = _set_links(run, instance, target, value)
            else:
                continue
            if not same:
                run.changed.add(id(row))


def _set_links(run: _Import, instance: Any, target: ManyToManyField, value: object) -> bool:
    wanted = _linked(run, target, value)
    links = getattr(instance, target.name)
    if set(links.values_list("pk", flat=True)) == wanted:
        return True
    run.trace.before(instance)
    links.set(wanted)
    return False


def _save_children(run: _Import, parent: Any, relation: Any, value: list[Any]) -> bool:
    """Nested rows are compared as a whole, and laid anew when anything about them differs."""
    model, link = relation.related_model, relation.field
    wanted = []
    for row in value:
        with _at(row):
            wanted.append(_child(run, model, parent, link, row))
    many = model._meta.many_to_many
    existing = list(getattr(parent, relation.get_accessor_name()).all())
    now = [(_plain_values(one), _linked_now(one, many)) for one in existing]
    if now == [(_plain_values(one), links) for one, links in wanted]:
        return True
    for old in existing:
        run.trace.line_deleted(old, parent)
        old.delete()
    for row, (one, links) in zip(value, wanted, strict=True):
        with _at(row):
            one.full_clean()
        one.save()
        for name, keys in links.items():
            getattr(one, name).set(keys)
        run.trace.line_added(one, parent)
    return False


@contextmanager
def _at(line: Mapping[str, Any]) -> Iterator[None]:
    """Let a fault know which line is meant."""
    try:
        yield
    except ValidationError as error:
        error.spot = spot_of(line)  # type: ignore[attr-defined]
        raise


def _child(
    run: _Import, model: type[Model], parent: Model, link: Any, row: dict[str, Any]
) -> tuple[Model, dict[str, set[object]]]:
    child = model()
    setattr(child, link.name, parent)
    links: dict[str, set[object]] = {one.name: set() for one in model._meta.many_to_many}
    for name, value in row.items():
        target = field_of(model, name)
        if target is None or target is link:
            raise ValidationError({name: _("There is no such field.")})
        if isinstance(target, ManyToManyField):
            links[name] = _linked(run, target, value)
        else:
            _fill(run, child, target, value)
    return child, links


def _linked_now(row: Any, many: Any) -> dict[str, set[object]]:
    return {one.name: set(getattr(row, one.name).values_list("pk", flat=True)) for one in many}


def _fill(run: _Import, instance: Model, target: Field, value: object) -> None:
    if isinstance(target, ForeignKey):
        key = None if value is None else _key_of(run, target, value)
        setattr(instance, target.attname, key)
        return
    try:
        setattr(instance, target.attname, value_for(target, value))
    except ValidationError as error:
        raise ValidationError({target.name: error.messages}) from None


def _linked(run: _Import, target: ManyToManyField, value: object) -> set[object]:
    if not isinstance(value, list):
        raise ValidationError({target.name: _("This must be a list of codes.")})
    return {_key_of(run, target, code) for code in value}


def _key_of(run: _Import, target: Any, code: object) -> object:
    """The primary key behind a code."""
    model = target.related_model
    if model not in run.keys:
        (name,) = natural_fields(model)
        run.keys[model] = dict(model.objects.values_list(name, "pk"))
    if not isinstance(code, str) or code not in run.keys[model]:
        message = _("There is no %(kind)s “%(code)s”.")
        params = {"kind": model._meta.verbose_name, "code": code}
        raise ValidationError({target.name: message % params})
    return run.keys[model][code]


def _existing(run: _Import, model: type[Model]) -> dict[tuple[object, ...], Model]:
    if model not in run.rows:
        names = natural_fields(model)
        keys = {one.name for one in model._meta.concrete_fields if isinstance(one, ForeignKey)}
        rows: Any = model._meta.default_manager
        rows = rows.select_related(*keys.intersection(names))
        run.rows[model] = {_natural_key(row, names): row for row in rows}
    return run.rows[model]


def _natural_key(row: Any, names: tuple[str, ...]) -> tuple[object, ...]:
    parts: list[Any] = [getattr(row, name) for name in names]
    return tuple(code_of(part) if isinstance(part, Model) else part for part in parts)


def _remember(run: _Import, instance: Model, key: tuple[object, ...]) -> None:
    run.rows[type(instance)][key] = instance
    if type(instance) in run.keys:
        run.keys[type(instance)][key[0]] = instance.pk


def _plain_values(instance: Model) -> dict[str, object]:
    fields = [one for one in instance._meta.concrete_fields if not one.primary_key]
    return {one.attname: getattr(instance, one.attname) for one in fields}
