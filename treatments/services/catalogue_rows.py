"""The kinds of rows that a file of the catalogue holds, in an order in which names are known."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from treatments.services.merging import APP, NOT_IMPORTED, MergedRow, children_of
from treatments.services.wording import linked_fields

DEEPEST = 50


@cache
def models_in_order() -> tuple[type[Model], ...]:
    """Kinds of rows that stand by themselves, those that others name first."""
    lines = {line.related_model for model in _imported() for line in children_of(model).values()}
    waiting = {model: _named_by(model) - {model} for model in _imported() if model not in lines}
    last = {model for model in waiting if getattr(model, "named_after_all", False)}
    for model in last:
        waiting[model] = set(waiting) - last
    ordered: list[type[Model]] = []
    while waiting:
        ready = [model for model, named in waiting.items() if not named & waiting.keys()]
        ordered += ready
        for model in ready:
            del waiting[model]
    return tuple(ordered)


def in_order(rows: Iterable[MergedRow]) -> list[MergedRow]:
    """Rows so that each comes after those that its fields name, whichever file had it first."""
    place = {model: number for number, model in enumerate(models_in_order())}
    every = list(rows)
    by_key = {(row.model, row.key): row for row in every}

    def rank(row: MergedRow) -> tuple[int, int]:
        return place.get(row.model, len(place)), _depth(row, by_key)

    return sorted(every, key=rank)


def _imported() -> list[type[Model]]:
    models = apps.get_app_config(APP).get_models()
    return [model for model in models if model not in NOT_IMPORTED]


def _named_by(model: type[Model]) -> set[type[Model]]:
    lines = [line.related_model for line in children_of(model).values()]
    return {
        other
        for one in (model, *lines)
        for field in (*_foreign(one), *linked_fields(one))
        if (other := field.related_model) is not None
    }


def _foreign(model: Any) -> Sequence[Any]:
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def _depth(row: MergedRow, by_key: dict[Any, MergedRow]) -> int:
    """How many rows of its own kind stand above it in the files."""
    names = [field.name for field in _foreign(row.model) if field.related_model is row.model]
    depth, outer = 0, _above(row, names, by_key)
    while outer is not None and depth < DEEPEST:  # a circle is refused by the row itself
        depth, outer = depth + 1, _above(outer, names, by_key)
    return depth


def _above(row: MergedRow, names: Sequence[str], by_key: dict[Any, MergedRow]) -> MergedRow | None:
    values = [row.values.get(name) for name in names]
    return next((by_key.get((row.model, (one,))) for one in values if isinstance(one, str)), None)
