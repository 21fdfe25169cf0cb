"""Rules as sentences that a curator reads in a list."""

import pytest

from treatments.enums import ClauseKind, RuleKind
from treatments.models import (
    AreaFinding,
    Condition,
    LabTest,
    Medication,
    MedicationClass,
    Procedure,
    Rule,
    Treatment,
)
from treatments.sentences import either, rule_sentence


def named(model, code, name):
    model.objects.filter(code=code).update(name=name)


@pytest.fixture
def plain_names(db):
    """Short names, so that the sentences do not move with the starter catalogue's wording."""
    for model, code, name in [
        (Treatment, "prp", "PRP"),
        (Treatment, "mesotherapy", "mesotherapy"),
        (MedicationClass, "aspirin", "aspirin"),
        (MedicationClass, "nsaid", "NSAID"),
        (MedicationClass, "antiplatelet", "antiplatelet"),
        (MedicationClass, "retinoid", "retinoid"),
        (LabTest, "platelets", "platelets"),
        (Condition, "thrombocytopenia", "low platelets"),
        (Condition, "pregnancy", "pregnancy"),
        (Condition, "breastfeeding", "breastfeeding"),
        (AreaFinding, "infection", "infection"),
        (AreaFinding, "suspected-malignancy", "suspicion"),
        (Procedure, "chemical-peel", "chemical peel"),
    ]:
        named(model, code, name)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (
            "S-07",
            (
                "When last dose of aspirin or NSAID, not prescribed "
                "→ delay mesotherapy 7 days after the last dose"
            ),
        ),
        (
            "L-07",
            "When infection in the area → delay mesotherapy and PRP until it clears, in that area",
        ),
        (
            "L-23",
            (
                "When chemical peel done in the area "
                "→ delay mesotherapy and PRP 14 days after it was done, in that area"
            ),
        ),
        ("L-08b", "When platelets 50 to under 100 10*9/L → exclude PRP (may be overridden)"),
        ("L-08a", "When platelets under 50 10*9/L → exclude PRP"),
        (
            "L-08c",
            (
                "When low platelets is yes and no recent value of platelets "
                "→ exclude PRP (may be overridden)"
            ),
        ),
        (
            "L-05",
            (
                "When sex is not male and (pregnancy is yes or breastfeeding is yes) "
                "→ delay any treatment"
            ),
        ),
        (
            "L-26",
            (
                "When last dose of retinoid, at most 180 days before the start "
                "→ caution with mesotherapy and PRP"
            ),
        ),
        (
            "L-24",
            (
                "When last dose of aspirin or NSAID, prescribed, at most 30 days before the "
                "consultation or last dose of antiplatelet, at most 30 days before the "
                "consultation "
                "→ ask the prescriber before mesotherapy and PRP"
            ),
        ),
        ("L-04", "When age is under 18 → exclude any treatment"),
        (
            "L-12c",
            (
                "When suspicion in the area → exclude mesotherapy and PRP, in that area; "
                "refer the area to Dermatology"
            ),
        ),
        ("L-22", "When allergy to an activator → leave it out of PRP"),
        ("S-09", "When allergy to an ingredient or its class → leave it out of mesotherapy"),
        ("S-01", "Basis of a protocol, combination or notice"),
        (
            "I-02",
            (
                "When low platelets is yes and platelets 150 10*9/L or more "
                "→ the facts contradict each other (platelets)"
            ),
        ),
        (
            "I-03",
            (
                "When low platelets is no and platelets under 100 10*9/L "
                "→ the facts contradict each other (platelets)"
            ),
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(plain_names, code, sentence):
    assert rule_sentence(Rule.objects.get(code=code)) == sentence


def test_allergy_rules_name_their_allergens(db):
    cross = rule_sentence(Rule.objects.get(code="L-18"))
    warning = rule_sentence(Rule.objects.get(code="S-10"))

    assert cross.startswith("When allergy to ")
    assert " → leave " in cross
    assert " → warn: " in warning


def test_an_unfinished_rule_says_so(db):
    rule = Rule.objects.create(code="L-99", title="New", origin="policy", message="-")

    assert rule_sentence(rule) == "When (no trigger yet) → (no effect yet)"


def test_a_negated_line_is_bracketed(db):
    rule = Rule.objects.create(code="L-99", title="New", origin="policy", message="-")
    drug = Medication.objects.get(code="ibuprofen")
    line = rule.clauses.create(kind=ClauseKind.MEDICATION, negated=True)
    line.medications.add(drug)

    assert f"When not (last dose of {drug.name})" in rule_sentence(rule)


def test_an_allergy_line_and_ages_from(db):
    rule = Rule.objects.create(code="L-99", title="New", origin="policy", message="-")
    rule.clauses.create(kind=ClauseKind.ALLERGY)
    rule.clauses.create(kind=ClauseKind.AGE, age_from=65, group=2)

    assert "allergy to (nothing yet) and age is 65 or more" in rule_sentence(rule)


@pytest.mark.parametrize("kind", RuleKind)
def test_every_kind_of_rule_has_a_sentence(db, kind):
    rule = Rule(code="L-99", title="New", kind=kind, conflict_code="x", pk=0)

    assert rule_sentence(rule)


@pytest.mark.parametrize(
    ("terms", "text"),
    [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c"), ([], "(nothing yet)")],
)
def test_alternatives_are_listed_with_or(terms, text):
    assert either(terms) == text


def test_every_rule_of_the_starter_catalogue_has_a_whole_sentence(db):
    sentences = {rule.code: rule_sentence(rule) for rule in Rule.objects.all()}

    assert [code for code, text in sentences.items() if "yet)" in text or "None" in text] == []
