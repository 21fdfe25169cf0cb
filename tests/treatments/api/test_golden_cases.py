"""Golden cases over REST: read by members, kept by curators, tried on the rows as they stand."""

import pytest

from clinic.models import AuditEvent
from tests.engine.cases import request
from treatments.compiler import current_catalogue
from treatments.models import GoldenCase, Rule
from treatments.services.exporting import export_text
from treatments.services.golden import outcome_of

URL = "/api/v1/golden-cases/"


@pytest.fixture
def curator(api_of):
    return api_of("curator")


def facts(**more):
    return request(**more)


def send(api, **fields):
    return api.post(
        URL, {"code": "sent", "title": "Sent", "request": facts(), **fields}, format="json"
    )


def test_cases_are_listed_and_read(curator):
    listed = curator.get(URL, {"limit": 5}).json()
    first = listed["results"][0]

    assert first["code"] == "acne-scars"
    read = curator.get(f"{URL}{first['code']}/").json()
    assert read == {**first, "request": read["request"], "expected": read["expected"]}
    case = GoldenCase.objects.get(code="acne-scars")
    assert (read["request"], read["expected"]) == (case.request, case.expected)
    assert curator.get(f"{URL}nothing/").status_code == 404


def test_a_case_is_kept_with_what_the_release_in_force_gives(curator):
    answer = send(curator, note="Why it is here.")

    assert answer.status_code == 201
    case = GoldenCase.objects.get(code="sent")
    assert (case.created_by, case.note) == (curator.user, "Why it is here.")
    assert answer.json()["expected"] == case.expected
    assert case.expected["status"] == "evaluated"


def test_a_case_holds_nobodys_identity(curator):
    products = [{"product": "Ada's serum", "ingredients": ["vitamin-c"]}]
    sent = facts(
        patient={"sex": "female", "birth_date": "1979-11-23"},
        clinic={"closed_on": ["2026-03-09"], "products": products},
    )

    answer = send(curator, request=sent)

    kept = GoldenCase.objects.get(code="sent")
    assert answer.json()["request"] == kept.request
    assert kept.request == {
        **sent,
        "patient": {"sex": "female", "age": 46},
        "clinic": {
            "closed_on": ["2026-03-09"],
            "products": [{"product": "product-1", "ingredients": ["vitamin-c"]}],
        },
    }
    assert "Ada" not in str(kept.expected)
    assert "1979" not in export_text()
    assert outcome_of(current_catalogue(), kept.request) == kept.expected


def test_faults_of_the_facts_are_told_by_path(curator):
    wrong = facts(concerns=[{"concern": "x", "area": "face"}])

    answer = send(curator, request={**wrong, "name": "Ada"})

    assert answer.status_code == 400
    assert {one["path"] for one in answer.json()["errors"]} == {
        "request.concerns[0].concern",
        "request.name",
    }
    assert send(curator, request=[]).json()["errors"][0]["path"] == "request"
    assert not GoldenCase.objects.filter(code="sent").exists()


@pytest.mark.parametrize(
    ("fields", "path"),
    [({"code": "A b"}, "code"), ({"title": ""}, "title"), ({"extra": 1}, "extra")],
)
def test_other_faults_too(curator, fields, path):
    answer = send(curator, **fields)

    assert answer.status_code == 400
    assert [one["path"] for one in answer.json()["errors"]] == [path]


def test_a_code_is_used_once(curator):
    send(curator)

    assert send(curator).status_code == 400


def test_cases_are_run_on_the_rows_as_they_stand(curator):
    assert not any(one["changed"] for one in curator.get(f"{URL}run/").json())
    Rule.objects.filter(code="S-07").update(wait_days=10)

    (changed,) = [one for one in curator.get(f"{URL}run/").json() if one["changed"]]

    assert (changed["case"], changed["settled"]) == ("painkiller-last-week", False)
    first = changed["parts"][0]
    assert (first["path"], first["expected"], first["got"]) == (
        "areas[0].options[0].courses[0].maintenance_on",
        "2026-06-01",
        "2026-06-15",
    )


CASE = f"{URL}painkiller-last-week/"


def test_a_case_gets_another_title_or_note(curator):
    before = curator.get(CASE).json()

    titled = curator.patch(CASE, {"title": "Another"}, format="json")
    noted = curator.patch(CASE, {"note": ""}, format="json")

    assert titled.json() == {**before, "title": "Another"}
    assert noted.json() == {**before, "title": "Another", "note": ""}
    assert AuditEvent.objects.filter(action="golden-case-described").count() == 2


@pytest.mark.parametrize(
    ("body", "path"),
    [({"title": ""}, "title"), ({"request": {}}, "request"), ({"active": False}, "active")],
)
def test_nothing_else_of_a_case_changes(curator, body, path):
    answer = curator.patch(CASE, body, format="json")

    assert answer.status_code == 400
    assert [one["path"] for one in answer.json()["errors"]] == [path]
    assert curator.patch(f"{URL}nothing/", {}, format="json").status_code == 404


def test_a_case_goes_out_of_use_and_comes_back(curator):
    gone = curator.post(f"{CASE}retire/")

    assert (gone.status_code, gone.json()["active"]) == (200, False)
    assert curator.get(CASE).json() == gone.json()

    back = curator.post(f"{CASE}return/")

    assert (back.status_code, back.json()) == (200, {**gone.json(), "active": True})
    assert curator.post(f"{URL}nothing/retire/").status_code == 404


def test_a_case_that_the_draft_changes_is_not_retired(curator):
    Rule.objects.filter(code="S-07").update(wait_days=10)

    answer = curator.post(f"{CASE}retire/")

    assert answer.status_code == 409
    assert [one["code"] for one in answer.json()["errors"]] == ["changed"]
    assert GoldenCase.objects.get(code="painkiller-last-week").active


@pytest.mark.parametrize(
    ("role", "read", "kept"),
    [
        ("physician", 200, 403),
        ("nurse", 200, 403),
        ("front-desk", 403, 403),
        ("curator", 200, 201),
        ("medical-lead", 200, 201),
        ("administrator", 200, 403),
        ("integration", 200, 403),
    ],
)
def test_who_reads_and_who_keeps(api_of, role, read, kept):
    api = api_of(role)

    assert api.get(URL).status_code == read
    assert api.get(f"{URL}run/").status_code == read
    assert send(api).status_code == kept
    done = {201: 200}.get(kept, kept)
    assert api.patch(CASE, {"note": "x"}, format="json").status_code == done
    assert api.post(f"{CASE}retire/").status_code == done
    assert api.post(f"{CASE}return/").status_code == done


def test_a_token_that_only_reads_keeps_nothing(api_of):
    assert send(api_of("curator", access="read")).status_code == 403
