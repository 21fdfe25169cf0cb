"""How a treatment stands in an area: statuses, what bears on it, and until when."""

import pytest

from tests.engine.cases import (
    allergic,
    answer,
    area,
    concerns,
    conditions,
    finding,
    lab,
    medicine,
    offered,
    release,
    request,
    rule,
    rules,
    statuses,
    treatment,
    with_rules,
)
from treatments.engine import evaluate, parse_facts


def infected(*entries):
    return [
        {"finding": "infection", "area": where, **({"clears_on": day} if day else {})}
        for where, day in entries
    ]


def peeled(where, day):
    return [{"procedure": "chemical-peel", "area": where, "performed_on": day}]


@pytest.mark.parametrize(
    ("drug", "prescribed", "fired"),
    [
        ("aspirin", False, {"S-07", "L-20"}),
        ("aspirin", True, {"L-24"}),
        ("ibuprofen", False, {"S-07", "L-21"}),
        ("ibuprofen", True, {"L-24"}),
        ("clopidogrel", False, {"L-24"}),
        ("clopidogrel", True, {"L-24"}),
        ("warfarin", False, {"S-05", "S-08"}),
        ("prednisone", True, {"L-10"}),
        ("isotretinoin", True, {"L-26"}),
        ("paracetamol", False, set()),
        ("levothyroxine", True, set()),
    ],
)
def test_medicine_and_prescription(catalogue, drug, prescribed, fired):
    taken = medicine(drug, prescribed=prescribed, last_taken_on="2026-03-01")

    assert set(rules(answer(catalogue, request(medications=[taken])))) == fired


def test_a_delay_that_is_over_by_the_start_is_silent(catalogue):
    def fires(start_on):
        taken = medicine("ibuprofen", last_taken_on="2026-03-01")
        response = answer(catalogue, request(start_on=start_on, medications=[taken]))
        return [one for one in ("S-07", "L-21") if one in rules(response)]

    assert fires("2026-03-02") == ["S-07", "L-21"]
    assert fires("2026-03-03") == ["S-07"]
    assert fires("2026-03-07") == ["S-07"]
    assert fires("2026-03-08") == []


def test_an_ongoing_medicine_fires_however_late_the_start_but_holds_nothing_up(catalogue):
    taken = medicine("ibuprofen", ongoing=True)
    response = answer(catalogue, request(start_on="2026-06-01", medications=[taken]))

    assert finding(response, "S-07")["until"] is None
    assert treatment(response, "mesotherapy")["not_before"] == "2026-06-01"


def test_an_ongoing_steroid_has_no_known_end_and_a_past_one_has(catalogue):
    ongoing = answer(catalogue, request(medications=[medicine("prednisone", ongoing=True)]))
    past = answer(catalogue, request(medications=[medicine("prednisone")]))

    assert statuses(ongoing) == ["eligible", "deferred"]
    assert finding(ongoing, "L-10")["until"] is None
    assert treatment(past, "prp")["not_before"] == "2026-03-16"


def test_an_unknown_end_is_later_than_any_date(catalogue):
    taken = [medicine("prednisone", ongoing=True), medicine("dexamethasone")]
    response = answer(catalogue, request(medications=taken))

    assert statuses(response) == ["eligible", "deferred"]
    assert finding(response, "L-10")["because"] == ["medications[0]", "medications[1]"]


def test_the_latest_end_counts_and_facts_that_are_over_do_not(catalogue):
    found = infected(("cheeks", "2026-03-20"), ("face", "2026-03-10"), ("chin", "2026-03-02"))
    response = answer(catalogue, request(area_findings=found))

    assert finding(response, "L-07")["until"] == "2026-03-20"
    assert finding(response, "L-07")["because"] == ["area_findings[0]", "area_findings[1]"]
    assert treatment(response, "prp")["not_before"] == "2026-03-20"


