import json
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import model_to_dict

from clinic.models import AuditEvent
from tests.treatments.drafted import somebody
from treatments.models import (
    Allergen,
    Area,
    Concern,
    Formula,
    Ingredient,
    LabTest,
    Rule,
    Statement,
    Suitability,
)
from treatments.services import import_catalogue

pytestmark = pytest.mark.django_db

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "catalogue"
FILES = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}

RULE = {
    "code": "X-01",
    "title": "Example",
    "origin": "policy",
    "message": "Example.",
    "effects": [{"treatment": "prp", "effect": "caution"}],
    "clauses": [
        {"kind": "condition", "condition": "tobacco"},
        {"kind": "lab", "lab_test": "platelets", "value_below": "80", "group": 2},
    ],
}


def counts_of(documents):
    counts = import_catalogue(documents, by=somebody())
    return counts.added, counts.changed, counts.unchanged


def faults_of(documents):
    with pytest.raises(ValidationError) as refusal:
        import_catalogue(documents, by=somebody())
    return refusal.value.messages


def test_same_files_again_change_nothing():
    events = AuditEvent.objects.count()

    added, changed, unchanged = counts_of(FILES)

    assert (added, changed) == (0, 0)
    assert unchanged > 500
    assert AuditEvent.objects.count() == events


def test_new_rule_arrives_with_its_lines(django_user_model):
    curator = django_user_model.objects.create_user("curator")

    import_catalogue({"90.json": {"treatments.rule": [RULE]}}, by=curator)

    rule = Rule.objects.get(code="X-01")
    assert [one.effect for one in rule.effects.all()] == ["caution"]
    assert [one.kind for one in rule.clauses.all()] == ["condition", "lab"]
    event = AuditEvent.objects.filter(action="catalogue-imported").first()
    assert event.actor == curator.pk
    assert event.detail == {"added": 1, "changed": 0, "files": ["90.json"]}


def test_changed_row_keeps_what_the_files_do_not_name():
    before = model_to_dict(Rule.objects.get(code="S-07"))

    counts = counts_of({"90.json": {"treatments.rule": [{"code": "S-07", "title": "New title"}]}})

    assert counts == (0, 1, 0)
    assert model_to_dict(Rule.objects.get(code="S-07")) == {**before, "title": "New title"}


def test_later_file_adds_to_the_same_row():
    documents = {
        "91.json": {"treatments.rule": [{"code": "X-01", "statements": ["A080"]}]},
        "90.json": {"treatments.rule": [RULE]},
    }

    first, second = counts_of(documents), counts_of(documents)

    assert (first, second) == ((1, 0, 0), (0, 0, 1))
    assert [one.code for one in Rule.objects.get(code="X-01").statements.all()] == ["A080"]


def test_nested_rows_are_the_whole_list():
    units = [{"unit": "g/L", "divisor": "10"}, {"unit": "g/dL"}]

    counts = counts_of(
        {"90.json": {"treatments.labtest": [{"code": "haemoglobin", "units": units}]}}
    )

    assert counts == (0, 1, 0)
    rows = LabTest.objects.get(code="haemoglobin").units.all()
    assert [(one.unit, int(one.divisor)) for one in rows] == [("g/L", 10), ("g/dL", 1)]


def test_row_without_a_code_is_known_by_its_natural_fields():
    row = {"concern": "hair-loss", "treatment": "prp", "rating": "first-choice"}

    assert counts_of({"90.json": {"treatments.suitability": [row]}}) == (0, 1, 0)

    found = Suitability.objects.get(concern__code="hair-loss", treatment__code="prp")
    assert found.rating == "first-choice"


def test_lists_may_name_rows_that_come_later():
    documents = {
        "90.json": {
            "treatments.concern": [{"code": "pores", "name": "Pores", "statements": ["N1"]}]
        },
        "91.json": {"treatments.statement": [{"code": "N1", "text": "New.", "claim": "policy"}]},
    }

    assert counts_of(documents) == (2, 0, 0)

    assert list(Concern.objects.get(code="pores").statements.all()) == [
        Statement.objects.get(code="N1")
    ]


def test_new_ingredient_is_an_allergen_from_then_on():
    row = {"code": "panthenol", "name": "Panthenol", "ingredient_class": "vitamins"}

    counts_of({"90.json": {"treatments.ingredient": [row]}})

    assert Allergen.objects.get(code="panthenol").name == "Panthenol"


def test_allergen_of_an_ingredient_in_use_comes_back():
    Allergen.objects.filter(code="peptides").update(active=False)

    counts_of({"90.json": {"treatments.area": [{"code": "knee"}]}})

    assert Allergen.objects.get(code="peptides").active


NO_ROWS = "this is no kind of row that a file of the catalogue holds."


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ([], "90.json: this file must hold one object."),
        ({"treatments.nothing": []}, f"90.json, “treatments.nothing”: {NO_ROWS}"),
        ({"area": []}, f"90.json, “area”: {NO_ROWS}"),
        ({"clinic.user": []}, f"90.json, “clinic.user”: {NO_ROWS}"),
        ({"treatments.release": []}, f"90.json, “treatments.release”: {NO_ROWS}"),
        ({"treatments.area": {}}, "90.json, “treatments.area”: this must be a list of rows."),
        ({"treatments.area": ["knee"]}, "90.json, area no. 1: a row needs its code."),
        ({"treatments.area": [{}]}, "90.json, area no. 1: a row needs its code."),
        ({"treatments.area": [{"code": 7}]}, "90.json, area no. 1: a row needs its code."),
    ],
)
def test_file_that_holds_no_rows_is_refused(document, fault):
    assert faults_of({"90.json": document}) == [fault]


