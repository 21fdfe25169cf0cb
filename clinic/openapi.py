"""The API document, written from the code: also what each endpoint refuses."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from clinic.serializers import ProblemsSerializer

_BODY_METHODS: Final = frozenset({"POST", "PUT", "PATCH"})
_REFUSALS: Final = {
    "400": "Something in the request is wrong; every fault is named by its path.",
    "401": "No valid login or token.",
    "403": "The role, or a read-only token, does not allow this.",
    "404": "There is no such thing in this clinic.",
    "409": "The state of things does not allow this now.",
    "412": "Somebody else saved meanwhile; ETag holds the current version.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "The Idempotency-Key was used for another request.",
    "428": "If-Match is missing.",
    "429": "Too many wrong passwords; try again later.",
}
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of what was read, so that nobody's work is overwritten.",
)
IDEMPOTENCY_KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 100},
    OpenApiParameter.HEADER,
    description="The same key with the same request is done once and answered the same.",
)
ETAG: Final = OpenApiParameter(
    "ETag",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="The version; send it back as If-Match.",
)


Handler = TypeVar("Handler", bound=Callable[..., Any])


def shows_version(handler: Handler) -> Handler:
    """Mark an answer that carries an ETag."""
    handler.shows_version = True  # type: ignore[attr-defined]
    return handler


class ClinicSchema(AutoSchema):
    """Adds the refusals and headers that apply to the operation."""

    def get_override_parameters(self) -> list[Any]:
        marks = {
            "versioned": [IF_MATCH, ETAG],
            "shows_version": [ETAG],
            "idempotent": [IDEMPOTENCY_KEY],
        }
        return [
            parameter
            for mark, parameters in marks.items()
            if self._marked(mark)
            for parameter in parameters
        ]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        for code in self._refusals():
            if code not in responses:
                described = OpenApiResponse(ProblemsSerializer, description=_REFUSALS[code])
                responses[code] = self._get_response_for_code(described, code)  # type: ignore[no-untyped-call]
        return dict(sorted(responses.items()))

    def _refusals(self) -> set[str]:
        codes = {"400", "401", "403"}
        if "{" in self.path or self._key() in getattr(self.view, "looks_up", ()):
            codes.add("404")
        if self.method in _BODY_METHODS:
            codes |= {"413", "415"}
        if self._marked("versioned"):
            codes |= {"412", "428"}
        if self._marked("idempotent"):
            codes |= {"409", "422"}
        if self._marked("asks_password"):
            codes.add("429")
        if self._key() in getattr(self.view, "conflicts", ()):
            codes.add("409")
        return codes

    def _key(self) -> str:
        return getattr(self.view, "action", None) or str(self.method).lower()

    def _marked(self, mark: str) -> bool:
        handler = getattr(self.view, self._key(), None)
        return bool(getattr(handler, mark, False))
