"""What counts as a change, for a proposal and for the rest of a plan. No database."""

import pytest

from consultations.comparing import Ahead, compare_plan, compare_proposal
from tests.engine import cases

BOTH = ("prp", "mesotherapy")
SMOKER = cases.request(conditions=cases.conditions(tobacco="yes"))
PAINKILLER = cases.request(medications=[cases.medicine("ibuprofen", last_taken_on="2026-03-01")])


def changed_rule(code, **values):
    def change(document):
        for rule in document["rules"]:
            if rule["code"] == code:
                rule.update(values)

    return change


def with_effect(code, effect):
    def change(document):
        for rule in document["rules"]:
            if rule["code"] == code:
                for one in rule["effects"]:
                    one["effect"] = effect

    return change


def answers(catalogue, request, change):
    return (
        cases.answer(catalogue, request),
        cases.answer(cases.release(catalogue, change), request),
    )


def ahead(*treatments, option=1, numbers=range(1, 9), first="2026-03-02"):
    return [
        Ahead(
            area="face",
            option=option,
            sessions={one: set(numbers) for one in treatments},
            first=dict.fromkeys(treatments, first),
        )
    ]


def told(difference):
    return list(difference.effects) if difference else None


def test_another_name_of_the_release_is_no_change(catalogue):
    before, after = answers(catalogue, SMOKER, lambda document: document.update(key="2026.9"))

    assert before["release"] != after["release"]
    assert compare_proposal(before, after) is None
    assert compare_plan(before, after, ahead(*BOTH)) is None


def test_a_rule_that_can_not_be_evaluated_is_no_change(catalogue):
    def add(document):
        document["rules"].append(
            cases.rule("N-01", {"kind": "condition", "condition": "atopy"}, ("prp", "exclude"))
        )

    before, after = answers(catalogue, cases.request(), add)

    assert before["not_evaluated"] != after["not_evaluated"]
    assert compare_proposal(before, after) is None


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("exclude", ["option-lost"]),
        ("delay", ["option-lost"]),
        ("ask-prescriber", ["option-lost"]),
    ],
)
def test_a_proposal_loses_options(catalogue, effect, expected):
    before, after = answers(catalogue, SMOKER, with_effect("L-28", effect))

    assert told(compare_proposal(before, after)) == expected


def test_a_proposal_without_any_option_left_is_blocked(catalogue):
    request = cases.request(
        concerns=cases.concerns(("stretch-marks", "face")),
        conditions=cases.conditions(tobacco="yes"),
    )
    before, after = answers(catalogue, request, with_effect("L-28", "exclude"))

    assert told(compare_proposal(before, after)) == ["blocked"]


def test_a_proposal_that_waits_for_a_question_is_blocked(catalogue):
    request = cases.request(conditions={"pregnancy": "no", "breastfeeding": "no"})
    ask = changed_rule("S-11", when_unknown="ask")
    before, after = answers(catalogue, request, ask)

    difference = compare_proposal(before, after)

    assert told(difference) == ["blocked"]
    assert difference.after["missing"] == ["atopy"]


def test_a_new_reason_alone_is_told(catalogue):
    quiet = changed_rule("L-28", trigger={"kind": "age", "from": 200, "below": None})
    with_rule = cases.answer(catalogue, SMOKER)
    without = cases.answer(cases.release(catalogue, quiet), SMOKER)

    assert told(compare_proposal(without, with_rule)) == ["reasons-changed"]


def test_facts_that_cannot_be_read_any_more(catalogue):
    before = cases.answer(catalogue, SMOKER)
    after = {"errors": [{"path": "conditions.tobacco", "code": "unknown"}]}

    difference = compare_plan(before, after, ahead(*BOTH))

    assert told(difference) == ["unreadable"]
    assert difference.after["errors"] == after["errors"]


