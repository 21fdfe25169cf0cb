"""The whole catalogue over REST: out, a dry run, and exactly that applied."""

import pytest

from clinic.models import AuditEvent
from treatments.enums import DraftStatus
from treatments.models import Area, CatalogueChange, Draft, GoldenCase, Release, Rule
from treatments.services.downloads import DOWNLOADS
from treatments.services.exporting import export_text
from treatments.services.uploads import LARGEST

EXPORT, IMPORT = "/api/v1/catalogue/export/", "/api/v1/catalogue/import/"
WAIT_10 = {"treatments.rule": [{"code": "S-07", "wait_days": 10}]}


@pytest.fixture
def api(api_of):
    return api_of("curator")


def problems(answer):
    return [(one["path"], one["code"]) for one in answer.json()["errors"]]


def test_export_gives_the_file(api):
    answer = api.get(EXPORT)

    assert answer.content.decode() == export_text()
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="catalogue.json"'
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(action="catalogue-exported").count() == 1


def test_what_was_exported_can_be_sent_back(api):
    answer = api.post(f"{IMPORT}?dry_run=true", api.get(EXPORT).json())

    body = answer.json()
    assert answer.status_code == 200
    assert (body["added"], body["changed"], body["changes"]) == (0, 0, [])
    assert body["unchanged"] > 700


def test_dry_run_then_exactly_that(api):
    trial = api.post(f"{IMPORT}?dry_run=true", WAIT_10).json()

    assert trial["applied"] is False
    assert trial["changes"] == [
        {
            "kind": "changed",
            "model": "treatments.rule",
            "row": str(Rule.objects.get(code="S-07")),
            "part_of": "",
            "values": {"wait_days": {"old": "7", "new": "10"}},
        }
    ]
    assert Rule.objects.get(code="S-07").wait_days == 7

    done = api.post(f"{IMPORT}?digest={trial['digest']}", WAIT_10)

    assert done.json() == {**trial, "applied": True}
    assert Rule.objects.get(code="S-07").wait_days == 10
    assert CatalogueChange.objects.get().by == api.user


def test_a_file_hides_no_golden_case_from_the_draft(api):
    case = GoldenCase.objects.get(code="painkiller-last-week")
    hidden = {"treatments.goldencase": [{"code": case.code, "active": False}]}

    answer = api.post(f"{IMPORT}?dry_run=true", {**WAIT_10, **hidden})

    assert answer.status_code == 400
    (fault,) = answer.json()["errors"]
    assert fault["path"].endswith("active"), fault
    case.refresh_from_db()
    assert case.active


def test_applying_needs_the_digest_of_what_was_shown(api):
    trial = api.post(f"{IMPORT}?dry_run=true", WAIT_10).json()
    other = {"treatments.rule": [{"code": "S-07", "wait_days": 11}]}

    assert problems(api.post(IMPORT, WAIT_10)) == [("digest", "required")]
    changed_file = api.post(f"{IMPORT}?digest={trial['digest']}", other)
    Rule.objects.filter(code="S-07").update(wait_days=8)
    changed_row = api.post(f"{IMPORT}?digest={trial['digest']}", WAIT_10)

    for answer in (changed_file, changed_row):
        assert (answer.status_code, problems(answer)) == (409, [("", "moved")])
    assert Rule.objects.get(code="S-07").wait_days == 8
    assert not Draft.objects.exists()


def test_refused_in_review(api):
    Draft.objects.create(key="2026.2", base=Release.objects.get(), status=DraftStatus.IN_REVIEW)

    answer = api.post(f"{IMPORT}?dry_run=true", WAIT_10)

    assert (answer.status_code, problems(answer)) == (409, [("", "in-review")])


@pytest.mark.parametrize(
    ("query", "body", "found"),
    [
        ("?dry_run=yes", WAIT_10, ("dry_run", "invalid")),
        ("?dry_run=true", [], ("", "type")),
        ("?dry_run=true", {"treatments.release": []}, ("treatments.release", "unknown_kind")),
        (
            "?dry_run=true",
            {"treatments.area": [{"code": "z"}]},
            ("treatments.area[0].name", "invalid"),
        ),
        (
            "?dry_run=true",
            {"treatments.area": [{"code": ["z"]}]},
            ("treatments.area[0]", "required"),
        ),
        (
            "?dry_run=true",
            {"treatments.area": [{"code": "z", "parent": {"a": 1}}]},
            ("treatments.area[0].parent", "invalid"),
        ),
        (
            "?dry_run=true",
            {"treatments.area": [{"code": "knee"}, {"code": "knee"}]},
            ("treatments.area[1].code", "duplicate"),
        ),
        (
            "?dry_run=true",
            {"treatments.rule": [{"code": "S-05", "effects": [{"treatment": "x"}]}]},
            ("treatments.rule[0].effects[0].treatment", "invalid"),
        ),
        ("?dry_run=true&table=areas", WAIT_10, ("table", "table")),
        ("?force=true", WAIT_10, ("force", "unknown_parameter")),
    ],
)
def test_what_is_wrong_is_a_400(api, query, body, found):
    answer = api.post(f"{IMPORT}{query}", body)

    assert answer.status_code == 400
    assert found in problems(answer)


