import json
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import idempotent
from clinic.reauthentication import PasswordSerializer
from clinic.roles import Action
from clinic.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictSerializer,
)
from consultations import care_paper, paper
from consultations.api import examples
from consultations.api.amendments import AmendmentSerializer
from consultations.api.errors import FlowViewSet
from consultations.api.events import AdverseEventSerializer
from consultations.api.filters import PlanFilters, SessionFilters
from consultations.api.sheets import LANGUAGE, sheet
from consultations.enums import SessionStatus
from consultations.models import AdverseEvent, Plan, PlanSession, SessionItem
from consultations.models.plans import LONGEST_REASON
from consultations.services import plans
from consultations.services.patients import note_opened
from consultations.sheets import language_of

_SHEETS = frozenset({"pdf", "care"})


class SessionItemSerializer(serializers.ModelSerializer):
    area = serializers.CharField(source="area.code")
    treatment = serializers.CharField(source="treatment.code")
    withdrawn_at = serializers.DateTimeField(
        allow_null=True,
        read_only=True,
        help_text="When the consent was taken back because of which this is not given, or was not.",
    )

    class Meta:
        model = SessionItem
        fields = [
            "area",
            "treatment",
            "variant",
            "kind",
            "number_in_course",
            "materials",
            "withdrawn_at",
        ]


class SessionSerializer(serializers.ModelSerializer):
    patient = serializers.UUIDField(source="plan.patient_id")
    items = SessionItemSerializer(many=True)

    class Meta:
        model = PlanSession
        fields = [
            "id",
            "plan",
            "patient",
            "number",
            "planned_on",
            "kind",
            "status",
            "cancelled_because",
            "items",
        ]


class PlanRowSerializer(serializers.ModelSerializer):
    class Meta:
        model = Plan
        fields = ["id", "consultation", "proposal", "patient", "digest", "signed_at"]


class PlanSerializer(PlanRowSerializer):
    sessions = SessionSerializer(many=True)
    amendments = AmendmentSerializer(source="consultation.amendments", many=True)
    adverse_events = AdverseEventSerializer(many=True)
    document = serializers.SerializerMethodField()

    class Meta(PlanRowSerializer.Meta):
        fields = [
            *PlanRowSerializer.Meta.fields,
            "sessions",
            "amendments",
            "adverse_events",
            "document",
        ]

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_document(self, plan: Plan) -> Any:
        """What was signed; `digest` is taken over it."""
        return json.loads(plan.document)


class MarkSerializer(StrictSerializer):
    status = StrictChoiceField(choices=SessionStatus.choices, help_text="Done or cancelled.")
    reason = StrictCharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_REASON,
        help_text="Why it is cancelled, in words.",
    )


class SignSerializer(PasswordSerializer):
    past_sessions = StrictBooleanField(
        required=False,
        help_text="Sessions before today are meant: without it a plan with such is refused.",
    )


class PlanViewSet(FlowViewSet):
    """What was signed. It never changes."""

    required_actions = dict.fromkeys(("list", "retrieve", "pdf", "care"), Action.VIEW_PLAN)
    serializer_class = PlanRowSerializer
    queryset = Plan.objects.none()  # names the model; rows come from get_queryset
    filterset_class = PlanFilters
    orderings = {"-signed_at": ("-signed_at", "-pk"), "signed_at": ("signed_at", "pk")}

    def known_parameters(self) -> frozenset[str]:
        return LANGUAGE if self.action in _SHEETS else super().known_parameters()

    def get_queryset(self) -> QuerySet[Plan]:
        if self.action == "list":
            return Plan.objects.defer("document")
        if self.action in _SHEETS:
            found: QuerySet[Plan] = Plan.objects.with_sessions()
            return found
        return Plan.objects.select_related("consultation").prefetch_related(
            "sessions__plan",
            Prefetch("sessions__items", queryset=SessionItem.objects.with_withdrawals()),
            "consultation__amendments__by",
            Prefetch("adverse_events", queryset=AdverseEvent.objects.with_names()),
        )

    def list(self, request: Request) -> Response:
        """Plans without their sessions, the newest first."""
        return self.listed()

    @extend_schema(responses=PlanSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """A plan with its sessions."""
        plan = self.get_object()
        note_opened(plan, by=self.by)
        return Response(PlanSerializer(plan).data)

    @sheet
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, pk: str) -> HttpResponse:
        """The plan with its sheet of preparation and aftercare, as PDF."""
        plan = self.get_object()
        language = language_of(request.query_params.get("language"))
        note_opened(plan, by=self.by)
        return paper.plan_pdf(plan, language)

    @sheet
    @action(detail=True, methods=["get"])
    def care(self, request: Request, pk: str) -> HttpResponse:
        """Preparation and aftercare alone, for the patient, as PDF."""
        plan = self.get_object()
        language = language_of(request.query_params.get("language"))
        note_opened(plan, by=self.by)
        return care_paper.care_pdf(plan, language)


class SessionViewSet(FlowViewSet):
    """Visits of signed plans."""

    required_actions = {
        "list": Action.VIEW_PLAN,
        "retrieve": Action.VIEW_PLAN,
        "mark": Action.MARK_SESSION,
    }
    serializer_class = SessionSerializer
    queryset = PlanSession.objects.none()  # names the model; rows come from get_queryset
    filterset_class = SessionFilters
    orderings = {"planned_on": ("planned_on", "pk"), "-planned_on": ("-planned_on", "-pk")}

    def get_queryset(self) -> QuerySet[PlanSession]:
        return PlanSession.objects.select_related("plan").prefetch_related(
            Prefetch("items", queryset=SessionItem.objects.with_withdrawals())
        )

    def list(self, request: Request) -> Response:
        """Sessions in the order of their days."""
        return self.listed()

    def retrieve(self, request: Request, pk: str) -> Response:
        """One session. Opening it is noted as opening its plan."""
        session = self.get_object()
        note_opened(session.plan, by=self.by)
        return Response(self.get_serializer(session).data)

    @idempotent
    @extend_schema(request=MarkSerializer, responses=SessionSerializer, examples=examples.MARKS)
    @action(detail=True, methods=["post"])
    def mark(self, request: Request, pk: str) -> Response:
        """Say that a session was done or cancelled.

        A treatment whose consent is withdrawn counts as not given in it.
        """
        session = self.get_object()
        serializer = MarkSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        plans.mark_session(session, by=self.by, **serializer.validated_data)
        return Response(self.get_serializer(self.get_object()).data)
