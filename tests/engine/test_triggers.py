"""Three-valued logic: every combination of parts, and what a trigger says of itself."""

from itertools import product

import pytest

from tests.engine.cases import (
    answer,
    conditions,
    finding,
    lab,
    medicine,
    request,
    rule,
    rules,
    treatment,
    unknown,
    with_rules,
)

WORD = {True: "yes", False: "no", None: "unknown"}
ATOPY = {"kind": "condition", "condition": "atopy"}
TOBACCO = {"kind": "condition", "condition": "tobacco"}
FEVER = {"kind": "condition", "condition": "recent-fever"}
PLATELETS = {"kind": "lab", "test": "platelets", "from": None, "below": "100"}
STATES = (True, False, None)


def conjunction(parts):
    if False in parts:
        return False
    return None if None in parts else True


def disjunction(parts):
    if True in parts:
        return True
    return None if None in parts else False


def medication(*families, **changes):
    plain = {
        "kind": "medication",
        "classes": list(families),
        "medications": [],
        "prescribed": None,
        "within_days": None,
        "relative_to": "consultation",
        "ongoing_counts": False,
    }
    return {**plain, **changes}


def verdict(catalogue, trigger, asked, **changes):
    """Of one added rule: True, False, or None with what it needs."""
    changed = with_rules(catalogue, rule("X-1", trigger, ("prp", "caution"), **changes))
    response = answer(changed, asked)
    if "X-1" in unknown(response):
        return None, unknown(response)["X-1"]
    return "X-1" in rules(response), None


def told(atopy, tobacco, fever=False):
    return request(
        conditions=conditions(atopy=WORD[atopy], tobacco=WORD[tobacco], recent_fever=WORD[fever])
    )


@pytest.mark.parametrize(("first", "second"), list(product(STATES, repeat=2)))
@pytest.mark.parametrize(("word", "truth"), [("all", conjunction), ("any", disjunction)])
def test_two_parts(catalogue, word, truth, first, second):
    found, needs = verdict(catalogue, {word: [ATOPY, TOBACCO]}, told(first, second))

    assert found is truth((first, second))
    if found is None:
        parts = zip(("conditions.atopy", "conditions.tobacco"), (first, second), strict=True)
        assert needs == [path for path, state in parts if state is None]


@pytest.mark.parametrize("state", STATES)
def test_not_turns_a_verdict_and_keeps_unknown(catalogue, state):
    found, needs = verdict(catalogue, {"not": ATOPY}, told(state, False))

    assert found is (None if state is None else not state)
    assert needs == (["conditions.atopy"] if state is None else None)


@pytest.mark.parametrize("states", list(product(STATES, repeat=3)))
def test_nested_parts_need_only_what_is_open(catalogue, states):
    trigger = {"all": [{"any": [ATOPY, TOBACCO]}, {"not": FEVER}]}
    inner = disjunction(states[:2])
    turned = None if states[2] is None else not states[2]

    found, needs = verdict(catalogue, trigger, told(*states))

    assert found is conjunction((inner, turned))
    if found is None:
        lacking = []
        if inner is None:
            codes = zip(("atopy", "tobacco"), states[:2], strict=True)
            lacking += [f"conditions.{code}" for code, state in codes if state is None]
        if turned is None:
            lacking.append("conditions.recent-fever")
        assert needs == sorted(lacking)


def test_a_condition_left_out_is_unknown_and_so_is_one_answered_unknown(catalogue):
    left_out = answer(catalogue, request())
    said = answer(catalogue, request(conditions=conditions(atopy="unknown")))

    assert unknown(left_out)["S-11"] == unknown(said)["S-11"] == ["conditions.atopy"]


@pytest.mark.parametrize(
    ("value", "unit", "found"),
    [
        (99.99, "10*9/L", True),
        (100, "10*9/L", False),
        (100.0, "10*3/uL", False),
        (99_999, "/uL", True),
        (100_000, "/uL", False),
        (99999.99999999999, "/uL", True),
    ],
)
def test_a_value_is_compared_exactly_in_the_tests_own_unit(catalogue, value, unit, found):
    asked = request(labs=[lab("platelets", value, unit)])

    assert verdict(catalogue, PLATELETS, asked) == (found, None)


def test_haemoglobin_in_grams_a_litre(catalogue):
    for value, fires in ((99, True), (99.9, True), (100, False)):
        response = answer(catalogue, request(labs=[lab("haemoglobin", value, "g/L")]))
        assert ("L-09" in rules(response)) is fires


