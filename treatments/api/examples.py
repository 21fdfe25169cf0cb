"""Examples that the API document shows. A test sends them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

FACTS: Final[dict[str, Any]] = {
    "consulted_on": "2026-01-12",
    "patient": {"sex": "female", "birth_date": "1980-05-04"},
    "concerns": [{"concern": "fine-lines", "area": "face", "severity": 2}],
    "conditions": {"pregnancy": "no", "breastfeeding": "no"},
    "no_known_allergies": True,
    "medications_reviewed": True,
    "medications": [
        {"medication": "ibuprofen", "prescribed": False, "last_taken_on": "2026-01-11"}
    ],
    "labs": [{"test": "platelets", "value": 250000, "unit": "/uL", "taken_on": "2026-01-05"}],
    "preferences": {"combination": "alternating", "laser": False},
    "clinic": {"closed_weekdays": [7], "closed_on": ["2026-05-01"]},
}
EVALUATION: Final[dict[str, Any]] = {
    "status": "evaluated",
    "conflicts": [],
    "missing": [],
    "areas": [
        {
            "area": "face",
            "concerns": ["fine-lines"],
            "status": "proposed",
            "refer_to": None,
            "treatments": [
                {
                    "treatment": "prp",
                    "status": "eligible",
                    "not_before": "2026-01-13",
                    "covers": ["fine-lines"],
                    "findings": ["S-07"],
                }
            ],
            "options": [
                {
                    "treatments": ["prp"],
                    "variant": None,
                    "covers": ["fine-lines"],
                    "uncovered": [],
                    "courses": [
                        {
                            "treatment": "prp",
                            "planned": ["2026-01-13", "2026-02-10", "2026-03-10"],
                            "optional": [],
                            "maintenance_on": None,
                            "review_on": "2027-03-10",
                            "formulas": [],
                            "activators": ["calcium-chloride"],
                        }
                    ],
                    "adjuncts": [],
                    "warnings": [],
                    "notices": [],
                    "basis": ["S-02"],
                }
            ],
        }
    ],
    "findings": [],
    "not_evaluated": [{"rule": "L-09", "needs": ["labs.haemoglobin"]}],
    "release": {"key": "2026.1", "digest": "sha256:6c1f…"},
    "receipt": "sha256:09ab…",
}
EVALUATE: Final = [
    OpenApiExample("Fine lines of the face", value=FACTS, request_only=True),
    OpenApiExample("One option, shortened", value=EVALUATION, response_only=True),
]
PUBLICATION: Final[dict[str, Any]] = {
    "note": "Longer wait after painkillers, as agreed in May.",
    "password": "a long and quiet river",
    "effective_at": "2027-01-04T06:00:00Z",
}
DIFFERENCE: Final[dict[str, Any]] = {
    "against": "2026.1",
    "counts": {"added": 0, "changed": 1, "removed": 0},
    "groups": [
        {
            "group": "rules",
            "label": "Rules",
            "changes": [
                {
                    "kind": "changed",
                    "section": "rules",
                    "code": "S-07",
                    "label": "Aspirin or NSAID without prescription before mesotherapy",
                    "fields": [
                        {
                            "field": "wait_days",
                            "sentence": "wait 7 → 10 days",
                            "old": 7,
                            "new": 10,
                        }
                    ],
                }
            ],
        }
    ],
}
PUBLISH: Final = [OpenApiExample("Next year", value=PUBLICATION, request_only=True)]
DIFF: Final = [OpenApiExample("One rule", value=DIFFERENCE, response_only=True)]
ACTIVATE: Final = [
    OpenApiExample(
        "Back to this release",
        value={"note": "Too strict.", "password": "a long and quiet river"},
        request_only=True,
    )
]
TAKE_BACK: Final = [
    OpenApiExample(
        "Not after all",
        value={"note": "One rule is wrong.", "password": "a long and quiet river"},
        request_only=True,
    )
]
SUBMIT: Final = [
    OpenApiExample(
        "One warning was read",
        value={"acknowledged": ["unreachable:treatments.rule:S-07"]},
        request_only=True,
    )
]
SEND_BACK: Final = [
    OpenApiExample("With a word", value={"note": "Ten days need a source."}, request_only=True)
]
WITHDRAW: Final = [
    OpenApiExample("Given up", value={"note": "Superseded by the review."}, request_only=True)
]
ACCEPT_OUTCOME: Final = [
    OpenApiExample(
        "Meant so",
        value={"case": "painkiller", "reason": "The longer wait is what was agreed."},
        request_only=True,
    )
]
APPROVE_RULE: Final = [
    OpenApiExample(
        "Stand behind it",
        value={
            "rule": "L-09",
            "note": "As in the literature of 2025.",
            "password": "a long and quiet river",
        },
        request_only=True,
    )
]
APPROVE: Final = [
    OpenApiExample(
        "For our clinic",
        value={"note": "Read and discussed.", "password": "a long and quiet river"},
        request_only=True,
    )
]
NEW_CASE: Final = [
    OpenApiExample(
        "Fine lines and a painkiller",
        value={
            "code": "painkiller",
            "title": "A painkiller the day before",
            "note": "Mesotherapy waits, plasma too.",
            "request": FACTS,
        },
        request_only=True,
    )
]
_CASE: Final = {
    "code": "painkiller",
    "title": "A painkiller the day before",
    "note": "Mesotherapy waits, plasma too.",
    "active": True,
    "created_at": "2026-01-12T09:00:00Z",
    "created_by": "curator",
    "request": FACTS,
    "expected": {"status": "evaluated"},
}
CASE_WORDS: Final = [
    OpenApiExample("Why it is here", value={"note": "The wait is agreed."}, request_only=True)
]
CASE_RETIRED: Final = [
    OpenApiExample("Out of use", value={**_CASE, "active": False}, response_only=True)
]
CASE_RETURNED: Final = [OpenApiExample("In use again", value=_CASE, response_only=True)]
IMPORTS: Final = [
    OpenApiExample(
        "One field of one rule",
        value={"treatments.rule": [{"code": "S-07", "wait_days": 10}]},
        request_only=True,
        media_type="application/json",
    ),
    OpenApiExample(
        "A part of a table",
        value="code,name\nknee,Knee joint\n",
        request_only=True,
        media_type="text/csv",
    ),
]
ADD_ROW: Final = [
    OpenApiExample("An area", value={"code": "elbow", "name": "Elbow"}, request_only=True)
]
CHANGE_ROW: Final = [OpenApiExample("Ten days", value={"wait_days": 10}, request_only=True)]
RESTORE: Final = [
    OpenApiExample("One field", value={"field": "wait_days", "seen": 41}, request_only=True),
    OpenApiExample("The whole row", value={"seen": 41}, request_only=True),
]
TRY: Final = [
    OpenApiExample("A golden case", value={"case": "few-platelets"}, request_only=True),
    OpenApiExample("Facts", value={"facts": FACTS}, request_only=True),
]
