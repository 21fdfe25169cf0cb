"""Patients and consultations for page tests, made by the services that make them for real."""

from datetime import date
from itertools import count

from django.urls import reverse
from django_scopes import scope

from consultations.models import Consultation
from consultations.services import intake
from consultations.services.patients import register_patient
from treatments.models import Area, Concern

_numbers = count(1)


def add_patient(clinic, by, **fields):
    known = {
        "family_name": f"Family{next(_numbers)}",
        "given_name": "Given",
        "sex": "female",
        "birth_date": date(1980, 5, 4),
        "phone": "",
        "email": "",
    }
    with scope(clinic=clinic):
        return register_patient(by=by, clinic=clinic, **known | fields)


def add_consultation(clinic, by, patient=None):
    patient = patient or add_patient(clinic, by)
    with scope(clinic=clinic):
        return intake.start_consultation(patient, by=by)


def tell(consultation, section, rows, by, **scalars):
    with scope(clinic=consultation.clinic):
        current = Consultation.objects.get(pk=consultation.pk)
        entries = intake.Entries(sections={section: rows}, scalars=scalars)
        return intake.change_fields(current, entries, by=by, version=current.version)


def concern_rows(number):
    """So many concerns, each in an area of its own."""
    concerns = list(Concern.objects.filter(active=True))
    areas = list(Area.objects.filter(active=True))
    return [
        {"concern": concerns[index // len(areas)], "area": areas[index % len(areas)]}
        for index in range(number)
    ]


def stored(consultation):
    with scope(clinic=consultation.clinic):
        return Consultation.objects.with_facts().get(pk=consultation.pk)


def page_url(consultation, section=""):
    url = reverse("consultations:consultation", args=[consultation.pk])
    return f"{url}#{section}" if section else url


def step_url(consultation, key):
    return reverse("consultations:step", args=[consultation.pk, key])


def sent(section, *rows, version=1, **scalars):
    """A step's form as the physician sends it."""
    data = {
        "version": version,
        f"{section}-TOTAL_FORMS": len(rows),
        f"{section}-INITIAL_FORMS": 0,
        **scalars,
    }
    for index, row in enumerate(rows):
        data |= {f"{section}-{index}-{name}": value for name, value in row.items()}
    return data
