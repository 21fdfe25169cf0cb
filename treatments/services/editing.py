"""Curators' edits: every row of the catalogue that a person changes is written here.

An edit is one transaction. Each row in it leaves a change with old and new values in words, and
an audit event.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CASCADE, Model, ProtectedError, QuerySet
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from treatments.enums import ChangeKind
from treatments.models import Activator, Allergen, CatalogueChange, Ingredient, IngredientClass
from treatments.services.wording import linked_fields, name_of, values_in_words

SUBSTANCES: tuple[type[Ingredient | IngredientClass | Activator], ...] = (
    Ingredient,
    IngredientClass,
    Activator,
)
MOST_NAMED = 10
FIRST_ALLERGENS = 500  # substances stand before the allergens that curators list themselves


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
    _save(edit, by=by, parent=None)
    for line in removed:
        _delete(line, by=by, parent=edit.row)
    for line_edit in lines:
        _save(line_edit, by=by, parent=edit.row)
    return edit.row


@transaction.atomic
def delete_row(row: Model, *, by: User | None) -> None:
    """Delete a row that nothing uses, together with its lines."""
    users = users_of(row)
    if users:
        raise ValidationError(_in_use(row, users))
    try:
        with transaction.atomic():
            for line in lines_of(row):
                _delete(line, by=by, parent=row)
            _delete(row, by=by, parent=None)
    except ProtectedError as error:
        raise ValidationError(_in_use(row, error.protected_objects)) from error


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


def _save(edit: RowEdit, *, by: User | None, parent: Model | None) -> None:
    row = edit.row
    before = _stored_values(row)
    if parent is not None:
        _name_parent(row, parent)
    row.full_clean()
    if isinstance(row, Allergen):
        check_allergen_in_step(row)
    row.save()
    for name, linked in edit.links.items():
        getattr(row, name).set(linked)
    after = values_in_words(stored(type(row)).get(pk=row.pk))
    _record(row, before, after, by=by, parent=parent)
    if isinstance(row, SUBSTANCES):
        _keep_allergen(row, before.get("name"), by=by)


def _name_parent(line: Model, parent: Model) -> None:
    """A line made before its parent was stored takes over the parent's new key."""
    for link in line._meta.concrete_fields:
        if link.is_relation and getattr(line, link.name, None) is parent:
            setattr(line, link.name, parent)


def _stored_values(row: Model) -> dict[str, str]:
    """The values before the edit; none when the row is new."""
    if row._state.adding:
        return {}
    old = stored(type(row)).select_for_update().filter(pk=row.pk).first()
    if old is None:
        raise ValidationError(_("“%(row)s” was deleted in the meantime.") % {"row": row})
    return values_in_words(old)


def _delete(row: Model, *, by: User | None, parent: Model | None) -> None:
    before, key = values_in_words(row), row.pk
    row.delete()
    row.pk = key
    _record(row, before, {}, by=by, parent=parent)


def _record(
    row: Model,
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    by: User | None,
    parent: Model | None,
) -> None:
    values = dict(_differences(before, after))
    if not values:
        return
    kind = ChangeKind.CHANGED if before and after else _one_sided(bool(after))
    CatalogueChange.objects.create(
        by=by,
        kind=kind,
        model=row._meta.label_lower,
        row=str(row.pk),
        label=str(row)[:300],
        parent_model=parent._meta.label_lower if parent else "",
        parent_row=str(parent.pk) if parent else "",
        values=values,
    )
    detail = {"code": getattr(row, "code", ""), "fields": sorted(values)}
    audit.record(f"catalogue-{kind}", row, by=by, detail=detail)


def _one_sided(exists: bool) -> ChangeKind:  # noqa: FBT001 - the side that exists
    return ChangeKind.ADDED if exists else ChangeKind.DELETED


def _differences(
    before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    for name in {**before, **after}:
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield name, {"old": old, "new": new}


def _keep_allergen(
    substance: Ingredient | IngredientClass | Activator, old_name: str | None, *, by: User | None
) -> None:
    """See to it that an allergy to the substance can be recorded, under the same code and name."""
    allergen = Allergen.objects.filter(code=substance.code).first()
    if allergen is None:
        if getattr(substance, "never_proposed", False):
            return
        allergen = Allergen(code=substance.code, name=substance.name, position=FIRST_ALLERGENS)
    elif allergen.name == old_name:
        allergen.name = substance.name
    allergen.active = allergen.active or substance.active
    _save(RowEdit(row=allergen), by=by, parent=None)


def stored(model: type[Model]) -> QuerySet:
    """All rows of a model whose name only the caller knows."""
    return model._default_manager.all()  # noqa: SLF001 - how Django's own admin reads any model


def _in_use(row: Model, users: Iterable[Model]) -> str:
    named = sorted({f"{user._meta.verbose_name} “{name_of(user)}”" for user in users})
    shown = named[:MOST_NAMED] + ([_("and others")] if len(named) > MOST_NAMED else [])
    text = _("“%(row)s” cannot be deleted: it is used by %(users)s. Take it out of use instead.")
    return text % {"row": name_of(row), "users": ", ".join(shown)}
