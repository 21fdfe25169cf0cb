from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from treatments.compiler import (
    NoReleaseInForce,
    catalogue_of,
    compile_document,
    current,
    current_catalogue,
    current_release,
)
from treatments.diffing.sections import references
from treatments.engine import Catalogue, canonical_json, digest_of
from treatments.models import (
    Activator,
    Allergen,
    Area,
    Concern,
    Condition,
    FormulaIngredient,
    Ingredient,
    Medication,
    Notice,
    Protocol,
    Release,
    Rule,
    RuleClause,
    RuleEffect,
    SideEffect,
    Suitability,
    Treatment,
)

pytestmark = pytest.mark.django_db


def row_of(document, section, code):
    return next((row for row in document[section] if row["code"] == code), None)


def rule_of(code):
    return row_of(compile_document("2026.9"), "rules", code)


def test_same_rows_give_the_same_text():
    assert canonical_json(compile_document("2026.9")) == canonical_json(compile_document("2026.9"))


def test_compiled_release_is_what_was_published(catalogue):
    release = Release.objects.get(key="2026.1")

    assert compile_document("2026.1") == dict(catalogue.document)
    assert canonical_json(compile_document("2026.1")) == release.body
    assert digest_of(compile_document("2026.1")) == release.digest == catalogue.digest


def test_number_of_queries_does_not_grow_with_the_catalogue():
    with CaptureQueriesContext(connection) as few:
        compile_document("2026.9")
    for number in range(5):
        rule = Rule.objects.create(code=f"X-{number:02}", title="x", origin="policy", message="x")
        RuleEffect.objects.create(
            rule=rule, treatment=Treatment.objects.get(code="prp"), effect="caution"
        )
        for condition in Condition.objects.all()[:3]:
            RuleClause.objects.create(rule=rule, kind="condition", condition=condition)
        Area.objects.create(code=f"area-{number}", name="x", parent=Area.objects.first())

    with CaptureQueriesContext(connection) as many:
        compile_document("2026.9")

    assert len(many) == len(few)


def test_lists_stand_in_the_curators_order():
    Area.objects.filter(code="knee").update(position=1)
    FormulaIngredient.objects.filter(ingredient__code="peptides").update(position=1)

    document = compile_document("2026.9")

    assert document["areas"][0]["code"] == "knee"
    parts = row_of(document, "formulas", "firming")["ingredients"]
    assert [part["ingredient"] for part in parts] == ["peptides", "amino-acids"]


@pytest.mark.parametrize(
    ("model", "section", "code"),
    [
        (Area, "areas", "knee"),
        (Concern, "concerns", "cellulite"),
        (Condition, "conditions", "tobacco"),
        (Medication, "medications", "paracetamol"),
        (Ingredient, "ingredients", "peptides"),
        (Activator, "activators", "nucleotides"),
        (Allergen, "allergens", "latex"),
        (Protocol, "protocols", "prp-acne-scars"),
        (Notice, "notices", "vision-loss"),
        (Rule, "rules", "S-06"),
    ],
)
def test_what_is_out_of_use_is_left_out(model, section, code):
    before = row_of(compile_document("2026.9"), section, code)

    model.objects.filter(code=code).update(active=False)

    assert before is not None
    assert row_of(compile_document("2026.9"), section, code) is None


def test_retired_concern_takes_its_suitabilities_along():
    Concern.objects.filter(code="acne-scars").update(active=False)

    document = compile_document("2026.9")

    assert all(row["concern"] != "acne-scars" for row in document["suitabilities"])
    assert row_of(document, "protocols", "prp-acne-scars") is None  # it must not become standard


def test_notice_keeps_the_concerns_that_are_left():
    Concern.objects.filter(code="cellulite").update(active=False)

    notice = row_of(compile_document("2026.9"), "notices", "unapproved-lipolysis")

    assert notice["concerns"] == ["localized-fat"]


def test_retired_suitability_is_left_out():
    Suitability.objects.filter(concern__code="hair-loss").update(active=False)

    assert all(row["concern"] != "hair-loss" for row in compile_document("2026.9")["suitabilities"])


def test_what_is_never_proposed_is_no_ingredient():
    assert row_of(compile_document("2026.9"), "ingredients", "thyroxine") is None
    assert row_of(compile_document("2026.9"), "ingredient_classes", "hormones") is None

    Ingredient.objects.filter(code__in=["kojic-acid", "phosphatidylcholine"]).update(
        never_proposed=True
    )

    document = compile_document("2026.9")
    assert row_of(document, "ingredients", "kojic-acid") is None
    parts = row_of(document, "formulas", "brightening")["ingredients"]
    assert [part["ingredient"] for part in parts] == ["vitamin-c"]
    assert row_of(document, "rules", "L-17") is None  # it has nothing left to remove


def test_retired_treatment_takes_its_effects_along():
    Treatment.objects.filter(code="prp").update(active=False)

    document = compile_document("2026.9")

    effects = row_of(document, "rules", "L-14")["effects"]
    assert effects == [{"treatment": "mesotherapy", "effect": "exclude-overridable"}]
    assert row_of(document, "rules", "S-06") is None
    assert document["combinations"] == document["activators"] == []


