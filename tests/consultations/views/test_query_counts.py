"""However many rows a page shows, it asks the database the same number of questions."""

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.consultations.views.rows import (
    add_consultation,
    add_patient,
    concern_rows,
    page_url,
    tell,
)
from treatments.models import (
    Allergen,
    Area,
    AreaFinding,
    Condition,
    Ingredient,
    LabTest,
    Medication,
    Procedure,
)

COUNTS = (1, 3, 30)


def queries(client, url):
    client.get(url)  # what a first request keeps is kept
    with CaptureQueriesContext(
        connection,
    ) as context:
        response = client.get(url)
    assert response.status_code == 200
    return len(context), response


def taken(rows, number):
    return [rows[index % len(rows)] for index in range(number)]


def fill(consultation, by, number):
    """So many rows in each section (in sections of single terms, as many as there are)."""
    areas = list(Area.objects.all())
    day = date(2026, 1, 5)
    sections = {
        "concerns": concern_rows(number),
        "conditions": [
            {"condition": row, "answer": "no"} for row in Condition.objects.all()[:number]
        ],
        "allergies": [{"allergen": row} for row in taken(Allergen.objects.all(), number)],
        "medications": [
            {"medication": row, "prescribed": True}
            for row in taken(Medication.objects.all(), number)
        ],
        "labs": [
            {"test": row, "value": 200, "unit": row.unit, "taken_on": day}
            for row in taken(LabTest.objects.all(), number)
        ],
        "area_findings": [
            {"finding": row, "area": areas[0]} for row in taken(AreaFinding.objects.all(), number)
        ],
        "procedures": [
            {"procedure": row, "area": areas[0]} for row in taken(Procedure.objects.all(), number)
        ],
        "closed_days": [{"day": day + timedelta(days=n)} for n in range(number)],
        "products": [
            {"name": f"Product {n}", "parts": list(Ingredient.objects.all()[:4])}
            for n in range(number)
        ],
    }
    for key, rows in sections.items():
        tell(consultation, key, rows, by)


def test_today_asks_the_same_for_any_number_of_rows(clinic, physician, client_of):
    nurse = client_of("nurse")
    asked, shown = [], 0

    for count in COUNTS:
        while shown < count:
            consultation = add_consultation(clinic, physician.user)
            tell(consultation, "concerns", concern_rows(2), physician.user)
            tell(add_consultation(clinic, nurse.user), "concerns", concern_rows(1), nurse.user)
            shown += 1
        number, response = queries(physician, "/")
        assert len(response.context["open_consultations"]) == count
        assert len(response.context["others_today"]) == count
        asked.append(number)

    assert len(set(asked)) == 1, asked
    assert asked[0] <= 13  # two of them for the trace of whom it shows


def test_patient_list_asks_the_same_for_any_number_of_rows(clinic, physician):
    asked, made = [], 0

    for count in COUNTS:
        while made < count:
            add_patient(clinic, physician.user)
            made += 1
        number, response = queries(physician, reverse("consultations:patients"))
        assert len(response.context["page"].rows) == min(count, 25)
        asked.append(number)

    assert len(set(asked)) == 1, asked
    assert asked[0] <= 6


def test_patient_page_asks_the_same_for_any_number_of_rows(clinic, physician, patient):
    asked, made = [], 0

    for count in COUNTS:
        while made < count:
            tell(
                add_consultation(clinic, physician.user, patient),
                "concerns",
                concern_rows(2),
                physician.user,
            )
            made += 1
        number, response = queries(physician, reverse("consultations:patient", args=[patient.pk]))
        assert len(response.context["consultations"]) == count
        asked.append(number)

    assert len(set(asked)) == 1, asked
    assert asked[0] <= 11


def test_consultation_page_asks_the_same_for_any_number_of_rows(clinic, physician, consultation):
    url = page_url(consultation)
    asked = []

    for count in COUNTS:
        fill(consultation, physician.user, count)
        asked.append(queries(physician, url)[0])

    assert len(set(asked)) == 1, asked