def test_a_finding_is_dated_over_its_areas_and_each_area_has_its_own_day(catalogue):
    response = answer(
        catalogue,
        request(
            concerns=concerns(("fine-lines", "cheeks"), ("fine-lines", "chin"), ("scars", "back")),
            area_findings=infected(("cheeks", "2026-03-20"), ("chin", "2026-03-10")),
        ),
    )

    found = finding(response, "L-07")
    assert found["areas"] == ["cheeks", "chin"]
    assert found["until"] == "2026-03-20"
    assert treatment(response, "prp", "cheeks")["not_before"] == "2026-03-20"
    assert treatment(response, "prp", "chin")["not_before"] == "2026-03-10"
    assert treatment(response, "prp", "back")["findings"] == []


def test_one_area_without_an_end_leaves_the_finding_without_one(catalogue):
    response = answer(
        catalogue,
        request(
            concerns=concerns(("fine-lines", "cheeks"), ("fine-lines", "chin")),
            area_findings=infected(("cheeks", None), ("chin", "2026-03-10")),
        ),
    )

    assert finding(response, "L-07")["until"] is None
    assert statuses(response, "cheeks") == ["deferred", "deferred"]
    assert statuses(response, "chin") == ["eligible", "eligible"]


@pytest.mark.parametrize(
    ("where", "meets"),
    [("face", True), ("cheeks", True), ("chin", False), ("neck", False)],
)
def test_areas_meet_up_and_down_the_tree_but_not_across(catalogue, where, meets):
    asked = request(
        concerns=concerns(("fine-lines", "cheeks")), procedures=peeled(where, "2026-03-01")
    )

    assert ("L-23" in rules(answer(catalogue, asked))) is meets


def test_a_part_reaches_the_whole(catalogue):
    asked = request(procedures=peeled("glabella", "2026-03-01"))

    assert treatment(answer(catalogue, asked), "prp")["not_before"] == "2026-03-15"


def test_a_day_of_waiting_ends_on_its_day(catalogue):
    over = request(procedures=peeled("face", "2026-02-16"))
    lasting = request(procedures=peeled("face", "2026-02-17"))

    assert rules(answer(catalogue, over)) == []
    assert finding(answer(catalogue, lasting), "L-23")["until"] == "2026-03-03"


def test_the_worst_effect_decides(catalogue):
    tired = conditions(autoimmune_disease="yes", atopy="yes")
    response = answer(
        catalogue,
        request(conditions=tired, medications=[medicine("clopidogrel", ongoing=True)]),
    )

    assert statuses(response) == ["overridable", "needs-prescriber"]
    assert treatment(response, "mesotherapy")["findings"] == ["L-15", "L-24", "S-11"]
    assert treatment(response, "prp")["findings"] == ["L-15", "L-24"]
    assert area(response)["status"] == "needs-prescriber"


def test_prescriber_comes_before_an_unknown_end(catalogue):
    taken = [medicine("prednisone", ongoing=True), medicine("clopidogrel")]
    response = answer(catalogue, request(medications=taken))

    assert statuses(response) == ["needs-prescriber", "needs-prescriber"]


def test_prescriber_before_deferred_in_the_area(catalogue):
    smokes = {"kind": "condition", "condition": "tobacco"}
    changed = with_rules(catalogue, rule("X-1", smokes, ("mesotherapy", "ask-prescriber")))
    response = answer(
        changed,
        request(
            conditions=conditions(tobacco="yes"),
            medications=[medicine("prednisone", ongoing=True)],
        ),
    )

    assert statuses(response) == ["needs-prescriber", "deferred"]
    assert area(response)["status"] == "needs-prescriber"


def test_deferred_before_overridable_in_the_area(catalogue):
    response = answer(
        catalogue,
        request(
            conditions=conditions(insulin_dependent_diabetes="yes"),
            medications=[medicine("prednisone", ongoing=True)],
        ),
    )

    assert statuses(response) == ["overridable", "deferred"]
    assert area(response)["status"] == "deferred"


