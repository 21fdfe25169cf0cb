"""Numbers that a text names by what they are, so that words and rule never say two things.

A rule's texts may hold ``{wait_days}``; a release holds the number in its place.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

NAMED: Final = ("wait_days",)
OF_RULES: Final = ("message", "care")
_NAME: Final = re.compile(r"\{(\w*)\}")


def names_in(text: str) -> Iterator[str]:
    """What stands in braces."""
    return (found.group(1) for found in _NAME.finditer(text))


def with_numbers(text: str, numbers: Mapping[str, Any]) -> str:
    """The text with each number that is known; what is not known stays as it is written."""

    def told(found: re.Match[str]) -> str:
        number = numbers.get(found.group(1)) if found.group(1) in NAMED else None
        return found.group(0) if number is None else str(number)

    return _NAME.sub(told, text)


def document_with_numbers(document: Mapping[str, Any]) -> dict[str, Any]:
    """A release document whose rules say their numbers, in every language."""
    numbers = {row["code"]: row for row in document["rules"]}
    rules = [{**row, **_told(row, row)} for row in document["rules"]]
    found = {**document, "rules": rules}
    if "translations" in document:
        found["translations"] = {
            language: {**kinds, **_translated(kinds, numbers)}
            for language, kinds in document["translations"].items()
        }
    return found


def _translated(kinds: Mapping[str, Any], numbers: Mapping[str, Any]) -> dict[str, Any]:
    if "rule" not in kinds:
        return {}
    return {
        "rule": {
            code: {**texts, **_told(texts, numbers.get(code, {}))}
            for code, texts in kinds["rule"].items()
        }
    }


def _told(texts: Mapping[str, Any], numbers: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: with_numbers(texts[name], numbers)
        for name in OF_RULES
        if isinstance(texts.get(name), str)
    }
