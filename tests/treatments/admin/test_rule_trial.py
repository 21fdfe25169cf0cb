"""A rule is read while it is typed and tried before it is saved; nothing of that is stored."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent
from tests.treatments.admin.pages import filled, page, saved
from treatments.models import (
    AreaFinding,
    CatalogueChange,
    Condition,
    Draft,
    GoldenCase,
    LabTest,
    MedicationClass,
    Rule,
    RuleClause,
    Statement,
    Treatment,
)
from treatments.sentences import rule_sentence

SENTENCE = "/admin/treatments/rule/sentence/"
TRY = "/admin/treatments/rule/try/"


@pytest.fixture
def curator(client_of):
    return client_of("curator")


@pytest.fixture
def wait():
    """S-07: aspirin or NSAID without prescription, mesotherapy waits 7 days."""
    return Rule.objects.get(code="S-07")


def form_of(curator, rule, lines=None, **fields):
    url = page(Rule, "change", rule.pk) if rule else page(Rule, "add")
    return filled(curator.get(url), lines, **fields)


def read(curator, rule, lines=None, **fields):
    query = f"?rule={rule.pk}" if rule else ""
    answer = curator.post(SENTENCE + query, form_of(curator, rule, lines, **fields))
    assert answer.status_code == 200
    return answer.json()


def tried(curator, rule, lines=None, **fields):
    query = f"?rule={rule.pk}" if rule else ""
    data = form_of(curator, rule, lines, **fields)
    return curator.post(TRY + query, data, headers={"X-Requested-With": "fetch"})


def differing(answer):
    return {
        (line.section, line.label): (line.before, line.after)
        for line in answer.context["lines"]
        if line.changed
    }


def case(code):
    return GoldenCase.objects.get(code=code).pk


@pytest.fixture
def everything_stored():
    def count():
        models = (Rule, RuleClause, CatalogueChange, Draft, AuditEvent, GoldenCase)
        return [model.objects.count() for model in models]

    return count


# The sentence


def test_a_saved_rule_reads_as_in_the_list(curator, wait):
    shown = curator.get(page(Rule, "change", wait.pk))

    assert rule_sentence(wait) in shown.context["sentence"]
    assert read(curator, wait)["sentence"] == rule_sentence(wait)


@pytest.mark.parametrize("code", [f"S-{n:02}" for n in (5, 8, 10, 11)] + ["L-05", "L-07", "L-24"])
def test_every_kind_of_rule_reads_the_same_unsaved(curator, code):
    rule = Rule.objects.get(code=code)

    assert read(curator, rule)["sentence"] == rule_sentence(rule)


def test_what_is_typed_and_not_saved_is_read(curator, wait, everything_stored):
    before = everything_stored()

    told = read(curator, wait, wait_days="10")

    assert "10 days after the last dose" in told["sentence"]
    assert everything_stored() == before


def test_not_and_groups_are_told(curator):
    male = {"kind": "sex", "sex": "male", "negated": "on", "group": "1"}
    atopy = Condition.objects.get(code="atopy")
    tobacco = Condition.objects.get(code="tobacco")
    lines = {
        "clauses": [
            male,
            {"kind": "condition", "condition": atopy.pk, "group": "2"},
            {"kind": "condition", "condition": tobacco.pk, "negated": "on", "group": "2"},
            {
                "kind": "lab",
                "lab_test": LabTest.objects.get(code="platelets").pk,
                "value_below": "50",
                "negated": "on",
                "group": "3",
            },
        ],
        "effects": [{"treatment": Treatment.objects.get(code="prp").pk, "effect": "caution"}],
    }

    told = read(curator, None, lines, code="L-90", title="New")

    assert [len(group) for group in told["groups"]] == [1, 2, 1]
    assert told["groups"][0] == ["sex is not male"]
    assert told["groups"][1] == [f"{atopy} is yes", f"{tobacco} is no"]
    assert told["groups"][2][0].startswith("not (")
    assert f"sex is not male and ({atopy} is yes or {tobacco} is no) and not (" in told["sentence"]
    assert told["sentence"].endswith("caution with Platelet-rich plasma (PRP)")
    assert set(told["lines"]) == {f"clauses-{n}" for n in range(4)}


@pytest.mark.parametrize(
    ("clause", "phrase"),
    [
        ({"kind": ""}, "…"),
        ({"kind": "condition"}, "… is yes"),
        ({"kind": "sex"}, "sex is …"),
        ({"kind": "age"}, "age is …"),
        ({"kind": "age", "age_below": "x"}, "age is …"),
        ({"kind": "age", "age_from": "18", "age_below": "12"}, "age is "),
        ({"kind": "medication"}, "last dose of (nothing yet)"),
        ({"kind": "lab"}, "… …"),
        ({"kind": "lab-missing"}, "no recent value of …"),
        ({"kind": "finding"}, "… in the area"),
        ({"kind": "procedure"}, "… done in the area"),
        ({"kind": "allergy"}, "allergy to (nothing yet)"),
        ({"kind": "nonsense"}, "…"),
        ({"kind": "condition", "condition": "999999"}, "… is yes"),
    ],
)
def test_a_half_typed_line_reads_as_far_as_it_goes(curator, clause, phrase):
    told = read(curator, None, {"clauses": [{**clause, "group": "1", "negated": ""}]})

    assert told["lines"].get("clauses-0", "…").startswith(phrase.rstrip())


def test_an_emptied_field_is_not_read_as_it_was_stored(curator):
    rule = Rule.objects.get(code="S-11")

    data = form_of(curator, rule, **{"clauses-0-condition": ""})
    told = curator.post(f"{SENTENCE}?rule={rule.pk}", data).json()

    assert told["lines"]["clauses-0"] == "… is yes"


def test_a_line_that_is_taken_out_is_not_read(curator, wait):
    data = form_of(curator, wait, **{"clauses-0-DELETE": "on"})

    told = curator.post(f"{SENTENCE}?rule={wait.pk}", data).json()

    assert "(no trigger yet)" in told["sentence"]


# Trying it


def test_a_golden_case_beside_the_release_in_force(curator, wait, everything_stored):
    before = everything_stored()

    answer = tried(curator, wait, wait_days="10", **{"try-case": case("painkiller-last-week")})

    assert differing(answer)["Face", "Mesotherapy"] == (
        "Available from 18 January 2026; for Fine lines; rules: S-07",
        "Available from 21 January 2026; for Fine lines; rules: S-07",
    )
    text = answer.content.decode()
    assert "<html" not in text
    assert 'class="differs"' in text
    assert "Release 2026.1, in force" in text
    assert everything_stored() == before
    wait.refresh_from_db()
    assert wait.wait_days == 7


def test_what_the_draft_holds_counts_too(curator, wait):
    saved(curator, page(Rule, "change", wait.pk), wait_days="12")
    other = Rule.objects.get(code="S-11")

    answer = tried(curator, other, **{"try-case": case("painkiller-last-week")})

    assert "until 23 January 2026" in differing(answer)["Rules that fired", str(wait)][1]


def test_typed_facts_and_a_rule_that_was_never_saved(curator, everything_stored):
    facts = {
        "consulted_on": "2026-06-01",
        "patient": {"sex": "male", "age": 40},
        "concerns": [{"concern": "fine-lines", "area": "face"}],
        "conditions": {"atopy": "yes"},
    }
    lines = {
        "clauses": [
            {"kind": "condition", "condition": Condition.objects.get(code="atopy").pk, "group": "1"}
        ],
        "effects": [{"treatment": Treatment.objects.get(code="prp").pk, "effect": "exclude"}],
    }
    fields = {
        "code": "L-90",
        "title": "Tried",
        "origin": "policy",
        "message": "Not with this.",
        "statements": [Statement.objects.first().pk],
        "try-facts": json.dumps(facts),
    }
    before = everything_stored()

    answer = tried(curator, None, lines, **fields)

    found = differing(answer)
    assert found["Face", "Platelet-rich plasma (PRP)"][1].startswith("Ruled out")
    assert found["Rules that fired", "L-90: Tried"][0] == ""
    assert everything_stored() == before


def fields_of(curator, rule, **typed):
    """The panel's own fields as the page shows them, with what was typed over them."""
    trial = curator.get(page(Rule, "change", rule.pk)).context["trial"]
    data = {}
    for formset in trial.typed.lists.values():
        for bound in formset.management_form:
            data[bound.html_name] = bound.value()
    return data | {f"try-{name}": value for name, value in typed.items()}