def test_all_excluded_refers_nowhere_unless_a_concern_is_out_of_scope(catalogue):
    sick = conditions(haematological_malignancy="yes")
    plain = answer(catalogue, request(conditions=sick))
    pain = answer(
        catalogue,
        request(conditions=sick, concerns=concerns(("fine-lines", "knee"), ("joint-pain", "knee"))),
    )

    assert (area(plain)["status"], area(plain)["refer_to"]) == ("refer", None)
    assert (area(pain, "knee")["status"], area(pain, "knee")["refer_to"]) == (
        "refer",
        "orthopaedics",
    )


def test_out_of_scope_refers_nowhere_while_something_may_be_done(catalogue):
    response = answer(
        catalogue,
        request(
            conditions=conditions(keloid_tendency="yes"),
            concerns=concerns(("fine-lines", "knee"), ("joint-pain", "knee")),
        ),
    )

    assert (area(response, "knee")["status"], area(response, "knee")["refer_to"]) == (
        "overridable",
        None,
    )


def test_an_unsupported_treatment_carries_none_of_the_table(catalogue):
    response = answer(
        catalogue,
        request(
            concerns=concerns(("stretch-marks", "thighs")),
            conditions=conditions(haematological_malignancy="yes", atopy="yes"),
        ),
    )

    assert treatment(response, "mesotherapy", "thighs")["findings"] == []
    assert treatment(response, "prp", "thighs")["findings"] == ["L-12b"]
    assert rules(response) == ["L-12b"]


def test_suspicion_stands_under_both_whatever_they_support(catalogue):
    response = answer(
        catalogue,
        request(
            concerns=concerns(("joint-pain", "knee"), ("stretch-marks", "thighs")),
            area_findings=[
                {"finding": "suspected-malignancy", "area": where} for where in ("knee", "thighs")
            ],
        ),
    )

    assert statuses(response, "knee") == ["unsupported", "unsupported"]
    assert statuses(response, "thighs") == ["unsupported", "excluded"]
    for where in ("knee", "thighs"):
        assert area(response, where)["refer_to"] == "dermatology"
        for code in ("mesotherapy", "prp"):
            assert treatment(response, code, where)["findings"] == ["L-12c"]
    assert finding(response, "L-12c")["areas"] == ["knee", "thighs"]


def test_suspicion_elsewhere_has_not_fired(catalogue):
    asked = request(area_findings=[{"finding": "suspected-malignancy", "area": "back"}])

    assert rules(answer(catalogue, asked)) == []


def test_no_formula_left_comes_before_what_is_worse_and_still_carries_it(catalogue):
    response = answer(
        catalogue,
        allergic(
            "hyaluronic-acid",
            concerns=concerns(("dehydration", "face")),
            conditions=conditions(haematological_malignancy="yes"),
        ),
    )

    found = treatment(response, "mesotherapy")
    assert found["status"] == "no-formula"
    assert found["findings"] == ["L-12b", "S-09"]
    assert area(response)["status"] == "refer"


def test_a_delay_moves_only_the_treatments_it_names(catalogue):
    changed = with_rules(
        catalogue,
        rule(
            "X-1",
            {"kind": "procedure", "procedure": "chemical-peel"},
            ("prp", "delay"),
            ("mesotherapy", "caution"),
            scope="area",
            wait_days=60,
        ),
    )
    response = answer(changed, request(procedures=peeled("face", "2026-03-01")))

    assert treatment(response, "prp")["not_before"] == "2026-04-30"
    assert treatment(response, "mesotherapy")["not_before"] == "2026-03-15"
    assert "X-1" in treatment(response, "mesotherapy")["findings"]


