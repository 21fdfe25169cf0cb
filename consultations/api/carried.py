"""Consultations that start from the last one: what is marked, and the confirming of it."""

from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from clinic.problems import refusal
from clinic.serializers import StrictCharField, StrictSerializer
from consultations.carried import Mark, marks
from consultations.enums import LeftOut
from consultations.models import Consultation, Patient

EXAMPLES: Final = [
    OpenApiExample(
        "All answers on conditions, and one medication",
        value={"paths": ["conditions", "medications[0]"]},
        request_only=True,
    )
]
MOST_PATHS: Final = 500


class CarriedSerializer(serializers.Serializer):
    """An answer taken over from an earlier consultation that nobody has confirmed yet."""

    path = serializers.CharField(help_text="Where it stands in the facts.")
    carried_from = serializers.DateField(source="day", help_text="When it was said.")


class LeftOutSerializer(serializers.Serializer):
    """An answer of the earlier consultation that was not taken over."""

    section = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    reason = serializers.ChoiceField(choices=LeftOut.choices)


class ConfirmSerializer(StrictSerializer):
    """`paths` name single answers (`conditions.tobacco`, `labs[0]`) or a whole section (`labs`)."""

    paths = serializers.ListField(
        child=StrictCharField(max_length=120), min_length=1, max_length=MOST_PATHS
    )


def keys_at(consultation: Consultation, paths: list[str]) -> set[str]:
    """The marks at these paths. Raises a refusal for a path at which nothing waits."""
    waiting = marks(consultation)
    found: set[str] = set()
    for index, path in enumerate(paths):
        keys = {mark.key for mark in waiting if _stands_at(mark, path)}
        if not keys:
            message = _("No carried answer waits here to be confirmed.")
            raise refusal("nothing-carried", message, status_code=400, path=f"paths[{index}]")
        found |= keys
    return found


def _stands_at(mark: Mark, path: str) -> bool:
    return path in {mark.path, mark.part}


def source_of(patient: Patient, sent: dict[str, Any]) -> Consultation | None:
    """The consultation that `copy_from` names; None when the new one starts empty."""
    if "copy_from" not in sent:
        return None
    if "facts" in sent:
        message = _("Send facts, or a consultation to start from, but not both.")
        raise refusal("conflict", message, status_code=400, path="copy_from")
    source: Consultation | None = Consultation.objects.filter(
        pk=sent["copy_from"], patient=patient
    ).first()
    if source is None:
        message = _("There is no such consultation of this patient.")
        raise refusal("does_not_exist", message, status_code=400, path="copy_from")
    return source
