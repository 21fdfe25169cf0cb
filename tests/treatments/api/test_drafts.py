"""Drafts over REST: the same two people, the same refusals, as JSON."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import AuditEvent
from tests.conftest import PASSWORD
from tests.consultations.api.flow import problems
from tests.treatments.drafted import edited
from treatments.compiler import current_release
from treatments.models import (
    Draft,
    GoldenCase,
    Release,
    ReleaseActivation,
    ReleaseApproval,
    Rule,
    RuleApproval,
)
from treatments.services.cases import retire_case
from treatments.services.golden import add_case

SIGNED = {"password": PASSWORD}
DRAFTS, RELEASES = "/api/v1/drafts/", "/api/v1/releases/"
FACTS = {
    "consulted_on": "2026-01-12",
    "patient": {"sex": "male", "age": 45},
    "concerns": [{"concern": "fine-lines", "area": "face"}],
    "no_known_allergies": True,
    "medications_reviewed": True,
    "medications": [
        {"medication": "ibuprofen", "prescribed": False, "last_taken_on": "2026-01-11"}
    ],
}


@pytest.fixture
def curator(api_of):
    return api_of("curator")


@pytest.fixture
def lead(api_of):
    return api_of("medical-lead")


def read(api, path):
    answer = api.get(path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def done(api, path, body=None, **headers):
    answer = api.post(path, body or {}, headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def said(answer):
    """(status, what is wrong where)."""
    return answer.status_code, problems(answer)


def path_of(draft):
    return f"{DRAFTS}{draft.pk}/"


def submitted(curator, draft):
    warnings = [
        one["id"] for one in read(curator, f"{path_of(draft)}lint/") if one["severity"] == "warning"
    ]
    return done(curator, f"{path_of(draft)}submit/", {"acknowledged": warnings})


def test_without_an_edit_there_is_no_current_draft(curator):
    assert said(curator.get(f"{DRAFTS}current/")) == (404, [("", "not_found")])
    assert read(curator, DRAFTS)["results"] == []


def test_a_draft_goes_its_way_to_a_release(curator, lead):
    draft = edited(curator.user)
    here = path_of(draft)

    found = read(curator, f"{DRAFTS}current/")
    assert (found["id"], found["status"], found["base"], found["edits"]) == (
        draft.pk,
        "draft",
        "2026.1",
        1,
    )
    assert found["missing_for_submitting"] == []
    diff = read(curator, f"{here}diff/")
    (change,) = [one for group in diff["groups"] for one in group["changes"]]
    assert (diff["against"], diff["counts"]["changed"], change["code"]) == ("2026.1", 1, "S-07")
    assert [one["field"] for one in change["fields"]] == ["title"]

    state = submitted(curator, draft)
    assert (state["status"], state["submitted_by"]) == (
        "in-review",
        curator.user.get_username(),
    )
    assert read(lead, here)["missing_for_publishing"] == []
    published = done(lead, f"{here}publish/", {**SIGNED, "note": "Read."})

    assert (published["status"], published["release"]) == ("published", draft.key)
    assert current_release().key == draft.key
    assert read(curator, f"{here}diff/")["groups"] == diff["groups"], "it stays to be read"
    assert read(lead, f"{RELEASES}current/")["approved"] is True
    assert [one["id"] for one in read(curator, DRAFTS)["results"]] == [draft.pk]


def test_nobody_publishes_what_they_wrote(lead):
    draft = edited(lead.user)
    submitted(lead, draft)

    answer = lead.post(f"{path_of(draft)}publish/", {**SIGNED, "note": "Mine."})

    assert said(answer) == (403, [("", "self")])
    assert AuditEvent.objects.filter(action="approve-own-draft", outcome="refused").count() == 1
    assert Release.objects.count() == 1


def test_what_does_not_go_with_the_state_is_a_conflict(curator, lead):
    draft = edited(curator.user)
    here = path_of(draft)

    assert said(lead.post(f"{here}publish/", {**SIGNED, "note": "x"})) == (409, [("", "state")])
    assert said(lead.post(f"{here}send-back/", {"note": "x"})) == (409, [("", "state")])
    assert said(curator.post(f"{here}submit/", {})) == (409, [("", "unacknowledged")])
    submitted(curator, draft)
    assert said(curator.post(f"{here}submit/", {})) == (409, [("", "state")])
    done(lead, f"{here}send-back/", {"note": "Which painkillers?"})
    done(curator, f"{here}withdraw/")
    for part in ("diff", "lint", "golden", "rules"):
        assert said(curator.get(f"{here}{part}/")) == (409, [("", "state")])
    assert Rule.objects.get(code="S-07").title != "Painkillers before mesotherapy"


def test_an_error_keeps_a_draft_from_review(curator):
    draft = edited(curator.user, scope="all")

    answer = curator.post(f"{path_of(draft)}submit/", {})

    assert answer.status_code == 409
    assert {one["code"] for one in answer.json()["errors"]} == {"lint-errors"}
    found = read(curator, f"{path_of(draft)}lint/")
    assert ("error", "S-07") in {(one["severity"], one["code"]) for one in found}


@pytest.mark.parametrize(
    ("step", "body", "wrong"),
    [
        ("publish", SIGNED, [("note", "required")]),
        ("publish", {**SIGNED, "note": " "}, [("note", "blank")]),
        ("publish", {**SIGNED, "note": 1}, [("note", "invalid")]),
        ("publish", {**SIGNED, "note": "x", "effective_at": "soon"}, [("effective_at", "invalid")]),
        ("publish", {**SIGNED, "note": "x", "by": "me"}, [("by", "unknown_key")]),
        ("send-back", {}, [("note", "required")]),
        ("submit", {"acknowledged": "all"}, [("acknowledged", "not_a_list")]),
        ("accept-outcome", {"case": "x"}, [("reason", "required")]),
        ("accept-outcome", {"case": "x", "reason": "y"}, [("case", "invalid")]),
        ("approve-rule", SIGNED, [("rule", "required")]),
        ("publish", {"note": "x"}, [("password", "required")]),
        ("publish", {"note": "x", "password": 1}, [("password", "invalid")]),
        ("approve-rule", {"rule": "L-09"}, [("password", "required")]),
    ],
)
def test_what_is_wrong_is_named_by_its_path(curator, lead, step, body, wrong):
    draft = edited(curator.user)

    assert said(lead.post(f"{path_of(draft)}{step}/", body)) == (400, wrong)


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999999", "1.5"])
def test_an_id_that_names_nothing_is_not_found(curator, key):
    assert said(curator.get(f"{DRAFTS}{key}/")) == (404, [("", "not_found")])


def test_a_golden_case_is_accepted_over_the_api(curator, lead):
    case = add_case(code="painkiller", title="Ibuprofen", request=FACTS, by=curator.user)
    draft = edited(curator.user, wait_days=14)
    here = path_of(draft)

    changed = [one for one in read(curator, f"{here}golden/") if one["changed"]]
    mine = next(one for one in changed if one["case"] == case.code)
    assert not mine["settled"]
    assert mine["parts"]
    for one in changed:
        body = {"case": one["case"], "reason": "Two weeks."}
        answer = done(curator, f"{here}accept-outcome/", body)
        assert (answer["settled"], answer["accepted_by"]) == (True, curator.user.get_username())
    assert all(one["settled"] for one in read(lead, f"{here}golden/"))


def test_a_case_that_the_draft_retires_is_tried_and_marked(curator, lead):
    case = GoldenCase.objects.get(code="painkiller-last-week")
    retire_case(case, by=curator.user)
    draft = edited(curator.user, wait_days=10)

    found = {one["case"]: one for one in read(lead, f"{path_of(draft)}golden/")}

    assert {code for code, one in found.items() if not one["in_use"]} == {case.code}
    assert (found[case.code]["changed"], found[case.code]["settled"]) == (True, False)
    missing = read(lead, path_of(draft))["missing_for_publishing"]
    assert any(case.code in text for text in missing)


def test_a_rule_is_approved_over_the_api(curator, lead):
    rule = Rule.objects.filter(kind="contraindication", active=True, origin="literature").first()
    draft = edited(curator.user, code=rule.code, title="Other")
    submitted(curator, draft)
    here = path_of(draft)

    (awaited,) = read(lead, f"{here}rules/")
    assert (awaited["rule"], awaited["approval"]) == (rule.code, None)
    assert said(lead.post(f"{here}publish/", {**SIGNED, "note": "x"})) == (409, [("", "not-ready")])
    assert said(lead.post(f"{here}approve-rule/", {**SIGNED, "rule": "S-01"})) == (
        400,
        [("rule", "invalid")],
    )
    given = done(
        lead, f"{here}approve-rule/", {**SIGNED, "rule": rule.code, "note": "As in the trial."}
    )
    assert given["approved_by"] == lead.user.get_username()
    assert done(lead, f"{here}publish/", {**SIGNED, "note": "Read."})["status"] == "published"


def test_publishing_twice_with_one_key_is_publishing_once(curator, lead):
    draft = edited(curator.user)
    submitted(curator, draft)
    key = {"Idempotency-Key": "publish-it"}

    first = done(lead, f"{path_of(draft)}publish/", {**SIGNED, "note": "Read."}, **key)
    again = done(lead, f"{path_of(draft)}publish/", {**SIGNED, "note": "Read."}, **key)

    assert first == again
    assert Release.objects.count() == 2


def test_a_release_comes_back_and_is_approved_over_the_api(curator, lead):
    draft = edited(curator.user)
    submitted(curator, draft)
    done(lead, f"{path_of(draft)}publish/", {**SIGNED, "note": "Read."})

    back = done(lead, f"{RELEASES}2026.1/activate/", {**SIGNED, "note": "Too strict."})
    assert (back["release"], back["note"]) == ("2026.1", "Too strict.")
    assert current_release().key == "2026.1"
    assert read(lead, f"{RELEASES}2026.1/")["approved"] is False
    done(lead, f"{RELEASES}2026.1/approve/", {**SIGNED, "note": "Read and agreed."})
    assert read(lead, f"{RELEASES}2026.1/")["approved"] is True
    again = lead.post(f"{RELEASES}2026.1/approve/", {**SIGNED, "note": "Twice."})
    assert said(again) == (409, [("", "approved")])
    for moment in ("2020-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        answer = lead.post(f"{RELEASES}2026.1/activate/", {**SIGNED, "effective_at": moment})
        assert said(answer) == (400, [("effective_at", "invalid")])
    assert Draft.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"put_rows_back": True}, 400),
        ({"put_rows_back": False}, 200),
        ({}, 200),
        ({"put_rows_back": True, "effective_at": None}, 200),
        ({"put_rows_back": "yes"}, 400),
    ],
)
def test_rows_are_put_back_at_once_or_not_at_all(curator, lead, body, status):
    draft = edited(curator.user)
    submitted(curator, draft)
    done(lead, f"{path_of(draft)}publish/", {**SIGNED, "note": "Read."})

    later = (timezone.now() + timedelta(days=30)).isoformat()
    answer = lead.post(f"{RELEASES}2026.1/activate/", {**SIGNED, "effective_at": later, **body})

    assert answer.status_code == status
    if status == 400:
        assert [one["path"] for one in answer.json()["errors"]] == ["put_rows_back"]
        assert current_release().key == draft.key


def test_a_draft_answers_to_the_key_of_its_release(curator):
    draft = edited(curator.user)

    assert read(curator, f"{DRAFTS}{draft.key}/")["id"] == draft.pk
    assert read(curator, f"{DRAFTS}{draft.key}/diff/")["against"] == "2026.1"
    assert said(curator.get(f"{DRAFTS}2099.1/"))[0] == 404


def test_a_scheduled_release_is_taken_back_with_its_rows(curator, lead):
    draft = edited(curator.user)
    submitted(curator, draft)
    moment = (timezone.now() + timedelta(days=365)).isoformat()
    later = {**SIGNED, "note": "Read.", "effective_at": moment}
    done(lead, f"{path_of(draft)}publish/", later)
    here = f"{RELEASES}{draft.key}/take-back/"

    assert said(curator.post(here))[0] == 403
    gone = done(lead, here, {**SIGNED, "note": "Not yet."})

    assert (gone["release"], gone["note"], gone["rows"], gone["kept"]) == (
        draft.key,
        "Not yet.",
        1,
        "",
    )
    fates = [one["fate"] for one in read(curator, f"{RELEASES}history/")]
    assert fates == ["taking-back", "taken-back", "current"]
    assert said(lead.post(here, SIGNED)) == (409, [("", "state")])


def test_a_token_in_the_leads_name_decides_nothing_without_the_password(curator, lead):
    rule = Rule.objects.filter(kind="contraindication", active=True, origin="literature").first()
    draft = edited(curator.user, code=rule.code, title="Other")
    submitted(curator, draft)
    here = path_of(draft)
    doors = {
        f"{here}approve-rule/": {"rule": rule.code},
        f"{here}publish/": {"note": "Read."},
        f"{RELEASES}2026.1/approve/": {"note": "Read."},
        f"{RELEASES}2026.1/activate/": {"note": "Again."},
    }

    for door, body in doors.items():
        assert said(lead.post(door, body)) == (400, [("password", "required")]), door
    wrong = [said(lead.post(door, {**body, "password": "x"})) for door, body in doors.items()]
    locked = [said(lead.post(door, {**body, "password": "x"})) for door, body in doors.items()]

    assert wrong == [(400, [("password", "password")])] * len(doors)
    assert locked[-1] == (429, [("", "locked")])
    assert said(lead.post(f"{here}publish/", {**SIGNED, "note": "Read."}))[0] == 429
    assert (Release.objects.count(), ReleaseActivation.objects.count()) == (1, 1)
    assert not RuleApproval.objects.exists()
    assert not ReleaseApproval.objects.exists()
