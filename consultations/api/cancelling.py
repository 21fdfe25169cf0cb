"""Cancelling a consultation over REST."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import idempotent
from clinic.roles import Action
from clinic.serializers import StrictCharField, StrictSerializer
from consultations.api import examples
from consultations.api.records import ConsultationSerializer
from consultations.services import cancelling


class CancelSerializer(StrictSerializer):
    reason = StrictCharField(max_length=2000)


class CancelActions:
    """Mixed into the resource of consultations."""

    cancel_actions: Final = {"cancel": Action.EDIT_CONSULTATION}

    @idempotent
    @extend_schema(
        request=CancelSerializer, responses=ConsultationSerializer, examples=examples.CANCELLING
    )
    @action(detail=True, methods=["post"])
    def cancel(self: Any, request: Request, pk: str) -> Response:
        """Close a consultation that leads to no plan. It stays readable and never changes again."""
        consultation = self.get_object()
        serializer = CancelSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        row = cancelling.cancel_consultation(
            consultation, reason=serializer.validated_data["reason"], by=self.by
        )
        return Response(ConsultationSerializer(row).data)
