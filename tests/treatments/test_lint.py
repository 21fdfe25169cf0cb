"""Each check of the lint, by a catalogue that deserves its finding and one that does not."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from treatments.engine import canonical_json
from treatments.lint import Extra, Figure, RetiredPart, Severity, lint
from treatments.models import (
    ConsentText,
    Formula,
    FormulaIngredient,
    Ingredient,
    Release,
    Rule,
    Source,
    Suitability,
)
from treatments.services import publish_release
from treatments.services.linting import (
    errors_of,
    extra_facts,
    lint_rows,
    rows_to_mend,
    warnings_of,
)
from treatments.services.releases import activate_release


@pytest.fixture(scope="module")
def extra(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return extra_facts()


@pytest.fixture
def document(catalogue):
    """The starter catalogue, to be spoiled."""
    return json.loads(canonical_json(catalogue.document))


def row(document, section, code):
    return next(one for one in document[section] if one["code"] == code)


def condition(code):
    return {"kind": "condition", "condition": code}


def no(trigger):
    return {"not": trigger}


def lab(lowest, below, test="platelets"):
    return {"kind": "lab", "test": test, "from": lowest, "below": below}


def age(lowest, below):
    return {"kind": "age", "from": lowest, "below": below}


def allergy(*allergens):
    return {"kind": "allergy", "allergens": list(allergens)}


def medication(**more):
    return {
        "kind": "medication",
        "classes": ["nsaid"],
        "medications": [],
        "prescribed": None,
        "within_days": None,
        "relative_to": "consultation",
        "ongoing_counts": True,
        **more,
    }


def rule(trigger, **more):
    """A rule of the catalogue's own make; by default a caution on both treatments."""
    return {
        "code": "X-01",
        "kind": "contraindication",
        "title": "A rule",
        "message": "A message.",
        "care": "",
        "sources": ["P-12"],
        "scope": "treatment",
        "trigger": trigger,
        "wait_days": None,
        "ongoing_end": "dated",
        "effects": [
            {"treatment": "mesotherapy", "effect": "caution"},
            {"treatment": "prp", "effect": "caution"},
        ],
        "refer_to": None,
        "when_unknown": "note",
        "ask_age_from": None,
        "ask_age_to": None,
        **more,
    }


def effects(effect, *treatments):
    return [{"treatment": one, "effect": effect} for one in treatments or ("mesotherapy", "prp")]


def found(document, extra, check, code=None):
    return [
        one
        for one in lint(document, extra)
        if one.check == check and (code is None or one.code == code)
    ]


def test_the_starter_catalogue_has_no_errors(document, extra):
    assert errors_of(lint(document, extra)) == []


def test_what_the_starter_catalogue_is_warned_of(document, extra):
    assert [one.id for one in lint(document, extra)] == [
        "formula-lost-to-allergy:formulas:hydration:hyaluronic-acid"
    ]


def test_the_same_document_gives_the_same_findings(document, extra):
    row(document, "rules", "S-07")["sources"] = []

    assert lint(document, extra) == lint(json.loads(canonical_json(document)), extra)
    assert len({one.id for one in lint(document, extra)}) == len(lint(document, extra))


def test_a_rule_without_a_statement_is_an_error(document, extra):
    row(document, "rules", "S-06")["sources"] = []

    (finding,) = found(document, extra, "rule-without-statement")

    assert finding.severity is Severity.ERROR
    assert (finding.model, finding.code) == ("treatments.rule", "S-06")
    assert finding.id == "rule-without-statement:rules:S-06"


@pytest.mark.parametrize(
    ("days", "sourced"), [(7, True), (6, False), (10, False), (0, True)], ids=str
)
def test_a_wait_needs_a_statement_that_gives_it(document, extra, days, sourced):
    row(document, "rules", "S-07")["wait_days"] = days  # its statement says: a week

    findings = found(document, extra, "number-without-source", "S-07")

    assert (findings == []) is sourced
    assert all(one.severity is Severity.WARNING for one in findings)


def test_a_number_on_statements_without_any_figure_is_an_error(document, extra):
    row(document, "rules", "S-07")["sources"] = ["A081"]

    (finding,) = found(document, extra, "number-without-source")

    assert finding.severity is Severity.ERROR
    assert finding.id == "number-without-source:rules:S-07:wait_days:7"


