import io
import json

import pytest
from django.core.management import CommandError, call_command

from clinic.models import AuditEvent
from treatments.management.commands import load_catalogue
from treatments.models import Area, CatalogueChange, Release, Rule
from treatments.services import publish_release

pytestmark = pytest.mark.django_db

REQUEST = {
    "consulted_on": "2026-01-12",
    "patient": {"sex": "male", "age": 45},
    "concerns": [{"concern": "fine-lines", "area": "face"}],
}
FAULTY = {**REQUEST, "patient": {"sex": "male"}, "surprise": 1}


def run(*args, **options):
    out = io.StringIO()
    status = 0
    try:
        call_command(*args, stdout=out, skip_checks=True, **options)
    except SystemExit as end:
        status = end.code
    return status, out.getvalue()


@pytest.fixture
def evaluate(tmp_path):
    """`evaluate(request)` gives the exit status and what was printed."""

    def ask(given, **options):
        file = tmp_path / "request.json"
        file.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
        status, text = run("evaluate", str(file), **options)
        return status, json.loads(text)

    return ask


def test_catalogue_is_loaded_once_and_left_to_its_curators():
    Area.objects.filter(code="knee").update(name="Knee joint")
    events = AuditEvent.objects.count()

    assert run("load_catalogue") == (0, "Catalogue: already there, nothing changed.\n")

    assert Area.objects.get(code="knee").name == "Knee joint"
    assert [release.key for release in Release.objects.all()] == ["2026.1"]
    assert AuditEvent.objects.count() == events


def test_catalogue_can_be_brought_in_again(make_member):
    curator = make_member("curator")
    Area.objects.filter(code="knee").update(name="Knee joint")

    status, text = run("load_catalogue", again=True, by=curator.username)

    assert status == 0
    assert "0 rows added, 1 changed" in text
    assert Area.objects.get(code="knee").name == "Knee"
    assert Release.objects.count() == 1
    assert [one.by for one in CatalogueChange.objects.all()] == [curator]


@pytest.mark.parametrize("login", [None, "nobody", "left"])
def test_once_there_is_a_release_files_are_brought_in_by_somebody(make_member, tmp_path, login):
    make_member("curator", username="left", is_active=False)
    Area.objects.filter(code="knee").update(name="Knee joint")
    file = tmp_path / "x.json"
    file.write_text('{"treatments.area": [{"code": "knee", "name": "Knee"}]}')

    for command in (("load_catalogue", "--again"), ("import_catalogue", str(file))):
        with pytest.raises(CommandError, match=r"whose edit this is|nobody called"):
            run(*command, by=login)

    assert Area.objects.get(code="knee").name == "Knee joint"
    assert not CatalogueChange.objects.exists()


def test_what_is_wrong_with_the_files_is_told(monkeypatch, make_member):
    files = {"90.json": {"treatments.area": [{"code": "knee", "colour": "red"}]}}
    monkeypatch.setattr(load_catalogue, "_documents", lambda: files)

    with pytest.raises(
        CommandError, match=r"90\.json, area “knee” \(no\. 1\), colour: there is no"
    ):
        run("load_catalogue", again=True, by=make_member("curator").username)


def test_one_request_gives_one_response(evaluate):
    status, response = evaluate(REQUEST)

    assert status == 0
    assert response["status"] == "evaluated"
    assert response["release"]["key"] == "2026.1"


def test_array_gives_an_array_and_faults_stand_in_their_place(evaluate):
    status, (first, second) = evaluate([FAULTY, REQUEST])

    assert status == 2
    assert {(one["path"], bool(one["code"] and one["message"])) for one in first["errors"]} == {
        ("patient", True),
        ("surprise", True),
    }
    assert second["status"] == "evaluated"


def test_empty_array_is_answered_by_one(evaluate):
    assert evaluate([]) == (0, [])


def test_requests_can_come_from_standard_input(monkeypatch):
    body = io.TextIOWrapper(io.BytesIO(json.dumps(REQUEST).encode()))
    monkeypatch.setattr("sys.stdin", body)

    status, text = run("evaluate", "-")

    assert (status, json.loads(text)["status"]) == (0, "evaluated")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": 1} x'])
def test_text_that_is_not_json_is_a_bad_request(text, evaluate):
    status, answer = evaluate(text)

    assert status == 2
    assert [one["path"] for one in answer["errors"]] == [""]


def test_text_that_is_not_utf_8_is_a_bad_request(tmp_path):
    file = tmp_path / "request.json"
    file.write_bytes(json.dumps(REQUEST).encode()[:-1] + b', "x": "\xfc"}')

    status, text = run("evaluate", str(file))

    (told,) = json.loads(text)["errors"]
    assert status == 2
    assert (told["path"], told["code"]) == ("", "encoding")


@pytest.mark.parametrize("text", ["7", "null", '"x"', "[7]", "NaN"])
def test_what_is_no_object_is_a_bad_request(text, evaluate):
    status, answer = evaluate(text)

    (answer,) = answer if isinstance(answer, list) else [answer]
    assert status == 2
    assert [one["path"] for one in answer["errors"]] == [""]


def test_another_release_than_the_current_one(evaluate):
    Rule.objects.filter(code="L-04").update(message="Only from 18 on.")
    publish_release("2026.2", by=None)
    child = {**REQUEST, "patient": {"sex": "male", "age": 12}}

    current, older = evaluate(child), evaluate(child, release="2026.1")

    assert current[1]["release"]["key"] == "2026.2"
    assert current[1]["findings"][0]["message"] == "Only from 18 on."
    assert older[1]["release"]["key"] == "2026.1"
    assert older[1]["findings"][0]["message"] != "Only from 18 on."


def test_unknown_release_and_missing_file_are_told(evaluate):
    with pytest.raises(CommandError, match=r"There is no release 1999\.1"):
        evaluate(REQUEST, release="1999.1")
    with pytest.raises(CommandError, match="cannot be read"):
        run("evaluate", "/nowhere/request.json")
