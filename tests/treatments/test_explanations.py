"""What a proposal says about itself: every claim is held against the engine or the release."""

from datetime import date

import pytest

from tests.engine.cases import (
    answer,
    concerns,
    conditions,
    lab,
    medicine,
    release,
    request,
    vignettes,
)
from treatments.engine import InvalidRequest, evaluate, parse_facts
from treatments.explanations import changes, explain

CASES = {case["id"]: case for case in vignettes()}


def explained(catalogue, asked, **overrides):
    return explain(catalogue, asked, answer(catalogue, asked, **overrides), **overrides)


def readable(catalogue):
    """The worked cases that can be evaluated at all."""
    for name, case in CASES.items():
        try:
            yield name, case["request"], answer(catalogue, case["request"])
        except InvalidRequest:
            continue


def area_of(explanation, code="face"):
    return next(one for one in explanation.areas if one.code == code)


def treatment_of(explanation, code, where="face"):
    return next(one for one in area_of(explanation, where).treatments if one.code == code)


def again(catalogue, change):
    """The response to the facts that a change speaks of."""
    facts = parse_facts(catalogue, change.request)
    return evaluate(catalogue, facts, overrides=change.overrides, agreements=change.agreements)


def standing(response, area, treatment):
    (found,) = [one for one in response["areas"] if one["area"] == area]
    return next(one for one in found["treatments"] if one["treatment"] == treatment)


@pytest.fixture(scope="module")
def told(catalogue):
    return {
        name: (asked, explain(catalogue, asked, response))
        for name, asked, response in readable(catalogue)
    }


def test_every_change_of_the_worked_cases_does_what_it_says(catalogue, told):
    tried = 0
    for name, (_asked, explanation) in told.items():
        for area in explanation.areas:
            for one in area.treatments:
                for change in one.changes:
                    now = standing(again(catalogue, change), area.code, one.code)
                    assert (name, now["status"]) == (name, "eligible")
                    assert now["not_before"] == change.outcome.on.isoformat()
                    tried += 1

    assert tried > 100


def test_every_change_for_the_whole_patient_leads_to_a_proposal(catalogue, told):
    tried = 0
    for name, (_asked, explanation) in told.items():
        for change in explanation.patient.changes if explanation.patient else ():
            expected = "needs-data" if change.outcome.asks_more else "evaluated"
            assert (name, again(catalogue, change)["status"]) == (name, expected)
            tried += 1

    assert tried > 20


def test_whatever_is_held_back_says_what_would_change_it(told):
    silent = {
        (name, area.code, one.code)
        for name, (_asked, explanation) in told.items()
        for area in explanation.areas
        for one in area.treatments
        if one.status not in {"eligible", "unsupported"} and not one.changes
    }
    silent |= {
        (name, explanation.status)
        for name, (_asked, explanation) in told.items()
        if explanation.patient and not explanation.patient.changes
    }

    assert silent == set()


def test_no_change_is_told_for_what_is_available_or_not_rated(told):
    talkative = {
        (name, one.code)
        for name, (_asked, explanation) in told.items()
        for area in explanation.areas
        for one in area.treatments
        if one.changes and (one.status == "unsupported" or (one.available and not one.waits))
    }

    assert talkative == set()


def test_what_waits_is_available_exactly_on_the_day_that_is_told(catalogue, told):
    waiting = [
        (asked, area.code, one)
        for asked, explanation in told.values()
        for area in explanation.areas
        for one in area.treatments
        if one.waits
    ]

    assert waiting
    for asked, area, one in waiting:
        (change,) = one.changes
        day_before = one.not_before.fromordinal(one.not_before.toordinal() - 1).isoformat()
        if day_before >= asked.get("start_on", asked["consulted_on"]):
            early = answer(catalogue, {**asked, "start_on": day_before})
            assert standing(early, area, one.code)["not_before"] != day_before
        assert standing(again(catalogue, change), area, one.code)["not_before"] == (
            one.not_before.isoformat()
        )


def test_every_rule_that_is_named_rests_on_a_statement_with_a_source(told):
    grounds = [
        ground
        for _asked, explanation in told.values()
        for area in explanation.areas
        for ground in [
            *(ground for option in area.options for ground in option.basis),
            *(reason.ground for one in area.treatments for reason in one.reasons),
        ]
    ]

    assert grounds
    assert {one.rule for one in grounds if not (one.message and one.statements)} == set()
    assert {
        (one.rule, statement.code)
        for one in grounds
        for statement in one.statements
        if not (statement.text and statement.citations)
    } == set()


