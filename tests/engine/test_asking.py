"""The next question settles what it says, and a folded one changes nothing that is possible."""

import json

import pytest

from tests.engine.cases import answer, concerns, conditions, request, vignettes
from treatments.engine import InvalidRequest
from treatments.engine.asking import asking
from treatments.engine.checks import Ground, check_rules
from treatments.engine.drafts import read_draft
from treatments.explanations import wording_of
from treatments.explanations.safety import levels_of

NO_CONFLICT = "input-conflict"


def asked_of(catalogue, told):
    ground = Ground.of(catalogue, read_draft(catalogue, told))
    return asking(ground, check_rules(ground), levels_of(wording_of(catalogue), ground))


def evaluated(catalogue, told):
    checks = check_rules(Ground.of(catalogue, read_draft(catalogue, told)))
    return {code for code, one in checks.items() if one.evaluated}


def readable(catalogue):
    for case in vignettes()[::2]:
        try:
            yield case["request"], answer(catalogue, case["request"])
        except InvalidRequest:
            continue


def drafts(catalogue):
    """Some worked cases, whole and as they are while nobody has asked much yet."""
    for told, _response in [*readable(catalogue)][::3]:
        yield told
        yield {**told, "conditions": {}}
        yield {key: told[key] for key in ("consulted_on", "patient", "concerns")}


def answers(need, told):
    """The draft with each answer to a question."""
    section, _dot, code = need.partition(".")
    if section == "conditions":
        for one in ("yes", "no"):
            yield {**told, "conditions": {**told.get("conditions", {}), code: one}}
    elif section == "labs":
        unit = {"platelets": "10*9/L", "haemoglobin": "g/dL"}[code]
        for value in (5, 40, 80, 120, 300):
            row = {"test": code, "value": value, "unit": unit, "taken_on": told["consulted_on"]}
            yield {**told, "labs": [*told.get("labs", ()), row]}
    elif section == "medications":
        yield {**told, "medications_reviewed": True}
        yield {
            **told,
            "medications_reviewed": True,
            "medications": [*told.get("medications", ()), aspirin()],
        }
    elif section == "allergies":
        yield {**told, "no_known_allergies": True}
        yield {**told, "allergies": [{"allergen": "egg"}]}


def aspirin():
    return {"medication": "aspirin", "prescribed": False}


def test_an_answer_settles_what_its_question_promised(catalogue):
    """Whatever is answered, never fewer rules are evaluated, and all those that were promised."""
    seen = 0
    for told in drafts(catalogue):
        before = evaluated(catalogue, told)
        for question in asked_of(catalogue, told).questions[:3]:
            reached = set()
            for draft in answers(question.need, told):
                after = evaluated(catalogue, draft)
                assert after >= before | set(question.settles), (question, draft)
                reached |= after - before
                seen += 1
            assert reached or not question.settles
    assert seen > 300


def test_the_question_that_settles_most_stands_first(catalogue):
    for told in drafts(catalogue):
        found = [one for one in asked_of(catalogue, told).questions if not one.blocks]
        now = [len(one.settles) for one in found if not one.need.startswith("labs.")]
        later = [len(one.settles) for one in found if one.need.startswith("labs.")]

        assert now == sorted(now, reverse=True)
        assert later == sorted(later, reverse=True)
        assert [one.need for one in found[: len(now)] if one.need.startswith("labs.")] == []


def test_what_blocks_a_proposal_is_asked_first(catalogue):
    told = request(conditions={}, no_known_allergies=False, medications_reviewed=False)

    first, second, *others = asked_of(catalogue, told).questions

    assert {first.need, second.need} == {"conditions.pregnancy", "conditions.breastfeeding"}
    assert first.blocks
    assert not any(one.blocks for one in others)


@pytest.mark.parametrize(
    ("changes", "need"),
    [
        ({"conditions": conditions(atopy="unknown")}, "conditions.atopy"),
        ({"medications_reviewed": False}, "medications"),
    ],
)
def test_what_was_answered_with_not_known_is_not_asked_again(catalogue, changes, need):
    asked = asked_of(catalogue, request(**changes))
    without = {key: value for key, value in request(**changes).items() if key not in changes}
    anew = asked_of(catalogue, {**without, "conditions": {}})

    assert need not in {one.need for one in asked.questions}
    assert need in {one.need for one in anew.questions}


def test_a_folded_question_changes_nothing_that_is_possible(catalogue):
    """Contradictions apart, which no fold hides: they are told at both their places."""
    seen = 0
    for told, response in readable(catalogue):
        for code in asked_of(catalogue, told).idle:
            for one in ("yes", "no", "unknown"):
                changed = {**told, "conditions": {**told.get("conditions", {}), code: one}}
                after = answer(catalogue, changed)
                if NO_CONFLICT not in {after["status"], response["status"]}:
                    assert possible(after) == possible(response), (told, code, one)
                    seen += 1
    assert seen > 100


def possible(response):
    """What is on offer, and how each treatment stands."""
    areas = [
        (row["area"], [one["status"] for one in row["treatments"]], offered(row["options"]))
        for row in response["areas"]
    ]
    return response["status"], areas


def offered(options):
    """What is done, without the cautions that go with it."""
    return json.dumps([(one["treatments"], one["courses"]) for one in options])


@pytest.mark.parametrize(
    ("changes", "folded"),
    [
        ({"patient": {"sex": "male", "age": 44}}, {"pregnancy", "breastfeeding"}),
        (
            {"conditions": conditions(blood_disorder="yes")},
            {"recent-fever", "thrombocytopenia", "tobacco"},
        ),
        ({"concerns": concerns(("scars", "face"))}, {"atopy", "insulin-dependent-diabetes"}),
    ],
)
def test_what_can_no_longer_matter_folds(catalogue, changes, folded):
    assert asked_of(catalogue, request(**changes)).idle == folded


def test_a_child_is_asked_nothing_more(catalogue):
    asked = asked_of(catalogue, request(patient={"sex": "female", "age": 15}, conditions={}))

    assert (asked.open, asked.questions) == ((), ())
    assert asked.idle == catalogue.vocabulary.conditions


def test_the_answer_that_ruled_a_treatment_out_stays_in_sight(catalogue):
    told = request(conditions=conditions(haematological_malignancy="yes", blood_disorder="yes"))

    idle = asked_of(catalogue, told).idle

    assert not idle & {"haematological-malignancy", "blood-disorder"}
    assert "tobacco" in idle
