"""Which rows of the catalogue are flat enough for a table, and the columns of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Field, ManyToManyField, Model

from treatments.models import (
    Allergen,
    Area,
    Concern,
    Condition,
    Ingredient,
    IngredientClass,
    LabTest,
    Medication,
    MedicationClass,
    Protocol,
    Referral,
    Source,
    Statement,
    Suitability,
    Translation,
)
from treatments.models.mappings import CodeMapping
from treatments.services.merging import children_of, field_of
from treatments.services.wording import linked_fields

PARENTS: Final[Mapping[type[Model], str]] = MappingProxyType(
    {LabTest: "lab_test", Statement: "statement"}
)


@dataclass(frozen=True)
class Table:
    """A table of rows, or of the lines of rows (``lines``: the name they are nested under)."""

    name: str
    model: type[Model]
    lines: str = ""

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @property
    def parent_column(self) -> str:
        """The column with the code of the row that a line belongs to."""
        return PARENTS[self.model] if self.lines else ""

    @cached_property
    def row_model(self) -> Any:
        return children_of(self.model)[self.lines].related_model if self.lines else self.model

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """In the order in which the fields stand; lists of codes come last."""
        link = children_of(self.model)[self.lines].field.name if self.lines else ""
        fields = [
            field.name
            for field in self.row_model._meta.concrete_fields
            if field.name != link and field_of(self.row_model, field.name) is not None
        ]
        lists = [field.name for field in linked_fields(self.row_model)]
        return (*([self.parent_column] if self.lines else []), *fields, *lists)

    def field(self, column: str) -> Field | None:
        """The field of a column; none for the parent's code."""
        return None if column == self.parent_column else field_of(self.row_model, column)

    def holds_list(self, column: str) -> bool:
        return isinstance(self.field(column), ManyToManyField)


TABLES: Final[Mapping[str, Table]] = MappingProxyType(
    {
        table.name: table
        for table in (
            Table("sources", Source),
            Table("statements", Statement),
            Table("citations", Statement, "citations"),
            Table("referrals", Referral),
            Table("areas", Area),
            Table("concerns", Concern),
            Table("conditions", Condition),
            Table("medication-classes", MedicationClass),
            Table("medications", Medication),
            Table("ingredient-classes", IngredientClass),
            Table("ingredients", Ingredient),
            Table("allergens", Allergen),
            Table("lab-tests", LabTest),
            Table("lab-units", LabTest, "units"),
            Table("suitabilities", Suitability),
            Table("protocols", Protocol),
            Table("code-mappings", CodeMapping),
            Table("translations", Translation),
        )
    }
)
