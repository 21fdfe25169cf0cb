"""A row in the form of import files: fields by name, other rows by code, its lines nested."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, ManyToManyField, Model
from django.utils.translation import gettext as _

from treatments.compiler.rows import number
from treatments.services.merging import children_of, field_of, natural_fields
from treatments.services.plain_values import value_for
from treatments.services.wording import linked_fields

Form = dict[str, Any]
_OF_JSON = (bool, int, str, dict, list)


def form_of(row: Model, *, without: str = "") -> Form:
    """What a file would say about a stored row; ``without`` is a line's key back to its row."""
    form: Form = {}
    for field in row._meta.concrete_fields:
        if not field.primary_key and field.editable and field.name != without:
            form[field.name] = _plain(getattr(row, field.name))
    for link in linked_fields(type(row)):
        form[link.name] = sorted(code_of(other) for other in getattr(row, link.name).all())
    for name, relation in children_of(type(row)).items():
        lines = getattr(row, name).all()
        form[name] = [form_of(line, without=relation.field.name) for line in lines]
    return form


def code_of(row: Model) -> str:
    """What a row is known by outside the database."""
    (name,) = natural_fields(type(row))
    return str(getattr(row, name))


def fill(row: Model, form: Mapping[str, Any]) -> dict[str, list[Model]]:
    """Set the row's own fields from a form; gives back what its lists should hold."""
    links: dict[str, list[Model]] = {}
    for name, value in form.items():
        field = field_of(type(row), name)
        if isinstance(field, ManyToManyField):
            links[name] = [_row_known_by(field.related_model, code) for code in value]
        elif isinstance(field, ForeignKey):
            other = None if value is None else _row_known_by(field.related_model, value)
            setattr(row, name, other)
        elif field is not None:
            setattr(row, field.attname, value_for(field, value))
    return links


def _row_known_by(model: Any, code: str) -> Model:
    (name,) = natural_fields(model)
    row: Model | None = model._meta.default_manager.filter(**{name: code}).first()
    if row is None:
        params = {"kind": model._meta.verbose_name, "code": code}
        raise ValidationError(_("There is no %(kind)s “%(code)s” any more.") % params)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return code_of(value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, dict | list):
        return _sorted(value)
    return value if value is None or isinstance(value, _OF_JSON) else str(value)


def _sorted(value: Any) -> Any:
    """JSON with its keys in one order, whichever way a database keeps them."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value