def test_every_finding_is_told_with_its_facts_in_words(catalogue, told):
    for name, asked, response in readable(catalogue):
        explanation = told[name][1]
        reasons = {
            reason.ground.rule: reason
            for area in explanation.areas
            for one in area.treatments
            for reason in one.reasons
        }
        if explanation.patient:
            reasons = {one.ground.rule: one for one in explanation.patient.reasons}
        for finding in response["findings"]:
            reason = reasons[finding["rule"]]
            assert [fact.path for fact in reason.facts] == finding["because"]
            assert all(fact.text for fact in reason.facts)
        assert asked == CASES[name]["request"]  # explaining changes nothing


@pytest.mark.parametrize(
    ("case", "codes"), [("V05", {"C1", "C17"}), ("V10", {"C8"}), ("V18", {"C2"})]
)
def test_disagreements_stand_beside_the_option_with_both_values(told, case, codes):
    explanation = told[case][1]
    (area,) = explanation.areas

    shown = {one.code: one for option in area.options for one in option.disagreements}

    assert codes <= set(shown)
    for one in (shown[code] for code in codes):
        assert len({side.position for side in one.sides}) >= 2
        assert any(side.followed for side in one.sides)
        assert not all(side.followed for side in one.sides)
        assert all((one.resolution, one.principle, one.why))


def test_disagreement_on_acne_scars_shows_both_numbers(told):
    first = told["V05"][1].areas[0].options[0]

    c1 = next(one for one in first.disagreements if one.code == "C1")

    assert [side.position for side in c1.sides] == ["often 3", "6 to 8 for acne scars"]
    assert c1.principle == "The more specific statement wins"


def test_the_first_option_says_that_it_is_the_first_choice(told):
    first = told["V05"][1].areas[0].options[0]

    assert (first.number, first.names) == (1, ("Platelet-rich plasma (PRP)",))
    assert [(one.concern, one.first_choice) for one in first.fits] == [("Acne scars", True)]


@pytest.mark.parametrize(
    ("facts", "treatment", "texts"),
    [
        (
            {"labs": [lab("platelets", 80000, "/uL")]},
            "prp",
            [
                "with a platelet count of 100 \u00d710⁹/L or more",
                "if a clinician who may do so overrides L-08b with a reason",
            ],
        ),
        (
            {"conditions": conditions(thrombocytopenia="yes")},
            "prp",
            [
                "with a platelet count from 100 to under 150 \u00d710⁹/L",
                "if a clinician who may do so overrides L-08c with a reason",
                "if the answer to “Low platelet count” is no",
            ],
        ),
        (
            {"medications": [medicine("ibuprofen", last_taken_on="2026-03-01")]},
            "mesotherapy",
            ["from 8 March 2026 (7 days after the last dose)"],
        ),
        (
            {"medications": [medicine("ibuprofen", ongoing=True)]},
            "mesotherapy",
            ["from 9 March 2026, counted from a last dose of Ibuprofen on 2 March 2026"],
        ),
        (
            {"medications": [medicine("clopidogrel", prescribed=True, ongoing=True)]},
            "prp",
            ["if the prescriber agrees"],
        ),
        (
            {"medications": [medicine("prednisone", prescribed=True, ongoing=True)]},
            "prp",
            [
                (
                    "once Prednisone has ended, counted from a last dose on 2 March 2026"
                    " (only its prescriber ends a prescribed medicine)"
                ),
            ],
        ),
        (
            {"medications": [medicine("warfarin", prescribed=True, last_taken_on="2026-02-20")]},
            "prp",
            ["at a consultation from 23 March 2026"],
        ),
        (
            {"area_findings": [{"finding": "infection", "area": "cheeks"}]},
            "prp",
            [
                (
                    "once it has cleared (Infection of the skin, Cheeks);"
                    " enter the day and the dates follow"
                )
            ],
        ),
    ],
)
def test_changes_are_told_plainly(catalogue, facts, treatment, texts):
    one = treatment_of(explained(catalogue, request(**facts)), treatment)

    assert [change.text for change in one.changes] == texts


def test_two_reasons_at_once_need_two_changes(catalogue):
    asked = request(
        conditions=conditions(coagulation_disorder="yes"),
        labs=[lab("haemoglobin", 9, "g/dL")],
    )

    one = treatment_of(explained(catalogue, asked), "prp")

    assert [change.text for change in one.changes] == [
        "with a haemoglobin of 10 g/dL or more and if the answer to “Clotting disorder” is no",
        (
            "if a clinician who may do so overrides L-09 with a reason"
            " and if the answer to “Clotting disorder” is no"
        ),
    ]


