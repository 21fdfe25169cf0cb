"""Digits as people of the language in use write them: Persian has its own.

Codes stay as they are. A word with a Latin letter in it is a code, a unit or an address (“L-08b”,
“10*9/L”); what is marked ``translate="no"`` or stands in ``<code>`` is one whatever it looks like.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.utils.translation import get_language

LOCAL: Final = {"fa": "۰۱۲۳۴۵۶۷۸۹"}
DIGITS: Final = {"en": "0123456789", **LOCAL}

_WORD = re.compile(r"[^\s<>()\[\]«»“”\"،؛,;…·|\u2066-\u2069]+")
_CODE = re.compile(r"[A-Za-z*@_]")
_ENTITY = re.compile(r"(&#?\w+;)")
_MARKUP = re.compile(
    r"<!--.*?-->"
    r"|<(code|kbd|script|style|textarea)\b[^>]*>.*?</\1\s*>"
    r"|<(\w+)\b[^>]*\stranslate=\"no\"[^>]*>.*?</\2\s*>"
    r"|<[^>]*>",
    re.DOTALL | re.IGNORECASE,
)


def local_digits(text: str, language: str | None = None) -> str:
    """Plain text with the digits of the language, of the one in use where none is named."""
    digits = LOCAL.get((language or get_language() or "").partition("-")[0])
    if digits is None:
        return text
    table = str.maketrans("0123456789", digits)
    return _WORD.sub(
        lambda word: word[0] if _CODE.search(word[0]) else word[0].translate(table), text
    )


def local_digits_in_markup(markup: str, language: str | None = None) -> str:
    """The same for what is read of a page: no attribute and nothing that is typed in changes."""
    parts, end = [], 0
    for tag in _MARKUP.finditer(markup):
        parts += [_between_entities(markup[end : tag.start()], language), tag[0]]
        end = tag.end()
    return "".join([*parts, _between_entities(markup[end:], language)])


def local_digits_within(data: Any, *, but: Collection[str] = ()) -> Any:
    """The same for every text in a JSON document, ``but`` those under the named keys."""
    if isinstance(data, str):
        return local_digits(data)
    if isinstance(data, Mapping):
        return {
            key: value if key in but else local_digits_within(value, but=but)
            for key, value in data.items()
        }
    if isinstance(data, list | tuple):
        return [local_digits_within(value, but=but) for value in data]
    return data


def _between_entities(text: str, language: str | None) -> str:
    return "".join(
        part if index % 2 else local_digits(part, language)
        for index, part in enumerate(_ENTITY.split(text))
    )
