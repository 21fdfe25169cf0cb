"""A number that no row can have is a row that is not there, for every query and database.

Django says so where a number is compared with a row's own key. Through a foreign key, or in a
list of keys, SQLite's driver would raise ``OverflowError`` instead: a page that fails because of
what somebody wrote into an address or a form.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ForeignKey, IntegerField
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn
from django.db.models.lookups import In


def can_be_held(field: Any, value: object, connection: BaseDatabaseWrapper) -> bool:
    """Whether a column of this field could hold the number. What is no number is let through."""
    while (target := getattr(field, "target_field", None)) is not None:
        field = target
    if not isinstance(value, int) or not isinstance(field, IntegerField):
        return True
    smallest, largest = connection.ops.integer_field_range(field.get_internal_type())
    return smallest <= value <= largest


class _Exact(RelatedExact):
    def process_rhs(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        if not can_be_held(self.lhs.output_field, self.rhs, connection):
            raise EmptyResultSet
        return super().process_rhs(compiler, connection)


class _AnyThatCanBe:
    lhs: Any
    rhs: Any

    def process_rhs(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(self.rhs, list | tuple | set | frozenset):
            field = self.lhs.output_field
            self.rhs = [one for one in self.rhs if can_be_held(field, one, connection)]
        return super().process_rhs(compiler, connection)  # type: ignore[misc]


class _In(_AnyThatCanBe, In):
    pass


class _RelatedIn(_AnyThatCanBe, RelatedIn):
    pass


def register() -> None:
    ForeignKey.register_lookup(_Exact)
    ForeignKey.register_lookup(_RelatedIn)
    IntegerField.register_lookup(_In)
