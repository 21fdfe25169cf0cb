"""What the API refuses, in one shape: ``{"errors": [{"path", "code", "message"}]}``."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import OperationalError
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

MOST_PROBLEMS: Final = 100  # in one answer
_LOCK_CODES = {"55P03", "40001", "40P01"}  # lock not available, serialization, deadlock
_SQLITE_BUSY = "database is locked"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: ``path`` leads into the body, or names a parameter or header."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class CellProblem(Problem):
    """One thing to mend in a table: ``row`` as a spreadsheet counts, ``column`` by its name."""

    row: int
    column: str


class Refusal(exceptions.APIException):
    """Turned away with a status and every problem found."""

    def __init__(
        self,
        problems: Iterable[Problem],
        *,
        status_code: int = status.HTTP_400_BAD_REQUEST,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.problems = tuple(problems)
        self.status_code = status_code
        self.headers = dict(headers or {})
        super().__init__(detail=[problem.message for problem in self.problems])


def refusal(code: str, message: Any, *, status_code: int, path: str = "") -> Refusal:
    """A refusal with one problem."""
    return Refusal([Problem(path, code, str(message))], status_code=status_code)


def too_large() -> Refusal:
    return refusal(
        "too_large",
        _("The body of the request is too large."),
        status_code=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    )


def answer_to_exception(
    exc: Exception,
    context: dict[str, Any],  # noqa: ARG001 - DRF passes it
) -> Response | None:
    """DRF's exception handler. What is not known here stays an error of ours (500)."""
    known = _as_api_exception(exc)
    if known is None:
        return None
    response = Response(
        {"errors": [asdict(problem) for problem in problems_of(known)[:MOST_PROBLEMS]]},
        status=known.status_code,
        headers=dict(getattr(known, "headers", {})),
    )
    if challenge := getattr(known, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    if wait := getattr(known, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response


def problems_of(exc: exceptions.APIException) -> list[Problem]:
    if isinstance(exc, Refusal):
        return list(exc.problems)
    return list(_flat(exc.get_full_details(), ""))


def problems_in(error: ValidationError) -> list[Problem]:
    """The problems of Django's own validation, by the field they belong to."""
    if not hasattr(error, "error_dict"):
        return [_single(one, "") for one in error.error_list]
    return [
        _single(one, "" if name == NON_FIELD_ERRORS else name)
        for name, errors in error.error_dict.items()
        for one in errors
    ]


def _single(error: ValidationError, path: str) -> Problem:
    """A fault of a file knows its own place in it."""
    path, code, text = path or getattr(error, "path", ""), error.code, error.messages[0]
    row: int | None = getattr(error, "row", None)
    if row is None:
        return Problem(path, code or "invalid", force_str(text))
    return CellProblem(path, code or "invalid", force_str(text), row, getattr(error, "column", ""))


def _flat(details: Any, path: str) -> Iterator[Problem]:
    if isinstance(details, Mapping) and set(details) == {"message", "code"}:
        yield Problem(path, str(details["code"]), str(details["message"]))
    elif isinstance(details, Mapping):
        for name, inner in details.items():
            alone = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from _flat(inner, path if alone else joined(path, name))
    else:
        for index, inner in enumerate(details):
            single = isinstance(inner, Mapping) and set(inner) == {"message", "code"}
            yield from _flat(inner, path if single else f"{path}[{index}]")


def joined(path: str, key: object) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def _as_api_exception(exc: Exception) -> exceptions.APIException | None:
    if isinstance(exc, exceptions.APIException):
        return exc
    if isinstance(exc, OperationalError) and not is_busy(exc):
        return None
    for kind, answer in _ANSWERS:
        if isinstance(exc, kind):
            return answer(exc)
    return None


def malformed() -> Refusal:
    return refusal("malformed", _("The request cannot be read."), status_code=400)


def busy() -> Refusal:
    problem = Problem("", "busy", str(_("Somebody else is writing this now. Try again.")))
    return Refusal([problem], status_code=status.HTTP_409_CONFLICT, headers={"Retry-After": "1"})


def is_busy(exc: OperationalError) -> bool:
    """Somebody else held the row for as long as the database lets one wait."""
    cause = exc.__cause__
    return getattr(cause, "pgcode", None) in _LOCK_CODES or _SQLITE_BUSY in str(exc)


# What Django raises, and what it means here. A 404 never says which row, nor why.
_ANSWERS: Final[tuple[tuple[type[Exception], Callable[[Any], exceptions.APIException]], ...]] = (
    (ValidationError, lambda exc: Refusal(problems_in(exc))),
    (Http404, lambda _exc: exceptions.NotFound()),
    (PermissionDenied, lambda _exc: exceptions.PermissionDenied()),
    (RequestDataTooBig, lambda _exc: too_large()),
    (OperationalError, lambda _exc: busy()),
    (SuspiciousOperation, lambda _exc: malformed()),
    (MultiPartParserError, lambda _exc: malformed()),
)
