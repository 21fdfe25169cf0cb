from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import idempotent
from clinic.problems import refusal
from clinic.roles import Action
from clinic.serializers import (
    StrictCharField,
    StrictChoiceField,
    StrictDateField,
    StrictSerializer,
    StrictUUIDField,
)
from consultations.api import examples
from consultations.api.errors import FlowViewSet
from consultations.api.filters import QuestionFilters
from consultations.api.proposals import ProposalSerializer
from consultations.enums import PrescriberAnswer
from consultations.models import Consultation, PrescriberQuestion
from consultations.services import prescribers
from consultations.services.patients import note_opened


class QuestionSerializer(serializers.ModelSerializer):
    """`answer` is empty as long as the question is open. `grounds` names what was asked about."""

    area = serializers.CharField(source="area.code")
    treatment = serializers.CharField(source="treatment.code")
    grounds = serializers.SerializerMethodField()
    asked_by = serializers.CharField(source="asked_by.get_username")
    recorded_by = serializers.CharField(source="recorded_by.get_username", default=None)

    class Meta:
        model = PrescriberQuestion
        fields = [
            "id",
            "consultation",
            "rule",
            "area",
            "treatment",
            "grounds",
            "text",
            "asked_by",
            "asked_at",
            "answer",
            "prescriber",
            "answered_on",
            "conditions",
            "recorded_by",
            "recorded_at",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_grounds(self, question: PrescriberQuestion) -> list[str]:
        grounds: list[str] = question.grounds.split()
        return grounds


class AskedPlaceSerializer(StrictSerializer):
    area = StrictCharField(max_length=60)
    treatment = StrictCharField(max_length=60)


class AskSerializer(StrictSerializer):
    consultation = StrictUUIDField()
    rule = StrictCharField(max_length=8)
    places = AskedPlaceSerializer(many=True, allow_empty=False, max_length=100)  # type: ignore[call-arg]
    text = StrictCharField(max_length=2000, help_text="What is asked.")

    def asked(self) -> dict[str, Any]:
        """As the service takes it, apart from the consultation."""
        told = {**self.validated_data}
        told.pop("consultation")
        places = [(one["area"], one["treatment"]) for one in told["places"]]
        return {**told, "places": places}


class AnswerSerializer(StrictSerializer):
    answer = StrictChoiceField(choices=PrescriberAnswer.choices)
    prescriber = StrictCharField(max_length=200, help_text="The name of whoever answered.")
    answered_on = StrictDateField()
    conditions = StrictCharField(required=False, allow_blank=True, max_length=2000)


class AnsweredSerializer(serializers.Serializer):
    """`proposal` is null where facts are missing before it can be made anew."""

    question = QuestionSerializer()
    proposal = ProposalSerializer(allow_null=True)


class QuestionViewSet(FlowViewSet):
    """What prescribers were asked, and what they answered."""

    required_actions = {
        "list": Action.VIEW_CONSULTATION,
        "retrieve": Action.VIEW_CONSULTATION,
        "create": Action.DECIDE,
        "answer": Action.DECIDE,
        "withdraw": Action.DECIDE,
    }
    serializer_class = QuestionSerializer
    conflicts = frozenset({"create"})
    queryset = PrescriberQuestion.objects.none()  # names the model; rows come from get_queryset
    filterset_class = QuestionFilters
    orderings = {"asked_at": ("asked_at", "pk"), "-asked_at": ("-asked_at", "-pk")}

    def get_queryset(self) -> QuerySet[PrescriberQuestion]:
        rows: QuerySet[PrescriberQuestion] = PrescriberQuestion.objects.select_related(
            "area", "treatment", "asked_by", "recorded_by", "consultation"
        )
        return rows

    def list(self, request: Request) -> Response:
        """Questions, the longest waiting first."""
        return self.listed()

    def retrieve(self, request: Request, pk: str) -> Response:
        """One question. Opening it is noted as opening its consultation."""
        question: Any = self.get_object()
        note_opened(question.consultation, by=self.by)
        return Response(self.get_serializer(question).data)

    @idempotent
    @extend_schema(
        request=AskSerializer,
        responses={201: QuestionSerializer(many=True)},
        examples=examples.QUESTIONS,
    )
    def create(self, request: Request) -> Response:
        """Note what a prescriber is asked. Until it is answered nothing is signed."""
        serializer = AskSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        key = serializer.validated_data["consultation"]
        consultation = Consultation.objects.filter(pk=key).first()
        if consultation is None:
            message = _("There is no such consultation.")
            raise refusal("does_not_exist", message, status_code=400, path="consultation")
        asked = prescribers.ask_prescriber(consultation, by=self.by, **serializer.asked())
        return Response(QuestionSerializer(asked, many=True).data, status=201)

    @idempotent
    @extend_schema(
        request=AnswerSerializer, responses=AnsweredSerializer, examples=examples.ANSWERS
    )
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Keep what was answered, for good; a new proposal is made with it."""
        serializer = AnswerSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        question = self.get_object()
        proposal = prescribers.record_answer(question, by=self.by, **serializer.validated_data)
        answered = {"question": self.get_object(), "proposal": proposal}
        return Response(AnsweredSerializer(answered).data)

    @idempotent
    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back a question that nobody has answered."""
        prescribers.withdraw_question(self.get_object(), by=self.by)
        return Response(status=204)