@pytest.mark.parametrize(
    ("figure", "sourced"),
    [
        (Figure(Decimal(1), Decimal(2), "wk"), True),
        (Figure(Decimal(10), Decimal(10), "d"), True),
        (Figure(Decimal(10), Decimal(10), "Days"), True),
        (Figure(Decimal(1), Decimal(2), "weeks"), True),
        (Figure(None, Decimal(240), "h"), True),
        (Figure(Decimal(10), None, "d"), True),
        (Figure(Decimal(0), Decimal(10), "d"), True),
        (Figure(Decimal(0), Decimal(2), "wk"), False),
        (Figure(Decimal(9), None, "d"), False),
        (Figure(Decimal(1), Decimal(1), "wk"), False),
        (Figure(Decimal(10), Decimal(10), "sessions"), False),
    ],
    ids=str,
)
def test_figures_are_held_against_days(document, figure, sourced):
    row(document, "rules", "S-07").update(wait_days=10, sources=["A080"])

    findings = found(document, Extra(figures={"A080": figure}), "number-without-source", "S-07")

    assert (findings == []) is sourced


def test_a_time_before_sources_its_whole_length_and_nothing_shorter(document, extra):
    assert found(document, extra, "number-without-source", "L-10") == []

    row(document, "rules", "L-10")["wait_days"] = 1

    (finding,) = found(document, extra, "number-without-source", "L-10")
    assert finding.about == ("wait_days", "1")


@pytest.mark.parametrize("wait", [6, 0, None])
def test_a_wait_that_shrinks_on_the_same_statements_wants_a_look(document, extra, wait):
    assert found(document, extra, "wait-shortened") == []

    row(document, "rules", "S-07")["wait_days"] = wait

    (finding,) = found(document, extra, "wait-shortened")
    assert (finding.severity, finding.code) == (Severity.WARNING, "S-07")
    assert finding.about == ("7", str(wait or 0))


def test_a_wait_may_grow_or_shrink_with_a_statement_that_speaks_for_it(document, extra):
    row(document, "rules", "S-07")["wait_days"] = 10
    row(document, "rules", "L-10").update(wait_days=1)
    row(document, "rules", "L-10")["sources"].append("A080")

    assert found(document, extra, "wait-shortened") == []


@pytest.mark.parametrize(
    ("section", "at", "field", "value"),
    [
        ("protocols", 0, "planned", 9),
        ("protocols", 0, "optional", 4),
        ("protocols", 0, "interval_days", 10_000),
        ("protocols", 1, "review_days", 100),
        ("combinations", 0, "gap_days", 40),
        ("combinations", 1, "visit_days", 3),
    ],
)
def test_numbers_of_plans_rest_on_the_rules_they_name(document, extra, section, at, field, value):
    assert found(document, extra, "number-without-source") == []

    document[section][at][field] = value

    findings = found(document, extra, "number-without-source")
    assert field in {one.about[0] for one in findings}
    assert {one.severity for one in findings} == {Severity.WARNING}


def test_a_bound_of_a_lab_value_needs_a_statement_that_gives_it(document, extra):
    assert found(document, extra, "number-without-source", "L-08a") == []

    row(document, "rules", "L-08a")["trigger"]["below"] = "40"

    (finding,) = found(document, extra, "number-without-source", "L-08a")
    assert finding.about == ("below", "40")


def test_a_source_without_a_grade_is_a_warning_on_the_source(document, extra):
    document["statements"]["A080"]["grade"] = None
    cited = {one["source"] for one in document["statements"]["A080"]["citations"]}

    findings = found(document, extra, "source-without-grade")

    assert {one.code for one in findings} == cited
    assert {(one.model, one.severity) for one in findings} == {
        ("treatments.source", Severity.WARNING)
    }


def test_a_source_that_nothing_cites_may_lack_its_grade(document, extra):
    other = Extra(figures=extra.figures, ungraded=frozenset({"not-cited"}))

    assert found(document, other, "source-without-grade") == []


