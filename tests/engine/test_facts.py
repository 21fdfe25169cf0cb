"""Every fault of a request is found, at its place."""

import math

import pytest

from tests.engine.cases import faults, lab, medicine, request
from treatments.engine import InvalidRequest, evaluate, parse_facts

PLAIN = request()


def without(key):
    return {name: value for name, value in PLAIN.items() if name != key}


def clinic(**changes):
    return request(clinic=changes)


def product(**changes):
    return clinic(products=[{"product": "mix", "ingredients": ["peptides"], **changes}])


def patient(**changes):
    return request(patient=changes)


def concern(**changes):
    return request(concerns=[{"concern": "fine-lines", "area": "face", **changes}])


def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


PEEL = {"procedure": "chemical-peel", "area": "face", "performed_on": "2026-02-20"}
INFECTION = {"finding": "infection", "area": "back"}

FINE_LINES = {"concern": "fine-lines", "area": "face"}

BAD = {
    "not an object": (["a", "list"], [""]),
    "null": (None, [""]),
    "a text": ("{}", [""]),
    "empty": ({}, ["consulted_on", "patient", "concerns"]),
    "unknown keys": (request(foo=1, bar=2), ["foo", "bar"]),
    "an empty key": ({**PLAIN, "": 1}, [""]),
    "a key that is no text": ({**PLAIN, 7: 1}, ["int"]),
    "deep under an unknown key": (request(foo=deep(50_000)), ["foo"]),
    "deep in place of a list": (request(concerns=deep(50_000)), ["concerns[0]"]),
    "deep in place of a code": (concern(area=deep(50_000)), ["concerns[0].area"]),
    # days
    "no day": (without("consulted_on"), ["consulted_on"]),
    "day of null": (request(consulted_on=None), ["consulted_on"]),
    "day of a number": (request(consulted_on=20260302), ["consulted_on"]),
    "30 February": (request(consulted_on="2026-02-30"), ["consulted_on"]),
    "29 February of a common year": (request(consulted_on="2026-02-29"), ["consulted_on"]),
    "year 0": (request(consulted_on="0000-01-01"), ["consulted_on"]),
    "basic form": (request(consulted_on="20260302"), ["consulted_on"]),
    "week form": (request(consulted_on="2026-W10-1"), ["consulted_on"]),
    "with a time": (request(consulted_on="2026-03-02T00:00:00"), ["consulted_on"]),
    "with a space": (request(consulted_on=" 2026-03-02"), ["consulted_on"]),
    "with a line end": (request(consulted_on="2026-03-02\n"), ["consulted_on"]),
    "short parts": (request(consulted_on="2026-3-2"), ["consulted_on"]),
    "five digits": (request(consulted_on="12026-03-02"), ["consulted_on"]),
    "digits of another script": (request(consulted_on="٢٠٢٦-٠٣-٠٢"), ["consulted_on"]),
    "empty day": (request(consulted_on=""), ["consulted_on"]),
    "start before": (request(start_on="2026-03-01"), ["start_on"]),
    "start of null": (request(start_on=None), ["start_on"]),
    # patient
    "no patient": (without("patient"), ["patient"]),
    "patient of null": (request(patient=None), ["patient"]),
    "patient in a list": (request(patient=[]), ["patient"]),
    "empty patient": (patient(), ["patient.sex", "patient"]),
    "no sex": (patient(age=44), ["patient.sex"]),
    "unknown sex": (patient(sex="Female", age=44), ["patient.sex"]),
    "sex of null": (patient(sex=None, age=44), ["patient.sex"]),
    "neither age": (patient(sex="male"), ["patient"]),
    "both ages": (patient(sex="male", age=44, birth_date="1982-01-01"), ["patient"]),
    "age of null": (patient(sex="male", age=None), ["patient.age"]),
    "age as text": (patient(sex="male", age="44"), ["patient.age"]),
    "age of true": (patient(sex="male", age=True), ["patient.age"]),
    "age with a point": (patient(sex="male", age=45.0), ["patient.age"]),
    "age below 0": (patient(sex="male", age=-1), ["patient.age"]),
    "age of 131": (patient(sex="male", age=131), ["patient.age"]),
    "a huge age": (patient(sex="male", age=10**5000), ["patient.age"]),
    "not born yet": (patient(sex="male", birth_date="2026-03-03"), ["patient.birth_date"]),
    "born too long ago": (patient(sex="male", birth_date="1895-03-02"), ["patient.birth_date"]),
    "born on no day": (patient(sex="male", birth_date="1990-13-01"), ["patient.birth_date"]),
    "born null": (patient(sex="male", birth_date=None), ["patient.birth_date"]),
    "a patient's name": (patient(sex="male", age=44, name="X"), ["patient.name"]),
    # concerns
    "no concerns": (without("concerns"), ["concerns"]),
    "empty concerns": (request(concerns=[]), ["concerns"]),
    "concerns of null": (request(concerns=None), ["concerns"]),
    "concerns in an object": (request(concerns={}), ["concerns"]),
    "a concern of null": (request(concerns=[None]), ["concerns[0]"]),
    "an empty concern": (request(concerns=[{}]), ["concerns[0].concern", "concerns[0].area"]),
    "unknown concern": (concern(concern="wrinkles"), ["concerns[0].concern"]),
    "a concern with NUL": (concern(concern="fine-lines\0"), ["concerns[0].concern"]),
    "a concern in a list": (concern(concern=["fine-lines"]), ["concerns[0].concern"]),
    "unknown area": (concern(area="nose"), ["concerns[0].area"]),
    "area with a lone surrogate": (concern(area="\ud800"), ["concerns[0].area"]),
    "severity 0": (concern(severity=0), ["concerns[0].severity"]),
    "severity 4": (concern(severity=4), ["concerns[0].severity"]),
    "severity of true": (concern(severity=True), ["concerns[0].severity"]),
    "severity of null": (concern(severity=None), ["concerns[0].severity"]),
    "severity with a point": (concern(severity=2.0), ["concerns[0].severity"]),
    "a concern's note": (concern(note=""), ["concerns[0].note"]),
    "twice and thrice in an area": (
        request(
            concerns=[{"concern": "fine-lines", "area": "face", "severity": n} for n in (1, 2, 3)]
        ),
        ["concerns[1]", "concerns[2]"],
    ),
    # answers
    "conditions in a list": (request(conditions=["atopy"]), ["conditions"]),
    "conditions of null": (request(conditions=None), ["conditions"]),
    "unknown condition": (request(conditions={"gout": "no"}), ["conditions.gout"]),
    "answer of true": (request(conditions={"atopy": True}), ["conditions.atopy"]),
    "answer of null": (request(conditions={"atopy": None}), ["conditions.atopy"]),
    "answer in capitals": (request(conditions={"atopy": "YES"}), ["conditions.atopy"]),
    "answer in a list": (request(conditions={"atopy": ["yes"]}), ["conditions.atopy"]),
    "no allergies, as text": (request(no_known_allergies="true"), ["no_known_allergies"]),
    "no allergies, as 1": (request(no_known_allergies=1), ["no_known_allergies"]),
    "no allergies, null": (request(no_known_allergies=None), ["no_known_allergies"]),
    "reviewed, as 0": (request(medications_reviewed=0), ["medications_reviewed"]),
    # lists of facts
    "allergies of null": (request(allergies=None), ["allergies"]),
    "allergies as codes": (request(allergies=["latex"]), ["allergies[0]"]),
    "an allergy to nothing": (request(allergies=[{}]), ["allergies[0].allergen"]),
    "unknown allergen": (request(allergies=[{"allergen": "nuts"}]), ["allergies[0].allergen"]),
    "a medicine by text": (request(medications=["aspirin"]), ["medications[0]"]),
    "unprescribed or not": (
        request(medications=[{"medication": "aspirin"}]),
        ["medications[0].prescribed"],
    ),
    "prescribed null": (
        request(medications=[medicine("aspirin", prescribed=None)]),
        ["medications[0].prescribed"],
    ),
    "unknown medicine": (
        request(medications=[medicine("aspirin"), medicine("asprin")]),
        ["medications[1].medication"],
    ),
    "ongoing as text": (
        request(medications=[medicine("aspirin", ongoing="yes")]),
        ["medications[0].ongoing"],
    ),
    "last taken on no day": (
        request(medications=[medicine("aspirin", last_taken_on="2026-02-31")]),
        ["medications[0].last_taken_on"],
    ),
    "last taken null": (
        request(medications=[medicine("aspirin", last_taken_on=None)]),
        ["medications[0].last_taken_on"],
    ),
    "a dose": (
        request(medications=[medicine("aspirin", dose="100 mg")]),
        ["medications[0].dose"],
    ),
    "an empty lab": (
        request(labs=[{}]),
        ["labs[0].test", "labs[0].value", "labs[0].unit", "labs[0].taken_on"],
    ),
    "unknown test, any unit": (request(labs=[lab("ferritin", 1, "ug/L")]), ["labs[0].test"]),
    "unknown test, no unit": (
        request(labs=[lab("ferritin", 1, None)]),
        ["labs[0].test", "labs[0].unit"],
    ),
    "unit of another test": (request(labs=[lab("platelets", 100, "g/L")]), ["labs[0].unit"]),
    "value as text": (request(labs=[lab("platelets", "100", "/uL")]), ["labs[0].value"]),
    "value of true": (request(labs=[lab("platelets", True, "/uL")]), ["labs[0].value"]),
    "value of 0": (request(labs=[lab("platelets", 0, "/uL")]), ["labs[0].value"]),
    "value of minus 0": (request(labs=[lab("platelets", -0.0, "/uL")]), ["labs[0].value"]),
    "value below 0": (request(labs=[lab("platelets", -1.5, "/uL")]), ["labs[0].value"]),
    "infinite value": (request(labs=[lab("platelets", math.inf, "/uL")]), ["labs[0].value"]),
    "value below all": (request(labs=[lab("platelets", -math.inf, "/uL")]), ["labs[0].value"]),
    "no number": (request(labs=[lab("platelets", math.nan, "/uL")]), ["labs[0].value"]),
    "a huge whole number": (request(labs=[lab("platelets", 10**5000, "/uL")]), ["labs[0].value"]),
    "value null": (request(labs=[lab("platelets", None, "/uL")]), ["labs[0].value"]),
    "no day of taking": (
        request(labs=[{"test": "platelets", "value": 1, "unit": "/uL"}]),
        ["labs[0].taken_on"],
    ),
    "a tumour that clears": (
        request(
            area_findings=[
                {"finding": "suspected-malignancy", "area": "face", "clears_on": "2026-04-01"}
            ]
        ),
        ["area_findings[0].clears_on"],
    ),
    "clears null": (
        request(area_findings=[{**INFECTION, "clears_on": None}]),
        ["area_findings[0].clears_on"],
    ),
    "an infection nowhere": (
        request(area_findings=[{"finding": "infection"}]),
        ["area_findings[0].area"],
    ),
    "unknown finding": (
        request(area_findings=[{**INFECTION, "finding": "rash"}]),
        ["area_findings[0].finding"],
    ),
    "unknown procedure": (
        request(procedures=[{**PEEL, "procedure": "laser"}]),
        ["procedures[0].procedure"],
    ),
    "a peel on no day": (
        request(procedures=[{"procedure": "chemical-peel", "area": "face"}]),
        ["procedures[0].performed_on"],
    ),
    # wishes and clinic
    "preferences of null": (request(preferences=None), ["preferences"]),
    "unknown mode": (request(preferences={"combination": "both"}), ["preferences.combination"]),
    "mode null": (request(preferences={"combination": None}), ["preferences.combination"]),
    "laser as text": (request(preferences={"laser": "no"}), ["preferences.laser"]),
    "laser null": (request(preferences={"laser": None}), ["preferences.laser"]),
    "unknown wish": (request(preferences={"price": 1}), ["preferences.price"]),
    "clinic in a list": (request(clinic=[]), ["clinic"]),
    "unknown performer": (clinic(performer="student"), ["clinic.performer"]),
    "performer null": (clinic(performer=None), ["clinic.performer"]),
    "unknown clinic key": (clinic(open_on=[]), ["clinic.open_on"]),
    "weekday 0": (clinic(closed_weekdays=[0]), ["clinic.closed_weekdays[0]"]),
    "weekday 8": (clinic(closed_weekdays=[7, 8]), ["clinic.closed_weekdays[1]"]),
    "weekday as text": (clinic(closed_weekdays=["7"]), ["clinic.closed_weekdays[0]"]),
    "weekday of true": (clinic(closed_weekdays=[True]), ["clinic.closed_weekdays[0]"]),
    "weekday with a point": (clinic(closed_weekdays=[7.0]), ["clinic.closed_weekdays[0]"]),
    "weekdays in no list": (clinic(closed_weekdays=7), ["clinic.closed_weekdays"]),
    "every weekday": (clinic(closed_weekdays=[1, 2, 3, 4, 5, 6, 7]), ["clinic"]),
    "closed on no day": (
        clinic(closed_on=["2026-05-01", "2026-04-31"]),
        ["clinic.closed_on[1]"],
    ),
    "closed on null": (clinic(closed_on=[None]), ["clinic.closed_on[0]"]),
    "products of null": (clinic(products=None), ["clinic.products"]),
    "a product by name": (clinic(products=["mix"]), ["clinic.products[0]"]),
    "an empty product": (
        clinic(products=[{}]),
        ["clinic.products[0].product", "clinic.products[0].ingredients"],
    ),
    "product name of a number": (product(product=7), ["clinic.products[0].product"]),
    "empty product name": (product(product=""), ["clinic.products[0].product"]),
    "blank product name": (product(product=" \t\u2003"), ["clinic.products[0].product"]),
    "long product name": (product(product="x" * 201), ["clinic.products[0].product"]),
    "product name with NUL": (product(product="a\0b"), ["clinic.products[0].product"]),
    "product name half a character": (
        product(product="a\udfff"),
        ["clinic.products[0].product"],
    ),
    "unknown ingredient": (
        product(ingredients=["peptides", "botox"]),
        ["clinic.products[0].ingredients[1]"],
    ),
    "an ingredient class": (
        product(ingredients=["vitamins"]),
        ["clinic.products[0].ingredients[0]"],
    ),
    "ingredients null": (product(ingredients=None), ["clinic.products[0].ingredients"]),
    "separable as text": (product(separable="no"), ["clinic.products[0].separable"]),
    "two products of one name": (
        clinic(products=[{"product": "mix", "ingredients": []}] * 2),
        ["clinic.products[1].product"],
    ),
}


