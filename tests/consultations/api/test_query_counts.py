"""One fixed number of queries for each list and detail, with 1, 3 and 30 rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from consultations.models import Consultation
from consultations.services.intake import replace_facts, start_consultation
from consultations.services.patients import register_patient
from consultations.services.proposals import propose
from tests.consultations.api import flow
from tests.consultations.made import accept, sign

SIZES = (1, 3, 30)


def add_plan(clinic, by):
    """One more patient with a signed plan, and so one more row in every list."""
    patient = register_patient(by=by, clinic=clinic, **flow.PERSON)
    consultation = start_consultation(patient, by=by)
    consultation = replace_facts(consultation, flow.facts(), by=by, version=consultation.version)
    proposal = propose(consultation, by=by)
    accept(proposal, by)
    return sign(proposal, by)


def queries(api, path):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        flow.done(api.get(path))
    return len(captured)


def test_lists_cost_the_same_however_long(api_of, clinic):
    api = api_of("physician")
    kinds = ("patients", "consultations", "proposals", "plans", "sessions")
    costs = {kind: [] for kind in kinds}
    made = 0

    with scope(clinic=clinic):
        for size in SIZES:
            for _ in range(size - made):
                add_plan(clinic, api.user)
            made = size
            for kind in kinds:
                assert len(flow.done(api.get(f"/api/v1/{kind}/?limit=100"))["results"]) >= size
                costs[kind].append(queries(api, f"/api/v1/{kind}/?limit=100"))

    # the token, its membership, the page and what its rows need beside them, their one trace
    assert costs == {
        "patients": [4] * 3,
        "consultations": [4] * 3,
        "proposals": [4] * 3,
        "plans": [4] * 3,
        "sessions": [5] * 3,
    }


def long_facts(size):
    medicines = [{"medication": "ibuprofen", "prescribed": False}] * size
    products = [
        {"product": f"P{number}", "ingredients": ["hyaluronic-acid"]} for number in range(size)
    ]
    closed = [f"2020-01-{number + 1:02d}" for number in range(size)]
    return flow.facts(
        medications=medicines,
        allergies=[{"allergen": "soy"}] * size,
        no_known_allergies=False,
        labs=[{"test": "platelets", "value": 250_000, "unit": "/uL", "taken_on": "2026-01-05"}]
        * size,
        area_findings=[{"finding": "infection", "area": "back"}] * size,
        procedures=[{"procedure": "chemical-peel", "area": "legs", "performed_on": "2020-01-05"}]
        * size,
        clinic={"closed_on": closed, "products": products},
    )


@pytest.mark.parametrize("size", SIZES)
def test_details_cost_the_same_however_long(api_of, clinic, size):
    api = api_of("physician")
    with scope(clinic=clinic):
        for _ in range(size):
            plan = add_plan(clinic, api.user)
        patient, session = plan.patient, plan.sessions.first()
        other = start_consultation(patient, by=api.user)
        other = replace_facts(other, long_facts(size), by=api.user, version=other.version)
        for _ in range(size):
            proposal = propose(Consultation.objects.get(pk=other.pk), by=api.user)

    costs = [
        queries(api, f"{flow.PATIENTS}{patient.pk}/"),
        queries(api, f"{flow.CONSULTATIONS}{other.pk}/"),
        queries(api, f"{flow.CONSULTATIONS}{other.pk}/facts/"),
        queries(api, f"{flow.PROPOSALS}{proposal.pk}/"),
        queries(api, f"{flow.PROPOSALS}{plan.proposal_id}/"),
        queries(api, f"{flow.PLANS}{plan.pk}/"),
        queries(api, f"{flow.SESSIONS}{session.pk}/"),
    ]

    assert costs == COSTS


COSTS = [4, 16, 15, 7, 8, 8, 5]
