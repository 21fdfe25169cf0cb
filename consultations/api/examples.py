"""Examples that the API document shows. A test sends them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from treatments.api.examples import EVALUATION, FACTS

PATIENT: Final[dict[str, Any]] = {
    "family_name": "Aksoy",
    "given_name": "Deniz",
    "sex": "female",
    "birth_date": "1980-05-04",
    "phone": "+90 555 010 20 30",
    "email": "deniz@example.org",
}
KEPT_PATIENT: Final = {
    "id": "8d8ac610-566d-4ef0-9c22-186b2a5ed793",
    "number": "00017",
    **PATIENT,
    "version": 1,
    "created_at": "2026-01-12T08:30:00Z",
}
OWN_FACTS: Final = {key: value for key, value in FACTS.items() if key != "patient"}
ACCEPT: Final[dict[str, Any]] = {
    "area": "face",
    "verdict": "accepted",
    "option_number": 1,
    "acknowledged": ["notice:vision-loss"],
}
MODIFY: Final[dict[str, Any]] = {
    "area": "face",
    "verdict": "modified",
    "option_number": 2,
    "changes": {
        "courses": [{"treatment": "prp", "planned": ["2026-01-27", "2026-02-24", "2026-03-24"]}]
    },
    "note": "The patient is away in January.",
    "acknowledged": ["notice:vision-loss"],
}
DECISION: Final = {
    "area": "face",
    "verdict": "accepted",
    "option_number": 1,
    "option": EVALUATION["areas"][0]["options"][0],
    "acknowledged": ["notice:vision-loss"],
    "note": "",
    "kept_from": None,
    "decided_at": "2026-01-12T09:05:00Z",
}
OVERRIDE: Final[dict[str, Any]] = {
    "rule": "S-04",
    "area": "face",
    "treatment": "prp",
    "reason": "specialist-agrees",
    "text": "Seen together with the treating haematologist.",
}

ASK: Final[dict[str, Any]] = {
    "consultation": "0a3ff0a5-3c3d-4d12-8b4e-8f5c4a4c8d6b",
    "rule": "S-08",
    "places": [{"area": "face", "treatment": "mesotherapy"}],
    "text": "The patient takes warfarin. Is there anything against injections in the skin?",
}
ANSWER: Final[dict[str, Any]] = {
    "answer": "conditions",
    "prescriber": "Dr Levent Arslan",
    "answered_on": "2026-01-12",
    "conditions": "Only with an INR below 3 on the day.",
}
AMENDMENT: Final[dict[str, Any]] = {
    "reason": "recorded-wrongly",
    "text": "The last dose was on 3 January, not on 13 January.",
    "password": "a long and quiet river",
}
MAP_NOTE: Final[dict[str, Any]] = {
    "view": "face",
    "x": 0.41,
    "y": 0.55,
    "area": "cheeks",
    "text": "A scar of 5 mm: spare it.",
}
CONSENT: Final[dict[str, Any]] = {
    "treatment": "prp",
    "language": "tr",
    "read": "sha256:3c1a0f5f6f1d1b6d6c2f1e0f4a9b7c8d5e6f708192a3b4c5d6e7f8091a2b3c4d",
    "name": "Deniz Aksoy",
    "drawing": [[[40, 120], [90, 60], [160, 130]], [[200, 90], [320, 100]]],
}
WITHDRAWAL: Final[dict[str, Any]] = {"told_by": "Deniz Aksoy", "reason": "Moves abroad."}
EVENT: Final[dict[str, Any]] = {
    "plan": "0a3ff0a5-3c3d-4d12-8b4e-8f5c4a4c8d6b",
    "treatment": "prp",
    "area": "face",
    "what": "Swelling under the left eye, gone after four days.",
    "seriousness": "mild",
    "onset_on": "2026-01-14",
    "outcome": "recovered",
}
CORRECTION: Final = {
    **{key: value for key, value in EVENT.items() if key != "plan"},
    "seriousness": "moderate",
    "what": "Swelling under the left eye, gone after ten days.",
}

SIGNATURE: Final = {"password": "a long and quiet river"}
SCALARS: Final[dict[str, Any]] = {
    "fitzpatrick": 3,
    "goals": "Rested for a wedding in June.",
    "performer": "physician",
    "closed_weekdays": [6, 7],
}

PATIENTS: Final = [
    OpenApiExample("A new patient", value=PATIENT, request_only=True),
    OpenApiExample("As it is kept", value=KEPT_PATIENT, response_only=True),
]
PATIENT_CHANGES: Final = [
    OpenApiExample(
        "Another number",
        value={"phone": "+90 555 010 20 31", "email": ""},
        request_only=True,
    ),
    OpenApiExample(
        "As it is kept now",
        value={**KEPT_PATIENT, "phone": "+90 555 010 20 31", "email": "", "version": 2},
        response_only=True,
    ),
]
CONSULTATIONS: Final = [
    OpenApiExample(
        "With facts",
        value={"patient": KEPT_PATIENT["id"], "facts": OWN_FACTS},
        request_only=True,
    ),
    OpenApiExample(
        "From the last one",
        value={
            "patient": KEPT_PATIENT["id"],
            "copy_from": "4b0a4d5c-2c1e-4b3b-8f0b-9d2d5f0c7a31",
        },
        request_only=True,
    ),
]
PUT_FACTS: Final = [OpenApiExample("All facts", value=OWN_FACTS, request_only=True)]
DECIDE: Final = [
    OpenApiExample("Accept the first option", value=ACCEPT, request_only=True),
    OpenApiExample("Accept with other dates", value=MODIFY, request_only=True),
    OpenApiExample("The decision", value=DECISION, response_only=True),
]
OVERRIDES: Final = [OpenApiExample("Go ahead", value=OVERRIDE, request_only=True)]
QUESTIONS: Final = [OpenApiExample("Ask", value=ASK, request_only=True)]
ANSWERS: Final = [OpenApiExample("What was said", value=ANSWER, request_only=True)]
AMENDMENTS: Final = [OpenApiExample("A correction", value=AMENDMENT, request_only=True)]
MAP_NOTES: Final = [OpenApiExample("On the cheek", value=MAP_NOTE, request_only=True)]
MOVED_NOTES: Final = [OpenApiExample("Moved", value={"x": 0.43, "y": 0.5}, request_only=True)]
CONSENTS: Final = [OpenApiExample("Drawn", value=CONSENT, request_only=True)]
CANCELLING: Final = [
    OpenApiExample("No plan", value={"reason": "She wants to think it over."}, request_only=True)
]
DISCARDING: Final = [
    OpenApiExample(
        "One field", value={"ids": ["7f0f7c0e-5d7e-4a36-9a39-0d8a4e0c1a11"]}, request_only=True
    )
]
WITHDRAWALS: Final = [OpenApiExample("Taken back", value=WITHDRAWAL, request_only=True)]
SIGNATURES: Final = [OpenApiExample("Signed", value=SIGNATURE, request_only=True)]
CHANGES: Final = [OpenApiExample("What was talked about", value=SCALARS, request_only=True)]
MARKS: Final = [
    OpenApiExample("Done", value={"status": "done"}, request_only=True),
    OpenApiExample(
        "Cancelled",
        value={"status": "cancelled", "reason": "The patient is travelling."},
        request_only=True,
    ),
]
BLAST_RUNS: Final = [OpenApiExample("Of a draft", value={"draft": 12}, request_only=True)]
EVENTS: Final = [OpenApiExample("Swelling", value=EVENT, request_only=True)]
CORRECTIONS: Final = [OpenApiExample("It was worse", value=CORRECTION, request_only=True)]
