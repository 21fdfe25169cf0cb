"""Copies of catalogue rows with their lines and lists, to see what a longer page costs."""

from django.contrib import admin

from treatments.models import Concern, ConsentText, Suitability
from treatments.services.editing import lines_of
from treatments.services.wording import linked_fields

PAGES = [model for model in admin.site._registry if model._meta.app_label == "treatments"]


def copies(row, number):
    """New rows that hold what `row` holds."""
    return [_copy(row, n) for n in range(number)]


def _copy(row, n, **changes):
    fresh = type(row)._default_manager.get(pk=row.pk)
    fresh.pk, fresh._state.adding = None, True
    if isinstance(row, Suitability):
        fresh.concern = _copy(Concern.objects.first(), n)
    elif hasattr(row, "code"):
        fresh.code = f"z-{n:03}"
    if isinstance(row, ConsentText):
        fresh.active = False  # a treatment has one text in use a language, and any number before
    for name, value in changes.items():
        setattr(fresh, name, value)
    fresh.save()
    for link in linked_fields(type(row)):
        getattr(fresh, link.name).set(getattr(row, link.name).all())
    for line in lines_of(row):
        (parent,) = [f.name for f in line._meta.concrete_fields if getattr(line, f.name) == row]
        _copy(line, n, **{parent: fresh})
    return fresh


def richest(model):
    """The row of the starter catalogue with the most lines and list entries."""

    def weight(row):
        links = sum(getattr(row, link.name).count() for link in linked_fields(model))
        return links + 3 * len(lines_of(row))

    return max(model._default_manager.all()[:40], key=weight)
