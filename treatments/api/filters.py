"""What the lists of the catalogue's own records can be searched for."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django_filters import CharFilter, FilterSet

from clinic.text import LONGEST_SEARCH


class SearchFilters(FilterSet):  # type: ignore[misc]
    """Every word has to stand in one of the columns."""

    columns: ClassVar[tuple[str, ...]] = ()
    search = CharFilter(
        method="matching",
        max_length=LONGEST_SEARCH,
        help_text="Words of the key, the title or the note, in any order.",
    )

    def matching(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split():
            fits: Any = Q()
            for column in self.columns:
                fits |= Q(**{f"{column}__icontains": word})
            queryset = queryset.filter(fits)
        return queryset


class ReleaseFilters(SearchFilters):
    columns = ("key", "note")


class DraftFilters(SearchFilters):
    columns = ("key", "note", "base__key")


class GoldenCaseFilters(SearchFilters):
    columns = ("code", "title", "note")
