"""Input that somebody has not finished, as the API lists it and lets it be given up."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import idempotent
from clinic.roles import Action
from clinic.serializers import StrictSerializer, StrictUUIDField
from consultations.api import examples
from consultations.services import editing
from consultations.services.patients import note_opened
from consultations.unfinished import unfinished_in


class UnfinishedSerializer(serializers.Serializer):
    """Where the input stands and whose it is. What it says is shown to its author alone."""

    id = serializers.UUIDField(source="pk")
    path = serializers.CharField()
    by = serializers.CharField()
    saved_at = serializers.DateTimeField()


class DiscardSerializer(StrictSerializer):
    ids = serializers.ListField(child=StrictUUIDField(), allow_empty=False, max_length=500)


class InputActions:
    """Mixed into the resource of consultations."""

    input_actions: Final = {
        "unfinished": Action.VIEW_CONSULTATION,
        "discard_inputs": Action.EDIT_CONSULTATION,
    }

    @extend_schema(responses=UnfinishedSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def unfinished(self: Any, request: Request, pk: str) -> Response:
        """What was typed and is no part of the record. Proposing and signing wait for it."""
        consultation = self.get_object()
        note_opened(consultation, by=self.by)
        return Response(UnfinishedSerializer(unfinished_in(consultation), many=True).data)

    @idempotent
    @extend_schema(
        request=DiscardSerializer,
        responses={200: UnfinishedSerializer(many=True)},
        examples=examples.DISCARDING,
        filters=False,
    )
    @action(detail=True, methods=["post"], url_path="discard-inputs", pagination_class=None)
    def discard_inputs(self: Any, request: Request, pk: str) -> Response:
        """Give input up for good; the answer is what is left. Whose it was is noted."""
        consultation = self.get_object()
        serializer = DiscardSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        editing.discard_inputs(consultation, serializer.validated_data["ids"], by=self.by)
        return Response(UnfinishedSerializer(unfinished_in(consultation), many=True).data)