def test_lines_of_a_group_are_alternatives_and_groups_must_all_hold():
    assert rule_of("L-05")["trigger"] == {
        "all": [
            {"not": {"kind": "sex", "sexes": ["male"]}},
            {
                "any": [
                    {"kind": "condition", "condition": "pregnancy"},
                    {"kind": "condition", "condition": "breastfeeding"},
                ]
            },
        ]
    }


@pytest.mark.parametrize(
    ("code", "trigger"),
    [
        ("L-08b", {"kind": "lab", "test": "platelets", "from": "50", "below": "100"}),
        ("L-04", {"kind": "age", "from": None, "below": 18}),
        ("L-07", {"kind": "finding", "finding": "infection"}),
        ("L-11", {"kind": "procedure", "procedure": "corticosteroid-injection"}),
        (
            "L-26",
            {
                "kind": "medication",
                "classes": ["retinoid"],
                "medications": [],
                "prescribed": None,
                "within_days": 180,
                "relative_to": "start",
                "ongoing_counts": True,
            },
        ),
        (
            "L-08c",
            {
                "all": [
                    {"kind": "condition", "condition": "thrombocytopenia"},
                    {"kind": "lab-missing", "test": "platelets"},
                ]
            },
        ),
    ],
)
def test_each_kind_of_line_becomes_a_leaf(code, trigger):
    assert rule_of(code)["trigger"] == trigger


def test_rules_with_one_conflict_code_are_one_conflict():
    document = compile_document("2026.9")

    assert [row["code"] for row in document["input_conflicts"]] == ["platelets", "sex"]
    assert len(document["input_conflicts"][0]["trigger"]["any"]) == 2
    assert not any(row["kind"] == "input-conflict" for row in document["rules"])


def test_statements_are_those_that_the_release_names():
    document = compile_document("2026.9")

    named = {
        code
        for section, rows in document.items()
        if section != "statements" and isinstance(rows, list)
        for row in rows
        for target, code in references(row)
        if target == "statements"
    }

    assert set(document["statements"]) == named
    assert document["statements"]["A080"]["citations"][0]["locator"] == "000:45"


def test_sources_are_those_of_the_statements():
    document = compile_document("2026.9")

    cited = {one["source"] for row in document["statements"].values() for one in row["citations"]}

    assert {row["code"] for row in document["sources"]} == cited
    assert row_of(document, "sources", "anyderma-prp-tubes")["kind"] == "label"


def test_what_is_told_to_people_is_frozen_too():
    SideEffect.objects.filter(code="meso-pain").update(active=False)
    Treatment.objects.filter(code="prp").update(active=False)
    document = compile_document("2026.9")

    assert row_of(document, "side_effects", "meso-pain") is None
    assert {row["treatment"] for row in document["care_instructions"]} == {"mesotherapy"}
    assert [one["treatment"] for one in row_of(document, "comparison", "origin")["entries"]] == [
        "mesotherapy"
    ]
    assert row_of(document, "techniques", "prp-infusion") is None
    assert row_of(document, "concerns", "joint-pain")["note"]
    assert [row["code"] for row in document["never_proposed"]] == ["calcitonin", "thyroxine"]


def test_the_engine_passes_over_what_is_for_people(catalogue):
    document = dict(catalogue.document)
    for section in ("techniques", "side_effects", "care_instructions", "comparison", "sources"):
        del document[section]

    bare = Catalogue.from_document(document)

    assert bare.rulebook.rules.keys() == catalogue.rulebook.rules.keys()


def test_conflicts_stand_in_the_order_of_their_numbers():
    codes = [row["code"] for row in compile_document("2026.9")["conflicts"]]

    assert codes == [f"C{number}" for number in range(1, len(codes) + 1)]


def test_current_release_is_one_query_and_leaves_the_document_where_it_is(
    django_assert_num_queries,
):
    with django_assert_num_queries(1) as queries:
        release = current_release()

    assert release.key == "2026.1"
    assert "body" not in queries[0]["sql"]


def test_document_is_fetched_and_compiled_once(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(current, "_compiled", current.OrderedDict())
    with django_assert_num_queries(2):
        first = current_catalogue()

    with django_assert_num_queries(1):
        second = current_catalogue()

    assert second is first


def test_few_catalogues_are_kept(monkeypatch):
    monkeypatch.setattr(current, "_compiled", current.OrderedDict())
    document = compile_document("2026.9")
    for number in range(current.KEPT + 2):
        numbered = {**document, "key": f"2027.{number}"}
        body = canonical_json(numbered)
        catalogue_of(Release(key=numbered["key"], digest=digest_of(numbered), body=body))

    assert len(current._compiled) == current.KEPT


def test_damaged_document_is_refused(monkeypatch):
    monkeypatch.setattr(current, "_compiled", current.OrderedDict())
    release = Release.objects.get(key="2026.1")
    release.body = release.body.replace('"wait_days":7', '"wait_days":1')

    with pytest.raises(current.ReleaseDamaged, match=r"2026\.1"):
        catalogue_of(release)


def test_without_a_release_in_force_nothing_is_current(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2001, 1, 1, tzinfo=UTC))

    with pytest.raises(NoReleaseInForce):
        current_catalogue()


def test_catalogue_can_be_made_of_the_stored_text(catalogue):
    assert Catalogue.from_document(compile_document("2026.1")).digest == catalogue.digest
