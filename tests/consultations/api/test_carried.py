"""Starting from the last consultation over REST, and confirming what came along."""

import pytest

from tests.consultations.api import flow


@pytest.fixture
def api(api_of):
    return api_of("physician")


@pytest.fixture
def last(api):
    """A signed consultation."""
    row = flow.consultation(
        api,
        conditions={
            "pregnancy": "no",
            "breastfeeding": "no",
            "tobacco": "no",
            "keloid-tendency": "no",
        },
    )
    proposal = flow.proposal(api, of=row["id"])
    flow.decision(api, on=proposal["id"])
    flow.consents(api, on=row["id"])
    flow.signed(api, on=row["id"])
    return row


def start(api, last, **more):
    return api.post(
        flow.CONSULTATIONS, {"patient": last["patient"], "copy_from": last["id"], **more}
    )


def confirm(api, row, *paths, version=None):
    version = version or row["version"]
    where = f"{flow.CONSULTATIONS}{row['id']}/confirm/"
    return api.post(where, {"paths": list(paths)}, headers={"If-Match": f'"{version}"'})


def test_it_starts_with_the_answers_of_the_last_one(api, last):
    row = flow.made(start(api, last))

    day = last["consulted_on"]
    assert row["copied_from"] == last["id"]
    assert row["carried"] == [
        {"path": path, "carried_from": day}
        for path in ("concerns[0]", "conditions.tobacco", "conditions.keloid-tendency")
    ]
    assert [one["code"] for one in row["left_out"]] == ["pregnancy", "breastfeeding"]
    assert row["facts"]["conditions"] == {"tobacco": "no", "keloid-tendency": "no"}
    again = flow.done(api.get(f"{flow.CONSULTATIONS}{row['id']}/"))
    assert (again["carried"], again["left_out"]) == (row["carried"], row["left_out"])


def test_unconfirmed_answers_are_named_by_their_path_when_it_is_proposed(api, last):
    row = flow.made(start(api, last))

    refused = api.post(f"{flow.CONSULTATIONS}{row['id']}/propose/")

    assert refused.status_code == 400
    assert ("conditions.tobacco", "unconfirmed") in flow.problems(refused)


def test_single_answers_and_whole_sections_are_confirmed(api, last):
    row = flow.made(start(api, last))

    one = flow.done(confirm(api, row, "conditions.tobacco"))
    rest = flow.done(confirm(api, one, "conditions", "concerns"))

    assert [mark["path"] for mark in one["carried"]] == [
        "concerns[0]",
        "conditions.keloid-tendency",
    ]
    assert rest["carried"] == []
    assert rest["facts"] == row["facts"]


def test_confirming_needs_the_version_that_was_read(api, last):
    row = flow.made(start(api, last))

    stale = confirm(api, row, "concerns", version=99)
    bare = api.post(f"{flow.CONSULTATIONS}{row['id']}/confirm/", {"paths": ["concerns"]})

    assert (stale.status_code, bare.status_code) == (412, 428)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"paths": ["concerns", "labs"]}, "paths[1]"),
        ({"paths": ["conditions.pregnancy"]}, "paths[0]"),
        ({"paths": []}, "paths"),
        ({}, "paths"),
        ({"paths": [1]}, "paths[0]"),
    ],
)
def test_what_does_not_wait_cannot_be_confirmed(api, last, body, path):
    row = flow.made(start(api, last))

    refused = api.post(
        f"{flow.CONSULTATIONS}{row['id']}/confirm/", body, headers={"If-Match": '"1"'}
    )

    assert refused.status_code == 400
    assert [where for where, _code in flow.problems(refused)] == [path]


def test_it_starts_only_from_this_patients_last_signed_one(api, api_of, other_clinic, last):
    unsigned = flow.consultation(api)
    stranger = flow.patient(api, given_name="Ada", birth_date="1981-01-01")
    abroad = flow.consultation(api_of("physician", at=other_clinic))

    for source in (unsigned, abroad):
        body = {"patient": last["patient"], "copy_from": source["id"]}
        refused = api.post(flow.CONSULTATIONS, body)
        assert flow.problems(refused) == [("copy_from", "does_not_exist")]
    refused = api.post(flow.CONSULTATIONS, {"patient": stranger["id"], "copy_from": last["id"]})
    assert flow.problems(refused) == [("copy_from", "does_not_exist")]
    of_itself = api.post(
        flow.CONSULTATIONS, {"patient": unsigned["patient"], "copy_from": unsigned["id"]}
    )
    assert of_itself.status_code == 409


def test_facts_and_a_source_do_not_go_together(api, last):
    refused = start(api, last, facts=flow.facts())

    assert flow.problems(refused) == [("copy_from", "conflict")]
