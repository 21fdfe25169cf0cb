"""The whole catalogue as one file, in the form that importing reads."""

import json
from typing import Any

from django.db.models import ForeignKey, Model, Prefetch, QuerySet

from treatments.services.catalogue_rows import models_in_order
from treatments.services.merging import children_of
from treatments.services.portable import Form, form_of
from treatments.services.recording import stored
from treatments.services.wording import linked_fields


def export_catalogue() -> dict[str, list[Form]]:
    """Every row, also what is out of use: by kind, rows by natural key, lines nested."""
    return {
        model._meta.label_lower: [form_of(row) for row in with_everything(model)]
        for model in models_in_order()
    }


def export_text() -> str:
    """The file. Equal rows give equal bytes, on every installation."""
    return json.dumps(export_catalogue(), ensure_ascii=False, indent=2) + "\n"


def with_everything(model: Any) -> QuerySet:
    """All rows of a kind in their own order, with all that their form names, in few queries."""
    lines = [
        Prefetch(name, queryset=with_everything(relation.related_model))
        for name, relation in children_of(model).items()
    ]
    links = [link.name for link in linked_fields(model)]
    rows: QuerySet = stored(model).select_related(*_named_once(model))
    return rows.prefetch_related(*links, *lines)


def _named_once(model: type[Model]) -> list[str]:
    fields = model._meta.concrete_fields
    return [field.name for field in fields if isinstance(field, ForeignKey) and field.editable]
