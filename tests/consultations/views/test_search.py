"""Finding patients: any order, accents, Turkish and Greek letters, phones, dates; page by page."""

# ruff: noqa: RUF001 - names as people write them

import pytest
from django.urls import reverse

from consultations.listing import PAGE
from tests.consultations.views.rows import add_patient

URL = reverse("consultations:patients")


@pytest.fixture
def people(clinic, physician):
    """One of each whom the searches look for."""
    rows = {
        "isik": {"family_name": "IŞIK", "given_name": "İsmail", "phone": "+90 532 111 22 33"},
        "yilmaz": {"family_name": "Yılmaz", "given_name": "Ayşe Gül", "birth_date": "1979-03-14"},
        "nikos": {"family_name": "ΓΕΩΡΓΊΟΥ", "given_name": "Νίκος"},
        "maryam": {"family_name": "رضایی", "given_name": "مریم"},
        "soren": {"family_name": "Øberg", "given_name": "Søren", "number": "00008"},
        "ali": {"family_name": "کریمی", "given_name": "علی\u200cرضا", "phone": "+98 912 000 0999"},
        "odon": {"family_name": "Nagy", "given_name": "Ödön", "number": "A-77"},
    }
    return {key: add_patient(clinic, physician.user, **fields) for key, fields in rows.items()}


def found(client, text):
    response = client.post(URL, {"q": text}, headers={"HX-Request": "true"})
    return {row.pk for row in response.context["page"].rows}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("ışık", "isik"),
        ("isik", "isik"),
        ("IŞIK ismail", "isik"),
        ("İSMAİL", "isik"),
        ("ismail isik", "isik"),
        ("5321112", "isik"),
        ("532 111 22", "isik"),
        ("yilmaz ayse", "yilmaz"),
        ("gül yıl", "yilmaz"),
        ("14.03.1979", "yilmaz"),
        ("1979-03-14 ays", "yilmaz"),
        ("14/3/1979", "yilmaz"),
        ("γεωργιου", "nikos"),
        ("νίκος", "nikos"),
        ("ΝΙΚΟΣ", "nikos"),
        ("رضایی مریم", "maryam"),
        ("odon", "odon"),
        ("soren oberg", "soren"),
        ("Øberg, Søren", "soren"),
        ("00008", "soren"),
        ("رضايي", "maryam"),
        ("كريمي", "ali"),
        ("علیرضا", "ali"),
        ("yilmaz, ayse", "yilmaz"),
        ("a-77", "odon"),
    ],
)
def test_search_finds(text, who, physician, people):
    assert found(physician, text) == {people[who].pk}


@pytest.mark.parametrize(
    "text", ["yilmaz isik", "smail", "31.02.1979", "zzz", "%", "_", "' OR 1=1"]
)
def test_search_finds_nobody(text, physician, people):
    assert found(physician, text) == set()


def test_search_sees_its_own_clinic_only(client_of, other_clinic, people):
    client = client_of("nurse", at=other_clinic)

    assert found(client, "isik") == set()


def test_without_a_text_everybody_stands_there_by_name(physician, people):
    page = physician.get(URL)

    names = [row.family_name for row in page.context["page"].rows]
    assert names == sorted(names)
    assert len(names) == len(people)


def test_nobody_fits_is_said_and_a_new_patient_offered(physician, people):
    page = physician.post(URL, {"q": "nobody"}).content.decode()

    assert "Nobody fits all of these words" in page
    assert reverse("consultations:new-patient") in page


def test_an_empty_clinic_says_so(physician):
    assert "no patients yet" in physician.get(URL).content.decode()


def test_the_answer_to_htmx_is_the_list_alone(physician, people):
    response = physician.post(URL, {"q": "isik"}, headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert "IŞIK" in response.content.decode()


def test_the_text_travels_in_the_body(physician):
    page = physician.get(URL).content.decode()

    assert 'method="post"' in page
    assert "hx-get" not in page


def test_pages_follow_each_other_without_gap_or_repeat(clinic, physician):
    rows = [
        add_patient(clinic, physician.user, family_name="Same", given_name=f"Name{n % 4}")
        for n in range(PAGE * 2 + 3)
    ]
    seen, after, pages = [], "", 0

    while pages == 0 or after:
        response = physician.post(URL, {"q": "same", "after": after})
        page = response.context["page"]
        seen += [row.pk for row in page.rows]
        after = page.more.pk if page.more else ""
        pages += 1

    assert pages == 3
    assert len(seen) == len(set(seen)) == len(rows)
    assert set(seen) == {row.pk for row in rows}


def test_a_full_page_says_that_there_are_more(clinic, physician):
    for _ in range(PAGE + 1):
        add_patient(clinic, physician.user, family_name="Same")

    page = physician.post(URL, {"q": "same"}).content.decode()

    assert "More than these fit" in page
    assert "Show more" in page


@pytest.mark.parametrize("after", ["x", "00000000-0000-0000-0000-000000000000", "1' OR 1=1"])
def test_an_unknown_place_begins_at_the_front(after, physician, people):
    page = physician.post(URL, {"q": "", "after": after}).context["page"]

    assert len(page.rows) == len(people)


def test_today_shows_nobody_until_somebody_is_looked_for(physician, people):
    htmx = {"HX-Request": "true"}

    assert physician.post(URL, {"q": " ", "quick": "yes"}, headers=htmx).content == b""
    assert (
        b"\xc4\xb0smail" in physician.post(URL, {"q": "isik", "quick": "yes"}, headers=htmx).content
    )
