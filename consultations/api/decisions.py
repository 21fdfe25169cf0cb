"""What is decided on a proposal, as the API takes it and gives it back."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.serializers import (
    StrictCharField,
    StrictChoiceField,
    StrictDateField,
    StrictIntegerField,
    StrictSerializer,
)
from consultations.enums import Verdict
from consultations.models import Decision
from consultations.planning import RANGES
from treatments.api.document import ProposedCourse, ProposedOption


class TakenCourse(ProposedCourse):
    technique = serializers.CharField(required=False)


class DepartureSerializer(serializers.Serializer):
    """`bound`: the day, or the number of sessions, that the protocol would still allow."""

    code = serializers.ChoiceField(choices=sorted(RANGES))
    treatment = serializers.CharField()
    day = serializers.DateField(required=False)
    sessions = serializers.IntegerField(required=False)
    bound = serializers.JSONField()


class TakenOption(ProposedOption):
    """The option with the clinician's changes in it."""

    courses = TakenCourse(many=True)
    parts = serializers.ListField(child=serializers.CharField(), required=False)
    departures = DepartureSerializer(many=True, required=False)
    departure_reason = serializers.CharField(required=False)


class DecisionSerializer(serializers.ModelSerializer):
    area = serializers.CharField(source="area.code")
    option = serializers.SerializerMethodField()
    acknowledged = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Decision
        fields = [
            "area",
            "verdict",
            "option_number",
            "option",
            "acknowledged",
            "note",
            "kept_from",
            "decided_at",
        ]

    @extend_schema_field(TakenOption(allow_null=True))
    def get_option(self, decision: Decision) -> Any:
        return decision.option or None


class ChangedFormulaSerializer(StrictSerializer):
    """`product` tells two products of one formula apart."""

    formula = StrictCharField()
    product = StrictCharField(required=False, allow_null=True, max_length=200)
    ingredients = serializers.ListField(child=StrictCharField(), allow_empty=False)


class ChangedCourseSerializer(StrictSerializer):
    treatment = StrictCharField()
    planned = serializers.ListField(child=StrictDateField(), required=False, max_length=100)
    optional = serializers.ListField(child=StrictDateField(), required=False, max_length=100)
    formulas = ChangedFormulaSerializer(many=True, required=False)
    technique = StrictCharField(
        required=False, max_length=60, help_text="One of the catalogue's `techniques`."
    )


class ChangesSerializer(StrictSerializer):
    """Dates that leave the range of a protocol need a `departure`."""

    courses = ChangedCourseSerializer(many=True, required=False, allow_empty=False)
    parts = serializers.ListField(
        child=StrictCharField(max_length=60),
        required=False,
        allow_empty=False,
        max_length=100,
        help_text="Areas that lie in the area: only these are treated.",
    )
    departure = StrictCharField(
        required=False,
        max_length=60,
        help_text="One of the catalogue's `decision-reasons` for a departure.",
    )


class DecideSerializer(StrictSerializer):
    area = StrictCharField(max_length=60)
    verdict = StrictChoiceField(choices=Verdict.choices)
    option_number = StrictIntegerField(
        required=False, allow_null=True, min_value=1, max_value=100, help_text="Counts from 1."
    )
    changes = ChangesSerializer(required=False)
    note = StrictCharField(required=False, allow_blank=True, max_length=2000)
    acknowledged = serializers.ListField(
        child=StrictCharField(max_length=80),
        required=False,
        max_length=200,
        help_text="The codes that the proposal lists under `to_acknowledge` for this option.",
    )


def plain_changes(sent: dict[str, Any]) -> dict[str, Any]:
    """The changes as JSON has them: the service keeps dates as text."""
    if "changes" not in sent:
        return sent
    courses = [
        {
            key: [day.isoformat() for day in value] if key in {"planned", "optional"} else value
            for key, value in course.items()
        }
        for course in sent["changes"].get("courses", ())
    ]
    return {**sent, "changes": sent["changes"] | {"courses": courses}}
