"""The facts of a consultation as the API takes and gives them: the engine's request, but for
who the patient is, which the record knows."""

from typing import Any, Final

from rest_framework.serializers import DateField, IntegerField, Serializer

from consultations.facts import request_of
from consultations.models import Consultation
from treatments.api import document

_OF_THE_RECORD: Final = frozenset({"sex", "birth_date"})


def own_facts(consultation: Consultation) -> dict[str, Any]:
    """What PUT takes back unchanged. The consultation comes from ``with_facts()``."""
    request = request_of(consultation)
    patient = {
        key: value for key, value in request.pop("patient").items() if key not in _OF_THE_RECORD
    }
    return {**request, **({"patient": patient} if patient else {})}


class OwnPatient(Serializer):
    age = IntegerField(
        required=False, min_value=0, max_value=130, help_text="Where no birth date is on record."
    )


class OwnFacts(document.Facts):
    """The request of an evaluation without the patient's identity. Drafts may have gaps.

    Without `clinic` the consultation keeps its calendar and products.
    """

    consulted_on = DateField(required=False)
    patient = OwnPatient(required=False)  # type: ignore[assignment]
    concerns = document.FactsConcern(many=True, required=False)