@pytest.mark.parametrize(
    ("taken_on", "needs"),
    [("2025-12-02", None), ("2025-12-01", ["labs.platelets"])],
    ids=["ninety days old", "ninety-one days old"],
)
def test_a_value_counts_for_ninety_days(catalogue, taken_on, needs):
    asked = request(labs=[lab("platelets", 80, "10*9/L", taken_on)])

    assert verdict(catalogue, PLATELETS, asked) == (needs is None or None, needs)


def test_the_newest_value_counts_wherever_it_is_listed(catalogue):
    asked = request(
        labs=[
            lab("platelets", 200, "10*9/L", "2026-02-20"),
            lab("platelets", 40, "10*9/L", "2026-02-10"),
        ]
    )

    assert "L-08a" not in rules(answer(catalogue, asked))


def test_of_two_values_of_one_day_the_last_listed_counts(catalogue):
    low, high = lab("platelets", 40, "10*9/L"), lab("platelets", 200, "10*9/L")

    assert "L-08a" in rules(answer(catalogue, request(labs=[high, low])))
    assert "L-08a" not in rules(answer(catalogue, request(labs=[low, high])))


def test_an_old_value_does_not_make_way_for_an_older_one(catalogue):
    asked = request(labs=[lab("platelets", 40, "10*9/L", "2025-01-01")])

    assert unknown(answer(catalogue, asked))["L-08a"] == ["labs.platelets"]


def test_a_value_of_tomorrow_counts_for_nothing_but_its_conflict(catalogue):
    asked = request(
        conditions=conditions(thrombocytopenia="yes"),
        labs=[
            lab("platelets", 160, "10*9/L", "2026-03-03"),
            lab("platelets", 120, "10*9/L", "2026-02-20"),
        ],
    )

    response = answer(catalogue, asked)

    assert response["conflicts"] == [{"code": "future", "facts": ["labs[0]"]}]
    assert "L-08d" not in unknown(response)


@pytest.mark.parametrize(
    ("state", "value", "conflict"),
    [
        ("yes", 150, True),
        ("yes", 149.9, False),
        ("no", 99.9, True),
        ("no", 100, False),
        ("unknown", 20, False),
        ("unknown", 400, False),
    ],
)
def test_platelets_against_what_was_said_of_them(catalogue, state, value, conflict):
    asked = request(
        conditions=conditions(thrombocytopenia=state), labs=[lab("platelets", value, "10*9/L")]
    )

    expected = [{"code": "platelets", "facts": ["conditions.thrombocytopenia", "labs[0]"]}]
    assert answer(catalogue, asked)["conflicts"] == (expected if conflict else [])


def test_thrombocytopenia_without_a_fresh_count(catalogue):
    response = answer(catalogue, request(conditions=conditions(thrombocytopenia="yes")))

    assert finding(response, "L-08c")["because"] == ["conditions.thrombocytopenia"]
    assert unknown(response)["L-08d"] == ["labs.platelets"]
    assert treatment(response, "prp")["status"] == "overridable"


def test_thrombocytopenia_not_known(catalogue):
    without_count = unknown(answer(catalogue, request()))
    with_count = unknown(answer(catalogue, request(labs=[lab("platelets", 120, "10*9/L")])))

    assert without_count["L-08c"] == ["conditions.thrombocytopenia"]
    assert without_count["L-08d"] == ["conditions.thrombocytopenia", "labs.platelets"]
    assert "L-08c" not in with_count
    assert with_count["L-08d"] == ["conditions.thrombocytopenia"]


def test_no_thrombocytopenia_settles_both_without_a_count(catalogue):
    response = answer(catalogue, request(conditions=conditions(thrombocytopenia="no")))

    assert not {"L-08c", "L-08d"} & {*rules(response), *unknown(response)}


@pytest.mark.parametrize(
    ("taken_on", "current"),
    [("2026-01-31", True), ("2026-01-30", False), (None, True)],
    ids=["thirty days ago", "thirty-one days ago", "at a time not said"],
)
def test_current_is_thirty_days(catalogue, taken_on, current):
    when = {} if taken_on is None else {"last_taken_on": taken_on}
    response = answer(catalogue, request(medications=[medicine("warfarin", **when)]))

    assert ({"S-05", "S-08"} <= set(rules(response))) is current


