"""Single rows of the catalogue over REST: read, added, changed, deleted, in the draft."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent
from tests.consultations.api.flow import done, made, problems
from tests.treatments.drafted import in_review
from treatments.models import Area, CatalogueChange, Draft, LabTest, Rule
from treatments.services.row_forms import KINDS, found_row, key_of

ROWS = "/api/v1/rows/"
S07 = f"{ROWS}rule/S-07/"


@pytest.fixture
def api(api_of):
    return api_of("curator")


def changed(api, path, body):
    """A change by somebody who has just read the row."""
    return api.patch(path, body, headers={"If-Match": api.get(path)["ETag"]})


def test_every_row_of_every_kind_is_found_by_its_key(db):
    for model in KINDS.values():
        keys = [key_of(row) for row in model._default_manager.all()]
        assert len(set(keys)) == len(keys), model
        assert not [key for key in keys if "/" in key or not key], model
        for row in model._default_manager.all()[:1]:
            assert found_row(model, key_of(row)) == row


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_listed(api, kind):
    rows = done(api.get(f"{ROWS}{kind}/", {"limit": 3}))["results"]

    for row in rows[:1]:
        assert done(api.get(f"{ROWS}{kind}/{row['key']}/")) == row


def test_a_number_is_changed_and_stands_in_the_draft(api):
    before = done(api.get(S07))

    after = done(changed(api, S07, {"wait_days": 10}))

    assert after["form"] == {**before["form"], "wait_days": 10}
    change = CatalogueChange.objects.get()
    assert change.values == {"wait_days": {"old": "7", "new": "10"}}
    assert (change.by, change.draft) == (api.user, Draft.objects.get())
    assert AuditEvent.objects.filter(action="catalogue-changed").count() == 1


def test_what_was_read_can_be_sent_back_and_changes_nothing(api):
    for path in (S07, f"{ROWS}labtest/platelets/", f"{ROWS}formula/firming/"):
        read = api.get(path)
        form = read.json()["form"]

        assert changed(api, path, form)["ETag"] == read["ETag"]
    assert not CatalogueChange.objects.exists()


def test_lines_are_told_whole_and_keep_their_ids(api):
    path = f"{ROWS}labtest/platelets/"
    units = done(api.get(path))["form"]["units"]
    ids = set(LabTest.objects.get(code="platelets").units.values_list("pk", flat=True))

    kept = [{**units[0], "divisor": 3}, *units[1:-1], {"unit": "per drop", "divisor": 2}]
    after = done(changed(api, path, {"units": kept}))["form"]["units"]

    assert {one["unit"] for one in after} == {one["unit"] for one in kept}
    assert len(ids & set(LabTest.objects.get(code="platelets").units.values_list("pk", flat=True)))
    kinds = list(CatalogueChange.objects.order_by("pk").values_list("kind", flat=True))
    assert sorted(kinds) == ["added", "changed", "deleted"]


def test_a_row_is_added_and_deleted(api):
    added = api.post(f"{ROWS}area/", {"code": "elbow", "name": "Elbow"})
    row = made(added)
    assert (row["key"], row["form"]["name"]) == ("elbow", "Elbow")
    path = f"{ROWS}area/elbow/"
    assert added["Location"].endswith(path)

    gone = api.delete(path, headers={"If-Match": added["ETag"]})

    assert gone.status_code == 204
    assert api.get(path).status_code == 404
    assert not Area.objects.filter(code="elbow").exists()


def test_who_comes_second_is_told(api, api_of):
    read = api.get(S07)["ETag"]
    done(changed(api_of("medical-lead"), S07, {"wait_days": 9}))

    late = api.patch(S07, {"wait_days": 10}, headers={"If-Match": read})

    assert (late.status_code, problems(late)) == (412, [("If-Match", "stale")])
    assert late["ETag"] == api.get(S07)["ETag"] != read
    assert Rule.objects.get(code="S-07").wait_days == 9
    for method in (api.patch, api.delete):
        for headers in ({}, {"If-Match": "*"}):
            answer = method(S07, {"wait_days": 10}, headers=headers)
            assert (answer.status_code, problems(answer)) == (
                428,
                [("If-Match", "if_match_required")],
            )
        assert method(S07, {}, headers={"If-Match": '"1"'}).status_code == 412


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        (S07, {"colour": 1}, ("colour", "unknown_key")),
        (S07, {"code": "S-99"}, ("code", "key")),
        (S07, {"title": 7}, ("title", "type")),
        (S07, {"title": ""}, ("title", "blank")),
        (S07, {"wait_days": "soon"}, ("wait_days", "type")),
        (S07, {"wait_days": -1}, ("wait_days", "min_value")),
        *(
            (S07, {"wait_days": days}, ("wait_days", "type"))
            for days in (14.9, True, "1_4", "\u0661\u0664")
        ),
        (S07, {"wait_days": 32_768}, ("wait_days", "max_value")),
        (S07, {"active": 1}, ("active", "type")),
        (S07, {"clauses": [{"value_below": True}]}, ("clauses[0].value_below", "type")),
        (S07, {"statements": "A001"}, ("statements", "type")),
        (S07, {"statements": ["Z9"]}, ("statements", "invalid")),
        (S07, {"treatment": ["x"]}, ("treatment", "type")),
        (S07, {"clauses": ["x"]}, ("clauses", "type")),
        (S07, {"clauses": []}, ("", "incomplete")),
        (S07, {"effects": [{"treatment": "x"}]}, ("effects[0].treatment", "invalid")),
        (
            S07,
            {"effects": [{"treatment": "prp", "effect": "x"}]},
            ("effects[0].effect", "invalid_choice"),
        ),
        (S07, {"effects": [{"rule": "S-05"}]}, ("effects[0].rule", "unknown_key")),
        (f"{ROWS}area/face/", {"parent": "cheeks"}, ("parent", "invalid")),
    ],
)
def test_what_is_wrong_is_named_by_its_path_and_nothing_is_stored(api, path, body, wrong):
    before = api.get(path)["ETag"]

    answer = changed(api, path, body)

    assert answer.status_code == 400
    assert wrong in problems(answer)
    assert api.get(path)["ETag"] == before
    assert not Draft.objects.exists()


def test_a_row_in_use_and_a_draft_in_review_are_conflicts(api):
    used = f"{ROWS}area/face/"
    answer = api.delete(used, headers={"If-Match": api.get(used)["ETag"]})
    assert (answer.status_code, problems(answer)) == (409, [("", "in-use")])

    in_review(api.user)
    answer = changed(api, S07, {"wait_days": 10})
    assert (answer.status_code, problems(answer)) == (409, [("", "in-review")])


@pytest.mark.parametrize("path", ["limb/x/", "rule/S-99/", "goldencase/x/", "release/2026.1/"])
def test_what_is_not_there_is_not_found(api, path):
    assert api.get(f"{ROWS}{path}").status_code == 404
    assert api.get(f"{ROWS}{path.partition('/')[0]}/").status_code in {200, 404}


def test_a_list_costs_the_same_however_long(api):
    costs = []
    for limit in (20, 40):
        with CaptureQueriesContext(connection) as captured:
            done(api.get(f"{ROWS}rule/", {"limit": limit}))
        costs.append(len(captured))
    assert costs[0] == costs[1]
