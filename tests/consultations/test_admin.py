"""Clinical records in the admin: to look at, by the clinic's own medical lead, and no more."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from clinic.models import AuditEvent
from consultations.models import Consultation, Patient
from consultations.services import intake, proposals
from consultations.services.patients import register_patient
from tests.consultations.made import accept, sign
from treatments.models import Allergen, Area, Concern, Condition

MODELS = ["patient", "consultation", "proposal", "plan"]


@pytest.fixture
def make_record(clinic, make_member):
    """`make_record("A1")` is a patient with everything up to a signed plan, by model name."""
    physician = make_member("physician")

    def make(number):
        with scope(clinic=clinic):
            patient = register_patient(
                by=physician, clinic=clinic, family_name="Seen", given_name="Once", sex="female",
                birth_date="1980-05-04", number=number,
            )  # fmt: skip
            row = intake.start_consultation(patient, by=physician)
            for version, (section, rows) in enumerate(told().items(), start=1):
                row = intake.change_fields(
                    row, intake.Entries(sections={section: rows}), by=physician, version=version
                )
            proposal = proposals.propose(row, by=physician)
            accept(proposal, physician)
            plan = sign(proposal, physician)
        return {"patient": patient, "consultation": row, "proposal": proposal, "plan": plan}

    return make


def told():
    place = {
        "concern": Concern.objects.get(code="fine-lines"),
        "area": Area.objects.get(code="face"),
    }
    free = Condition.objects.filter(code__in=["pregnancy", "breastfeeding"])
    return {
        "concerns": [place],
        "conditions": [{"condition": one, "answer": "no"} for one in free],
        "allergies": [{"allergen": Allergen.objects.get(code="latex")}],
    }


@pytest.fixture
def record(make_record):
    return make_record("A1")


def url(model, page, *args):
    return reverse(f"admin:consultations_{model}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_medical_lead_reads_the_clinics_records(model, record, client_of):
    client = client_of("medical-lead")

    rows = client.get(url(model, "changelist"), {"q": "A1"})
    page = client.get(url(model, "change", record[model].pk))

    assert rows.context["cl"].result_count == 1
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    event = AuditEvent.objects.filter(action=f"{model}-opened").latest("pk")
    assert (event.actor, event.patient) == (client.user.pk, record["patient"].pk)


@pytest.mark.parametrize("model", MODELS)
def test_nobody_adds_changes_or_deletes(model, record, client_of):
    client = client_of("medical-lead")
    key = record[model].pk

    for address in (url(model, "add"), url(model, "delete", key)):
        assert client.get(address).status_code == 403
        assert client.post(address, {"post": "yes"}).status_code == 403
    assert client.post(url(model, "change", key), {"number": "B2"}).status_code == 403
    with scope(clinic=record["patient"].clinic):
        assert Patient.objects.get().number == "A1"
        assert Consultation.objects.get().version == 4


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("role", ["curator", "administrator"])
def test_other_roles_of_the_admin_see_no_records(model, role, record, client_of):
    client = client_of(role)

    assert client.get(url(model, "changelist")).status_code == 403
    assert client.get(url(model, "change", record[model].pk)).status_code == 403
    assert "/consultations/" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_another_clinics_lead_sees_nothing(model, record, client_of, other_clinic):
    client = client_of("medical-lead", at=other_clinic)

    assert client.get(url(model, "changelist")).context["cl"].result_count == 0
    assert client.get(url(model, "change", record[model].pk)).status_code == 302


def test_names_are_not_searched_in_the_address(record, client_of):
    client = client_of("medical-lead")

    rows = client.get(url("patient", "changelist"), {"q": "Seen"})

    assert rows.context["cl"].result_count == 0


@pytest.mark.parametrize("model", MODELS)
def test_record_list_costs_the_same_for_more_rows(model, make_record, client_of):
    client = client_of("medical-lead")
    asked = []

    for number in range(3):
        make_record(f"A{number}")
        client.get(url(model, "changelist"))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url(model, "changelist"))
        assert page.context["cl"].result_count == number + 1
        asked.append(len(queries))

    assert len(set(asked)) == 1, asked
