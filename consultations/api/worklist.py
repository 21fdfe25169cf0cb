"""After publishing, over REST: whom the release in force concerns, and who has seen it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import idempotent
from clinic.problems import refusal
from clinic.roles import Action
from consultations import worklists
from consultations.api.blast import ChangedGroupSerializer
from consultations.api.errors import FlowViewSet
from consultations.differences import as_dates, groups
from consultations.enums import Effect
from consultations.models import BlastResult, SeenResult
from consultations.services.catching_up import catch_up_at_first_sight
from consultations.services.patients import note_listed, note_opened
from consultations.services.worklist import mark_seen
from treatments.compiler import catalogue_of, current_release
from treatments.explanations import wording_of

OF = OpenApiParameter(
    "of",
    {"type": "string", "enum": ["mine", "all"]},
    description="Your own patients, or those of the whole clinic. Left out: mine.",
)


class SeenSerializer(serializers.ModelSerializer):
    seen_by = serializers.CharField(source="seen_by.get_username")

    class Meta:
        model = SeenResult
        fields = ["seen_at", "seen_by"]


class WorkSerializer(serializers.ModelSerializer):
    """What the release in force changes for one patient, in words: before and after."""

    consultation = serializers.UUIDField(source="consultation.pk")
    patient = serializers.UUIDField(source="consultation.patient_id")
    clinician = serializers.CharField(
        source="consultation.clinician.username", allow_null=True, default=None
    )
    effect = serializers.ChoiceField(choices=Effect.choices)
    effects = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    seen = serializers.SerializerMethodField()

    class Meta:
        model = BlastResult
        fields = [
            "id",
            "consultation",
            "patient",
            "clinician",
            "proposal",
            "plan",
            "effect",
            "effects",
            "changes",
            "seen",
        ]

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": Effect.values}})
    def get_effects(self, row: BlastResult) -> list[str]:
        return row.effects.split()

    @extend_schema_field(ChangedGroupSerializer(many=True))
    def get_changes(self, row: BlastResult) -> Any:
        told = groups(self.context["wording"], row.before, row.after, day=as_dates)
        return ChangedGroupSerializer(told, many=True).data

    @extend_schema_field(SeenSerializer(allow_null=True))
    def get_seen(self, row: BlastResult) -> Any:
        seen = getattr(row, "seen", None)
        return SeenSerializer(seen).data if seen else None


class WorklistViewSet(FlowViewSet):
    """Open proposals and plans that the release in force answers otherwise than their own did."""

    required_actions = {
        "list": Action.VIEW_CONSULTATION,
        "retrieve": Action.VIEW_CONSULTATION,
        "seen": Action.EDIT_CONSULTATION,
    }
    conflicts = frozenset({"list", "retrieve", "seen"})
    serializer_class = WorkSerializer
    queryset = BlastResult.objects.none()  # names the model; rows come from get_queryset
    orderings = {"weight": ("rank", "pk")}

    def known_parameters(self) -> frozenset[str]:
        return super().known_parameters() | ({"of"} if self.action == "list" else set())

    def get_queryset(self) -> QuerySet[BlastResult]:
        rows = worklists.with_patients(
            worklists.to_look_at()
            if self.action == "list"
            else BlastResult.objects.filter(run__in=worklists.runs_in_force().values("pk"))
        )
        return rows.select_related("seen__seen_by")

    def get_serializer_context(self) -> dict[str, Any]:
        wording = wording_of(catalogue_of(current_release()))
        return {**super().get_serializer_context(), "wording": wording}

    @extend_schema(parameters=[OF])
    def list(self, request: Request) -> Response:
        """What nobody has seen yet, the weightiest first."""
        whose = request.query_params.get("of", "mine")
        if whose not in {"mine", "all"}:
            raise refusal("unknown_value", "mine, all", status_code=400, path="of")
        catch_up_at_first_sight()
        rows = self.get_queryset()
        rows = rows if whose == "all" else worklists.of_clinician(rows, self.by)
        page = self.paginate_queryset(rows)
        note_listed(BlastResult, page or [], by=self.by, filters=request.query_params)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """What changes for one patient, seen or not. Opening it is noted."""
        row = self.get_object()
        note_opened(row.consultation, by=self.by)
        return Response(self.get_serializer(row).data)

    @idempotent
    @extend_schema(request=None, responses=WorkSerializer)
    @action(detail=True, methods=["post"])
    def seen(self, request: Request, pk: str) -> Response:
        """Take it off the worklist. Whoever was first stays named."""
        mark_seen(self.get_object(), by=self.by)
        return Response(self.get_serializer(self.get_object()).data)