@pytest.mark.parametrize(("asked", "paths"), BAD.values(), ids=list(BAD))
def test_fault_is_named_by_its_path(catalogue, asked, paths):
    assert faults(catalogue, asked) == paths


def test_all_faults_come_in_one_answer_each_with_a_message_and_a_code(catalogue):
    asked = request(
        consulted_on="yesterday",
        patient={"sex": "x", "age": 200},
        concerns=[{"concern": "x", "area": "y"}],
        labs=[lab("platelets", -1, "kg", "2026-02-30")],
        clinic={"performer": "x"},
        extra=1,
    )

    with pytest.raises(InvalidRequest) as refused:
        parse_facts(catalogue, asked)

    assert [one.path for one in refused.value.faults] == [
        "extra",
        "consulted_on",
        "patient.sex",
        "patient.age",
        "concerns[0].concern",
        "concerns[0].area",
        "labs[0].value",
        "labs[0].unit",
        "labs[0].taken_on",
        "clinic.performer",
    ]
    assert all(one.message and one.code for one in refused.value.faults)


def test_a_fault_can_always_be_written_down(catalogue):
    with pytest.raises(InvalidRequest) as refused:
        parse_facts(catalogue, {"\ud800\0": 1, "x" * 10_000: 1})

    for fault in refused.value.faults:
        assert len(f"{fault.path} {fault.message}".encode()) < 1000
        assert "\0" not in fault.path


