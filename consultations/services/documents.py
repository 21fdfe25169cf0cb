"""May the facts of an engine request be put in place of a consultation's facts?"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.errors import Fault, InvalidFacts
from consultations.facts import MOST_ROWS, request_of, too_long
from consultations.models import Consultation
from treatments.compiler import current_catalogue
from treatments.engine import InvalidRequest, parse_facts

# What a draft may lack: these faults stop proposing, not saving.
GAPS = frozenset({"required", "empty", "age"})


def check_document(consultation: Consultation, document: Mapping[str, Any]) -> None:
    """Raise InvalidFacts unless the draft can hold the document.

    The engine's own reading of the request, with the patient's record in its place.
    """
    own = request_of(consultation)["patient"]
    told = document.get("patient", {})
    faults = [
        Fault(path=f"patient.{key}", code="mismatch", message=str(_("The record says otherwise.")))
        for key in ("sex", "birth_date")
        if isinstance(told, dict) and key in told and told[key] != own.get(key)
    ]
    patient = {**own, **told} if isinstance(told, dict) else told
    if isinstance(patient, dict) and consultation.patient.birth_date is None and "age" in told:
        patient = {"sex": own["sex"], **told}
    request = {
        "consulted_on": consultation.consulted_on.isoformat(),
        **document,
        "patient": patient,
    }
    try:
        parse_facts(current_catalogue(), request)
    except InvalidRequest as error:
        faults += [
            Fault(path=one.path, code=one.code, message=one.message)
            for one in error.faults
            if one.code not in GAPS
        ]
    known = {fault.path for fault in faults}
    faults += [fault for fault in _too_long(document) if fault.path not in known]
    if faults:
        raise InvalidFacts(faults)


def _too_long(document: Mapping[str, Any]) -> list[Fault]:
    message = too_long()
    clinic = document.get("clinic")
    places = {"": document, "clinic.": clinic if isinstance(clinic, dict) else {}}
    return [
        Fault(path=f"{place}{key}", code="length", message=message)
        for place, values in places.items()
        for key, rows in values.items()
        if isinstance(rows, list) and len(rows) > MOST_ROWS
    ]