def test_ends_of_joined_facts(catalogue):
    smoker = {"kind": "condition", "condition": "tobacco"}
    peel = {"kind": "procedure", "procedure": "chemical-peel"}

    def until(word, **changes):
        trigger = {word: [smoker, peel]}
        changed = with_rules(
            catalogue, rule("X-1", trigger, ("prp", "delay"), scope="area", wait_days=60)
        )
        response = answer(changed, request(procedures=peeled("face", "2026-03-01"), **changes))
        return treatment(response, "prp")["status"], finding(response, "X-1")["until"]

    smoking = {"conditions": conditions(tobacco="yes")}
    assert until("all", **smoking) == ("eligible", "2026-04-30")
    assert until("any", **smoking) == ("deferred", None)
    assert until("any", conditions=conditions(tobacco="no")) == ("eligible", "2026-04-30")


# --- overrides -----------------------------------------------------------------------------------


def low_count():
    return request(
        concerns=concerns(("fine-lines", "face"), ("scars", "back")),
        labs=[lab("platelets", 80, "10*9/L")],
    )


def test_an_override_counts_as_a_caution_there_and_stays_listed(catalogue):
    plain = answer(catalogue, low_count())
    decided = answer(catalogue, low_count(), overrides=frozenset({("L-08b", "face", "prp")}))

    assert statuses(plain) == ["eligible", "overridable"]
    assert statuses(decided) == ["eligible", "eligible"]
    assert statuses(decided, "back") == ["unsupported", "overridable"]
    assert decided["findings"] == plain["findings"]
    assert treatment(decided, "prp")["findings"] == ["L-08b"]
    assert decided["overridden"] == [{"rule": "L-08b", "area": "face", "treatment": "prp"}]
    assert decided["receipt"] != plain["receipt"]
    assert "overridden" not in plain


def test_an_override_without_an_area_holds_in_all(catalogue):
    decided = answer(catalogue, low_count(), overrides=frozenset({("L-08b", None, "prp")}))

    assert statuses(decided) == ["eligible", "eligible"]
    assert statuses(decided, "back") == ["unsupported", "eligible"]
    assert decided["overridden"] == [{"rule": "L-08b", "area": None, "treatment": "prp"}]


def test_overrides_are_listed_in_order_and_their_order_does_not_matter(catalogue):
    first, second = ("L-08b", "face", "prp"), ("L-08b", None, "prp")
    one = answer(catalogue, low_count(), overrides=frozenset([first, second]))
    other = answer(catalogue, low_count(), overrides=frozenset([second, first]))

    assert one == other
    assert [entry["area"] for entry in one["overridden"]] == [None, "face"]


@pytest.mark.parametrize(
    "override", [("L-08b", "back", "prp"), ("L-08b", "face", "mesotherapy"), ("L-09", None, "prp")]
)
def test_an_override_of_something_else_changes_nothing(catalogue, override):
    decided = answer(catalogue, low_count(), overrides=frozenset({override}))

    assert statuses(decided) == ["eligible", "overridable"]


def test_what_is_excluded_outright_cannot_be_overridden(catalogue):
    asked = request(labs=[lab("platelets", 20, "10*9/L")])
    decided = answer(catalogue, asked, overrides=frozenset({("L-08a", None, "prp")}))

    assert statuses(decided) == ["eligible", "excluded"]


def test_one_override_leaves_the_other_reason_standing(catalogue):
    asked = request(labs=[lab("platelets", 80, "10*9/L"), lab("haemoglobin", 9, "g/dL")])
    one = answer(catalogue, asked, overrides=frozenset({("L-09", None, "prp")}))
    both = answer(
        catalogue, asked, overrides=frozenset({("L-09", None, "prp"), ("L-08b", None, "prp")})
    )

    assert statuses(one)[1] == "overridable"
    assert statuses(both)[1] == "eligible"


def test_facts_of_another_release_are_refused(catalogue):
    other = release(catalogue, lambda document: document.update(key="another"))
    facts = parse_facts(catalogue, request())

    with pytest.raises(ValueError, match="another release"):
        evaluate(other, facts)


def test_an_area_of_nothing_but_pain_offers_nothing(catalogue):
    response = answer(catalogue, request(concerns=concerns(("joint-pain", "knee"))))

    assert offered(response, "knee") == []
    assert area(response, "knee")["refer_to"] == "orthopaedics"
