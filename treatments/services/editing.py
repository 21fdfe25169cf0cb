"""Curators' edits: every row of the catalogue that a person changes is written here.

An edit is one transaction. Each row in it leaves a change with old and new values in the draft
that it belongs to, and an audit event.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CASCADE, Model, ProtectedError
from django.utils.translation import gettext as _

from clinic.models import User
from clinic.text import with_commas
from treatments.models import Activator, Allergen, Ingredient, IngredientClass
from treatments.services.allergens import record_allergens_in_step
from treatments.services.recording import Recorder, Snapshot, snapshot_of, stored
from treatments.services.wording import linked_fields, name_of

SUBSTANCES: tuple[type[Ingredient | IngredientClass | Activator], ...] = (
    Ingredient,
    IngredientClass,
    Activator,
)
MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEdit:
    """A row as it should be stored, and the rows that its many-to-many fields should hold."""

    row: Model
    links: Mapping[str, Sequence[Model]] = field(default_factory=dict)


@transaction.atomic
def save_edit(
    edit: RowEdit,
    *,
    by: User | None,
    lines: Iterable[RowEdit] = (),
    removed: Iterable[Model] = (),
) -> Model:
    """Store a row with its lines, the removed ones first. What stays equal leaves no trace."""
    recorder = Recorder(by=by)
    _save(edit, recorder=recorder, parent=None)
    for line in removed:
        _delete(line, recorder=recorder, parent=edit.row)
    for line_edit in lines:
        _save(line_edit, recorder=recorder, parent=edit.row)
    record_allergens_in_step(recorder)
    return edit.row


@transaction.atomic
def delete_row(row: Model, *, by: User | None) -> None:
    """Delete a row that nothing uses, together with its lines."""
    recorder = Recorder(by=by)
    users = users_of(row)
    if users:
        raise ValidationError(_in_use(row, users), code="in-use")
    try:
        with transaction.atomic():
            whole = snapshot_of(row)  # with its lines, so that it can be put back as a whole
            for line in lines_of(row):
                _delete(line, recorder=recorder, parent=row)
            _delete(row, recorder=recorder, parent=None, before=whole)
    except ProtectedError as error:
        raise ValidationError(_in_use(row, error.protected_objects), code="in-use") from error


@transaction.atomic
def delete_rows(rows: Iterable[Model], *, by: User | None) -> None:
    """Delete all of these rows, or none when one of them is in use."""
    for row in rows:
        delete_row(row, by=by)


def lines_of(row: Model) -> list[Model]:
    """The rows that are part of this one and go with it."""
    return [
        line
        for relation in row._meta.related_objects
        if getattr(relation, "on_delete", None) is CASCADE
        for line in stored(relation.related_model).filter(**{relation.field.name: row})
    ]


def users_of(row: Model) -> list[Model]:
    """Rows that name this one in a list, which the database alone would quietly shorten."""
    users = [
        user
        for relation in row._meta.related_objects
        if relation.many_to_many and relation.field.name in names_of_links(relation.related_model)
        for user in stored(relation.related_model).filter(**{relation.field.name: row})
    ]
    if isinstance(row, Allergen):
        users += substances_of(row.code)
    return users


def names_of_links(model: type[Model]) -> set[str]:
    return {link.name for link in linked_fields(model)}


def substances_of(code: str) -> list[Model]:
    """Ingredients, classes and activators that are allergens under this code."""
    return [row for model in SUBSTANCES for row in model.objects.filter(code=code)]


def check_allergen_in_step(allergen: Allergen) -> None:
    """Refuse to retire the allergen of a substance that is in use."""
    if not allergen.active and any(
        getattr(row, "active", False) for row in substances_of(allergen.code)
    ):
        raise ValidationError(
            _("An ingredient, class or activator of this code is in use, so the allergen is too.")
        )


def _save(edit: RowEdit, *, recorder: Recorder, parent: Model | None) -> None:
    row = edit.row
    before = snapshot_of(row)
    if parent is not None:
        _name_parent(row, parent)
    try:
        row.full_clean()
    except ValidationError as error:
        error.refused = row  # type: ignore[attr-defined]  # which of the edit's rows it is
        raise
    if isinstance(row, Allergen):
        check_allergen_in_step(row)
    row.save()
    for name, linked in edit.links.items():
        getattr(row, name).set(linked)
    recorder.changed(row, before, parent=parent)
    if isinstance(row, SUBSTANCES):
        _rename_allergen(row, before.words.get("name"), recorder=recorder)


def _name_parent(line: Model, parent: Model) -> None:
    """A line made before its parent was stored takes over the parent's new key."""
    for link in line._meta.concrete_fields:
        if link.is_relation and getattr(line, link.name, None) is parent:
            setattr(line, link.name, parent)


def _delete(
    row: Model, *, recorder: Recorder, parent: Model | None, before: Snapshot | None = None
) -> None:
    before, key, label = before or snapshot_of(row), row.pk, str(row)
    row.delete()
    row.pk = key
    recorder.changed(row, before, parent=parent, label=label)


def _rename_allergen(
    substance: Ingredient | IngredientClass | Activator, old_name: str | None, *, recorder: Recorder
) -> None:
    """Its allergen carries the substance's name for as long as nobody gave it one of its own."""
    allergen = Allergen.objects.filter(code=substance.code).first()
    if allergen is not None and allergen.name == old_name != substance.name:
        allergen.name = substance.name
        _save(RowEdit(row=allergen), recorder=recorder, parent=None)


def _in_use(row: Model, users: Iterable[Model]) -> str:
    named = sorted({f"{user._meta.verbose_name} “{name_of(user)}”" for user in users})
    shown = named[:MOST_NAMED] + ([_("and others")] if len(named) > MOST_NAMED else [])
    text = _("“%(row)s” cannot be deleted: it is used by %(users)s. Take it out of use instead.")
    return text % {"row": name_of(row), "users": with_commas(shown)}
