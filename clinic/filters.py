"""Filters from an allow-list; a value that does not fit is refused, never passed over."""

from typing import Any

from django.db.models import QuerySet
from django_filters import FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from clinic.problems import Problem, Refusal, problems_in


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]
    """django-filter's, answering with the parameter's name and our shape of errors."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        filterset: FilterSet | None = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise Refusal(
                Problem(name, problem.code, problem.message)
                for name, errors in filterset.errors.as_data().items()
                for error in errors
                for problem in problems_in(error)
            )
        found: QuerySet = filterset.qs
        return found