REACHABLE = [
    condition("atopy"),
    no(condition("atopy")),
    age(17, 19),
    age(100, None),
    lab("40", "41"),
    lab(None, "0.001"),
    lab("1000000", None),
    no(lab("50", None)),
    {"kind": "lab-missing", "test": "haemoglobin"},
    {"all": [lab(None, "50"), {"kind": "lab-missing", "test": "haemoglobin"}]},
    {"all": [condition("tobacco"), no(condition("atopy")), age(30, 31)]},
    {"any": [age(50, 40), condition("atopy")]},
    {"all": [{"kind": "sex", "sexes": ["other"]}, age(None, 19)]},
    {"all": [no({"kind": "sex", "sexes": ["male"]}), no({"kind": "sex", "sexes": ["female"]})]},
    {"kind": "finding", "finding": "infection"},
    {"kind": "procedure", "procedure": "chemical-peel"},
    {
        "all": [
            {"kind": "allergy", "allergens": ["soy"]},
            no({"kind": "allergy", "allergens": ["egg"]}),
        ]
    },
    {"all": [medication(prescribed=True), no(medication(prescribed=False))]},
    {"all": [medication(within_days=30), no(medication(within_days=29))]},
    {
        "all": [
            medication(classes=["aspirin"]),
            medication(within_days=3),
            no(medication(within_days=2)),
        ]
    },
    {
        "all": [
            medication(within_days=30),
            no(medication(within_days=30, relative_to="start")),
        ]
    },
    {"all": [medication(), no(medication(classes=[], medications=["ibuprofen"]))]},
]


@pytest.mark.parametrize("trigger", REACHABLE, ids=canonical_json)
def test_a_rule_that_some_facts_fit_is_reachable(document, extra, trigger):
    document["rules"].append(rule(trigger))

    assert found(document, extra, "unreachable-rule") == []
    assert found(document, extra, "reach-not-shown") == []


UNREACHABLE = [
    age(40, 40),
    age(None, 0),
    age(200, None),
    lab("50", "50"),
    lab("60", "50"),
    lab(None, "0"),
    {"all": [condition("atopy"), no(condition("atopy"))]},
    {"all": [age(None, 30), age(30, None)]},
    {"all": [lab("100", None), lab(None, "100")]},
    {"all": [lab("100", None), {"kind": "lab-missing", "test": "platelets"}]},
    {"all": [{"kind": "sex", "sexes": ["male"]}, {"kind": "sex", "sexes": ["female"]}]},
    {"all": [medication(), no(medication())]},
    {"all": [medication(within_days=10), no(medication(within_days=20))]},
    allergy(),
    medication(classes=["out-of-use"]),
    {"kind": "finding", "finding": "out-of-use"},
    {"kind": "procedure", "procedure": "out-of-use"},
    condition("out-of-use"),
    {"any": [age(40, 30), lab("60", "50")]},
]


@pytest.mark.parametrize("trigger", UNREACHABLE, ids=canonical_json)
def test_a_rule_that_no_facts_fit_is_an_error(document, extra, trigger):
    document["rules"].append(rule(trigger))

    (finding,) = found(document, extra, "unreachable-rule")

    assert (finding.severity, finding.code) == (Severity.ERROR, "X-01")


@pytest.mark.parametrize(
    ("trigger", "ahead"),
    [
        (age(None, 16), "L-04"),
        ({"all": [no(condition("thrombocytopenia")), lab(None, "90")]}, "platelets"),
        (condition("bdd-screen-positive"), "L-30"),
        ({"all": [{"kind": "sex", "sexes": ["male"]}, condition("pregnancy")]}, "sex"),
    ],
)
def test_a_rule_that_something_always_decides_before_is_an_error(document, extra, trigger, ahead):
    document["rules"].append(rule(trigger))

    (finding,) = found(document, extra, "unreachable-rule")

    assert finding.code == "X-01"
    assert ahead in finding.message


def test_answers_that_decide_first_are_given_otherwise(document, extra):
    """One rule bars those who deny an answer, another asks for it: only a yes leads on."""
    barring = rule(no(condition("tobacco")), code="X-02", scope="all", when_unknown="ask")
    document["rules"] += [rule(condition("atopy")), barring | {"effects": effects("exclude", None)}]

    assert found(document, extra, "unreachable-rule") == []


def test_a_value_that_a_bar_for_all_needs_is_given(document, extra):
    missing = {"kind": "lab-missing", "test": "haemoglobin"}
    barring = rule(missing, code="X-02", scope="all", effects=effects("delay", None))
    document["rules"] += [rule(condition("atopy")), barring]

    assert found(document, extra, "unreachable-rule") == []