TYPED = {
    "patient-consulted_on": "2026-01-12",
    "patient-sex": "male",
    "patient-age": "45",
    "patient-no_known_allergies": "on",
    "patient-medications_reviewed": "on",
    "concerns-0-concern": "fine-lines",
    "concerns-0-area": "face",
    "medications-0-medication": "ibuprofen",
    "medications-0-last_taken_on": "2026-01-11",
}


def test_facts_are_typed_in_fields(curator, wait, everything_stored):
    before = everything_stored()
    fields = fields_of(curator, wait, **TYPED)

    answer = tried(curator, wait, wait_days="10", **fields)

    assert differing(answer)["Face", "Mesotherapy"] == (
        "Available from 18 January 2026; for Fine lines; rules: S-07",
        "Available from 21 January 2026; for Fine lines; rules: S-07",
    )
    assert everything_stored() == before


def test_what_is_typed_counts_before_the_case_and_json_before_both(curator, wait):
    fields = fields_of(curator, wait, **TYPED) | {"try-case": case("pregnant")}
    assert differing(tried(curator, wait, wait_days="10", **fields))

    alone = {**fields, "try-facts": "{}"}
    assert any("consulted_on: " in text for text in tried(curator, wait, **alone).context["faults"])
    empty = fields_of(curator, wait) | {"try-case": case("pregnant")}
    assert "Nothing differs" in tried(curator, wait, wait_days="10", **empty).content.decode()


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"patient-consulted_on": ""}, "Consulted on: This field is required."),
        ({"concerns-0-area": ""}, "Area: This field is required."),
        ({"concerns-0-concern": "x"}, "Concern: Select a valid choice."),
        ({"medications-0-last_taken_on": "2027-13-01"}, "Last taken on: Enter a valid date."),
    ],
)
def test_what_is_wrong_in_the_fields_is_said_by_its_name(curator, wait, typed, fault):
    answer = tried(curator, wait, **fields_of(curator, wait, **{**TYPED, **typed}))

    assert any(fault in text for text in answer.context["faults"]), answer.context["faults"]


