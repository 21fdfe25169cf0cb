"""What the catalogue and the engine refuse, as the API says it."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from rest_framework.response import Response

from clinic.problems import Problem, Refusal, refusal
from treatments.compiler import NoReleaseInForce
from treatments.engine import Fault, InvalidRequest


def refused(exc: Exception) -> Exception:
    """The same exception, or the refusal that it means."""
    if isinstance(exc, NoReleaseInForce):
        message = _("No release of the catalogue is in force yet.")
        return refusal("no_release", message, status_code=409)
    if isinstance(exc, InvalidRequest):
        return Refusal(problems_of_faults(exc.faults))
    return exc


def problems_of_faults(faults: Iterable[Fault]) -> list[Problem]:
    return [Problem(fault.path, fault.code, fault.message) for fault in faults]


class CatalogueErrorsMixin:
    """For views that read the catalogue."""

    def handle_exception(self, exc: Exception) -> Response:
        response: Response = super().handle_exception(refused(exc))  # type: ignore[misc]
        return response
