"""Days, names of fields and labels within sentences, as the language in use writes them."""

# ruff: noqa: RUF001 - as people write them

import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation
from django_scopes import scope

from clinic.text import lowered
from consultations.carried import faults
from consultations.differences import as_dates, groups
from consultations.errors import Fault
from consultations.flow import missing
from consultations.services import carrying, prescribers
from tests.consultations.made import facts_of, proposed, signed
from tests.engine.cases import medicine
from treatments.explanations import wording_of

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
IN_PERSIAN = "۲ مارس ۲۰۲۶ (۱۱ اسفند ۱۴۰۴)"


@pytest.fixture
def persian(physician):
    physician.cookies["django_language"] = "fa"
    return physician


def words(response):
    return " ".join(response.content.decode().split())


def test_a_carried_answer_tells_its_day_in_both_calendars(persian, clinic):
    source = signed(clinic, persian.user).consultation
    patient = reverse("consultations:patient", args=[source.patient_id])
    assert IN_PERSIAN in words(persian.get(patient))

    with scope(clinic=clinic):
        copy = carrying.start_from(source, by=persian.user)
    page = words(persian.get(reverse("consultations:consultation", args=[copy.pk])))

    assert f"مربوط به {IN_PERSIAN}" in page
    assert page.count(IN_PERSIAN) == 2  # where it came from, and the answer
    with translation.override("fa"):
        told = {str(one.message) for one in faults(facts_of(copy))}
    assert all(IN_PERSIAN in one for one in told)


def test_a_question_tells_its_days_in_both_calendars(persian, clinic):
    taken = [medicine("warfarin", prescribed=True, ongoing=True)]
    proposal = proposed(clinic, persian.user, medications=taken)
    with scope(clinic=clinic):
        (question,) = prescribers.ask_prescriber(
            proposal.consultation,
            rule="S-08",
            places=[("face", "mesotherapy")],
            text="Anything against it?",
            by=persian.user,
        )

    for address in (
        reverse("consultations:today"),
        reverse("consultations:answer-prescriber", args=[question.pk]),
        reverse("consultations:proposal", args=[proposal.consultation_id]),
    ):
        page = words(persian.get(address, follow=True))
        assert re.search(r"[۰-۹]+ \w+ ۲۰[۰-۹]{2} \([۰-۹]+ \w+ ۱۴[۰-۹]{2}\)", page), address


def test_days_of_templates_are_told_by_one_module():
    """A filter of Django's own knows neither local digits nor the Solar Hijri calendar."""
    own = re.compile(r"""\|date:["'](?!Y-m-d["']|M["'])""")

    found = [path.name for path in TEMPLATES.rglob("*.html") if own.search(path.read_text("utf-8"))]

    assert found == []


@pytest.mark.parametrize(
    ("language", "path", "told"),
    [
        ("en", "medications[1].last_taken_on", "row 2, Last dose on"),
        ("tr", "medications[1].last_taken_on", "satır 2, Son doz tarihi"),
        ("fa", "medications[0].last_taken_on", "ردیف ۱، تاریخ آخرین نوبت مصرف"),
        ("en", "clinic.closed_on[0]", "row 1"),
        ("en", "clinic.products[0].product", "row 1, Product"),
        ("en", "clinic.products[2].ingredients[1]", "row 3, Ingredients"),
        ("en", "labs[0].no_such", "row 1"),
        ("en", "consulted_on", ""),
    ],
)
def test_a_field_is_called_as_its_form_calls_it(language, path, told):
    with translation.override(language):
        (line,) = missing([Fault(path=path, code="required", message="x")])

    assert line.row == told


@pytest.mark.parametrize(
    ("language", "label", "told"),
    [("tr", "İki", "iki"), ("tr", "Işık", "ışık"), ("en", "Ill", "ill"), ("el", "Όχι", "όχι")],
)
def test_a_label_within_a_sentence_is_in_the_languages_own_small_letters(language, label, told):
    with translation.override(language):
        assert lowered(label) == told


def test_a_referral_is_told_by_its_name(catalogue):
    code, row = next(
        (one["code"], one) for one in catalogue.document["referrals"] if one["name"] != one["code"]
    )
    area = {"area": "face", "status": "refer", "treatments": [], "options": []}
    answer = {"status": "evaluated", "missing": []}
    before = {**answer, "areas": [{**area, "refer_to": None}]}
    after = {**answer, "areas": [{**area, "refer_to": code}]}

    (_whole, told) = groups_of(catalogue, before, after)

    assert told == row["name"]


def groups_of(catalogue, before, after):
    (group,) = groups(wording_of(catalogue), before, after, day=as_dates)
    (line,) = group.lines
    return line.label, line.after
