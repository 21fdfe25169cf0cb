"""Rules about one row that its columns cannot say; models call them, and so does every door."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from treatments.enums import Preparation, WhenUnknown
from treatments.texts.numbers import names_in

# Found in any consultation without a rule, so no rule may take these codes.
RESERVED_CONFLICT_CODES = frozenset({"allergies", "future"})


def validate_bounds(name: str, lowest: int | Decimal | None, below: int | Decimal | None) -> None:
    """A range from … to below … must hold at least one value."""
    if lowest is not None and below is not None and below <= lowest:
        raise ValidationError(
            {name: _("This must be above the value before it.")}, code="empty_range"
        )


def validate_asking(when_unknown: str, *, age_from: int | None, age_to: int | None) -> None:
    """Ages limit whom to ask; a rule that asks nobody has none."""
    if when_unknown != WhenUnknown.ASK and (age_from is not None or age_to is not None):
        raise ValidationError(
            {"when_unknown": _("Ages are for a rule that asks before proposing.")},
            code="ages_without_asking",
        )


def validate_conflict_code(code: str) -> None:
    if code in RESERVED_CONFLICT_CODES:
        raise ValidationError(
            {"conflict_code": _("This code is taken by a conflict that is always looked for.")},
            code="conflict_code_taken",
        )


def validate_named_numbers(texts: dict[str, str], numbers: dict[str, int | None]) -> None:
    """What stands in braces is a number of the row, and the row has it."""
    for field, text in texts.items():
        for name in names_in(text):
            if numbers.get(name) is None:
                raise ValidationError(
                    {
                        field: _(
                            "“{%(name)s}” is no number of this rule. Write “{wait_days}” where"
                            " the days of “wait, days” are told, or the words themselves."
                        )
                        % {"name": name}
                    },
                    code="number_unknown",
                )


def validate_formula(preparation: str, *, has_formula: bool) -> None:
    """A treatment that is compounded needs a formula for each concern, and no other has one."""
    if preparation == Preparation.FORMULA and not has_formula:
        raise ValidationError({"formula": _("Choose the formula.")}, code="formula_missing")
    if preparation != Preparation.FORMULA and has_formula:
        raise ValidationError(
            {"formula": _("This treatment takes no formula.")}, code="formula_needless"
        )


def validate_proposable(ingredient: Any) -> None:
    """What is never proposed stands in no formula."""
    if ingredient.never_proposed:
        raise ValidationError(
            {"ingredient": _("This ingredient is never proposed, so no formula can hold it.")},
            code="never_proposed",
        )


def validate_area_tree(area: Any) -> None:
    """An area does not lie in itself, not even by way of others."""
    seen, outer = {area.pk}, area.parent
    while outer is not None:
        if outer.pk in seen:
            raise ValidationError(
                {"parent": _("An area cannot lie in itself.")}, code="area_in_itself"
            )
        seen.add(outer.pk)
        outer = outer.parent
