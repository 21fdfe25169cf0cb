"""Who opens which page, and that another clinic's ids are like ids that do not exist."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEvent
from clinic.roles import Action, Role, allows
from consultations.flow import STEPS
from tests.consultations.views.rows import add_consultation, page_url

ROLES = [role.value for role in Role]
PATIENT_PAGES = ["patient", "edit-patient"]
STEP_KEYS = [step.key for step in STEPS]


def url_of(page, patient, consultation):
    if page in PATIENT_PAGES:
        return reverse(f"consultations:{page}", args=[patient])
    if page in STEP_KEYS:
        return reverse("consultations:step", args=[consultation, page])
    if page in {"patients", "new-patient", "today"}:
        return reverse(f"consultations:{page}")
    return reverse(f"consultations:{page}", args=[consultation])


NEEDS = {
    "patients": Action.VIEW_PATIENT,
    "new-patient": Action.EDIT_PATIENT,
    "patient": Action.VIEW_PATIENT,
    "edit-patient": Action.EDIT_PATIENT,
    "consultation": Action.VIEW_CONSULTATION,
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", NEEDS)
def test_page_opens_for_the_roles_of_its_action(page, role, client_of, patient, consultation):
    client = client_of(role)

    status = client.get(url_of(page, patient.pk, consultation.pk)).status_code

    assert status == (200 if allows(role, NEEDS[page]) else 403)


@pytest.mark.parametrize("page", [*NEEDS, "today"])
def test_page_sends_a_stranger_to_the_login(page, patient, consultation):
    response = Client().get(url_of(page, patient.pk, consultation.pk))

    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("role", ROLES)
def test_today_shows_each_role_its_own(role, client_of, clinic, physician):
    other = add_consultation(clinic, physician.user)
    client = client_of(role)

    page = client.get("/").content.decode()

    assert ("patient-q" in page) == allows(role, Action.VIEW_PATIENT)
    assert (str(other.patient) in page) == allows(role, Action.VIEW_CONSULTATION)
    assert ("/admin/" in page) == (role in {"curator", "medical-lead", "administrator"})


def test_patient_page_hides_consultations_from_the_front_desk(client_of, consultation):
    client = client_of("front-desk")

    page = client.get(reverse("consultations:patient", args=[consultation.patient_id]))

    assert str(consultation.pk) not in page.content.decode()


@pytest.mark.parametrize("page", [*PATIENT_PAGES, *STEP_KEYS, "consultation"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_clinics_id_is_like_one_that_does_not_exist(
    page, method, client_of, other_clinic, patient, consultation
):
    client = client_of("physician", at=other_clinic)
    unknown = uuid.uuid4()

    theirs = getattr(client, method)(url_of(page, patient.pk, consultation.pk))
    nobodys = getattr(client, method)(url_of(page, unknown, unknown))

    assert theirs.status_code == nobodys.status_code == 404
    ids = [str(patient.pk), str(consultation.pk), str(unknown)]
    assert bare(theirs, ids) == bare(nobodys, ids)


def bare(response, ids):
    """The page without the address it was asked for and the tokens of its forms."""
    text = response.content.decode()
    for one in ids:
        text = text.replace(one, "ID")
    text = re.sub(r"[A-Za-z0-9]{64}", "TOKEN", text)
    headers = {name: value for name, value in response.items() if name != "X-Request-ID"}
    return text, headers


def test_starting_is_refused_to_the_front_desk_and_audited(client_of, patient):
    client = client_of("front-desk")

    response = client.post(reverse("consultations:start", args=[patient.pk]))

    assert response.status_code == 403
    assert AuditEvent.objects.filter(action="edit-consultation", outcome="refused").exists()


@pytest.mark.parametrize("page", ["patient", "consultation"])
def test_opening_is_audited(page, physician, patient, consultation):
    AuditEvent.objects.filter(action__endswith="-opened")

    physician.get(url_of(page, patient.pk, consultation.pk))

    event = AuditEvent.objects.filter(action__endswith="-opened").latest("pk")
    assert (event.actor, event.patient) == (physician.user.pk, patient.pk)
    assert event.action == ("patient-opened" if page == "patient" else "consultation-opened")


def test_somebody_who_may_only_look_sees_no_buttons(client_of, consultation, monkeypatch):
    monkeypatch.setattr(
        "consultations.views.workspace.allowed",
        lambda _request, action: action != Action.EDIT_CONSULTATION,
    )
    client = client_of("nurse")

    page = client.get(page_url(consultation))

    assert "<form" not in page.content.decode().partition("<main")[2].partition("<footer")[0]
    assert "Read only" in page.content.decode()
