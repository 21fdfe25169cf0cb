"""Adding and changing patients; somebody who is there already; two editors."""

# ruff: noqa: RUF001 - names as people write them

import pytest
from django.urls import reverse
from django_scopes import scope

from consultations.models import Patient
from tests.consultations.views.rows import add_patient

NEW = reverse("consultations:new-patient")


def form(**fields):
    known = {
        "family_name": "Yılmaz",
        "given_name": "Ayşe",
        "sex": "female",
        "birth_date": "14.03.1979",
        "phone": "+90 532 000 00 00",
        "email": "",
        "number": "",
    }
    return known | fields


def all_patients(clinic):
    with scope(clinic=clinic):
        return list(Patient.objects.order_by("created_at"))


def test_a_new_patient_gets_the_next_number(clinic, physician):
    response = physician.post(NEW, form())

    (patient,) = all_patients(clinic)
    assert response["Location"] == reverse("consultations:patient", args=[patient.pk])
    assert (str(patient), str(patient.birth_date)) == ("Yılmaz, Ayşe", "1979-03-14")
    assert patient.number


@pytest.mark.parametrize(
    "typed",
    [
        "\u202a+90 532 000 00 00\u202c",
        "\u200e+90\u00a0532 000 00 00",
        "\u2066+90 532 000 00 00\u2069",
    ],
)
def test_a_phone_number_pasted_from_contacts_is_kept_plain(typed, clinic, physician):
    physician.post(NEW, form(phone=typed))

    (patient,) = all_patients(clinic)
    assert patient.phone == "+90 532 000 00 00"
    url = reverse("consultations:edit-patient", args=[patient.pk])
    physician.post(url, form(phone=f"{typed}1", version=1, number=patient.number))
    assert all_patients(clinic)[0].phone == "+90 532 000 00 001"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("birth_date", "tomorrow"),
        ("birth_date", "2999-01-01"),
        ("birth_date", "1799-01-01"),
        ("phone", "call me"),
        ("phone", "+90"),
        ("family_name", "\u200b"),
        ("family_name", "Yıl\nmaz"),
        ("given_name", "A\u202eda"),
        ("number", "7\x00"),
        ("email", "nobody"),
        ("sex", ""),
        ("family_name", " "),
        ("given_name", "x" * 101),
        ("number", "x" * 21),
    ],
)
def test_an_odd_value_is_shown_at_its_field(field, typed, clinic, physician):
    response = physician.post(NEW, form(**{field: typed}))

    assert list(response.context["form"].errors) == [field]
    assert all_patients(clinic) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"family_name": "Yilmaz", "given_name": "Ayse"},
        {"family_name": "Ayşe", "given_name": "Yılmaz"},
        {"family_name": "Yılmas", "given_name": "Ayşe"},
        {"birth_date": ""},
    ],
)
def test_somebody_alike_is_shown_before_anything_is_saved(fields, clinic, physician):
    known = add_patient(
        clinic, physician.user, family_name="Yılmaz", given_name="Ayşe", birth_date="1979-03-14"
    )

    response = physician.post(NEW, form(**fields))

    assert response.context["alike"] == [known]
    assert all_patients(clinic) == [known]

    physician.post(NEW, form(**fields, confirmed="yes"))
    assert len(all_patients(clinic)) == 2


@pytest.mark.parametrize("names", [("Yılmaz", "Ayşe"), ("AYSE", "yilmaz")])
def test_a_mistyped_date_of_birth_does_not_hide_the_same_name(names, clinic, physician):
    ayse = {"family_name": "Yılmaz", "given_name": "Ayşe"}
    known = add_patient(clinic, physician.user, **ayse, birth_date="1979-03-14")
    near = add_patient(
        clinic, physician.user, family_name="Yılmas", given_name="Ayşe", birth_date="1979-03-15"
    )
    typed = {"family_name": names[0], "given_name": names[1], "birth_date": "15.03.1979"}

    response = physician.post(NEW, form(**typed))

    assert response.context["alike"] == [near, known]
    assert response.content.decode().count("Same name, another date of birth") == 1
    assert len(all_patients(clinic)) == 2

    physician.post(NEW, form(**typed, confirmed="yes"))
    assert len(all_patients(clinic)) == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"birth_date": "15.03.1979", "family_name": "Yılmas"},
        {"family_name": "Georgiou", "given_name": "Nikos"},
    ],
)
def test_somebody_else_is_added_at_once(fields, clinic, physician):
    add_patient(
        clinic, physician.user, family_name="Yılmaz", given_name="Ayşe", birth_date="1979-03-14"
    )

    physician.post(NEW, form(**fields))

    assert len(all_patients(clinic)) == 2


def test_another_clinics_patient_is_nobody_alike(client_of, other_clinic, clinic, physician):
    add_patient(clinic, physician.user, family_name="Yılmaz", given_name="Ayşe")
    client = client_of("front-desk", at=other_clinic)

    client.post(NEW, form())

    assert len(all_patients(other_clinic)) == 1


def test_a_number_that_somebody_has_is_refused_at_its_field(clinic, physician):
    add_patient(clinic, physician.user, number="A1")

    response = physician.post(NEW, form(number="A1"))

    assert response.status_code == 200
    assert "Another patient already has this record number." in response.content.decode()
    assert len(all_patients(clinic)) == 1


def test_changes_are_saved(clinic, physician, patient):
    url = reverse("consultations:edit-patient", args=[patient.pk])

    response = physician.post(url, form(version=1, number=patient.number))

    assert response.status_code == 302
    assert [str(row) for row in all_patients(clinic)] == ["Yılmaz, Ayşe"]


def test_two_editors_the_second_is_told_and_loses_nothing(clinic, physician, patient):
    url = reverse("consultations:edit-patient", args=[patient.pk])
    physician.post(url, form(version=1, number=patient.number, family_name="First"))

    response = physician.post(url, form(version=1, number=patient.number, family_name="Second"))

    page = response.content.decode()
    assert response.status_code == 409
    assert 'value="Second"' in page
    assert "First, Ayşe" in page
    assert response.context["version"] == 2
    assert [row.family_name for row in all_patients(clinic)] == ["First"]