def area(**fields):
    return "area", {"code": "knee", **fields}


def rule(code="S-07", **fields):
    return "rule", {"code": code, **fields}


def suitability(treatment, **fields):
    return "suitability", {"concern": "scars", "treatment": treatment, **fields}


EQUAL_BOUNDS = {"kind": "lab", "lab_test": "platelets", "value_from": "5", "value_below": "5"}
BORN = {"patient": {"sex": "female", "birth_date": "1979-11-23"}}
OILY = {"code": "p-1", "name": "P", "vehicle": "oil", "injection_standard": True}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (area(colour="red"), "knee, colour: there is no such field."),
        (area(id=7), "knee, id: there is no such field."),
        (area(parent="leg"), "knee, parent: There is no area “leg”."),
        (area(parent=["legs"]), "knee, parent: There is no area “['legs']”."),
        (area(name=7), "knee, name: This must be text."),
        (area(name="a\x00b"), "knee, name: this text holds characters that cannot be stored."),
        (area(name="\ud800"), "knee, name: this text holds characters that cannot be stored."),
        (area(name=""), "knee, name: This field cannot be blank."),
        (area(position="first"), "knee, position: A whole number is expected here."),
        (area(position=1.5), "knee, position: A whole number is expected here."),
        (area(position=True), "knee, position: A whole number is expected here."),
        (area(position=2**53 - 1), "knee, position: Ensure this value is less than or equal to"),
        (area(active=1), "knee, active: This must be true or false."),
        (
            ("consenttext", {"code": "mesotherapy-en", "version": 7.9}),
            "mesotherapy-en, version: A whole number is expected here.",
        ),
        (("statement", {"code": "A001", "low": True}), "A001, low: A number is expected here."),
        (
            ("labtest", {"code": "platelets", "units": [{"unit": "x", "divisor": "1e3"}]}),
            "platelets, units no. 1, divisor: A number is expected here.",
        ),
        (area(code="face", parent="cheeks"), "face, parent: An area cannot lie in itself."),
        (rule(statements="A001"), "S-07, statements: This must be a list of codes."),
        (rule(statements=["Z9"]), "S-07, statements: There is no statement “Z9”."),
        (rule(clauses=["tobacco"]), "S-07, clauses: this must be a list of rows."),
        (
            rule(clauses=[{"kind": "finding"}]),
            "S-07, clauses no. 1: Name the finding, and only on a",
        ),
        (rule(effects=[{"why": "x"}]), "S-07, effects no. 1, why: There is no such field."),
        (
            rule(effects=[{"treatment": "x"}]),
            "S-07, effects no. 1, treatment: There is no treatment",
        ),
        (
            rule("L-04", effects=[{"effect": "exclude"}, {"effect": "refer"}]),
            "L-04, effects no. 2: The rule already has an effect on the whole patient.",
        ),
        (rule(ask_age_from=12), "S-07, when_unknown: Ages are for a rule that asks"),
        (rule("I-01", conflict_code="future"), "I-01, conflict_code: This code is taken by"),
        (
            rule(clauses=[EQUAL_BOUNDS]),
            "S-07, clauses no. 1, value_below: This must be above the value",
        ),
        (suitability("mesotherapy", rating="suitable"), "scars mesotherapy, formula: Choose the"),
        (suitability("prp", formula="firming"), "scars prp, formula: This treatment takes no"),
        (
            ("formula", {"code": "firming", "parts": [{"ingredient": "thyroxine"}]}),
            "firming, parts no. 1, ingredient: This ingredient is never proposed",
        ),
        (
            ("goldencase", {"code": "x", "title": "X", "request": BORN, "expected": {}}),
            "x, request: patient.birth_date: A golden case is about nobody",
        ),
        (("product", OILY), "p-1: Oil and alcohol must not be injected"),
    ],
)
def test_fault_names_its_file_row_and_field(row, fault):
    model, values = row

    (found,) = faults_of({"90.json": {f"treatments.{model}": [values]}})

    key, comma, rest = fault.partition(", ")
    key, colon, told = (key, comma, rest) if comma else fault.partition(": ")
    kind = apps.get_model("treatments", model)._meta.verbose_name
    assert found.startswith(f"90.json, {kind} “{key}” (no. 1){colon}{told}")


def test_all_faults_are_told_at_once_and_nothing_is_stored():
    documents = {
        "90.json": {"treatments.area": [{"code": "elbow", "name": "Elbow"}, {"code": "x", "y": 1}]},
        "91.json": {"treatments.area": [{"code": "wrist", "parent": "nowhere", "name": "Wrist"}]},
    }

    assert len(faults_of(documents)) == 3  # “x” has no name either
    assert not Area.objects.filter(code__in=["elbow", "wrist", "x"]).exists()


def test_fault_in_a_list_takes_everything_back():
    documents = {
        "90.json": {
            "treatments.area": [{"code": "elbow", "name": "Elbow"}],
            "treatments.formula": [{"code": "firming", "parts": [{"ingredient": "gold"}]}],
        }
    }

    faults_of(documents)

    assert not Area.objects.filter(code="elbow").exists()
    assert Formula.objects.get(code="firming").parts.count() == 2


def test_never_proposed_ingredients_stay_on_record():
    assert Ingredient.objects.filter(never_proposed=True).count() == 2
