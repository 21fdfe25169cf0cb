"""JSON as it is meant to be: strict, bounded, and text that both databases can keep."""

import json
import re
from collections.abc import Iterator, Mapping
from math import isinf
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from clinic.problems import MOST_PROBLEMS, Problem, Refusal, joined
from clinic.text import is_storable

DEEPEST: Final = 20
LONGEST_NUMBER: Final = 400
LARGEST_WHOLE: Final = 2**53 - 1  # what every JSON reader keeps exactly
_SHOWN: Final = 60
# Strings are taken whole, also one that never ends, so that brackets inside do not count and no
# text is read twice.
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)


class _Unreadable(NamedTuple):
    """Stands in the place of a value that was refused, until its path is known."""

    code: str
    message: str


class _Doubled(dict[str, Any]):
    """An object that names a key twice."""

    key: str


class StrictJSONParser(JSONParser):
    """Refuses, by path, what a lenient reader would change or a database could not keep."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request: Request | None = (parser_context or {}).get("request")
        charset = _charset_of(request) if request else None
        if charset and charset.lower().strip('"') not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType(f"application/json; charset={charset[:_SHOWN]}")
        return read_json(stream.read())


def _charset_of(request: Request) -> str | None:
    return (request._request.content_params or {}).get("charset")  # noqa: SLF001


def read_json(body: bytes) -> Any:
    """The value of a JSON text. Raises Refusal with every problem in it."""
    text = _decoded(body)
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_fraction,
            parse_int=_whole,
        )
    except ValueError as error:
        raise _malformed(error) from None
    if problems := list(_first(_problems(value))):
        raise Refusal(problems)
    return value


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        message = _("The text is not UTF-8 at byte %(at)d.") % {"at": error.start}
        raise Refusal([Problem("", "encoding", message)]) from None


def _malformed(error: ValueError) -> Refusal:
    if isinstance(error, json.JSONDecodeError):
        message = _("This is not JSON: line %(line)d, column %(column)d.") % {
            "line": error.lineno,
            "column": error.colno,
        }
    else:
        message = _("This is not JSON.")
    return Refusal([Problem("", "malformed", message)])


def _check_depth(text: str) -> None:
    """Count brackets before parsing: the parser itself would go as deep as it is led."""
    depth = 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in {"[", "{"}:
            depth += 1
            if depth > DEEPEST:
                path = _path_at(text, token.start())
                message = _("Nothing may be nested deeper than %(levels)d levels.")
                raise Refusal([Problem(path, "depth", message % {"levels": DEEPEST})])
        elif sign in {"]", "}"}:
            depth -= 1


def _path_at(text: str, end: int) -> str:
    """Where in the document the token at ``end`` stands."""
    steps: list[int | str] = []
    word = ""
    for token in _TOKEN.finditer(text, 0, end):
        sign = token[0]
        if sign == "[":
            _name(steps, word)
            steps.append(0)
        elif sign == "{":
            _name(steps, word)
            steps.append("")
        elif sign == ",":
            if steps and isinstance(steps[-1], int):
                steps[-1] += 1
        elif sign in {"]", "}"}:
            del steps[-1:]
        else:
            word = shown(sign[1:-1])
    _name(steps, word)
    path = ""
    for step in steps:
        path = joined(path, step)
    return path


def _name(steps: list[int | str], word: str) -> None:
    """Inside an object the last word before a bracket is the key that leads to it."""
    if steps and isinstance(steps[-1], str):
        steps[-1] = word


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) == len(pairs):
        return row
    seen: set[str] = set()
    doubled = _Doubled(row)
    for key, _value in pairs:
        if key in seen:
            doubled.key = key
            break
        seen.add(key)
    return doubled


def _constant(name: str) -> _Unreadable:
    return _Unreadable("number", _("%(name)s is not a number of JSON.") % {"name": name})


def _fraction(text: str) -> float | _Unreadable:
    value = float(text) if len(text) <= LONGEST_NUMBER else float("inf")
    return _too_large() if isinf(value) else value


def _whole(text: str) -> int | _Unreadable:
    value = int(text) if len(text) <= LONGEST_NUMBER else LARGEST_WHOLE + 1
    return value if abs(value) <= LARGEST_WHOLE else _too_large()


def _too_large() -> _Unreadable:
    return _Unreadable("range", _("This number is too large."))


def _problems(document: Any) -> Iterator[Problem]:
    """Walk the whole document in its order, without recursion."""
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, _Unreadable):
            yield Problem(path, value.code, value.message)
        elif isinstance(value, str):
            if not _is_storable(value):
                yield Problem(path, "unstorable", _unstorable())
        elif isinstance(value, list):
            inner = [(f"{path}[{index}]", one) for index, one in enumerate(value)]
            waiting.extend(reversed(inner))
        elif isinstance(value, dict):
            yield from _problems_of_keys(value, path)
            inner = [(joined(path, shown(key)), one) for key, one in value.items()]
            waiting.extend(reversed(inner))


def _problems_of_keys(row: dict[str, Any], path: str) -> Iterator[Problem]:
    if isinstance(row, _Doubled):
        message = _("This key is given more than once.")
        yield Problem(joined(path, shown(row.key)), "duplicate_key", message)
    for key in row:
        if not _is_storable(key):
            yield Problem(joined(path, shown(key)), "unstorable", _unstorable())


def _unstorable() -> str:
    return _("This text holds characters that cannot be stored.")


def _is_storable(text: str) -> bool:
    return text.isprintable() or is_storable(text)


def shown(key: str) -> str:
    """A key that somebody else chose, fit to stand in an answer."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in key)[
        :_SHOWN
    ]


def _first(problems: Iterator[Problem]) -> Iterator[Problem]:
    for _number, problem in zip(range(MOST_PROBLEMS), problems, strict=False):
        yield problem
