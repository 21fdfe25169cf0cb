"""What the catalogue and the engine refuse, as the API says it."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.response import Response

from clinic import audit
from clinic.problems import Problem, Refusal, problems_in, refusal
from treatments.compiler import NoReleaseInForce
from treatments.engine import Fault, InvalidRequest
from treatments.services.row_forms import RowMovedError

# What is sound in itself and does not go with how things stand now.
STATE_CODES = frozenset(
    {
        "approved",
        "changed",
        "gone",
        "history",
        "in-review",
        "in-use",
        "lint-errors",
        "moved",
        "not-ready",
        "not_evaluable",
        "not_publishable",
        "same",
        "stale",
        "state",
        "there",
        "unacknowledged",
    }
)
OWN_WORK = "self"


def refused(exc: Exception) -> Exception:
    """The same exception, or the refusal that it means."""
    if isinstance(exc, NoReleaseInForce):
        message = _("No release of the catalogue is in force yet.")
        return refusal("no_release", message, status_code=409)
    if isinstance(exc, InvalidRequest):
        return Refusal(problems_of_faults(exc.faults))
    if isinstance(exc, RowMovedError):
        message = _("Somebody else saved this meanwhile. Read it again.")
        problem = Problem("If-Match", "stale", message)
        return Refusal([problem], status_code=412, headers={"ETag": f'"{exc.version}"'})
    if isinstance(exc, ValidationError):
        return _of_state(exc)
    return exc


def _of_state(error: ValidationError) -> Exception:
    problems = problems_in(error)
    codes = {problem.code for problem in problems}
    if OWN_WORK in codes:
        audit.refused("approve-own-draft")
        return Refusal(problems, status_code=403)
    return Refusal(problems, status_code=409) if codes & STATE_CODES else error


def problems_of_faults(faults: Iterable[Fault]) -> list[Problem]:
    return [Problem(fault.path, fault.code, fault.message) for fault in faults]


class CatalogueErrorsMixin:
    """For views that read the catalogue."""

    def handle_exception(self, exc: Exception) -> Response:
        response: Response = super().handle_exception(refused(exc))  # type: ignore[misc]
        return response
