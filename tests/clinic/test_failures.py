"""What cannot be read is refused in words; our own faults are told without what may be broken."""

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.test import Client
from django.urls import reverse
from django.utils import translation

from consultations.views import patients as patient_views

SEARCH = reverse("consultations:patients")
NEW = reverse("consultations:new-patient")
PERSON = {"family_name": "Yılmaz", "given_name": "Ada", "sex": "female"}  # noqa: RUF001
MARKED = "\u202a+90 532\u00a0\u202c"


@pytest.fixture
def physician(client_of):
    return client_of("physician")


@pytest.fixture
def failing(physician, monkeypatch):
    """A browser whose next page is a fault of ours."""

    def fail(*_args, **_kwargs):
        raise RuntimeError("Yılmaz")  # noqa: RUF001

    monkeypatch.setattr(patient_views, "page_of_patients", fail)
    physician.raise_request_exception = False
    return physician


def test_the_page_of_our_own_faults_needs_no_list_of_static_files(failing, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": f"{__name__}.NothingBuilt"},
    }

    page = failing.get(SEARCH)

    text = page.content.decode()
    assert page.status_code == 500
    assert "Something went wrong on our side" in text
    assert "/static/consilium/consilium.css" in text
    assert failing.get(reverse("account")).status_code == 500  # which does look things up


class NothingBuilt(ManifestStaticFilesStorage):
    """As after an unfinished installation."""

    manifest_strict = True

    def read_manifest(self):
        return None


def test_the_page_of_our_own_faults_is_in_the_language_in_use(failing):
    failing.cookies["django_language"] = "fa"

    text = failing.get(SEARCH).content.decode()

    with translation.override("fa"):
        assert translation.gettext("Something went wrong on our side") in text
    assert 'dir="rtl"' in text
    assert "bootstrap.rtl.min.css" in text


def test_a_program_is_told_of_our_own_faults_in_json(api_of, monkeypatch):
    def fail(*_args):
        raise RuntimeError

    monkeypatch.setattr("consultations.api.patients.PatientViewSet.listed", fail)
    api = api_of("physician")
    api.raise_request_exception = False

    answer = api.get("/api/v1/patients/")

    assert answer.status_code == 500
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("", "error")]


@pytest.mark.parametrize("path", ["/api/v1/patients/", "/"])
def test_a_name_that_this_site_does_not_have_starts_no_session(db, path):
    answer = Client().get(path, headers={"Host": "elsewhere.example"})

    assert answer.status_code == 400
    assert not answer.cookies
    if path != "/":
        assert answer.json()["errors"][0]["path"] == "Host"
        assert answer.json()["errors"][0]["code"] == "unknown_host"
    else:
        assert "could not be read" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/api/v1/releases/?release=%00", ["release"]),
        ("/api/v1/patients/?search=a%07&limit=%ED%A0%80", ["search", "limit"]),
        ("/api/v1/patients/?%00=1", ["\N{REPLACEMENT CHARACTER}"]),
        ("/api/v1/patients/%00/", [""]),
    ],
)
def test_a_program_is_told_which_parameter_cannot_be_stored(api_of, address, names):
    answer = api_of("physician").get(address)

    told = [(one["path"], one["code"]) for one in answer.json()["errors"]]
    assert (answer.status_code, told) == (400, [(name, "unstorable") for name in names])


@pytest.mark.parametrize("address", [f"{SEARCH}?after=%00", "/account/?x=%E2%80%AE"])
def test_a_person_is_told_on_a_page(physician, address):
    page = physician.get(address)

    text = page.content.decode()
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "This text cannot be kept" in text
    assert 'href="/"' in text


def test_that_page_gives_back_what_was_typed_into_a_form_that_cannot_show_it(physician):
    sent = {"membership": "Looks \u202e rested", "password": "secret"}

    page = physician.post(reverse("switch-clinic"), sent)

    text = page.content.decode()
    assert page.status_code == 400
    assert "rested" in text
    assert "secret" not in text


def test_a_stranger_is_told_the_same(db):
    assert Client().get("/patients/?q=%00").status_code == 400


@pytest.mark.parametrize("address", [f"{SEARCH}?q=%E2%80%AAIda", "/catalogue/?q=%E2%81%A6face"])
def test_marks_of_direction_in_a_search_are_passed_over(physician, address):
    page = physician.get(address, follow=True)

    assert page.status_code == 200
    assert "\u202a" not in page.content.decode()


def test_a_program_may_search_with_marks_of_direction(api_of):
    api = api_of("physician")
    api.post("/api/v1/patients/", {**PERSON, "phone": "+90 532 111 22 33"})

    answer = api.get("/api/v1/patients/", {"search": "\u202a532111\u202c"})

    assert len(answer.json()["results"]) == 1


@pytest.mark.parametrize("text", ["\u202aada\u202c", "\u200fada", "a\x00da", "+90\u202c 532"])
def test_a_patient_is_found_whatever_was_copied_along(physician, text):
    physician.post(NEW, {**PERSON, "phone": MARKED})

    page = physician.post(SEARCH, {"q": text})

    assert [row.given_name for row in page.context["page"].rows] == ["Ada"]


@pytest.mark.parametrize("text", ["a" * 100_000, "a " * 50_000, "1" * 100_000])
def test_a_search_without_end_is_cut(physician, text):
    assert physician.post(SEARCH, {"q": text}).status_code == 200


def test_refusals_are_written_in_the_language_in_use(physician):
    physician.cookies["django_language"] = "fa"

    page = physician.get("/account/?x=%00")

    assert 'dir="rtl"' in page.content.decode()
