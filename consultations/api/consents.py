import json
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import idempotent
from clinic.roles import Action
from clinic.serializers import StrictCharField, StrictIntegerField, StrictSerializer
from consultations import consent_paper, drawing
from consultations.api import examples
from consultations.api.errors import FlowViewSet
from consultations.api.filters import ConsentFilters
from consultations.consents import Needed
from consultations.enums import ConsentState
from consultations.models import Consent, ConsentWithdrawal
from consultations.models.consents import LONGEST_NAME, LONGEST_REASON
from consultations.services import consents
from consultations.services.patients import note_opened

_LONGEST_CODE: Final = 60
_LONGEST_DIGEST: Final = 80


class NeededSerializer(serializers.Serializer):
    """The consent that one treatment of the plan needs."""

    treatment = serializers.CharField()
    state = serializers.ChoiceField(choices=ConsentState.choices)
    languages = serializers.ListField(
        child=serializers.CharField(), help_text="In which its text can be read."
    )
    awaits_approval = serializers.BooleanField(help_text="The clinic has not approved the text.")
    consent = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_consent(self, needed: Needed) -> str | None:
        return str(needed.consent.pk) if needed.consent else None


class ReadingSerializer(serializers.Serializer):
    """What the patient is to read. Send `digest` back as `read` with the signature."""

    digest = serializers.CharField()
    document = serializers.DictField()


class WithdrawalSerializer(serializers.ModelSerializer):
    recorded_by = serializers.CharField(source="recorded_by.get_username")

    class Meta:
        model = ConsentWithdrawal
        fields = ["told_by", "reason", "at", "recorded_by"]


class ConsentRowSerializer(serializers.ModelSerializer):
    treatment = serializers.CharField(source="treatment.code")
    taken_by = serializers.CharField(source="taken_by.get_username")
    withdrawal = serializers.SerializerMethodField()

    class Meta:
        model = Consent
        fields = [
            "id",
            "consultation",
            "proposal",
            "treatment",
            "language",
            "version",
            "digest",
            "how",
            "signer_name",
            "witness_name",
            "signed_at",
            "taken_by",
            "withdrawal",
        ]

    @extend_schema_field(WithdrawalSerializer(allow_null=True))
    def get_withdrawal(self, consent: Consent) -> Any:
        row = getattr(consent, "withdrawal", None)
        return WithdrawalSerializer(row).data if row else None


class ConsentSerializer(ConsentRowSerializer):
    document = serializers.SerializerMethodField()

    class Meta(ConsentRowSerializer.Meta):
        fields = [*ConsentRowSerializer.Meta.fields, "document"]

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_document(self, consent: Consent) -> Any:
        """What was read and signed; `digest` is taken over it."""
        return json.loads(consent.document)


class GiveSerializer(StrictSerializer):
    """Without a drawing the typed name stands for the signature."""

    treatment = StrictCharField(max_length=_LONGEST_CODE)
    language = StrictCharField(max_length=8)
    read = StrictCharField(max_length=_LONGEST_DIGEST, help_text="The digest of what was read.")
    name = StrictCharField(max_length=LONGEST_NAME, help_text="Of who signs.")
    witness = StrictCharField(
        max_length=LONGEST_NAME, required=False, help_text="Where the text asks for one."
    )
    drawing = serializers.ListField(
        child=serializers.ListField(
            child=serializers.ListField(
                child=StrictIntegerField(min_value=0, max_value=drawing.WIDTH),
                min_length=2,
                max_length=2,
            ),
            min_length=1,
        ),
        required=False,
        max_length=drawing.MOST_STROKES,
        help_text=f"Strokes of points [x, y] in a frame of {drawing.WIDTH} by {drawing.HEIGHT}.",
    )


class WithdrawSerializer(StrictSerializer):
    told_by = StrictCharField(max_length=LONGEST_NAME, help_text="Who told it.")
    reason = StrictCharField(max_length=LONGEST_REASON, required=False)


class ConsentViewSet(FlowViewSet):
    """Consents as they were signed. They never change; a withdrawal stands beside one."""

    required_actions = {
        "list": Action.VIEW_CONSULTATION,
        "retrieve": Action.VIEW_CONSULTATION,
        "pdf": Action.VIEW_CONSULTATION,
        "withdraw": Action.TAKE_CONSENT,
    }
    serializer_class = ConsentRowSerializer
    queryset = Consent.objects.none()  # names the model; rows come from get_queryset
    filterset_class = ConsentFilters
    orderings = {"-signed_at": ("-signed_at", "-pk"), "signed_at": ("signed_at", "pk")}

    def get_queryset(self) -> QuerySet[Consent]:
        rows: QuerySet[Consent] = Consent.objects.select_related(
            "treatment", "taken_by", "withdrawal__recorded_by", "consultation", "clinic"
        )
        return rows.defer("document") if self.action == "list" else rows

    def list(self, request: Request) -> Response:
        """Consents without their texts, the newest first."""
        return self.listed()

    @extend_schema(responses=ConsentSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One consent with all that was signed. Opening it is noted."""
        consent = self.get_object()
        note_opened(consent.consultation, by=self.by)
        return Response(ConsentSerializer(consent).data)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, pk: str) -> HttpResponse:
        """The consent as PDF, in its own language."""
        consent = self.get_object()
        note_opened(consent.consultation, by=self.by)
        return consent_paper.consent_pdf(consent)

    @idempotent
    @extend_schema(
        request=WithdrawSerializer, responses=ConsentSerializer, examples=examples.WITHDRAWALS
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Record that the patient took it back; open sessions of its treatment are cancelled."""
        serializer = WithdrawSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        told = {"reason": "", **serializer.validated_data}
        consents.withdraw_consent(self.get_object(), by=self.by, **told)
        return Response(ConsentSerializer(self.get_object()).data)
