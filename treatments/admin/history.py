"""Changes of the catalogue as a curator reads them."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import Max, Model, Q, QuerySet
from django.utils.translation import gettext as _

from treatments.models import CatalogueChange
from treatments.services.restoring import can_restore

CHANGES_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class ToldField:
    """One field of a change; ``restorable`` when its old value can be put back."""

    key: str
    name: str
    old: str
    new: str
    restorable: bool


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change with its row's kind and its fields under the names that forms show."""

    change: CatalogueChange
    kind_of_row: str
    fields: tuple[ToldField, ...]
    restorable: bool
    seen: int

    @property
    def values(self) -> tuple[tuple[str, str, str], ...]:
        return tuple((one.name, one.old, one.new) for one in self.fields)


def changes_of(row: Model) -> QuerySet[CatalogueChange]:
    """Changes of the row and of its lines, newest first."""
    label, key = row._meta.label_lower, str(row.pk)
    mine = Q(model=label, row=key) | Q(parent_model=label, parent_row=key)
    return (
        CatalogueChange.objects.filter(mine)
        .select_related("by", "restores")
        .defer("restores__body")
    )


def newest_change_of(row: Model) -> int | None:
    """The last change of the row or of one of its lines, which an open page has seen."""
    return changes_of(row).order_by().aggregate(newest=Max("pk"))["newest"] if row.pk else None


def changed_meanwhile(row: Model) -> str:
    """Who was quicker, and what to do about it."""
    last = changes_of(row).order_by("-pk")[0]
    return _(
        "%(by)s changed this row while you had it open. What you typed is still here:"
        " look at its history, then save again to store yours."
    ) % {"by": last.by or _("The program")}


def page_of_changes(row: Model, number: str | None) -> Any:
    """One page of a row's history, ready to show."""
    page: Any = Paginator(changes_of(row), CHANGES_A_PAGE).get_page(number)
    changes = list(page.object_list)
    newest = newest_changes(changes)
    page.object_list = [told(change, seen=newest[change.model, change.row]) for change in changes]
    return page


def newest_changes(changes: list[CatalogueChange]) -> dict[tuple[str, str], int]:
    """The last change of each row that these changes are about."""
    rows = Q(pk__in=[])
    for model in {change.model for change in changes}:
        keys = {change.row for change in changes if change.model == model}
        rows |= Q(model=model, row__in=keys)
    found = CatalogueChange.objects.filter(rows).order_by().values("model", "row")
    return {(one["model"], one["row"]): one["newest"] for one in found.annotate(newest=Max("pk"))}


def told(change: CatalogueChange, *, seen: int = 0) -> ToldChange:
    """The change in words, also when its model or a field no longer exists."""
    model = _model_of(change)
    kind = str(model._meta.verbose_name) if model else change.model
    fields = tuple(
        ToldField(
            key=name,
            name=_name_of_field(model, name),
            old=value.get("old", ""),
            new=value.get("new", ""),
            restorable=can_restore(change, name),
        )
        for name, value in change.values.items()
    )
    return ToldChange(change, kind, fields, restorable=can_restore(change), seen=seen)


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
