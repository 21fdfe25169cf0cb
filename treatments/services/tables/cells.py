"""What stands in one cell: text that a spreadsheet must never take for a formula."""

import re
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SEPARATOR: Final = "; "
LONGEST: Final = 32_767  # what a cell of a workbook holds
Cell = str | int | bool | None

# Spreadsheets take these for formulas, some also behind blanks or in their wide forms.
_FORMULA: Final = re.compile(r"[\t\r\n]|[\s\ufeff\u200b-\u200d\u2060]*[=+\-@＝＋－＠]")  # noqa: RUF001
# Text like 007 would lose its zeros, and 003:88 become a time of day.
_NUMBER_LIKE: Final = re.compile(r"0[0-9]")
_WORDS: Final = {"yes": True, "true": True, "no": False, "false": False}


def guarded(text: str) -> str:
    """Text as it is exported: behind an apostrophe where a program would read something else."""
    return f"'{text}" if _needs_guard(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """The text that was exported. A formula without its apostrophe is refused."""
    if _FORMULA.match(text):
        raise ValidationError(
            _("This reads like a formula. Put an apostrophe (') before it if it is text."),
            code="formula",
        )
    return text[1:] if text.startswith("'") and _needs_guard(text.lstrip("'")) else text


def _needs_guard(text: str) -> bool:
    return bool(_FORMULA.match(text) or _NUMBER_LIKE.match(text))


def cell_of(value: Any) -> Cell:
    """A value of a row's form, as a cell."""
    if isinstance(value, list):
        return guarded(SEPARATOR.join(value))
    return guarded(value) if isinstance(value, str) else value


def text_of(value: Any) -> str:
    """What a workbook's cell says, as the text that a person sees in it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float):
        return format(Decimal(str(value)), "f")  # 0.00001, not 1e-05
    if isinstance(value, int | str):
        return str(value)
    raise ValidationError(_("Write this as text; dates and times are not kept here."), code="type")


def truth_of(text: str) -> bool | str:
    """Yes and no; anything else stays for the field to refuse."""
    return _WORDS.get(text.strip().lower(), text)