def test_what_cannot_be_tried_out_is_left_to_the_curator(document, extra):
    barring = rule(no(medication()), code="X-02", scope="all", effects=effects("exclude", None))
    document["rules"] += [rule(condition("atopy")), barring]

    assert found(document, extra, "unreachable-rule", "X-01") == []
    (finding,) = found(document, extra, "reach-not-shown", "X-01")
    assert finding.severity is Severity.WARNING


def test_a_rule_on_a_treatment_that_covers_nothing_is_unreachable(document, extra):
    document["suitabilities"] = [
        one for one in document["suitabilities"] if one["treatment"] != "mesotherapy"
    ]

    codes = {one.code for one in found(document, extra, "unreachable-rule")}

    assert {"S-07", "S-08", "S-11", "S-09", "L-13"} <= codes
    assert not codes & {"L-04", "S-05", "L-20", "L-24"}


def test_an_allergy_rule_on_no_allergen_in_use_is_unreachable(document, extra):
    row(document, "rules", "L-16")["allergens"] = ["out-of-use"]

    assert [one.code for one in found(document, extra, "unreachable-rule")] == ["L-16"]
    assert [one.code for one in found(document, extra, "not-in-use")] == ["L-16"]


def test_contradicting_facts_that_cannot_meet_are_an_error(document, extra):
    document["input_conflicts"].append(
        {"code": "never", "message": "Never.", "trigger": {"all": [age(None, 5), age(9, None)]}}
    )

    (finding,) = found(document, extra, "unreachable-rule")

    assert (finding.model, finding.code) == ("treatments.rule", "never")


@pytest.mark.parametrize(
    ("trigger", "more", "delays"),
    [
        (medication(), {"wait_days": 1}, True),
        (medication(), {"wait_days": 0}, False),
        (medication(), {"wait_days": 0, "ongoing_end": "unknown"}, True),
        (medication(ongoing_counts=False), {"wait_days": None}, False),
        (condition("atopy"), {"wait_days": None}, True),
        ({"kind": "finding", "finding": "infection"}, {"wait_days": 0}, True),
    ],
)
def test_a_delay_has_to_outlast_the_start(document, extra, trigger, more, delays):
    document["rules"].append(rule(trigger, effects=effects("delay"), **more))

    findings = found(document, extra, "delay-without-effect")

    assert (findings == []) is delays
    assert all(one.severity is Severity.ERROR for one in findings)


def test_a_delay_after_a_procedure_without_days_is_unreachable(document, extra):
    row(document, "rules", "L-23")["wait_days"] = 0

    assert [one.code for one in found(document, extra, "unreachable-rule")] == ["L-23"]


CONTRADICTING = [
    (condition("atopy"), {"effects": effects("exclude", "mesotherapy")}),
    (
        {"any": [condition("atopy"), condition("tobacco")]},
        {"effects": effects("ask-prescriber", "mesotherapy")},
    ),
    (condition("atopy"), {"scope": "all", "effects": effects("delay", None)}),
]


@pytest.mark.parametrize(("trigger", "more"), CONTRADICTING)
def test_a_milder_rule_on_the_same_or_narrower_facts_contradicts(document, extra, trigger, more):
    document["rules"].append(rule(trigger, **more))  # S-11: atopy, caution with mesotherapy

    findings = found(document, extra, "contradicting-rules")

    assert [(one.code, one.about) for one in findings] == [("S-11", ("X-01", "mesotherapy"))]
    assert findings[0].severity is Severity.WARNING


@pytest.mark.parametrize(
    ("trigger", "more"),
    [
        (condition("atopy"), {"effects": effects("exclude", "prp")}),
        (condition("atopy"), {"effects": effects("caution", "mesotherapy")}),
        (condition("tobacco"), {"effects": effects("exclude", "mesotherapy")}),
        (no(condition("atopy")), {"effects": effects("exclude", "mesotherapy")}),
        (
            {"all": [condition("atopy"), condition("tobacco")]},
            {"effects": effects("exclude", "mesotherapy")},
        ),
    ],
)
def test_rules_that_add_to_each_other_do_not_contradict(document, extra, trigger, more):
    document["rules"].append(rule(trigger, **more))

    assert found(document, extra, "contradicting-rules") == []


