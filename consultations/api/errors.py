"""What the services of the flow refuse, as the API says it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.response import Response

from clinic.api import ClinicViewSet, stale
from clinic.problems import Problem, Refusal, problems_in, refusal
from consultations.errors import Fault, InvalidFacts, StaleVersion
from consultations.policies import STATE_CODES
from consultations.services.patients import note_listed
from treatments.compiler import NoReleaseInForce


def refused(exc: Exception) -> Exception:
    """The same exception, or the refusal that it means."""
    if isinstance(exc, StaleVersion):
        return stale(exc.current)
    if isinstance(exc, InvalidFacts):
        return Refusal(Problem(one.path, one.code, str(one.message)) for one in exc.faults)
    if isinstance(exc, NoReleaseInForce):
        message = _("No release of the catalogue is in force yet.")
        return refusal("no_release", message, status_code=status.HTTP_409_CONFLICT)
    if isinstance(exc, ValidationError):
        problems = problems_in(exc)
        of_state = any(problem.code in STATE_CODES for problem in problems)
        return Refusal(problems, status_code=409 if of_state else 400)
    return exc


def under(key: str, exc: InvalidFacts | ValidationError) -> Refusal:
    """Faults of facts that were sent inside a larger body."""
    problems: Iterable[Problem | Fault] = (
        exc.faults if isinstance(exc, InvalidFacts) else problems_in(exc)
    )
    return Refusal(
        Problem(f"{key}.{one.path}" if one.path else key, one.code, str(one.message))
        for one in problems
    )


class FlowViewSet(ClinicViewSet):
    """A resource of the flow: what its services refuse is answered in the API's words, and whose
    rows a list shows is noted in the audit trail."""

    def note_listed(self, rows: Sequence[Any]) -> None:
        serializer: Any = self.get_serializer_class()
        kind, filters = serializer.Meta.model, self.request.query_params
        note_listed(kind, rows, by=self.by, filters=filters)

    def handle_exception(self, exc: Exception) -> Response:
        response: Response = super().handle_exception(refused(exc))
        return response
