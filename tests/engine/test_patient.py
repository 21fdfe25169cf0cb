"""The patient as a whole: the first status that applies, and everything that fired."""

import pytest

from tests.engine.cases import (
    answer,
    conditions,
    finding,
    request,
    rule,
    rules,
    statuses,
    treatment,
    unknown,
    with_rules,
)


def asked(sex="female", age=44, **changes):
    return request(patient={"sex": sex, "age": age}, **changes)


CONFLICT = {"allergies": [{"allergen": "latex"}]}
REFER = {"bdd_screen_positive": "yes"}
DEFER = {"systemic_infection": "yes"}


def test_the_first_status_that_applies_decides_and_all_that_fired_is_listed(catalogue):
    everything = conditions(**REFER, **DEFER, tobacco="yes")
    unanswered = {"bdd-screen-positive": "yes"}

    conflict = answer(catalogue, asked(age=17, conditions=everything, **CONFLICT))
    minor = answer(catalogue, asked(age=17, conditions=everything))
    adult = answer(catalogue, asked(conditions=everything))
    deferred = answer(catalogue, asked(conditions=conditions(**DEFER)))
    open_question = answer(catalogue, asked(conditions=unanswered))

    assert conflict["status"] == "input-conflict"
    assert minor["status"] == "not-eligible"
    assert adult["status"] == "refer"
    assert deferred["status"] == "deferred"
    assert open_question["status"] == "refer"
    assert rules(conflict) == rules(minor) == ["L-04", "L-27", "L-30"]
    assert rules(adult) == ["L-27", "L-30"]
    for response in (conflict, minor, adult, deferred, open_question):
        assert response["areas"] == response["missing"] == []
        assert all(one["areas"] == [] for one in response["findings"])


def test_a_rule_of_the_whole_patient_names_no_treatment(catalogue):
    response = answer(catalogue, asked(conditions=conditions(**DEFER)))

    found = finding(response, "L-27")
    assert found["effects"] == [{"treatment": None, "ingredient": None, "effect": "delay"}]
    assert found["until"] is None


@pytest.mark.parametrize(
    ("age", "status"),
    [(11, "not-eligible"), (18, "needs-data"), (55, "needs-data"), (56, "evaluated")],
)
def test_pregnancy_is_asked_about_up_to_fifty_five(catalogue, age, status):
    response = answer(catalogue, asked(age=age, conditions={}))

    assert response["status"] == status
    assert response["missing"] == (["breastfeeding", "pregnancy"] if status == "needs-data" else [])
    assert unknown(response)["L-05"] == ["conditions.breastfeeding", "conditions.pregnancy"]


def test_only_what_is_open_is_missing(catalogue):
    response = answer(catalogue, asked(sex="other", conditions={"pregnancy": "no"}))

    assert response["missing"] == ["breastfeeding"]


def test_one_yes_settles_it_without_the_other(catalogue):
    response = answer(catalogue, asked(conditions={"breastfeeding": "yes"}))

    assert response["status"] == "deferred"
    assert "L-05" not in unknown(response)


def test_a_man_is_not_asked_and_a_pregnant_one_is_a_conflict(catalogue):
    plain = answer(catalogue, asked(sex="male", conditions={}))
    pregnant = answer(catalogue, asked(sex="male", conditions={"pregnancy": "yes"}))

    assert plain["status"] == "evaluated"
    assert "L-05" not in unknown(plain)
    assert pregnant["status"] == "input-conflict"
    assert pregnant["conflicts"] == [
        {"code": "sex", "facts": ["conditions.pregnancy", "patient.sex"]}
    ]
    assert rules(pregnant) == []


def test_conflicts_come_all_together_by_code(catalogue):
    response = answer(
        catalogue,
        asked(
            sex="male",
            conditions={"breastfeeding": "yes", "thrombocytopenia": "yes"},
            allergies=[{"allergen": "latex"}, {"allergen": "egg"}],
            labs=[
                {"test": "platelets", "value": 2e5, "unit": "/uL", "taken_on": "2026-03-02"},
                {"test": "platelets", "value": 1, "unit": "/uL", "taken_on": "2026-03-03"},
            ],
        ),
    )

    assert [one["code"] for one in response["conflicts"]] == [
        "allergies",
        "future",
        "platelets",
        "sex",
    ]
    assert response["conflicts"][0]["facts"] == [
        "no_known_allergies",
        "allergies[0]",
        "allergies[1]",
    ]


def test_not_evaluated_is_filled_whatever_the_status_and_whatever_was_asked_for(catalogue):
    minor = answer(catalogue, asked(age=17))
    pain = answer(catalogue, asked(concerns=[{"concern": "joint-pain", "area": "knee"}]))

    assert unknown(minor) == unknown(pain) == unknown(answer(catalogue, request()))


SMOKES = {"kind": "condition", "condition": "tobacco"}
SMOKER = conditions(tobacco="yes")
ASPIRIN = {
    "kind": "medication",
    "classes": ["aspirin"],
    "medications": [],
    "prescribed": None,
    "within_days": None,
    "relative_to": "consultation",
    "ongoing_counts": False,
}


@pytest.mark.parametrize(
    ("effect", "status"),
    [
        ("caution", "eligible"),
        ("ask-prescriber", "needs-prescriber"),
        ("exclude-overridable", "overridable"),
    ],
)
def test_a_rule_for_all_that_does_not_decide_bears_on_every_treatment(catalogue, effect, status):
    changed = with_rules(catalogue, rule("X-1", SMOKES, (None, effect), scope="all"))

    response = answer(changed, request(conditions=SMOKER))

    assert response["status"] == "evaluated"
    assert statuses(response) == [status, status]
    assert finding(response, "X-1")["areas"] == []
    assert all("X-1" in treatment(response, one)["findings"] for one in ("mesotherapy", "prp"))


def test_a_delay_for_all_with_a_known_end_moves_every_treatment(catalogue):
    changed = with_rules(
        catalogue, rule("X-1", ASPIRIN, (None, "delay"), scope="all", wait_days=10)
    )
    taken = [{"medication": "aspirin", "prescribed": False, "last_taken_on": "2026-03-01"}]

    response = answer(changed, request(medications=taken))

    assert response["status"] == "evaluated"
    assert finding(response, "X-1")["until"] == "2026-03-11"
    assert [one["not_before"] for one in response["areas"][0]["treatments"]] == ["2026-03-11"] * 2


def test_another_rule_that_asks_names_conditions_alone(catalogue):
    trigger = {"any": [{"kind": "lab-missing", "test": "platelets"}, SMOKES]}
    open_lab = {"kind": "lab", "test": "platelets", "from": None, "below": "20"}
    changed = with_rules(
        catalogue,
        rule("X-1", {"all": [trigger, open_lab, SMOKES]}, ("prp", "exclude"), when_unknown="ask"),
    )

    response = answer(changed, request())

    assert response["status"] == "needs-data"
    assert response["missing"] == ["tobacco"]
    assert unknown(response)["X-1"] == ["conditions.tobacco", "labs.platelets"]
