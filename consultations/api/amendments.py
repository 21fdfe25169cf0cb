from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.reauthentication import PasswordSerializer
from clinic.roles import Action
from clinic.serializers import StrictCharField, StrictChoiceField
from consultations.api.errors import FlowViewSet
from consultations.api.filters import AmendmentFilters
from consultations.enums import AmendmentReason
from consultations.models import Amendment
from consultations.models.amendments import LONGEST_TEXT
from consultations.services.patients import note_opened


class AmendmentSerializer(serializers.ModelSerializer):
    by = serializers.CharField(source="by.get_username", help_text="Who signed it.")

    class Meta:
        model = Amendment
        fields = ["id", "consultation", "number", "reason", "text", "by", "at"]


class AmendSerializer(PasswordSerializer):
    reason = StrictChoiceField(choices=AmendmentReason.choices)
    text = StrictCharField(max_length=LONGEST_TEXT, help_text="What is amended, in your words.")


class AmendmentViewSet(FlowViewSet):
    """What was added to signed consultations. The signed record stays as it was."""

    required_actions = {"list": Action.VIEW_CONSULTATION, "retrieve": Action.VIEW_CONSULTATION}
    serializer_class = AmendmentSerializer
    queryset = Amendment.objects.none()  # names the model; rows come from get_queryset
    filterset_class = AmendmentFilters
    orderings = {"-at": ("-at", "-pk"), "at": ("at", "pk")}

    def get_queryset(self) -> QuerySet[Amendment]:
        rows: QuerySet[Amendment] = Amendment.objects.select_related("by", "consultation")
        return rows

    def list(self, request: Request) -> Response:
        """Amendments, the newest first."""
        return self.listed()

    def retrieve(self, request: Request, pk: str) -> Response:
        """One amendment. Opening it is noted as opening its consultation."""
        amendment: Any = self.get_object()
        note_opened(amendment.consultation, by=self.by)
        return Response(self.get_serializer(amendment).data)
