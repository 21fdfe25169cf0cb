import json
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import idempotent
from clinic.roles import Action
from clinic.serializers import (
    StrictCharField,
    StrictSerializer,
)
from consultations import policies
from consultations.api import examples
from consultations.api.decisions import DecideSerializer, DecisionSerializer, plain_changes
from consultations.api.errors import FlowViewSet
from consultations.api.filters import ProposalFilters
from consultations.models import Proposal
from consultations.services import decisions, replays
from consultations.services.patients import note_opened
from consultations.services.proposals import data_of
from treatments.api.document import Evaluation, Facts, ReleaseName
from treatments.explanations.minding import to_acknowledge


class PointsSerializer(serializers.Serializer):
    area = serializers.CharField()
    option_number = serializers.IntegerField()
    codes = serializers.ListField(child=serializers.CharField())


class ProposalRowSerializer(serializers.ModelSerializer):
    release = serializers.SerializerMethodField()

    class Meta:
        model = Proposal
        fields = [
            "id",
            "consultation",
            "number",
            "status",
            "facts_version",
            "release",
            "receipt",
            "created_at",
        ]

    @extend_schema_field(ReleaseName)
    def get_release(self, proposal: Proposal) -> dict[str, str]:
        return {"key": proposal.release.key, "digest": proposal.release.digest}


class ProposalSerializer(ProposalRowSerializer):
    """`stale`: facts or the release in force changed since, as `stale_because` says. Only a fresh
    one can be decided."""

    stale = serializers.SerializerMethodField()
    stale_because = serializers.SerializerMethodField()
    overrides = serializers.SerializerMethodField()
    agreements = serializers.SerializerMethodField()
    decisions = DecisionSerializer(many=True)
    to_acknowledge = serializers.SerializerMethodField()
    request = serializers.SerializerMethodField()
    response = serializers.SerializerMethodField()

    class Meta(ProposalRowSerializer.Meta):
        fields = [
            *ProposalRowSerializer.Meta.fields,
            "stale",
            "stale_because",
            "overrides",
            "agreements",
            "decisions",
            "to_acknowledge",
            "request",
            "response",
        ]

    def get_stale(self, proposal: Proposal) -> bool:
        return policies.is_stale(proposal)

    @extend_schema_field(
        serializers.ListField(child=serializers.ChoiceField(choices=["facts", "catalogue"]))
    )
    def get_stale_because(self, proposal: Proposal) -> list[str]:
        changed = {
            "facts": policies.facts_changed(proposal),
            "catalogue": policies.catalogue_changed(proposal),
        }
        return [name for name, since in changed.items() if since]

    @extend_schema_field(
        serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    )
    def get_overrides(self, proposal: Proposal) -> Any:
        """Rule, area and treatment of each override that it was made with."""
        return proposal.overrides

    @extend_schema_field(
        serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    )
    def get_agreements(self, proposal: Proposal) -> Any:
        """Rule, area and treatment of each agreement of a prescriber that it was made with."""
        return proposal.agreements

    @extend_schema_field(PointsSerializer(many=True))
    def get_to_acknowledge(self, proposal: Proposal) -> Any:
        """What has to be minded with each option: accepting it names these codes."""
        response = data_of(proposal)
        return [
            {
                "area": area["area"],
                "option_number": number,
                "codes": to_acknowledge(response, area, option),
            }
            for area in response["areas"]
            for number, option in enumerate(area["options"], start=1)
        ]

    @extend_schema_field(Facts)
    def get_request(self, proposal: Proposal) -> Any:
        return json.loads(proposal.request)

    @extend_schema_field(Evaluation)
    def get_response(self, proposal: Proposal) -> Any:
        return data_of(proposal)


class ReplayPartSerializer(serializers.Serializer):
    path = serializers.CharField()
    stored = serializers.JSONField(allow_null=True)
    computed = serializers.JSONField(allow_null=True)


class ReplaySerializer(serializers.Serializer):
    """`equal`: computed again with its own release, the proposal is the same byte for byte."""

    equal = serializers.BooleanField()
    receipt = serializers.CharField(source="proposal.receipt")
    release = serializers.CharField(source="proposal.release.key")
    differences = ReplayPartSerializer(many=True)


class OverrideSerializer(StrictSerializer):
    rule = StrictCharField(max_length=8)
    area = StrictCharField(max_length=60)
    treatment = StrictCharField(max_length=60)
    reason = StrictCharField(
        max_length=60, help_text="One of the catalogue's `decision-reasons` for an override."
    )
    text = StrictCharField(max_length=2000, help_text="Why, in the clinician's words.")


class ProposalViewSet(FlowViewSet):
    """What was proposed, byte for byte, and what was decided on it."""

    required_actions = {
        "list": Action.VIEW_CONSULTATION,
        "retrieve": Action.VIEW_CONSULTATION,
        "decide": Action.DECIDE,
        "replay": Action.VIEW_CONSULTATION,
    }
    serializer_class = ProposalRowSerializer
    queryset = Proposal.objects.none()  # names the model; rows come from get_queryset
    filterset_class = ProposalFilters
    orderings = {
        "-created_at": ("-created_at", "-pk"),
        "created_at": ("created_at", "pk"),
    }

    def get_queryset(self) -> QuerySet[Proposal]:
        if self.action == "list":
            return (
                Proposal.objects.select_related("consultation", "release")
                .defer("release__body", "request", "response")
                .all()
            )
        return (
            Proposal.objects.select_related("consultation", "release")
            .defer("release__body")
            .prefetch_related("decisions__area")
        )

    def list(self, request: Request) -> Response:
        """Proposals without their documents, the newest first."""
        return self.listed()

    @extend_schema(responses=ProposalSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """A proposal: its request, the response to it, and the decisions so far."""
        proposal = self.get_object()
        note_opened(proposal, by=self.by)
        return Response(ProposalSerializer(proposal).data)

    @extend_schema(responses=ReplaySerializer)
    @action(detail=True)
    def replay(self, request: Request, pk: str) -> Response:
        """The proposal computed again from its receipt; what differs is named."""
        proposal = self.get_object()
        note_opened(proposal, by=self.by)
        return Response(ReplaySerializer(replays.replay(proposal)).data)

    @idempotent
    @extend_schema(request=DecideSerializer, responses=DecisionSerializer, examples=examples.DECIDE)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Accept, change or decline an option of one area. Deciding again replaces."""
        proposal = self.get_object()
        serializer = DecideSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        decision = decisions.decide(
            proposal, by=self.by, **plain_changes(serializer.validated_data)
        )
        return Response(DecisionSerializer(decision).data)
