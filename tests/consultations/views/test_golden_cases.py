"""One click from a proposal to a golden case, and nothing of the patient comes along."""

import datetime
import json

import pytest
from django.urls import reverse
from django_scopes import scope

from clinic.models import AuditEvent
from clinic.roles import Role
from consultations.services import intake, proposals
from consultations.services.patients import register_patient
from tests.engine.cases import request
from treatments.models import Draft, GoldenCase
from treatments.services.golden import outcome_of

IDENTITY = {
    "number": "H-4711",
    "family_name": "Quillfeather",
    "given_name": "Zephyrine",
    "birth_date": datetime.date(1979, 11, 23),
    "phone": "+30 210 5550123",
    "email": "zephyrine@quillfeather.example",
}
CONSULTED_ON = datetime.date(2026, 9, 16)  # a Wednesday
FACTS = {
    "consulted_on": "2026-09-16",
    "start_on": "2026-09-23",
    "medications": [
        {
            "medication": "ibuprofen",
            "prescribed": False,
            "ongoing": False,
            "last_taken_on": "2026-09-15",
        }
    ],
    "labs": [{"test": "platelets", "value": 210, "unit": "10*9/L", "taken_on": "2026-08-28"}],
    "area_findings": [{"finding": "infection", "area": "back", "clears_on": "2026-10-05"}],
    "procedures": [{"procedure": "chemical-peel", "area": "face", "performed_on": "2026-09-11"}],
    "clinic": {
        "closed_weekdays": [7],
        "closed_on": ["2026-10-28"],
        "products": [
            {"product": "Quillfeather's own blend", "ingredients": ["hyaluronic-acid"]},
            {"product": "Lot 20261028", "ingredients": ["vitamin-c", "peptides"]},
        ],
    },
}
REAL_DATES = ("1979", "2026-09", "2026-08", "2026-10")
FREE_TEXT = ("her sister's wedding", "rings the bell twice", "asks for Anna")


@pytest.fixture
def lead(client_of):
    return client_of("medical-lead")


def propose_for_her(clinic, by):
    facts = request(**FACTS)
    facts.pop("patient")
    with scope(clinic=clinic):
        patient = register_patient(by=by, clinic=clinic, sex="female", **IDENTITY)
        row = intake.start_consultation(patient, by=by, consulted_on=CONSULTED_ON)
        row = intake.replace_facts(row, facts, by=by, version=row.version)
        row = intake.update_consultation(
            row, by=by, version=row.version, goals=FREE_TEXT[0], skin_note=FREE_TEXT[1]
        )
        return proposals.propose(row, by=by)


def keep(client, proposal):
    url = reverse("consultations:keep-as-case", args=[proposal.consultation_id, proposal.number])
    return client.post(url)


def kept():
    return GoldenCase.objects.get(code="case-1")


def test_the_case_holds_nobody(clinic, lead, catalogue):
    proposal = propose_for_her(clinic, lead.user)

    answer = keep(lead, proposal)

    case = kept()
    assert answer["Location"] == f"/admin/treatments/goldencase/{case.pk}/change/"
    stored = json.dumps([case.code, case.title, case.note, case.request, case.expected])
    hidden = [str(value) for value in IDENTITY.values()] + [*REAL_DATES, *FREE_TEXT]
    hidden += ["blend", "20261028", str(proposal.consultation_id), proposal.receipt]
    assert [text for text in hidden if text.lower() in stored.lower()] == []
    assert case.expected == outcome_of(catalogue, case.request)
    assert not Draft.objects.exists()


def test_the_facts_that_count_stay_as_they_were(clinic, lead):
    keep(lead, propose_for_her(clinic, lead.user))

    assert kept().request == {
        **request(),
        "consulted_on": "2026-01-14",
        "start_on": "2026-01-21",
        "patient": {"sex": "female", "age": 46},
        "medications": [{**FACTS["medications"][0], "last_taken_on": "2026-01-13"}],
        "labs": [{**FACTS["labs"][0], "taken_on": "2025-12-26"}],
        "area_findings": [{**FACTS["area_findings"][0], "clears_on": "2026-02-02"}],
        "procedures": [{**FACTS["procedures"][0], "performed_on": "2026-01-09"}],
        "clinic": {
            "closed_weekdays": [7],
            "products": [
                {"product": "product-1", "ingredients": ["hyaluronic-acid"]},
                {"product": "product-2", "ingredients": ["vitamin-c", "peptides"]},
            ],
        },
    }
    assert kept().title == "Fine lines, Face; female, 46"


def test_the_event_names_the_proposal_and_not_the_case(clinic, lead):
    proposal = propose_for_her(clinic, lead.user)

    keep(lead, proposal)

    told = AuditEvent.objects.get(action="facts-kept-as-case")
    assert (told.subject, told.actor) == (str(proposal.pk), lead.user.pk)
    assert "case-1" not in json.dumps(told.detail)
    added = AuditEvent.objects.get(action="golden-case-added")
    assert added.patient is None


def test_the_same_facts_are_kept_once(clinic, lead):
    proposal = propose_for_her(clinic, lead.user)
    before = GoldenCase.objects.count()

    first, second = keep(lead, proposal), keep(lead, proposal)

    assert first["Location"] == second["Location"]
    assert GoldenCase.objects.count() == before + 1
    assert AuditEvent.objects.filter(action="facts-kept-as-case").count() == 1


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_only_who_sees_patients_and_edits_the_catalogue(role, client_of, clinic, lead):
    proposal = propose_for_her(clinic, lead.user)
    client = client_of(role)

    answer = keep(client, proposal)

    page = client.get(reverse("consultations:proposal-number", args=[proposal.consultation_id, 1]))
    if role == "medical-lead":
        assert answer.status_code == 302
        assert "Keep as golden case" in page.content.decode()
    else:
        assert answer.status_code == 403
        assert "Keep as golden case" not in page.content.decode()
        assert not GoldenCase.objects.filter(code="case-1").exists()


def test_another_clinic_finds_no_proposal(clinic, other_clinic, lead, client_of):
    proposal = propose_for_her(clinic, lead.user)

    assert keep(client_of("medical-lead", at=other_clinic), proposal).status_code == 404
    assert (
        lead.get(f"/consultations/{proposal.consultation_id}/proposals/1/keep-as-case/").status_code
        == 405
    )
