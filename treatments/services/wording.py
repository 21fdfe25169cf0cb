"""A catalogue row's values in words that a curator reads, for the history of its changes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Field, ManyToManyField, Model
from django.utils import translation
from django.utils.translation import gettext as _

from treatments.engine import canonical_json


def name_of(row: Model) -> str:
    """A row as others refer to it: its name with its code, its code alone, or its own words."""
    code, name = getattr(row, "code", None), getattr(row, "name", None)
    if code and name:
        return f"{name} ({code})"
    return str(code or row)


def values_in_words(row: Model) -> dict[str, str]:
    """Each field of a stored row and each list of rows it refers to.

    The history speaks one language, that of the installation, whoever makes the change.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return dict(_values(row))


def _values(row: Model) -> Iterator[tuple[str, str]]:
    for field in row._meta.concrete_fields:
        if not field.primary_key:
            yield field.name, _words(row, field)
    for link in linked_fields(type(row)):
        rows = getattr(row, link.name).all()
        yield link.name, ", ".join(sorted(name_of(other) for other in rows))


def linked_fields(model: type[Model]) -> list[ManyToManyField]:
    """Many-to-many fields without rows of their own; those with such rows are lines."""
    return [
        field
        for field in model._meta.many_to_many
        if field.remote_field.through._meta.auto_created  # type: ignore[union-attr]
    ]


def _words(row: Model, field: Field) -> str:
    value: Any = getattr(row, field.name)
    if value is None:
        return ""
    if isinstance(value, Model):
        return name_of(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dict | list):
        return canonical_json(value)
    return str(dict(field.flatchoices).get(value, value))