def test_a_plan_is_blocked_by_a_treatment_that_is_still_ahead(catalogue):
    before, after = answers(catalogue, SMOKER, with_effect("L-28", "exclude"))

    assert told(compare_plan(before, after, ahead(*BOTH))) == ["blocked"]
    assert told(compare_plan(before, after, ahead("prp", option=2))) == ["blocked"]
    assert told(compare_plan(before, after, ahead("mesotherapy"))) == ["option-lost"]
    assert compare_plan(before, after, ahead("mesotherapy", option=3)) is None


def test_a_plan_is_blocked_when_the_patient_is(catalogue):
    after = {**cases.answer(catalogue, SMOKER), "status": "deferred", "areas": []}

    difference = compare_plan(cases.answer(catalogue, SMOKER), after, ahead("prp", option=2))

    assert told(difference) == ["blocked"]


def test_only_sessions_that_are_left_are_compared(catalogue):
    """One session less at the end: it concerns a plan only while that session is to come."""

    def fewer(document):
        for protocol in document["protocols"]:
            if protocol["treatment"] == "prp" and not protocol["concerns"]:
                protocol["planned"] -= 1

    before, after = answers(catalogue, cases.request(), fewer)
    last = len(cases.sessions(cases.area(before)["options"][1], "prp"))

    left = told(compare_plan(before, after, ahead("prp", option=2, numbers=[last])))
    over = compare_plan(before, after, ahead("prp", option=2, numbers=[1]))

    assert left == ["dates-changed"]
    # Its first session stays; what moves is the day of the review, which is still to come.
    assert told(over) == ["dates-changed"]
    assert sessions_told(over.before) == sessions_told(over.after) == [["2026-03-02"]]


def sessions_told(view):
    return [course["planned"] for course in view["areas"][0]["options"][0]["courses"]]


def test_sessions_that_are_added_at_the_end_are_told(catalogue):
    def more(document):
        for protocol in document["protocols"]:
            if protocol["treatment"] == "prp" and not protocol["concerns"]:
                protocol["planned"] += 1

    before, after = answers(catalogue, cases.request(), more)

    difference = compare_plan(before, after, ahead("prp", option=2, numbers=[3]))

    assert told(difference) == ["dates-changed"]
    assert [len(days) for days in sessions_told(difference.before)] == [1]
    assert [len(days) for days in sessions_told(difference.after)] == [2]


def test_a_session_before_the_first_day_that_the_draft_allows(catalogue):
    before, after = answers(catalogue, PAINKILLER, changed_rule("S-07", wait_days=10))
    planned = cases.course(cases.area(before)["options"][2], "mesotherapy")["planned"]

    early = compare_plan(before, after, ahead("mesotherapy", option=3, first=planned[0]))
    late = compare_plan(before, after, ahead("mesotherapy", option=3, first="2026-03-20"))

    assert told(early) == ["too-early", "dates-changed"]
    assert told(late) == ["dates-changed"]


def test_a_new_option_in_an_area_that_was_not_planned(catalogue):
    request = cases.request(
        concerns=cases.concerns(("fine-lines", "face"), ("dehydration", "hands")),
        conditions=cases.conditions(insulin_dependent_diabetes="yes"),
    )
    before, after = answers(catalogue, request, with_effect("L-13", "caution"))

    difference = compare_plan(before, after, ahead("prp"))

    assert told(difference) == ["new-option"]
    assert [one["area"] for one in difference.after["areas"]] == ["face", "hands"]


def test_no_product_name_is_kept(catalogue):
    request = cases.request(
        clinic={"products": [{"product": "Secret of Anna", "ingredients": ["peptides"]}]},
    )

    def weaker(document):
        document["warnings"].append({"code": "new", "text": "New"})
        for one in document["ingredients"]:
            if one["code"] == "peptides":
                one["warning"] = "new"

    before, after = answers(catalogue, request, weaker)
    difference = compare_proposal(before, after)

    assert "Secret of Anna" in str(after)
    assert told(difference) == ["warnings-changed"]
    assert "Secret of Anna" not in f"{difference.before}{difference.after}"
