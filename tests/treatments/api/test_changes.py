"""The history of rows over REST, and putting back what one was."""

import pytest

from tests.consultations.api.flow import done, problems
from tests.treatments.drafted import edited, in_review
from treatments.models import CatalogueChange, Rule

CHANGES = "/api/v1/changes/"


@pytest.fixture
def api(api_of):
    return api_of("curator")


def listed(api, **query):
    return done(api.get(CHANGES, query))["results"]


def restored(api, change, **body):
    newest = done(api.get(f"{CHANGES}{change['id']}/"))["newest"]
    return api.post(f"{CHANGES}{change['id']}/restore/", {"seen": newest, **body})


def test_who_changed_what_when_and_in_which_draft(api, api_of):
    lead = api_of("medical-lead")
    draft = edited(api.user, wait_days=10)
    edited(lead.user, wait_days=14)
    edited(lead.user, code="S-05")

    last, first = listed(api, kind="rule", code="S-07")

    assert (first["by"], last["by"]) == (api.user.username, lead.user.username)
    assert (first["draft"], first["what"], first["kind"]) == (draft.key, "changed", "rule")
    assert first["fields_changed"] == [
        {"field": "wait_days", "old": "7", "new": "10", "restorable": True}
    ]
    assert (
        len(listed(api)) == len(listed(api, draft=draft.pk)) == len(listed(api, kind="rule")) == 3
    )
    assert listed(api, draft=draft.pk + 1) == []


def test_one_field_and_the_whole_row_are_put_back(api):
    edited(api.user, wait_days=10)
    edited(api.user, title="Other", wait_days=14)
    change = listed(api, kind="rule", code="S-07")[0]

    row = done(restored(api, change, field="wait_days"))
    assert (row["kind"], row["key"]) == ("rule", "S-07")
    assert (row["form"]["wait_days"], row["form"]["title"]) == (10, "Other")
    done(restored(api, change))

    assert Rule.objects.get(code="S-07").title != "Other"
    assert CatalogueChange.objects.count() == 4, "nothing of the history is undone"


def test_what_cannot_be_put_back_says_why(api):
    edited(api.user, wait_days=10)
    (change,) = listed(api)
    path = f"{CHANGES}{change['id']}/restore/"

    assert problems(api.post(path, {})) == [("seen", "required")]
    assert problems(restored(api, change, field="colour")) == [("", "history")]
    edited(api.user, wait_days=12)
    stale = api.post(path, {"seen": change["id"]})
    assert (stale.status_code, problems(stale)) == (409, [("", "stale")])
    done(restored(api, change))
    same = restored(api, change)
    assert (same.status_code, problems(same)) == (409, [("", "same")])
    in_review(api.user, code="S-05")
    answer = restored(api, change)
    assert (answer.status_code, problems(answer)) == (409, [("", "in-review")])


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"kind": "limb"}, ("kind", "unknown_value")),
        ({"code": "S-07"}, ("kind", "unknown_value")),
        ({"draft": "x"}, ("draft", "invalid")),
        ({"draft": "9" * 30}, ("draft", "invalid")),
    ],
)
def test_filters_are_from_a_list(api, query, wrong):
    answer = api.get(CHANGES, query)

    assert (answer.status_code, problems(answer)) == (400, [wrong])


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999"])
def test_a_change_that_is_not_there_is_not_found(api, key):
    assert api.get(f"{CHANGES}{key}/").status_code == 404
    assert api.get(CHANGES, {"kind": "rule", "code": "S-99"}).status_code == 404
