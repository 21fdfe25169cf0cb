"""Allergens that follow from what goes into the skin."""

from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from django.db.models import Model

from treatments.models import Activator, Allergen, Ingredient, IngredientClass
from treatments.services.recording import Recorder, Snapshot, snapshot_of

# One can be allergic to whatever goes into the skin: these stand before the curators' own rows.
FIRST_ALLERGENS = 500


class Watcher(Protocol):
    """Is told of each allergen before it is stored."""

    def before(self, row: Model, /) -> None: ...


def keep_allergens_in_step(watcher: Watcher | None = None) -> int:
    """Make every ingredient, class and activator in use an allergen under its own code.

    Allergens are never taken away: records name them. Returns how many were added or put to use
    again.
    """
    lacking = list(_lacking())
    for allergen in lacking:
        if watcher is not None:
            watcher.before(allergen)
        allergen.active = True
        allergen.full_clean()
        allergen.save()
    return len(lacking)


def record_allergens_in_step(recorder: Recorder) -> int:
    """The same as part of an edit."""
    watched = _Snapshots()
    count = keep_allergens_in_step(watched)
    for allergen, before in watched.taken:
        recorder.changed(allergen, before)
    return count


class _Snapshots:
    def __init__(self) -> None:
        self.taken: list[tuple[Model, Snapshot]] = []

    def before(self, row: Model, /) -> None:
        self.taken.append((row, snapshot_of(row)))


def _lacking() -> Iterator[Allergen]:
    ingredients = Ingredient.objects.active().filter(never_proposed=False)
    classes = IngredientClass.objects.active().filter(ingredients__in=ingredients).distinct()
    rows = chain(ingredients, classes, Activator.objects.active())
    names = {row.code: row.name for row in reversed(list(rows))}
    known = {row.code: row for row in Allergen.objects.filter(code__in=names)}
    for code, name in names.items():
        if code not in known:
            yield Allergen(code=code, name=name, position=FIRST_ALLERGENS)
        elif not known[code].active:
            yield known[code]
