"""Numbers as people write them: either decimal sign, never a guess about thousands."""

# ruff: noqa: RUF001 - numbers as people write them

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from consultations.forms.fields import WrittenNumber

FIELD = WrittenNumber(max_digits=18, decimal_places=6)


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "89.5", "89.5"),
        ("en", "89,5", "89.5"),
        ("en", "80000", "80000"),
        ("en", "12.345", "12.345"),
        ("tr", "89,5", "89.5"),
        ("tr", "89.5", "89.5"),
        ("tr", "12,345", "12.345"),
        ("fa", "۸۹٫۵", "89.5"),
        ("fa", "۲۱۰", "210"),
    ],
)
def test_a_number_is_read_with_either_sign(language, text, number):
    with translation.override(language):
        assert FIELD.clean(text) == Decimal(number)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "80,000"),
        ("en", "1,234.5"),
        ("en", "1,2,3"),
        ("tr", "80.000"),
        ("el", "1.234,5"),
        ("en", "1e400"),
        ("en", "NaN"),
        ("en", "many"),
    ],
)
def test_what_could_mean_two_numbers_is_asked_again(language, text):
    with translation.override(language), pytest.raises(ValidationError):
        FIELD.clean(text)


@pytest.mark.parametrize(("language", "shown"), [("en", "89.5"), ("tr", "89,5"), ("el", "89,5")])
def test_a_number_is_shown_without_zeros_that_say_nothing(language, shown):
    with translation.override(language):
        assert FIELD.prepare_value(Decimal("89.500000")) == shown
        assert FIELD.prepare_value(Decimal("80000.000000")) == "80000"
