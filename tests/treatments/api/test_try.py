"""Trying the draft beside the release in force, over REST; nothing is stored."""

import pytest

from clinic.models import AuditEvent
from tests.consultations.api.flow import done, problems
from tests.treatments.api.test_drafts import FACTS
from tests.treatments.drafted import edited
from treatments.services.exporting import export_text
from treatments.services.golden import add_case

TRY = "/api/v1/try/"


@pytest.fixture
def api(api_of):
    return api_of("curator")


def test_without_a_draft_both_sides_say_the_same(api):
    answer = done(api.post(TRY, {"facts": FACTS}))

    assert (answer["release"], answer["draft"], answer["changed"]) == ("2026.1", None, False)
    assert answer["differences"] == []
    assert answer["current_outcome"] == answer["draft_outcome"]


def test_facts_and_a_case_are_answered_side_by_side(api):
    case = add_case(code="painkiller", title="Ibuprofen", request=FACTS, by=api.user)
    draft = edited(api.user, wait_days=14)
    before = export_text(), AuditEvent.objects.count()

    of_facts = done(api.post(TRY, {"facts": FACTS}))
    of_case = done(api.post(TRY, {"case": case.code}))

    assert of_facts == of_case
    assert (of_facts["draft"], of_facts["changed"]) == (draft.key, True)
    assert of_facts["differences"]
    assert all(one["current"] != one["draft"] for one in of_facts["differences"])
    assert of_facts["current_outcome"]["areas"] != of_facts["draft_outcome"]["areas"]
    assert (export_text(), AuditEvent.objects.count()) == before


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ("", "either")),
        ({"facts": FACTS, "case": "x"}, ("", "either")),
        ({"case": "x"}, ("case", "invalid")),
        ({"facts": []}, ("facts", "type")),
        ({"facts": {**FACTS, "concerns": [{"concern": "x", "area": "face"}]}}, None),
        ({"rule": "x"}, ("rule", "unknown_key")),
    ],
)
def test_what_is_wrong_is_named_by_its_path(api, body, wrong):
    answer = api.post(TRY, body)

    assert answer.status_code == 400
    if wrong:
        assert problems(answer) == [wrong]
    else:
        assert problems(answer)[0][0] == "facts.concerns[0].concern"


def test_a_draft_that_cannot_be_evaluated_is_a_conflict(api):
    edited(api.user, scope="all")

    answer = api.post(TRY, {"facts": FACTS})

    assert answer.status_code == 409
    assert {code for _path, code in problems(answer)} == {"not_evaluable"}
