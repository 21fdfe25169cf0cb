"""A returning patient at the browser: the offer, the marks, and confirming them."""

import json

import pytest
from django.urls import reverse
from django_scopes import scope

from consultations.carried import marks
from consultations.models import Consultation
from consultations.services import carrying
from consultations.services.amendments import amend
from tests.consultations.made import facts_of, signed
from tests.consultations.views.rows import sent, step_url
from tests.engine.cases import conditions, medicine

FACTS = {
    "conditions": conditions(tobacco="no", keloid_tendency="no"),
    "medications": [medicine("paracetamol", ongoing=True)],
}
HTMX = {"HX-Request": "true"}
UNKNOWN = "7e57ab1e-0000-4000-8000-000000000000"


@pytest.fixture
def source(clinic, physician):
    return signed(clinic, physician.user, **FACTS).consultation


@pytest.fixture
def returning(clinic, physician, source):
    """Started from the last one, nothing confirmed yet."""
    with scope(clinic=clinic):
        return carrying.start_from(source, by=physician.user)


def waiting(consultation):
    return [mark.path for mark in marks(facts_of(consultation))]


def keys(consultation, *paths):
    return [mark.key for mark in marks(facts_of(consultation)) if mark.path in paths]


def confirm(client, consultation, *wanted, **options):
    url = reverse("consultations:confirm", args=[consultation.pk])
    return client.post(url, {"confirm": wanted}, **options)


def start(client, patient, **data):
    return client.post(reverse("consultations:start", args=[patient.pk]), data, follow=True)


def test_a_returning_patient_is_offered_the_last_consultation_first(physician, source):
    page = physician.get(reverse("consultations:patient", args=[source.patient_id]))

    text = page.content.decode()
    offer = text.index("Start from the consultation of 2 March 2026")
    assert offer < text.index("Start empty")
    assert f'value="{source.pk}"' in text


def test_a_new_patient_is_offered_nothing_to_copy(physician, patient):
    page = physician.get(reverse("consultations:patient", args=[patient.pk]))

    text = page.content.decode()
    assert "Start a consultation" in text
    assert "copy_from" not in text


def test_starting_from_the_last_one_shows_what_waits_and_what_stayed_behind(physician, source):
    page = start(physician, source.patient, copy_from=str(source.pk))

    text = page.content.decode()
    assert "consultation of 2 March 2026" in text
    assert "from 2 March 2026, confirm" in text
    assert "Pregnancy" in text
    assert "amended" not in text


def test_starting_empty_carries_nothing(clinic, physician, source):
    start(physician, source.patient, consulted_on="")

    with scope(clinic=clinic):
        made = Consultation.objects.filter(patient=source.patient).exclude(pk=source.pk).get()
    assert (waiting(made), made.copied_from_id) == ([], None)


@pytest.mark.parametrize("key", ["nonsense", UNKNOWN])
def test_starting_from_something_else_is_not_found(physician, source, key):
    assert start(physician, source.patient, copy_from=key).status_code == 404


def test_an_amended_source_says_so(clinic, physician, source):
    with scope(clinic=clinic):
        amend(source, by=physician.user, reason="clarified", text="The dose was another.")

    page = start(physician, source.patient, copy_from=str(source.pk))

    assert "was amended after signing" in page.content.decode()


def test_one_click_confirms_one_answer_in_place(physician, returning):
    (key,) = keys(returning, "conditions.tobacco")

    answer = confirm(physician, returning, key, headers=HTMX)

    told = json.loads(answer["HX-Trigger"])["consilium:confirmed"]
    assert (answer.status_code, told["keys"]) == (204, [key])
    assert told["version"] == told["before"] + 1 == returning.version + 1
    assert "conditions.tobacco" not in waiting(returning)
    assert "conditions.keloid-tendency" in waiting(returning)


def test_one_button_confirms_all_of_a_section_without_javascript(physician, returning):
    both = keys(returning, "conditions.tobacco", "conditions.keloid-tendency")

    answer = confirm(physician, returning, f"{' '.join(both)} ")

    assert answer.status_code == 302
    assert waiting(returning) == ["concerns[0]", "medications[0]"]


def test_without_javascript_the_form_is_saved_before_its_mark_is_confirmed(physician, returning):
    row = {"medication": "paracetamol", "prescribed": "no", "ongoing": "yes"}
    (key,) = keys(returning, "medications[0]")
    added = {"medication": "ibuprofen", "prescribed": "no", "ongoing": "no"}

    data = sent("medications", row, added, version=returning.version, confirm=key)
    physician.post(step_url(returning, "medication"), data)

    assert "medications[0]" not in waiting(returning)
    assert facts_of(returning).medications.count() == 2


def test_saving_a_section_again_confirms_nothing(physician, returning):
    row = {"medication": "paracetamol", "prescribed": "no", "ongoing": "yes"}

    data = sent("medications", row, version=returning.version)
    physician.post(step_url(returning, "medication"), data)

    assert facts_of(returning).version > returning.version
    assert "medications[0]" in waiting(returning)


def test_a_signed_consultation_confirms_nothing_more(physician, source):
    answer = confirm(physician, source, "conditions:x", headers=HTMX)

    assert answer["HX-Refresh"] == "true"


@pytest.mark.parametrize("role", ["front-desk", "curator", "administrator"])
def test_only_those_who_may_write_confirm(client_of, returning, role):
    (key,) = keys(returning, "conditions.tobacco")

    assert confirm(client_of(role), returning, key).status_code == 403
    assert "conditions.tobacco" in waiting(returning)


def test_another_clinics_consultation_is_not_found(client_of, other_clinic, returning):
    (key,) = keys(returning, "conditions.tobacco")

    assert confirm(client_of("physician", at=other_clinic), returning, key).status_code == 404
    assert "conditions.tobacco" in waiting(returning)