def test_a_fault_says_where_it_is(api):
    answer = api.post(f"{IMPORT}?dry_run=true", {"treatments.area": [{"code": "knee", "x": 1}]})

    (problem,) = answer.json()["errors"]
    assert problem["message"] == "body, area “knee” (no. 1), x: there is no such field."


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sent(api, query, data, media_type="text/csv"):
    return api.generic("POST", f"{IMPORT}{query}", data, content_type=media_type)


@pytest.mark.parametrize("name", DOWNLOADS)
def test_each_file_goes_out_and_comes_back(api, name):
    """What was exported changes nothing, whichever file it is."""
    given = api.get(f"{EXPORT}{name}/")
    media_type, query = given["Content-Type"].partition(";")[0], "?dry_run=true"
    query += f"&table={name.removesuffix('.csv')}" if name.endswith(".csv") else ""

    answer = sent(api, query, given.content, media_type)

    assert given["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.status_code == 200, answer.content
    assert (answer.json()["added"], answer.json()["changed"]) == (0, 0)


def test_a_file_that_is_none_of_ours_is_not_found(api):
    assert api.get(f"{EXPORT}limbs.csv/").status_code == 404


def test_a_table_is_shown_and_then_applied(api):
    table = "code;name\nknee;Knee joint\n".encode("utf-8-sig")

    trial = sent(api, "?table=areas&dry_run=true", table).json()
    assert Area.objects.get(code="knee").name == "Knee"
    done = sent(api, f"?table=areas&digest={trial['digest']}", table)

    assert (trial["changed"], trial["applied"], done.json()["applied"]) == (1, False, True)
    assert Area.objects.get(code="knee").name == "Knee joint"


@pytest.mark.parametrize(
    ("media_type", "query", "data", "found"),
    [
        ("text/csv", "", b"code\nknee\n", {"path": "table", "code": "table"}),
        ("text/csv", "&table=limbs", b"code\nknee\n", {"path": "table", "code": "table"}),
        ("text/csv", "&table=areas", b"", {"path": "", "code": "empty"}),
        ("text/csv", "&table=areas", b"code\n\xff\n", {"path": "", "code": "encoding"}),
        (
            "text/csv",
            "&table=areas",
            b"code,name\nknee,Knee\nelbow\n",
            {"path": "areas", "code": "cut_short", "row": 3, "column": "name"},
        ),
        (
            "text/csv",
            "&table=areas",
            b"code,name\nknee,=1\n",
            {"path": "areas", "code": "formula", "row": 2, "column": "name"},
        ),
        (
            "text/csv",
            "&table=areas",
            b"code,name,parent\nknee,Knee,leg\n",
            {"path": "areas", "code": "invalid", "row": 2, "column": "parent"},
        ),
        (
            "text/csv",
            "&table=areas",
            b"code,colour\n",
            {"path": "areas", "code": "unknown_column", "row": 1, "column": "colour"},
        ),
        (WORKBOOK, "", b"PK", {"path": "", "code": "archive"}),
        ("application/zip", "", b"PK", {"path": "", "code": "archive"}),
    ],
)
def test_a_bad_file_says_where_and_changes_nothing(api, media_type, query, data, found):
    before = export_text()

    answer = sent(api, f"?dry_run=true{query}", data, media_type)

    assert answer.status_code == 400
    (problem,) = answer.json()["errors"]
    assert {key: problem[key] for key in found} == found
    assert export_text() == before


def test_other_kinds_of_files_and_longer_ones_are_refused(api):
    assert sent(api, "?dry_run=true", b"x", "text/plain").status_code == 415
    long = sent(api, "?dry_run=true&table=areas", b"x" * (LARGEST + 1))
    assert (long.status_code, problems(long)) == (413, [("", "too_large")])
