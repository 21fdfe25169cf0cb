"""Three states for each rule of a draft. What is unknown is never clear, whatever is left out."""

import json

import pytest

from tests.engine.cases import (
    allergic,
    answer,
    concerns,
    conditions,
    lab,
    medicine,
    request,
    rules,
    unknown,
    vignettes,
)
from treatments.engine import InvalidRequest
from treatments.engine.checks import Ground, State, check_rules
from treatments.engine.drafts import read_draft

NO_DOSE = {"medication": "ibuprofen"}  # whether it was prescribed is not told
LISTS = ("concerns", "allergies", "medications", "labs", "area_findings", "procedures")


def checked(catalogue, asked):
    return check_rules(Ground.of(catalogue, read_draft(catalogue, asked)))


def states(catalogue, asked):
    return {code: str(one.state) for code, one in checked(catalogue, asked).items()}


def readable(catalogue):
    for case in vignettes():
        try:
            yield case["request"], answer(catalogue, case["request"])
        except InvalidRequest:
            continue


def test_checks_say_what_the_answer_to_a_whole_request_says(catalogue):
    seen = 0
    for asked, response in readable(catalogue):
        found = checked(catalogue, asked)
        flagged = {code for code, one in found.items() if one.state is State.FLAGGED}
        not_evaluated = {code: list(one.needs) for code, one in found.items() if not one.evaluated}

        assert not_evaluated == unknown(response), asked
        # An answer that stops at the patient lists no other rules, and the panel shows them all.
        assert flagged >= set(rules(response)), asked
        assert response["status"] != "evaluated" or flagged == set(rules(response)), asked
        seen += 1
    assert seen > 100


def test_every_rule_of_safety_is_checked(catalogue):
    found = checked(catalogue, request())

    told = {row["code"] for row in catalogue.document["rules"] if row["kind"] != "basis"}
    assert set(found) == told
    assert list(found) == sorted(found)


def test_nothing_unknown_is_clear_whatever_entry_is_unfinished(catalogue):
    """Of each entry of the worked cases one value is lost: no rule that it may hold is cleared."""
    seen = 0
    for asked, _response in readable(catalogue):
        whole = checked(catalogue, asked)
        for gap in gaps(asked):
            found = checked(catalogue, gap)
            cleared = {
                code
                for code, one in found.items()
                if one.state is State.CLEAR and whole[code].state is not State.CLEAR
            }
            assert not cleared, (asked, gap)
            seen += 1
    assert seen > 100


def gaps(asked):
    for name in LISTS:
        for index, row in enumerate(asked.get(name, ())):
            for key in row:
                gap = json.loads(json.dumps(asked))
                del gap[name][index][key]
                if needed(name, key):
                    yield gap


def needed(name, key):
    """What is missed when it is lost: without it an entry cannot be read."""
    return (name, key) not in {
        ("concerns", "severity"),
        ("medications", "ongoing"),
        ("medications", "last_taken_on"),
        ("area_findings", "clears_on"),
    }


@pytest.mark.parametrize(
    ("changes", "rule", "state", "needs"),
    [
        ({"medications": [NO_DOSE]}, "S-07", "open", ("medications[]",)),
        ({"medications": [NO_DOSE, medicine("aspirin")]}, "S-07", "flagged", ()),
        ({"labs": [{"test": "platelets"}]}, "L-08a", "open", ("labs.platelets", "labs[]")),
        ({"area_findings": [{"finding": "infection"}]}, "L-07", "open", ("area_findings[]",)),
        ({"procedures": [{"procedure": "chemical-peel"}]}, "L-23", "open", ("procedures[]",)),
        ({"concerns": []}, "L-07", "open", ("concerns",)),
        ({"concerns": [{"concern": "fine-lines"}]}, "L-07", "open", ("concerns",)),
        ({"concerns": []}, "L-04", "clear", ()),
    ],
)
def test_what_is_left_out_leaves_its_rules_open(catalogue, changes, rule, state, needs):
    found = checked(catalogue, request(**changes))[rule]

    assert (str(found.state), found.needs) == (state, needs)


def test_a_rule_is_flagged_although_the_patient_waits_for_an_answer(catalogue):
    """The answer to the request stops at the missing one; the panel does not."""
    asked = request(conditions={}, medications=[medicine("aspirin")])

    assert answer(catalogue, asked)["findings"] == []
    assert states(catalogue, asked)["S-07"] == "flagged"


def test_a_rule_that_bears_on_no_treatment_here_is_not_flagged(catalogue):
    told = conditions(insulin_dependent_diabetes="yes")

    for concern, state in (("fine-lines", "flagged"), ("scars", "clear")):
        asked = request(conditions=told, concerns=concerns((concern, "face")))
        assert states(catalogue, asked)["L-13"] == state


def test_while_a_concern_is_unfinished_a_true_rule_is_flagged(catalogue):
    told = conditions(insulin_dependent_diabetes="yes")
    unfinished = [*concerns(("scars", "face")), {"concern": "fine-lines"}]

    assert states(catalogue, request(conditions=told, concerns=unfinished))["L-13"] == "flagged"


def test_an_unfinished_product_leaves_the_ingredients_open(catalogue):
    asked = allergic("latex", "hyaluronic-acid", concerns=concerns(("active-acne", "face")))
    mine = {"product": "Mix", "ingredients": ["no-such-thing"], "separable": True}

    assert states(catalogue, asked)["S-09"] == "clear"
    assert states(catalogue, {**asked, "clinic": {"products": [mine]}})["S-09"] == "open"


def test_a_flag_names_its_facts_its_areas_and_its_end(catalogue):
    asked = request(
        medications=[medicine("ibuprofen", last_taken_on="2026-03-01")],
        labs=[lab("platelets", 80, "10*9/L")],
    )
    found = checked(catalogue, asked)

    flagged = found["S-07"]
    assert (flagged.because, flagged.areas) == (("medications[0]",), ("face",))
    assert flagged.until.isoformat() == "2026-03-08"
    assert found["L-08b"].because == ("labs[0]",)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"patient": {"sex": "female"}}, "patient"),
        ({"start_on": "2026-01-01"}, "start_on"),
        ({"consulted_on": None}, "consulted_on"),
    ],
)
def test_without_the_patient_or_the_day_nothing_is_evaluated(catalogue, changes, path):
    draft = read_draft(catalogue, request(**changes))

    assert draft.facts is None
    assert [fault.path for fault in draft.faults] == [path]
    with pytest.raises(ValueError, match="cannot be read"):
        Ground.of(catalogue, draft)
