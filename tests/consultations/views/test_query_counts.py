"""However many rows a page shows, it asks the database the same number of questions."""

import re
from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from consultations.services.intake import replace_facts, start_consultation
from consultations.services.plans import mark_session
from consultations.services.proposals import propose
from tests.consultations.made import accept, sign, signed
from tests.consultations.views.rows import (
    add_consultation,
    add_patient,
    concern_rows,
    page_url,
    tell,
)
from tests.engine.cases import DAY, request
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
MANY = (1, 3, 35)


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


def test_today_shows_every_session_of_the_day(clinic, physician, monkeypatch):
    plan = signed(clinic, physician.user)
    with scope(clinic=clinic):
        day = plan.sessions.first().planned_on
    monkeypatch.setattr(timezone, "localdate", lambda *_args: day)
    asked, shown = [], 1

    for count in MANY:
        while shown < count:
            signed(clinic, physician.user)
            shown += 1
        number, response = queries(physician, "/")
        rows = response.context["sessions"]
        assert len(rows) == count
        assert [str(row.plan.patient) for row in rows] == sorted(
            str(row.plan.patient) for row in rows
        )
        page = response.content.decode()
        assert [row for row in rows if str(row.plan.patient) not in page] == []
        assert f"({count})" in page
        asked.append(number)

    assert len(set(asked)) == 1, asked


def test_today_leads_to_sessions_of_days_before_that_nobody_marked(clinic, physician, monkeypatch):
    plan = signed(clinic, physician.user)
    with scope(clinic=clinic):
        days = {row.planned_on for row in plan.sessions.all()}
    monkeypatch.setattr(timezone, "localdate", lambda *_args: max(days) + timedelta(days=1))
    asked, shown = [], 1

    for count in COUNTS:
        while shown < count:
            signed(clinic, physician.user)
            shown += 1
        number, response = queries(physician, "/")
        rows = response.context["unmarked"]
        assert len(rows) == min(count * len(days), 20)
        assert [row.planned_on for row in rows] == sorted(
            (row.planned_on for row in rows), reverse=True
        )
        assert ("Earlier ones follow" in response.content.decode()) is (count * len(days) > 20)
        asked.append(number)

    with scope(clinic=clinic):
        mark_session(rows[0], status="done", by=physician.user)
    left = physician.get("/").context["unmarked"]
    assert rows[0] not in left
    assert len(left) == 20
    assert len(set(asked)) == 1, asked


def test_today_leads_to_every_open_consultation(clinic, physician):
    made = {add_consultation(clinic, physician.user).pk for _ in range(65)}

    address, seen, asked = "/", [], []
    while address:
        number, response = queries(physician, address)
        seen += [row.pk for row in response.context["open_consultations"]]
        page = response.content.decode()
        assert all(page_url(row) in page for row in response.context["open_consultations"])
        link = re.search(r'href="(/\?after=[^"#]+)#open">Earlier consultations', page)
        assert ("To the newest" in page) is (address != "/")
        address = link[1] if link else None
        asked.append(number)

    assert len(seen) == len(set(seen)) == 65
    assert set(seen) == made
    assert len(asked) == 3
    assert len(set(asked[1:])) == 1  # to find where to go on
    for odd in ("/?after=x", "/?after=7e57ab1e-0000-4000-8000-000000000000"):
        assert len(physician.get(odd).context["open_consultations"]) == 30


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

    for count in MANY:
        while made < count:
            tell(
                add_consultation(clinic, physician.user, patient),
                "concerns",
                concern_rows(2),
                physician.user,
            )
            made += 1
        number, response = queries(physician, reverse("consultations:patient", args=[patient.pk]))
        assert response.content.decode().count("record-link") == count
        asked.append(number)

    assert len(set(asked)) == 1, asked
    assert asked[0] <= 11


def test_patient_page_shows_every_plan(clinic, physician):
    plan = signed(clinic, physician.user)
    asked, made = [], 1

    for count in MANY:
        while made < count:
            with scope(clinic=clinic):
                row = start_consultation(plan.patient, by=physician.user, consulted_on=DAY)
                row = replace_facts(row, request(), by=physician.user, version=row.version)
                proposal = propose(row, by=physician.user)
            accept(proposal, physician.user)
            plan = sign(proposal, physician.user)
            made += 1
        number, response = queries(
            physician, reverse("consultations:patient", args=[plan.patient_id])
        )
        page = response.content.decode()
        assert len(set(re.findall(r'href="(/plans/[^"]+)"', page))) == count
        asked.append(number)

    assert len(set(asked)) == 1, asked


def test_consultation_page_asks_the_same_for_any_number_of_rows(clinic, physician, consultation):
    url = page_url(consultation)
    asked = []

    for count in COUNTS:
        fill(consultation, physician.user, count)
        asked.append(queries(physician, url)[0])

    assert len(set(asked)) == 1, asked
