"""Which text may be stored: what both databases can hold and a reader can trust."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

View = TypeVar("View", bound=Callable[..., Any])
LONGEST_SEARCH = 100
_ALLOWED_CONTROLS = "\t\n\r"
_BIDI_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_DIRECTION_MARKS = dict.fromkeys(map(ord, f"\u200e\u200f\u061c{_BIDI_OVERRIDES}"))
_BREAKS = {"Cc", "Zl", "Zp"}
_TURKISH = str.maketrans({"İ": "i", "I": "i", "ı": "i"})
# Letters that Unicode does not take apart, as people type them who do not have them on their
# keyboard; and the Arabic forms of two Persian letters, which look the same.
_FOLDED = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ς": "σ", "ı": "i"}
    | {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه"}
    | {",": " ", ";": " "}
)


def is_storable(text: str) -> bool:
    """False for NUL and other control characters, lone surrogates and overrides of direction."""
    return not any(
        "\ud800" <= char <= "\udfff"
        or char in _BIDI_OVERRIDES
        or (unicodedata.category(char) == "Cc" and char not in _ALLOWED_CONTROLS)
        for char in text
    )


def isolated(text: object) -> str:
    """What people wrote, between isolates: written the other way, it does not turn what follows."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def validate_storable(value: str) -> None:
    """Refuse text that one of the databases cannot keep."""
    if not is_storable(value):
        raise ValidationError(
            _("This text holds characters that cannot be stored."), code="unstorable"
        )


def checks_own_text(view: View) -> View:
    """Mark a view whose form validates every text, so that a refusal stands at its field."""
    view.checks_own_text = True  # type: ignore[attr-defined]
    return view


def without_direction_marks(text: str) -> str:
    """What is left when the invisible marks are taken out that address books put around numbers.

    >>> without_direction_marks("\u202a+90 532\u202c")
    '+90 532'
    """
    return text.translate(_DIRECTION_MARKS)


def searched(text: str) -> str:
    """A text to search with: what nobody can have stored is passed over, and so is its excess."""
    plain = "".join(filter(is_storable, without_direction_marks(text)))
    return plain.strip()[:LONGEST_SEARCH]


def validate_name(value: str) -> None:
    """A name of a person: something to read, in one line."""
    if not any(char.isalpha() for char in value):
        raise ValidationError(_("A name has at least one letter."), code="name")
    if any(unicodedata.category(char) in _BREAKS for char in value):
        raise ValidationError(_("A name stands in one line."), code="name")


def search_key(*parts: str | None) -> str:
    """Lower case without accents and marks of direction; dotted and dotless i are one, final
    sigma is sigma, ø is o, Arabic yeh and kaf are the Persian ones, a comma parts words.

    >>> search_key("Güneş", "ISPARTALI")
    'gunes ispartali'
    """
    text = " ".join(part for part in parts if part).translate(_TURKISH)
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in plain if not _is_mark(char))
    return " ".join(bare.casefold().translate(_FOLDED).split())


def _is_mark(char: str) -> bool:
    """An accent, or a character without a shape that steers direction or joining."""
    return bool(unicodedata.combining(char)) or unicodedata.category(char) == "Cf"


def lowered(text: object) -> str:
    """A label within a sentence, in the small letters of the language in use.

    Python's own make “i̇ki”, with a dot over the dot, of the Turkish “İki”, and “i” of “I”.
    """
    plain = str(text)
    if (get_language() or "").partition("-")[0] == "tr":
        plain = plain.replace("İ", "i").replace("I", "ı")
    return plain.lower()


def with_commas(parts: Iterable[object]) -> str:
    """“Face, neck”: a list within a sentence, with the comma of the language in use."""
    return pgettext("between the items of a list", ", ").join(map(str, parts))


def with_semicolons(parts: Iterable[object]) -> str:
    """“Delay PRP; caution with mesotherapy”. A Greek reads a semicolon as a question mark."""
    return pgettext("between phrases", "; ").join(map(str, parts))
