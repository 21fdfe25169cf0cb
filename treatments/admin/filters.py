"""Filters that answer a curator's question: which rows have it, which lack it, which use it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

Text = Any  # words, translated now or when they are shown
Answer = tuple[str, Text, Callable[[QuerySet], QuerySet]]


def having(model: type[Model], *relations: str, **narrowed: Any) -> Q:
    """Rows with something behind at least one of the relations.

    As subqueries, since joining a dozen relations would multiply the rows.
    """
    rows = model._default_manager.all()  # noqa: SLF001 - how Django's own admin reads any model
    found = Q(pk__in=[])
    for relation in relations:
        hit = rows.filter(**{f"{relation}__isnull": False}, **narrowed)
        found |= Q(pk__in=hit.values("pk"))
    return found


def question(parameter: str, heading: Text, answers: Iterable[Answer]) -> type[Any]:
    """A filter with one choice an answer: its key, its words, and the rows it keeps."""
    choices = tuple(answers)

    class Question(admin.SimpleListFilter):
        title = heading
        parameter_name = parameter

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Text]]:
            return [(key, words) for key, words, _keep in choices]

        def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
            for key, _words, keep in choices:
                if self.value() == key:
                    return keep(queryset)
            return queryset

    return Question


def presence(
    parameter: str, heading: Text, *relations: str, none: Text, some: Text, **narrowed: Any
) -> type[Any]:
    """Rows with nothing behind any of the relations, or with something behind one of them."""
    return question(
        parameter,
        heading,
        (
            ("none", none, lambda rows: rows.exclude(having(rows.model, *relations, **narrowed))),
            ("some", some, lambda rows: rows.filter(having(rows.model, *relations, **narrowed))),
        ),
    )