@pytest.mark.parametrize(
    ("narrow", "wide", "contradicts"),
    [
        (lab("50", "60"), lab(None, "100"), True),
        (lab("50", None), lab(None, "100"), False),
        (no(lab(None, "100")), no(lab("50", "60")), True),
        (no(lab("50", "60")), no(lab(None, "100")), False),
        (age(20, 30), age(18, None), True),
        (age(17, 30), age(18, None), False),
        ({"kind": "sex", "sexes": ["male"]}, {"kind": "sex", "sexes": ["male", "other"]}, True),
        ({"kind": "sex", "sexes": ["male", "other"]}, {"kind": "sex", "sexes": ["male"]}, False),
        (medication(within_days=10), medication(within_days=30), True),
        (medication(within_days=30), medication(within_days=10), False),
        (medication(), medication(within_days=10), False),
        (medication(prescribed=True), medication(classes=["aspirin", "nsaid"]), True),
        (medication(), medication(prescribed=True), False),
        (
            allergy("egg"),
            allergy("egg", "soy"),
            True,
        ),
    ],
)
def test_narrower_lines_are_seen_as_such(document, extra, narrow, wide, contradicts):
    document["rules"] = [one for one in document["rules"] if one["kind"] == "basis"]
    document["variants"] = []
    document["rules"] += [
        rule(narrow, code="X-01"),
        rule(wide, code="X-02", effects=effects("exclude-overridable")),
    ]

    codes = {one.code for one in found(document, extra, "contradicting-rules")}

    assert codes == ({"X-01"} if contradicts else set())


@pytest.mark.parametrize(("wait", "contradicts"), [(10, True), (7, False)])
def test_two_waits_for_the_same_dose_contradict(document, extra, wait, contradicts):
    other = {**row(document, "rules", "S-07"), "code": "X-01", "wait_days": wait}
    document["rules"].append(other)

    findings = found(document, extra, "contradicting-rules")

    assert bool(findings) is contradicts
    assert all(one.code == "S-07" for one in findings)


def test_a_caution_that_outlasts_a_delay_does_not_contradict_it(document, extra):
    trigger = row(document, "rules", "S-07")["trigger"]
    document["rules"].append(rule(trigger))

    assert found(document, extra, "contradicting-rules") == []


def test_a_formula_that_one_allergy_empties_is_a_warning(document, extra):
    row(document, "formulas", "firming")["ingredients"].pop()

    (finding,) = found(document, extra, "formula-lost-to-allergy", "firming")

    assert finding.severity is Severity.WARNING
    assert found(document, extra, "formula-lost-to-allergy", "rejuvenation") == []
    assert found(document, extra, "formula-lost-to-allergy", "clinician-selects") == []


@pytest.mark.parametrize(
    ("days", "empty"),
    [((7, 14, 14), False), ((14, 14, 14), False), ((14, 14, 7), True), ((7, 21, 14), True)],
)
def test_an_interval_must_fit_its_range(document, extra, days, empty):
    protocol = row(document, "protocols", "meso-standard")
    protocol.update(
        zip(("min_interval_days", "interval_days", "max_interval_days"), days, strict=True)
    )

    findings = found(document, extra, "interval-empty")

    assert bool(findings) is empty
    assert all(one.severity is Severity.ERROR for one in findings)


def test_a_concern_needs_a_treatment_or_a_referral(document, extra):
    assert found(document, extra, "concern-not-covered") == []

    row(document, "concerns", "joint-pain")["refer_to"] = None

    (finding,) = found(document, extra, "concern-not-covered")
    assert (finding.severity, finding.code) == (Severity.WARNING, "joint-pain")


def test_a_retired_ingredient_in_a_formula_is_an_error(document, extra):
    row(document, "formulas", "firming")["ingredients"][0]["ingredient"] = "thyroxine"
    other = Extra(figures=extra.figures, retired=(RetiredPart("hydration", "calcitonin"),))

    findings = found(document, other, "retired-ingredient")

    assert {(one.code, *one.about) for one in findings} == {
        ("firming", "thyroxine"),
        ("hydration", "calcitonin"),
    }
    assert {one.severity for one in findings} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("section", "field"),
    [
        ("rules", "message"),
        ("rules", "title"),
        ("conditions", "question"),
        ("areas", "name"),
        ("notices", "text"),
        ("conflicts", "why"),
        ("input_conflicts", "message"),
    ],
)
def test_a_missing_text_is_a_warning(document, extra, section, field):
    assert found(document, extra, "text-missing") == []

    document[section][0][field] = " "

    (finding,) = found(document, extra, "text-missing")
    assert (finding.severity, finding.about) == (Severity.WARNING, (field,))