def test_an_allergy_tells_what_left_which_formula(catalogue):
    asked = request(
        concerns=concerns(("hyperpigmentation", "forehead")),
        no_known_allergies=False,
        allergies=[{"allergen": "kojic-acid"}],
    )

    option = area_of(explained(catalogue, asked), "forehead").options[0]
    (formula,) = option.courses[0].formulas

    assert [name for _code, name in formula.ingredients] == ["Vitamin C"]
    assert [(one.ingredient, one.allergies) for one in formula.left_out] == [
        ("Kojic acid", ("Kojic acid",))
    ]


def test_a_lost_formula_names_the_allergies_behind_it(catalogue):
    asked = request(
        concerns=concerns(("dehydration", "face")),
        no_known_allergies=False,
        allergies=[{"allergen": "hyaluronic-acid"}],
    )

    one = treatment_of(explained(catalogue, asked), "mesotherapy")
    (lost,) = one.lost

    assert one.status == "no-formula"
    assert [(gone.ingredient, gone.required) for gone in lost.left_out] == [
        ("Hyaluronic acid", True)
    ]


def test_an_overridden_rule_stays_in_sight(catalogue):
    asked = request(labs=[lab("platelets", 80, "10*9/L")])
    overrides = frozenset({("L-08b", "face", "prp")})

    one = treatment_of(explained(catalogue, asked, overrides=overrides), "prp")
    reason = next(reason for reason in one.reasons if reason.ground.rule == "L-08b")

    assert one.available
    assert (reason.overridden, reason.overridable) == (True, False)


def test_what_is_unknown_is_counted_and_asked_for(catalogue):
    asked = {**request(), "no_known_allergies": False, "medications_reviewed": False}

    coverage = explained(catalogue, asked).coverage
    rules = [one for one in catalogue.document["rules"] if one["kind"] != "basis"]
    paths = [one.need.path for one in coverage.questions]

    assert (coverage.rules, coverage.evaluated) == (
        len(rules),
        len(rules) - len(coverage.not_evaluated),
    )
    assert not coverage.complete
    assert {"medications", "allergies", "labs.platelets", "conditions.atopy"} <= set(paths)
    counts = [len(one.rules) for one in coverage.questions]
    assert counts == sorted(counts, reverse=True)


def test_contradictions_name_both_facts(catalogue):
    asked = request(allergies=[{"allergen": "latex"}])

    patient = explained(catalogue, asked).patient

    assert [fact.text for fact in patient.contradictions[0].facts] == [
        "“no known allergies” is ticked",
        "allergy to Latex",
    ]


def test_a_missing_answer_is_asked_in_the_catalogues_words(catalogue):
    asked = request(conditions={"breastfeeding": "no"})

    patient = explained(catalogue, asked).patient
    question = next(one for one in catalogue.document["conditions"] if one["code"] == "pregnancy")

    assert (patient.status, [one.text for one in patient.missing]) == (
        "needs-data",
        [question["question"]],
    )


def test_a_minor_is_told_the_birthday(catalogue):
    asked = request(patient={"sex": "male", "birth_date": "2008-02-29"}, consulted_on="2026-02-27")

    (change, *_rest) = explained(catalogue, asked).patient.changes

    assert change.text == "at a consultation from 1 March 2026, at the age of 18"
    assert change.request["consulted_on"] == date(2026, 3, 1).isoformat()


def test_the_words_come_from_the_release_not_from_the_code(catalogue):
    def renamed(document):
        next(one for one in document["treatments"] if one["code"] == "prp")["name"] = "Plasma"

    other = release(catalogue, renamed)

    assert explained(other, request()).areas[0].options[0].names == ("Mesotherapy", "Plasma")


def test_a_page_stays_bounded_however_much_is_held_back(catalogue, monkeypatch):
    places = [row["code"] for row in catalogue.document["areas"]]
    asked = request(
        concerns=concerns(*(("fine-lines", code) for code in places)),
        conditions=conditions(
            coagulation_disorder="yes", active_malignancy="yes", keloid_tendency="yes"
        ),
        labs=[lab("platelets", 40, "10*9/L"), lab("haemoglobin", 8, "g/dL")],
        area_findings=[{"finding": "infection", "area": code} for code in places],
    )
    response = answer(catalogue, asked)
    counted = []

    def counting(*args, **options):
        counted.append(1)
        return evaluate(*args, **options)

    monkeypatch.setattr(changes, "evaluate", counting)
    explain(catalogue, asked, response)

    assert 0 < len(counted) <= changes.MOST_IN_ALL
