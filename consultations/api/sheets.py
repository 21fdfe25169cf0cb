"""Documents on paper through the API, in a language of their own."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from clinic.roles import Action
from consultations import record_paper
from consultations.services.patients import note_opened
from consultations.sheets import language_of

LANGUAGE: Final = frozenset({"language"})
sheet: Final = extend_schema(
    responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    parameters=[
        OpenApiParameter(
            "language",
            str,
            enum=[code for code, _name in settings.LANGUAGES],
            description="Of the document; without it, that of the request.",
        )
    ],
)


class RecordActions:
    """Mixed into the resource of consultations."""

    record_actions: Final = {"record": Action.VIEW_CONSULTATION}

    def known_parameters(self: Any) -> frozenset[str]:
        if self.action == "record":
            return LANGUAGE
        known: frozenset[str] = super().known_parameters()  # type: ignore[misc]
        return known

    @sheet
    @action(detail=True, methods=["get"])
    def record(self: Any, request: Request, pk: str) -> HttpResponse:
        """The full record of the consultation, as PDF. Opening it is noted."""
        consultation = self.get_object()
        language = language_of(request.query_params.get("language"))
        note_opened(consultation, by=self.by)
        return record_paper.record_pdf(consultation, language)
