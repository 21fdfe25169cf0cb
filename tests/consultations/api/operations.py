"""Every operation of the API, read from its document, with a body that would do."""

import re
import uuid
from functools import cache

from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from tests.conftest import PASSWORD
from tests.consultations.api import flow

METHODS = ("get", "post", "put", "patch", "delete")
EVENT = {
    "treatment": "prp",
    "area": "face",
    "what": "Swelling",
    "seriousness": "mild",
    "onset_on": "2026-01-12",
    "outcome": "recovered",
}
BODIES = {
    "evaluate": lambda: {**flow.facts(), "patient": {"sex": "female", "age": 44}},
    "catalogue_import": lambda: {"treatments.area": [{"code": "knee", "name": "Knee"}]},
    "golden_cases_create": lambda: {
        "code": "sent",
        "title": "Sent",
        "request": {**flow.facts(), "patient": {"sex": "female", "age": 44}},
    },
    "try": lambda: {"facts": {**flow.facts(), "patient": {"sex": "female", "age": 44}}},
    "rows_create": lambda: {"code": "elbow", "name": "Elbow"},
    "rows_partial_update": lambda: {"name": "Visage"},
    "changes_restore_create": lambda: {"seen": 1},
    "patients_create": lambda: flow.PERSON,
    "patients_partial_update": lambda: {"given_name": "Ada"},
    "consultations_create": lambda: {"patient": str(uuid.uuid4())},
    "consultations_partial_update": lambda: {"goals": "Smoother"},
    "consultations_facts_update": flow.facts,
    "consultations_confirm_create": lambda: {"paths": ["conditions"]},
    "consultations_propose_create": lambda: None,
    "consultations_override_create": lambda: {
        "rule": "L-01",
        "area": "face",
        "treatment": "prp",
        "reason": "specialist-agrees",
        "text": "Why not",
    },
    "consultations_cancel_create": lambda: {"reason": "The patient left."},
    "consultations_discard_inputs_create": lambda: {"ids": [str(uuid.uuid4())]},
    "consultations_map_notes_create": lambda: flow.NOTE,
    "map_notes_partial_update": lambda: {"text": "Moved"},
    "drafts_publish_create": lambda: {"note": "Read", "password": PASSWORD},
    "drafts_approve_rule_create": lambda: {"rule": "L-09", "password": PASSWORD},
    "releases_activate_create": lambda: {"password": PASSWORD},
    "releases_take_back_create": lambda: {"password": PASSWORD},
    "releases_approve_create": lambda: {"note": "Read", "password": PASSWORD},
    "consultations_sign_create": lambda: {"password": PASSWORD},
    "consultations_prepare_create": lambda: {"password": PASSWORD},
    "consultations_consent_create": lambda: {
        "treatment": "prp",
        "language": "en",
        "read": "sha256:0",
        "name": "A Patient",
    },
    "consents_withdraw_create": lambda: {"told_by": "A Patient"},
    "consultations_amend_create": lambda: {
        "reason": "clarified",
        "text": "Said once more",
        "password": PASSWORD,
    },
    "questions_create": lambda: {
        "consultation": str(uuid.uuid4()),
        "rule": "S-08",
        "places": [{"area": "face", "treatment": "mesotherapy"}],
        "text": "Is there anything against it?",
    },
    "questions_answer_create": lambda: {
        "answer": "agreed",
        "prescriber": "Dr Arslan",
        "answered_on": "2026-01-12",
    },
    "questions_withdraw_create": lambda: None,
    "overrides_withdraw_create": lambda: None,
    "adverse_events_create": lambda: {**EVENT, "plan": str(uuid.uuid4())},
    "adverse_events_correct_create": lambda: EVENT,
    "blast_radius_create": lambda: {"draft": 1},
    "proposals_decide_create": lambda: {"area": "face", "verdict": "declined"},
    "sessions_mark_create": lambda: {"status": "cancelled"},
}


@cache
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def operations():
    """(operation id, method, path) of everything below /api/v1/."""
    return [
        (operation["operationId"], method, path)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def of_rows():
    """Those whose path names a row of the clinic."""
    return [one for one in operations() if "{id}" in one[2]]


def routes():
    """(method, number of path parts) of each endpoint as the resolver knows them."""
    found = set()
    for pattern, callback in _walk(get_resolver().url_patterns, ""):
        if pattern.startswith("api/v1/") and hasattr(callback, "cls"):
            actions = getattr(callback, "actions", None)
            methods = set(actions) if actions else {m for m in METHODS if hasattr(callback.cls, m)}
            found |= {(method, _shape(pattern)) for method in methods - {"head"}}
    return found


def _walk(patterns, prefix):
    for one in patterns:
        path = prefix + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _walk(one.url_patterns, path)
        else:
            yield path.replace("^", "").replace("$", ""), one.callback


def _shape(path):
    """Literal parts as they stand, parameters as a star."""
    plain = re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]*>|{[^}]*}", "*", path)
    return plain.replace("\\Z", "").strip("/")


def described():
    return {(method, _shape(path)) for _name, method, path in operations()}


def call(api, name, method, path):
    body = BODIES[name]() if name in BODIES else None
    headers = {"If-Match": '"1"'}
    return (
        getattr(api, method)(path, body, headers=headers)
        if body
        else getattr(api, method)(path, headers=headers)
    )
