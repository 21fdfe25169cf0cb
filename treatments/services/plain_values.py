"""A value of a file or of a request → what a field stores, without ever making it another one.

A field's own ``to_python`` is for forms: it makes 14 of 14.9 and 1 of ``true``. A number that
delays a treatment must not change on its way in.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import (
    BooleanField,
    CharField,
    DecimalField,
    Field,
    IntegerField,
    TextField,
)
from django.utils.translation import gettext as _

_WHOLE: Final = re.compile(r"-?[0-9]{1,40}")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
Reader = Callable[[object], object]


def value_for(field: Field, value: object) -> Any:
    """The value as the field holds it, or a refusal in words."""
    if value is None and field.null:
        return None
    for kind, read in _READERS.items():
        if isinstance(field, kind):
            return read(value)
    return field.to_python(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValidationError(_("This must be text."), code="type")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValidationError(_("This must be true or false."), code="type")
    return value


def _whole_number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise ValidationError(_("A whole number is expected here."), code="type")


def _decimal(value: object) -> Decimal:
    """A float is the number that was written, not the nearest one that a computer holds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    raise ValidationError(_("A number is expected here."), code="type")


_READERS: Final[Mapping[type[Field], Reader]] = {
    BooleanField: _truth,
    IntegerField: _whole_number,
    DecimalField: _decimal,
    CharField: _text,
    TextField: _text,
}
