from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from clinic.api import idempotent
from clinic.roles import Action
from consultations.api.errors import FlowViewSet
from consultations.api.filters import OverrideFilters
from consultations.api.proposals import ProposalSerializer
from consultations.models import RuleOverride
from consultations.overrides import override_report
from consultations.services import decisions
from consultations.services.patients import note_opened


class OverrideRowSerializer(serializers.ModelSerializer):
    area = serializers.CharField(source="area.code")
    treatment = serializers.CharField(source="treatment.code")
    made_by = serializers.CharField(source="made_by.get_username")

    class Meta:
        model = RuleOverride
        fields = [
            "id",
            "consultation",
            "rule",
            "area",
            "treatment",
            "reason",
            "text",
            "made_by",
            "made_at",
        ]


class CrossSerializer(serializers.Serializer):
    """Under one release and for one reason. `events` are later adverse events by what and how
    serious, of the plans that were signed with the override."""

    release = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    reason_text = serializers.CharField(source="label")
    number = serializers.IntegerField()
    events = serializers.DictField(child=serializers.IntegerField())
    serious = serializers.IntegerField(help_text="How many of the events were serious.")


class RuleCountSerializer(serializers.Serializer):
    """Numbers of your clinic: no patient, and nothing that a clinician wrote."""

    rule = serializers.CharField(source="code")
    title = serializers.CharField(allow_blank=True)
    total = serializers.IntegerField()
    crossed = CrossSerializer(source="crosses", many=True)


class OverrideViewSet(FlowViewSet):
    """Rules that a clinician went against, and why."""

    required_actions = {
        "list": Action.VIEW_CONSULTATION,
        "retrieve": Action.VIEW_CONSULTATION,
        "withdraw": Action.OVERRIDE,
        "report": Action.EDIT_CATALOGUE,
    }
    serializer_class = OverrideRowSerializer
    queryset = RuleOverride.objects.none()  # names the model; rows come from get_queryset
    filterset_class = OverrideFilters
    orderings = {"-made_at": ("-made_at", "-pk"), "made_at": ("made_at", "pk")}

    def get_queryset(self) -> QuerySet[RuleOverride]:
        rows: QuerySet[RuleOverride] = RuleOverride.objects.select_related(
            "area", "treatment", "made_by", "consultation"
        )
        return rows

    def list(self, request: Request) -> Response:
        """Overrides, the newest first. Those that were taken back are gone."""
        return self.listed()

    def retrieve(self, request: Request, pk: str) -> Response:
        """One override. Opening it is noted as opening its consultation."""
        override: Any = self.get_object()
        note_opened(override.consultation, by=self.by)
        return Response(self.get_serializer(override).data)

    @extend_schema(responses=RuleCountSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def report(self, request: Request) -> Response:
        """Which rules are overridden how often, by which reason, and what happened afterwards."""
        return Response(RuleCountSerializer(override_report(), many=True).data)

    @idempotent
    @extend_schema(request=None, responses={201: ProposalSerializer})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take an override back; the answer is a new proposal without it."""
        proposal = decisions.withdraw_override(self.get_object(), by=self.by)
        data = ProposalSerializer(proposal).data
        location = reverse("proposal-detail", [proposal.pk], request=request)
        return Response(data, status=201, headers={"Location": location})