def test_ongoing_is_taken_today_whatever_the_last_day_said(catalogue):
    asked = request(medications=[medicine("warfarin", ongoing=True, last_taken_on="2020-01-01")])

    assert "S-08" in rules(answer(catalogue, asked))


@pytest.mark.parametrize("reviewed", [True, False])
def test_a_medicine_out_of_time_settles_nothing_unless_all_were_reviewed(catalogue, reviewed):
    asked = request(
        medications_reviewed=reviewed,
        medications=[medicine("ibuprofen", last_taken_on="2026-01-01")],
    )

    response = answer(catalogue, asked)

    assert "S-07" not in rules(response)
    assert (unknown(response).get("S-07") == ["medications"]) is not reviewed


def test_one_that_matches_settles_it_without_a_review(catalogue):
    asked = request(
        medications_reviewed=False, medications=[medicine("ibuprofen", last_taken_on="2026-03-01")]
    )

    response = answer(catalogue, asked)

    assert "S-07" in rules(response)
    assert unknown(response)["L-20"] == ["medications"]


def test_a_medicine_may_be_named_without_its_class(catalogue):
    trigger = medication(medications=["paracetamol"])
    taken = request(medications=[medicine("paracetamol", prescribed=True)])

    assert verdict(catalogue, trigger, taken) == (True, None)
    assert verdict(catalogue, trigger, request()) == (False, None)


def test_retinoid_is_counted_from_the_start(catalogue):
    def fires(start_on, **when):
        asked = request(start_on=start_on, medications=[medicine("isotretinoin", **when)])
        return "L-26" in rules(answer(catalogue, asked))

    assert fires("2026-08-28", last_taken_on="2026-03-01")
    assert not fires("2026-08-29", last_taken_on="2026-03-01")
    assert fires("2026-08-29")
    assert not fires("2026-08-30")
    assert fires("2030-01-01", ongoing=True, last_taken_on="2020-01-01")


@pytest.mark.parametrize(
    ("listed", "known", "found"),
    [
        (["latex"], False, (True, None)),
        (["soy"], False, (False, None)),
        ([], True, (False, None)),
        ([], False, (None, ["allergies"])),
    ],
)
def test_allergy(catalogue, listed, known, found):
    asked = request(no_known_allergies=known, allergies=[{"allergen": code} for code in listed])

    assert verdict(catalogue, {"kind": "allergy", "allergens": ["latex"]}, asked) == found


def test_area_rules_are_false_where_nothing_is_listed(catalogue):
    response = answer(catalogue, request())

    assert not {"L-07", "L-11", "L-12c", "L-23"} & {*rules(response), *unknown(response)}


def test_a_rule_of_area_and_condition_is_unknown_only_where_the_area_leaves_it_open(catalogue):
    infection = {"kind": "finding", "finding": "infection"}
    changed = with_rules(
        catalogue, rule("X-1", {"all": [infection, ATOPY]}, ("prp", "exclude"), scope="area")
    )
    listed = [{"finding": "infection", "area": "back", "clears_on": "2026-03-01"}]
    here = [{"finding": "infection", "area": "chin", "clears_on": "2026-03-01"}]

    assert "X-1" not in unknown(answer(changed, request(area_findings=listed)))
    assert unknown(answer(changed, request(area_findings=here)))["X-1"] == ["conditions.atopy"]


def test_because_leads_to_every_fact_that_made_it_true_and_to_no_other(catalogue):
    asked = request(
        medications=[
            medicine("paracetamol"),
            *(medicine("ibuprofen", last_taken_on="2026-03-01") for _ in range(10)),
            medicine("aspirin", last_taken_on="2025-03-01"),
            medicine("naproxen", prescribed=True, ongoing=True),
        ]
    )

    assert finding(answer(catalogue, asked), "S-07")["because"] == [
        f"medications[{index}]" for index in range(1, 11)
    ]


def test_because_of_a_whole_patient(catalogue):
    by_age = request(patient={"sex": "female", "age": 17})
    by_birth = request(patient={"sex": "female", "birth_date": "2010-01-01"})
    pregnant = request(conditions={"pregnancy": "yes", "breastfeeding": "no"})

    assert finding(answer(catalogue, by_age), "L-04")["because"] == ["patient.age"]
    assert finding(answer(catalogue, by_birth), "L-04")["because"] == ["patient.birth_date"]
    assert finding(answer(catalogue, pregnant), "L-05")["because"] == [
        "conditions.pregnancy",
        "patient.sex",
    ]
