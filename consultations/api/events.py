from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from clinic.api import idempotent
from clinic.roles import Action
from clinic.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictDateField,
    StrictSerializer,
)
from consultations.api import examples
from consultations.api.errors import FlowViewSet
from consultations.api.filters import AdverseEventFilters
from consultations.enums import EventOutcome, Seriousness
from consultations.models import AdverseEvent, Plan
from consultations.models.events import LONGEST_WHAT
from consultations.services import events
from consultations.services.events import Told
from consultations.services.patients import note_opened

_LONGEST_CODE = 60


class AdverseEventSerializer(serializers.ModelSerializer):
    """Rows never change: `corrects` names the row that this one tells anew, `corrected_by` the row
    that tells this one anew. `withdrawn`: there was no such event."""

    treatment = serializers.CharField(source="treatment.code")
    area = serializers.CharField(source="area.code")
    kind = serializers.CharField(source="kind.code", allow_null=True, default=None)
    seriousness = serializers.ChoiceField(choices=Seriousness.choices)
    outcome = serializers.ChoiceField(choices=EventOutcome.choices)
    corrected_by = serializers.UUIDField(source="correction.pk", allow_null=True, default=None)
    recorded_by = serializers.CharField(source="recorded_by.get_username")

    class Meta:
        model = AdverseEvent
        fields = [
            "id",
            "plan",
            "patient",
            "session",
            "treatment",
            "area",
            "kind",
            "what",
            "seriousness",
            "onset_on",
            "outcome",
            "corrects",
            "corrected_by",
            "withdrawn",
            "recorded_at",
            "recorded_by",
        ]


class ToldSerializer(StrictSerializer):
    """Treatment and area are some of the plan's; so is the session, where it is known."""

    treatment = StrictCharField(max_length=_LONGEST_CODE)
    area = StrictCharField(max_length=_LONGEST_CODE)
    session = serializers.UUIDField(required=False, allow_null=True)
    kind = StrictCharField(
        max_length=_LONGEST_CODE,
        required=False,
        allow_blank=True,
        help_text="The code of a side effect in the catalogue, when it is one of those.",
    )
    what = StrictCharField(max_length=LONGEST_WHAT, help_text="What happened, in your words.")
    seriousness = StrictChoiceField(choices=Seriousness.choices)
    onset_on = StrictDateField()
    outcome = StrictChoiceField(choices=EventOutcome.choices)


class RecordEventSerializer(ToldSerializer):
    plan = serializers.UUIDField()


class CorrectEventSerializer(ToldSerializer):
    withdrawn = StrictBooleanField(required=False, help_text="true: there was no such event.")


class AdverseEventViewSet(FlowViewSet):
    """What went wrong after treatment. Rows are only ever added."""

    required_actions = {
        "list": Action.VIEW_PLAN,
        "retrieve": Action.VIEW_PLAN,
        "create": Action.RECORD_EVENT,
        "correct": Action.RECORD_EVENT,
    }
    conflicts = frozenset({"correct"})
    serializer_class = AdverseEventSerializer
    queryset = AdverseEvent.objects.none()  # names the model; rows come from get_queryset
    filterset_class = AdverseEventFilters
    orderings = {"-recorded_at": ("-recorded_at", "-pk"), "recorded_at": ("recorded_at", "pk")}

    def get_queryset(self) -> QuerySet[AdverseEvent]:
        rows: QuerySet[AdverseEvent] = AdverseEvent.objects.with_names()
        return rows.select_related("plan").defer("plan__document")

    def list(self, request: Request) -> Response:
        """All that was recorded, the newest first; also what was corrected since."""
        return self.listed()

    def retrieve(self, request: Request, pk: str) -> Response:
        """One event. Opening it is noted as opening its plan."""
        event: Any = self.get_object()
        note_opened(event.plan, by=self.by)
        return Response(self.get_serializer(event).data)

    @idempotent
    @extend_schema(
        request=RecordEventSerializer,
        responses={201: AdverseEventSerializer},
        examples=examples.EVENTS,
    )
    def create(self, request: Request) -> Response:
        """Record an event after a treatment of a signed plan."""
        sent = self._sent(RecordEventSerializer)
        plan = Plan.objects.filter(pk=sent.pop("plan")).first()
        if plan is None:
            missing = ValidationError(_("There is no such plan."), code="does_not_exist")
            raise ValidationError({"plan": missing})
        return self._made(events.record_event(plan, Told(**sent), by=self.by))

    @idempotent
    @extend_schema(
        request=CorrectEventSerializer,
        responses={201: AdverseEventSerializer},
        examples=examples.CORRECTIONS,
    )
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        """Tell an event anew, whole. What was recorded stays, and counts no more."""
        event = self.get_object()
        sent = self._sent(CorrectEventSerializer)
        withdrawn = sent.pop("withdrawn", False)
        return self._made(
            events.correct_event(event, Told(**sent), by=self.by, withdrawn=withdrawn)
        )

    def _sent(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        known = serializer(data=self.body())
        known.is_valid(raise_exception=True)
        return dict(known.validated_data)

    def _made(self, event: AdverseEvent) -> Response:
        location = reverse("adverse-event-detail", [event.pk], request=self.request)
        data = self.get_serializer(self.get_queryset().get(pk=event.pk)).data
        return Response(data, status=201, headers={"Location": location})