GOOD = {
    "only what is required": {
        "consulted_on": "2026-03-02",
        "patient": {"sex": "other", "age": 0},
        "concerns": [{"concern": "fine-lines", "area": "face"}],
    },
    "empty lists and objects": request(
        allergies=[], medications=[], labs=[], area_findings=[], procedures=[],
        preferences={}, conditions={},
        clinic={"closed_weekdays": [], "closed_on": [], "products": []},
    ),
    "age 130": patient(sex="male", age=130),
    "born today": patient(sex="male", birth_date="2026-03-02"),
    "turns 131 tomorrow": patient(sex="male", birth_date="1895-03-03"),
    "the same concern in two areas": request(
        concerns=[{"concern": "fine-lines", "area": area} for area in ("face", "chin")]
    ),
    "the same fact twice": request(
        allergies=[{"allergen": "latex"}] * 2,
        no_known_allergies=False,
        medications=[medicine("paracetamol")] * 2,
        area_findings=[INFECTION] * 2,
        procedures=[PEEL] * 2,
    ),
    "dates far away": request(
        labs=[lab("platelets", 200, "10*9/L", "0001-01-01")],
        medications=[medicine("aspirin", last_taken_on="0001-01-01")],
        procedures=[{**PEEL, "performed_on": "0001-01-01"}],
    ),
    "values of every size": request(
        labs=[lab("platelets", value, "10*9/L") for value in (5e-324, 0.1, 1e308, 10**300)]
    ),
    "the longest product name": product(product="é" * 200, ingredients=[]),
    "six weekdays closed": clinic(closed_weekdays=[1, 2, 3, 4, 5, 6]),
}  # fmt: skip