def test_the_fields_belong_to_the_rules_form_and_never_keep_it_from_being_saved(curator, wait):
    shown = curator.get(page(Rule, "change", wait.pk)).content.decode()
    panel = shown.partition('id="rule-trial"')[2].partition("</section>")[0]

    for name in ("try-patient-consulted_on", "try-concerns-TOTAL_FORMS", "try-labs-2-unit"):
        (tag,) = [one for one in panel.split("<") if f'name="{name}"' in one]
        assert 'form="rule_form"' in tag
        assert " required" not in tag
    saved(curator, page(Rule, "change", wait.pk), **fields_of(curator, wait), wait_days="9")


def test_differences_come_first_and_the_rest_is_folded(curator, wait):
    fields = {"try-case": case("painkiller-last-week")}
    text = tried(curator, wait, wait_days="10", **fields).content.decode()

    first, folded = text.split("<details")
    assert first.count('class="differs"') == first.count('scope="row"') > 0
    assert 'class="differs"' not in folded
    assert "lines stay the same" in folded


def test_fields_offer_a_word_that_only_the_draft_knows(curator, wait):
    saved(curator, page(AreaFinding, "add"), name="Sunburn", code="sunburn", clears="on")
    trial = curator.get(page(Rule, "change", wait.pk)).context["trial"]

    offered = dict(trial.typed.lists["area_findings"].forms[0].fields["finding"].choices)

    assert offered["sunburn"] == "Sunburn"


