"""Changes of the catalogue as a curator reads them."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet

from treatments.models import CatalogueChange

CHANGES_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change with its row's kind and its fields under the names that forms show."""

    change: CatalogueChange
    kind_of_row: str
    values: tuple[tuple[str, str, str], ...]


def changes_of(row: Model) -> QuerySet[CatalogueChange]:
    """Changes of the row and of its lines, newest first."""
    label, key = row._meta.label_lower, str(row.pk)
    mine = Q(model=label, row=key) | Q(parent_model=label, parent_row=key)
    return CatalogueChange.objects.filter(mine).select_related("by")


def page_of_changes(row: Model, number: str | None) -> Any:
    """One page of a row's history, ready to show."""
    page: Any = Paginator(changes_of(row), CHANGES_A_PAGE).get_page(number)
    page.object_list = [told(change) for change in page.object_list]
    return page


def told(change: CatalogueChange) -> ToldChange:
    """The change in words, also when its model or a field no longer exists."""
    model = _model_of(change)
    kind = str(model._meta.verbose_name) if model else change.model
    values = tuple(
        (_name_of_field(model, name), value.get("old", ""), value.get("new", ""))
        for name, value in change.values.items()
    )
    return ToldChange(change, kind, values)


def _model_of(change: CatalogueChange) -> type[Model] | None:
    try:
        return apps.get_model(change.model)
    except LookupError:
        return None


def _name_of_field(model: type[Model] | None, name: str) -> str:
    try:
        field: Any = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        field = None
    return str(getattr(field, "verbose_name", name))