@pytest.mark.parametrize("asked", GOOD.values(), ids=list(GOOD))
def test_sound_request_is_read_and_answered(catalogue, asked):
    assert evaluate(catalogue, parse_facts(catalogue, asked))["release"]["key"] == catalogue.key


EDGES = {
    "last day, far wait": request(
        consulted_on="9999-12-31", medications=[medicine("aspirin", ongoing=True)]
    ),
    "no room for a course": request(consulted_on="9999-12-01"),
    "start at the end": request(start_on="9999-12-31"),
    "a course, but no review": request(consulted_on="9999-06-01"),
    "clears at the end": request(
        area_findings=[{"finding": "infection", "area": "face", "clears_on": "9999-12-31"}]
    ),
}


@pytest.mark.parametrize("asked", EDGES.values(), ids=list(EDGES))
def test_a_date_beyond_the_calendar_is_a_fault_of_the_clinic(catalogue, asked):
    facts = parse_facts(catalogue, asked)

    with pytest.raises(InvalidRequest) as refused:
        evaluate(catalogue, facts)

    assert [fault.path for fault in refused.value.faults] == ["clinic"]


def test_future_facts_at_the_end_of_the_calendar_are_a_conflict(catalogue):
    asked = request(
        medications=[medicine("aspirin", last_taken_on="9999-12-31")],
        labs=[lab("platelets", 1, "/uL", "9999-12-31")],
        procedures=[{**PEEL, "performed_on": "9999-12-31"}],
    )

    response = evaluate(catalogue, parse_facts(catalogue, asked))

    assert response["conflicts"] == [
        {"code": "future", "facts": ["labs[0]", "medications[0]", "procedures[0]"]}
    ]


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-28", 19),
        ("2008-02-29", "2028-02-29", 20),
        ("2008-03-02", "2026-03-01", 17),
        ("2008-03-02", "2026-03-02", 18),
    ],
)
def test_age_counts_full_years(catalogue, born, day, years):
    facts = parse_facts(
        catalogue, request(consulted_on=day, patient={"sex": "male", "birth_date": born})
    )

    assert facts.age == years
    assert facts.age_path == "patient.birth_date"


def test_facts_keep_the_request_apart_from_the_one_they_came_from(catalogue):
    asked = request()
    facts = parse_facts(catalogue, asked)
    before = evaluate(catalogue, facts)

    asked["concerns"].clear()
    facts.request["concerns"].clear()

    assert facts.request == request()
    assert evaluate(catalogue, facts) == before
