"""What does not fit is said in words, on the page, and nothing of it is stored."""

import pytest

from tests.treatments.admin.pages import faults, page, submitted, told
from treatments.models import (
    Allergen,
    Area,
    AreaFinding,
    CatalogueChange,
    Concern,
    Condition,
    LabTest,
    MedicationClass,
    OptionWarning,
    Product,
    Rule,
    Statement,
    Treatment,
)

RULE = {"code": "L-90", "title": "A rule", "origin": "policy", "message": "Read this."}


@pytest.fixture
def curator(client_of):
    return client_of("curator")


def treatment(code):
    return Treatment.objects.get(code=code).pk


def line(kind, **fields):
    return {"kind": kind, **fields}


def condition():
    return line("condition", condition=Condition.objects.first().pk)


def effect(kind="exclude", on="prp"):
    return {"treatment": treatment(on) if on else "", "effect": kind}


def refused(curator, clauses, effects, **fields):
    lines = {"clauses": clauses, "effects": effects}
    answer = submitted(curator, page(Rule, "add"), lines, **{**RULE, **fields})
    assert not Rule.objects.filter(code="L-90").exists()
    assert not CatalogueChange.objects.exists()
    return faults(answer)


def test_a_rule_says_what_it_lacks(curator):
    assert refused(curator, [], []) == [
        "Add at least one trigger line: the fact that it reads.",
        "Add at least one effect: what follows for a treatment.",
    ]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("condition", "Name the condition."),
        ("sex", "Name the sex."),
        ("age", "Give an age, from or below or both."),
        ("medication", "Name at least one class or one medication."),
        ("lab-missing", "Name the lab test."),
        ("finding", "Name the finding."),
        ("procedure", "Name the procedure."),
        ("allergy", "Name at least one allergen."),
    ],
)
def test_a_trigger_line_says_what_its_fact_needs(curator, kind, message):
    assert message in refused(curator, [line(kind)], [effect()])


def test_a_lab_line_needs_a_test_and_a_value(curator):
    found = refused(curator, [line("lab")], [effect()])

    assert {"Name the lab test.", "Give a value, from or below or both."} <= set(found)


@pytest.mark.parametrize(
    ("clause", "bounds"),
    [
        ("age", {"age_from": "40", "age_below": "40"}),
        ("lab", {"value_from": "100", "value_below": "99.5"}),
    ],
)
def test_limits_stand_in_order(curator, clause, bounds):
    if clause == "lab":
        bounds = {**bounds, "lab_test": LabTest.objects.get(code="platelets").pk}

    assert refused(curator, [line(clause, **bounds)], [effect()]) == [
        "The upper limit must lie above the lower one."
    ]


def test_a_delay_after_something_dated_needs_its_days(curator):
    drugs = line("medication", medication_classes=[MedicationClass.objects.first().pk])

    assert refused(curator, [drugs], [effect("delay")]) == [
        "A delay needs its days under “wait, days”; 0 when it ends with the fact itself."
    ]


def test_days_without_a_delay_are_refused(curator):
    assert refused(curator, [condition()], [effect()], wait_days="7") == [
        "“Wait, days” is for a delay only; leave it empty or add that effect."
    ]


def test_a_rule_on_the_whole_patient_names_no_treatment(curator):
    assert refused(curator, [condition()], [effect()], scope="all") == [
        "A rule on the whole patient names no treatment in its effects."
    ]
    assert "A rule has one effect on the whole patient, not several." in refused(
        curator, [condition()], [effect(on=None), effect("refer", on=None)], scope="all"
    )


def test_other_rules_name_the_treatment_of_each_effect(curator):
    assert refused(curator, [condition()], [effect(on=None)]) == [
        "Name the treatment of each effect."
    ]


def test_referring_is_for_the_whole_patient(curator):
    assert refused(curator, [condition()], [effect("refer")]) == [
        "“Refer” is for a rule on the whole patient; an area is referred by its own field."
    ]


def test_a_rule_on_an_area_needs_a_line_about_it(curator):
    assert refused(curator, [condition()], [effect()], scope="area") == [
        "A rule on an area needs a line about that area: a finding or a past procedure."
    ]


def test_ages_to_ask_belong_to_asking_and_stand_in_order(curator):
    ages = {"ask_age_from": "12", "ask_age_to": "11"}

    assert refused(curator, [condition()], [effect()], when_unknown="ask", **ages) == [
        "The second age must not be below the first."
    ]
    assert refused(curator, [condition()], [effect()], ask_age_from="12") == [
        "Ages belong to “Ask before proposing”; leave them empty otherwise."
    ]


def test_rules_on_allergies_name_what_they_need(curator):
    kinds = {"kind": "cross-reactivity", "treatment": treatment("mesotherapy")}
    found = refused(curator, [], [], **kinds)
    assert "Name at least one allergen that the rule reads." in found
    assert "A cross-reactivity names the ingredient it removes and its treatment." in found

    warning = {"kind": "allergen-warning", "allergens": [Allergen.objects.first().pk]}
    assert refused(curator, [], [], **warning) == ["Name the warning that the rule adds."]
    assert refused(
        curator, [condition()], [effect()], **warning, warning=OptionWarning.objects.first().pk
    ) == [
        "A rule of this kind reads no trigger lines; remove them.",
        "A rule of this kind has no effects; remove them.",
    ]