def test_what_the_engine_cannot_read_is_an_error(document, extra):
    document["performers"] = []

    (finding,) = found(document, extra, "not-readable")

    assert (finding.severity, finding.model) == (Severity.ERROR, "")


def test_an_acknowledgement_does_not_outlive_what_it_was_given_for(document, extra):
    wait = row(document, "rules", "S-07")
    ids = set()
    for days in (9, 10):
        wait["wait_days"] = days
        ids |= {one.id for one in found(document, extra, "number-without-source")}

    assert len(ids) == 2


@pytest.mark.django_db
def test_the_working_rows_of_the_starter_catalogue_have_no_errors():
    findings = lint_rows()

    assert errors_of(findings) == []
    rows = rows_to_mend(findings)
    assert {one.id: rows[one.id].code for one in warnings_of(findings)} == {
        "formula-lost-to-allergy:formulas:hydration:hyaluronic-acid": "hydration"
    }


@pytest.mark.django_db
def test_rows_tell_what_the_document_leaves_out():
    Ingredient.objects.filter(code="peptides").update(active=False)
    Source.objects.filter(code="seed-000").update(grade="")
    Suitability.objects.filter(concern__code="fine-lines").update(formula=None)

    findings = lint_rows()
    rows = rows_to_mend(findings)

    retired = [one for one in findings if one.check == "retired-ingredient"]
    assert {rows[one.id] for one in retired} == set(
        Formula.objects.filter(code__in=["firming", "rejuvenation"])
    )
    assert rows["source-without-grade:sources:seed-000"] == Source.objects.get(code="seed-000")
    (unfit,) = [one for one in findings if one.check == "not-publishable"]
    assert rows[unfit.id] == Suitability.objects.get(
        concern__code="fine-lines", treatment__code="mesotherapy"
    )


@pytest.mark.django_db
def test_a_conflict_of_facts_leads_to_one_of_its_rules():
    Rule.objects.filter(code="I-01").update(message="")

    (finding,) = [one for one in lint_rows() if one.check == "text-missing"]

    assert rows_to_mend([finding])[finding.id] == Rule.objects.get(code="I-01")


@pytest.mark.django_db
def test_the_lint_reads_in_a_fixed_number_of_queries(django_assert_max_num_queries):
    ingredient = Ingredient.objects.get(code="peptides")
    for formula in Formula.objects.exclude(parts__ingredient=ingredient):
        FormulaIngredient.objects.create(formula=formula, ingredient=ingredient)

    with django_assert_max_num_queries(98):
        lint_rows()


def text_in(version, words):
    ConsentText.objects.filter(code="prp-en").update(version=version, body=words)


def consent_findings():
    return [one for one in lint_rows() if one.check == "consent-version"]


@pytest.mark.django_db
def test_a_version_of_a_consent_that_was_gone_back_from_keeps_its_words():
    first = ConsentText.objects.get(code="prp-en").body
    assert consent_findings() == []
    text_in(1, "Other words.")
    (finding,) = consent_findings()
    assert (finding.severity, finding.code, finding.about) == (Severity.ERROR, "prp-en", ("1",))
    text_in(2, "Other words.")
    assert consent_findings() == []

    publish_release("2026.2", by=None)
    activate_release(Release.objects.get(key="2026.1"), by=None)

    text_in(2, "Words of a third kind.")
    (finding,) = consent_findings()
    assert finding.about == ("2",)
    for version, words in ((1, first), (2, "Other words."), (3, "Words of a third kind.")):
        text_in(version, words)
        assert consent_findings() == [], version


@pytest.mark.django_db
def test_more_releases_cost_the_lint_no_more_queries():
    lint_rows()

    counts = []
    for number in (2, 3, 4):
        publish_release(f"2026.{number}", by=None)
        lint_rows()
        with CaptureQueriesContext(connection) as queries:
            lint_rows()
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]
