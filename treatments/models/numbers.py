"""Whole numbers that curators write: days, positions, versions, counts."""

from typing import Any, Final

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

LARGEST: Final = 32_767


class WholeNumberField(models.PositiveIntegerField):
    """From 0 to an end that every door and both databases share.

    Left to themselves SQLite keeps any number and PostgreSQL refuses some, so that a file would
    be good in one installation and an error in another.
    """

    default_validators = [MaxValueValidator(LARGEST)]

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        column = connection.ops.quote_name(str(self.column))
        return f"{column} >= 0 AND {column} <= {LARGEST}"

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"max_value": LARGEST, **kwargs})