def test_the_same_treatment_twice_is_refused(curator):
    assert refused(curator, [condition()], [effect(), effect("caution")])


@pytest.mark.parametrize("code", ["L36", "l-36", "L-3", "L-36 ", "'; drop", "L-36\n"])
def test_codes_have_a_shape(curator, code):
    answer = submitted(
        curator,
        page(Rule, "add"),
        {"clauses": [condition()], "effects": [effect()]},
        **{**RULE, "code": code},
    )
    stored = Rule.objects.filter(title=RULE["title"])

    if code.strip() == "L-36":
        assert stored.get().code == "L-36", "blanks around it are taken off"
    else:
        assert "Use a letter, a hyphen and a number, for example “L-36”." in faults(answer)
        assert not stored.exists()


@pytest.mark.parametrize("number", ["-1", "32768", "1e400", "9" * 30, "7.5", "seven"])
def test_numbers_end_where_both_databases_hold_them(curator, number):
    found = refused(curator, [condition()], [effect("delay")], wait_days=number)

    assert len(found) == 1


@pytest.mark.parametrize("text", ["a\0b", "a\u202eb"])
def test_text_that_cannot_be_stored_is_refused(curator, text):
    data = {"name": text, "code": "sunburn", "position": "1"}

    assert curator.post(page(AreaFinding, "add"), data).status_code == 400
    assert not AreaFinding.objects.filter(code="sunburn").exists()


def test_a_row_in_use_is_not_deleted(curator):
    prp = Treatment.objects.get(code="prp")

    shown = curator.get(page(Treatment, "delete", prp.pk))
    assert shown.context["protected"]
    answer = curator.post(page(Treatment, "delete", prp.pk), {"post": "yes"})

    assert answer.status_code == 200
    assert Treatment.objects.filter(code="prp").exists()


def test_a_statement_behind_a_rule_is_not_deleted(curator):
    statement = Rule.objects.get(code="S-07").statements.first()

    shown = curator.get(page(Statement, "delete", statement.pk)).content.decode()
    curator.post(page(Statement, "delete", statement.pk), {"post": "yes"})

    assert "S-07" in shown
    assert Statement.objects.filter(pk=statement.pk).exists()


def test_several_rows_are_deleted_together_or_not_at_all(curator):
    free = Condition.objects.create(code="zz-free", name="Free", question="Is it?")
    used = Condition.objects.get(code="atopy")
    chosen = {"action": "delete_selected", "_selected_action": [free.pk, used.pk], "post": "yes"}

    curator.post(page(Condition), chosen, follow=True)
    assert Condition.objects.filter(pk__in=[free.pk, used.pk]).count() == 2

    chosen["_selected_action"] = [free.pk]
    curator.post(page(Condition), chosen, follow=True)
    assert not Condition.objects.filter(pk=free.pk).exists()
    assert CatalogueChange.objects.get().kind == "deleted"


def test_the_allergen_of_an_ingredient_stays(curator):
    allergen = Allergen.objects.get(code="hyaluronic-acid")

    answer = submitted(curator, page(Allergen, "change", allergen.pk), active="")
    curator.post(page(Allergen, "delete", allergen.pk), {"post": "yes"})

    allergen.refresh_from_db()
    assert allergen.active
    assert faults(answer) == [
        "An ingredient, class or activator of this code is in use, so the allergen is too."
    ]


def test_what_may_not_be_injected_stays_out_of_use(curator):
    answer = submitted(
        curator, page(Product, "add"), name="Oil", code="oil", vehicle="oil", active="on"
    )

    assert set(faults(answer)) == {
        "Oil and alcohol must not be injected: leave the product out of use.",
        "Only a product that meets injection standards can be in use.",
    }


def test_an_area_cannot_lie_in_itself(curator):
    face = Area.objects.get(code="face")

    answer = submitted(curator, page(Area, "change", face.pk), parent=face.pk)

    assert "An area cannot lie in itself." in faults(answer)


def test_a_row_deleted_meanwhile_is_said(curator):
    row = Concern.objects.create(code="zz-gone", name="Gone")
    url = page(Concern, "change", row.pk)
    row.delete()

    answer = curator.post(url, {"name": "Gone"}, follow=True)

    assert "Perhaps it was deleted?" in told(answer)[0]


@pytest.mark.parametrize("key", ["x", "0", "9" * 40, "-1", "1_2F", "%00"])
def test_ids_that_name_nothing_are_no_error(curator, key):
    url = page(Rule).removesuffix("/") + f"/{key}/change/"

    assert curator.get(url).status_code in {302, 400, 404}


@pytest.mark.parametrize(
    "query",
    [
        "p=99999999999999999999",
        "p=x",
        "o=99.-1.x",
        "e=1",
        "active__exact=maybe",
        "evidence=nonsense",
        "nothing=1",
        "at__year=99999",
        "clauses__kind__exact=%F0%9F%92%89",
    ],
)
def test_odd_addresses_of_a_list_are_no_error(curator, query):
    assert curator.get(f"{page(Rule)}?{query}").status_code in {200, 302}
    assert curator.get(f"{page(CatalogueChange)}?{query}").status_code in {200, 302, 400}
