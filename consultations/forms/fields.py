"""Fields that read what people write, and keep it as it was written when they cannot."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from consultations.dates import parse_date
from consultations.validators import validate_told_day

CHOOSE = ("", _("Choose…"))
_THOUSAND = 3  # digits after a mark between thousands


class WrittenDate(forms.Field):
    """A date as people write it: 1980-05-04, 04.05.1980 or 4/5/1980 (day first); in Persian also
    of the Solar Hijri calendar, as 1405/09/08."""

    default_validators = [validate_told_day]
    default_error_messages = {
        "invalid": _("Write a date that exists, as 2026-01-31 or 31.01.2026."),
    }
    widget = forms.TextInput(
        attrs={"placeholder": _("yyyy-mm-dd"), "autocomplete": "off", "maxlength": 20}
    )

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date) or value in self.empty_values:
            return value or None
        found = parse_date(str(value).strip())
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class WrittenNumber(forms.DecimalField):
    """A number with either decimal sign, shown without zeros that say nothing.

    “89,5” and “89.5” are one number. The sign that is not the language's own parts thousands for
    some: where it could, as in “80,000”, the number is asked for again.
    """

    default_error_messages = {
        "ambiguous": _("Write the number without a mark between thousands."),
    }

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = self._with_point(value.strip().replace("\N{ARABIC DECIMAL SEPARATOR}", "."))
        return super().to_python(value)

    def _with_point(self, text: str) -> str:
        own = formats.get_format("DECIMAL_SEPARATOR")
        other = "," if own == "." else "."
        _whole, mark, part = text.partition(other)
        if mark and (own in text or other in part or len(part) == _THOUSAND):
            raise ValidationError(self.error_messages["ambiguous"], code="ambiguous")
        return text.replace(",", ".")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return formats.number_format(value.normalize(), force_grouping=False)
        return value


def _yes_no(value: str) -> bool:
    return value == "yes"


class YesNo(forms.TypedChoiceField):
    """Yes, no, or not said. Nothing is chosen beforehand."""

    def __init__(self, *, radio: bool = False, **kwargs: Any) -> None:
        self.answers = [("yes", kwargs.pop("yes", _("Yes"))), ("no", kwargs.pop("no", _("No")))]
        blank = [] if radio else [("", "—")]
        kwargs.setdefault("widget", forms.RadioSelect if radio else forms.Select)
        super().__init__(
            choices=[*blank, *self.answers],
            coerce=_yes_no,
            empty_value=None,
            required=False,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class NumberChoice(forms.TypedChoiceField):
    """One of a short list of numbers, or none."""

    def __init__(self, choices: Iterable[tuple[int, Any]], **kwargs: Any) -> None:
        radio = kwargs.get("widget") is forms.RadioSelect
        super().__init__(
            choices=[*([] if radio else [("", "—")]), *choices],
            coerce=int,
            empty_value=None,
            required=False,
            **kwargs,
        )


class TermField(forms.ChoiceField):
    """A term of the catalogue, by its code. Cleans to the row itself; a retired one may stay."""

    default_error_messages = {"required": _("Choose one, or remove the row.")}

    def __init__(self, model: type[Model], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model = model
        self.rows: Mapping[str, Model] = {}

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.rows

    def clean(self, value: Any) -> Model | None:
        code = super().clean(value)
        return self.rows[code] if code else None


class TermsField(TermField):
    """Several terms of one vocabulary."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> Any:
        return [str(code) for code in value or ()]

    def validate(self, value: Any) -> None:
        for code in value:
            if not self.valid_value(code):
                raise ValidationError(self.error_messages["invalid_choice"], params={"value": code})

    def clean(self, value: Any) -> Any:
        codes = self.to_python(value)
        self.validate(codes)
        return [self.rows[code] for code in codes]
