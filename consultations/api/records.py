"""How a consultation is written in the API, and what starting one takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.serializers import (
    StrictIntegerField,
    StrictModelSerializer,
    StrictSerializer,
    StrictSlugField,
    StrictUUIDField,
)
from consultations.api.amendments import AmendmentSerializer
from consultations.api.carried import CarriedSerializer, LeftOutSerializer
from consultations.api.documents import OwnFacts, own_facts
from consultations.carried import marks
from consultations.models import Consultation
from treatments.models import PerformerLevel

SCALARS = [
    "consulted_on",
    "start_on",
    "stated_age",
    "no_known_allergies",
    "medications_reviewed",
    "fitzpatrick",
    "glogau",
    "skin_note",
    "goals",
    "combination",
    "laser",
    "performer",
    "closed_weekdays",
]


CLOSED = ["signed_at", "cancelled_at", "cancel_reason"]


class ConsultationSerializer(StrictModelSerializer):
    performer = StrictSlugField(
        slug_field="code",
        queryset=PerformerLevel.objects.all(),
        allow_null=True,
        required=False,
        help_text="A performer's code of the catalogue.",
    )
    closed_weekdays = serializers.ListField(
        child=StrictIntegerField(min_value=1, max_value=7), max_length=6, required=False
    )

    class Meta:
        model = Consultation
        fields = ["id", "patient", "status", "version", *SCALARS, "created_at", *CLOSED]
        read_only_fields = ["id", "patient", "status", "version", "created_at", *CLOSED]


class ConsultationDetailSerializer(ConsultationSerializer):
    """`copied_from` is the consultation that this one was started from. Answers that came from it
    and wait to be confirmed are `carried`; what did not come along is `left_out`."""

    facts = serializers.SerializerMethodField()
    carried = serializers.SerializerMethodField()
    left_out = LeftOutSerializer(many=True, read_only=True)
    amendments = AmendmentSerializer(many=True, read_only=True)

    class Meta(ConsultationSerializer.Meta):
        fields = [
            *ConsultationSerializer.Meta.fields,
            "copied_from",
            "carried",
            "left_out",
            "facts",
            "amendments",
        ]
        read_only_fields = [*ConsultationSerializer.Meta.read_only_fields, "copied_from"]

    @extend_schema_field(CarriedSerializer(many=True))
    def get_carried(self, consultation: Consultation) -> Any:
        return CarriedSerializer(marks(consultation), many=True).data

    @extend_schema_field(OwnFacts)
    def get_facts(self, consultation: Consultation) -> dict[str, Any]:
        return own_facts(consultation)


class StartSerializer(StrictSerializer):
    patient = StrictUUIDField()
    facts = serializers.JSONField(required=False)
    copy_from = StrictUUIDField(required=False)


class StartDocument(serializers.Serializer):
    """What starting a consultation takes, for the API document."""

    patient = serializers.UUIDField()
    facts = OwnFacts(required=False)
    copy_from = serializers.UUIDField(
        required=False,
        help_text="The patient's last signed consultation. Its answers come along, each to be "
        "confirmed before anything is proposed. Not together with `facts`.",
    )