def test_a_word_that_only_the_draft_knows(curator, wait):
    saved(curator, page(AreaFinding, "add"), name="Sunburn", code="sunburn", clears="on")
    facts = {
        "consulted_on": "2026-06-01",
        "patient": {"sex": "male", "age": 40},
        "concerns": [{"concern": "fine-lines", "area": "face"}],
        "area_findings": [{"finding": "sunburn", "area": "face"}],
    }

    answer = tried(curator, wait, **{"try-facts": json.dumps(facts)})

    before, after = differing(answer)["Facts", "area_findings[0].finding"]
    assert ("cannot be read" in before, after) == (True, "")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "Choose a case or type facts."),
        ({"try-case": "999999"}, "Select a valid choice"),
        ({"try-facts": "{"}, "This is not JSON"),
        ({"try-facts": "{}"}, "consulted_on: "),
        ({"title": ""}, "Not yet: the form has mistakes."),
        ({"wait_days": ""}, "A delay needs its days under"),
        ({"clauses-0-group": "x"}, "Enter a whole number."),
    ],
)
def test_what_cannot_be_tried_is_said(curator, wait, fields, fault):
    answer = tried(curator, wait, **fields)

    assert answer.status_code == 200
    assert any(fault in text for text in answer.context["faults"])


def test_a_catalogue_in_pieces_is_said(curator, wait):
    Treatment.objects.get(code="prp").protocols.update(active=False)

    answer = tried(curator, wait, **{"try-case": case("pregnant")})

    assert any("exactly one protocol" in text for text in answer.context["faults"])


def test_a_line_taken_out_and_another_put_in(curator, wait):
    drugs = MedicationClass.objects.get(code="retinoid")
    line = {"kind": "medication", "medication_classes": [drugs.pk], "group": "1"}
    fields = {"clauses-0-DELETE": "on", "try-case": case("painkiller-last-week")}

    found = differing(tried(curator, wait, {"clauses": [line]}, **fields))

    assert found["Rules that fired", str(wait)][1] == ""
    assert wait.clauses.get().medication_classes.filter(code="nsaid").exists()


def test_without_scripts_it_is_a_page(curator, wait):
    data = form_of(curator, wait, **{"try-case": case("pregnant")})

    answer = curator.post(f"{TRY}?rule={wait.pk}", data)

    assert "<html" in answer.content.decode()
    assert "Nothing differs for these facts." in answer.content.decode()


def test_it_can_be_tried_while_the_draft_is_reviewed(curator, wait):
    saved(curator, page(Rule, "change", wait.pk), title="Another title")
    data = form_of(curator, wait, **{"try-case": case("painkiller-last-week"), "wait_days": "9"})
    Draft.objects.update(status="in-review")

    answer = curator.post(f"{TRY}?rule={wait.pk}", data, headers={"X-Requested-With": "fetch"})

    assert differing(answer)


@pytest.mark.parametrize("url", [SENTENCE, TRY])
@pytest.mark.parametrize(
    ("role", "status"),
    [("administrator", 403), ("physician", 302), ("nurse", 302), ("medical-lead", 200)],
)
def test_who_may_ask(url, role, status, client_of, curator, wait):
    data = form_of(curator, wait)

    assert client_of(role).post(f"{url}?rule={wait.pk}", data).status_code == status


def test_a_rule_is_only_read_to_who_only_looks(client_of, wait):
    shown = client_of("administrator").get(page(Rule, "change", wait.pk)).content.decode()

    assert "delay Mesotherapy" in shown
    assert 'id="rule-trial"' not in shown


@pytest.mark.parametrize("url", [SENTENCE, TRY])
def test_odd_requests_are_no_error(url, curator, wait):
    assert curator.get(f"{url}?rule={wait.pk}").status_code == 404
    for key in ("0", "x", "9" * 40, "-1"):
        assert curator.post(f"{url}?rule={key}", {}).status_code == 404
    assert curator.post(url, {}).status_code == 200
    assert curator.post(f"{url}?rule={wait.pk}", {"clauses-TOTAL_FORMS": "x"}).status_code == 200


def test_more_facts_cost_no_more_queries(curator, wait):
    counts = []
    for code in ("pregnant", "infection-of-one-area"):
        data = form_of(curator, wait, **{"try-case": case(code)})
        with CaptureQueriesContext(connection) as queries:
            curator.post(f"{TRY}?rule={wait.pk}", data)
        counts.append(len(queries))

    assert counts[0] == counts[1] < 200
