"""The whole catalogue over REST: out, a dry run, and exactly that applied."""

import pytest

from clinic.models import AuditEvent
from treatments.enums import DraftStatus
from treatments.models import CatalogueChange, Draft, Release, Rule
from treatments.services.exporting import export_text

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
        ("?dry_run=true", {"treatments.release": []}, ("", "invalid")),
        ("?dry_run=true", {"treatments.area": [{"code": "z"}]}, ("", "invalid")),
        ("?dry_run=true", {"treatments.area": [{"code": ["z"]}]}, ("", "invalid")),
        (
            "?dry_run=true",
            {"treatments.area": [{"code": "z", "parent": {"a": 1}}]},
            ("", "invalid"),
        ),
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
    assert problem["message"] == "body, treatments.area knee, x: there is no such field."
