"""What a rule says of its numbers is what it reckons with."""

import pytest
from django.core.exceptions import ValidationError

from treatments.compiler import compile_document
from treatments.lint import Extra
from treatments.lint.numbers import numbers_that_differ
from treatments.models import Rule, Translation
from treatments.texts.numbers import document_with_numbers


def rule(message, **values):
    return {"code": "S-07", "message": message, "care": "", "wait_days": 10, **values}


def found(*rules):
    return [one.about[0] for one in numbers_that_differ({"rules": rules}, Extra())]


def test_a_number_stands_where_it_is_named():
    named = rule("Wait {wait_days} days.", care="Rest for {wait_days} days.")
    told = document_with_numbers({"rules": [named]})["rules"][0]

    assert (told["message"], told["care"]) == ("Wait 10 days.", "Rest for 10 days.")
    without = rule("Wait {wait_days} days {else}.", wait_days=None)
    assert document_with_numbers({"rules": [without]})["rules"] == [without]


@pytest.mark.parametrize(
    ("message", "differing"),
    [
        ("Wait until seven days after the last dose.", ["7"]),
        ("Wait 7 days, or 10.", ["7"]),
        ("Wait ten days.", []),
        ("Fewer than 50 \u00d710⁹/L platelets.", []),
        ("One of both.", []),
        ("Wait 1,000 days.", ["1000"]),
        ("Wait 1,000,000.5 days.", ["1000000.5"]),
        ("Wait 1,5 days, or 2.5.", ["1.5", "2.5"]),
        ("Vitamin B12 or B12.5 after COVID-19, COVID\u201119 or omega-3; see rule L-08b.", []),
        ("A 14-day wait, 2-3 weeks, (21) or 28d.", ["14", "2", "3", "21", "28"]),
    ],
)
def test_a_message_with_another_number_is_found(message, differing):
    trigger = {"kind": "lab", "test": "platelets", "below": "50"}

    assert found(rule(message, trigger=trigger)) == differing


def test_thousands_that_the_rule_reckons_with_are_its_own():
    assert found(rule("Wait 1,000 days.", wait_days=1000)) == []


def test_a_rule_that_only_tells_of_numbers_has_none_of_its_own():
    assert found(rule("Four to six sessions.", wait_days=None)) == []


@pytest.mark.django_db
def test_a_changed_wait_changes_what_the_release_says():
    Rule.objects.filter(code="S-07").update(wait_days=10)

    row = next(one for one in compile_document("x")["rules"] if one["code"] == "S-07")

    assert "waits until 10 days after the last dose" in row["message"]
    assert "in the 10 days before the session" in row["care"]


@pytest.mark.django_db
def test_a_translation_says_the_number_too():
    source = Rule.objects.get(code="S-07").message
    Translation.objects.create(
        kind="rule",
        code="S-07",
        field="message",
        language="tr",
        text="Son dozdan {wait_days} gün sonra.",
        source_text=source,
    )
    Rule.objects.filter(code="S-07").update(wait_days=10)

    texts = compile_document("x")["translations"]["tr"]["rule"]["S-07"]

    assert texts["message"] == "Son dozdan 10 gün sonra."


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "text"), [("S-07", "{days}"), ("S-08", "{wait_days}")])
def test_a_text_names_only_numbers_that_the_rule_has(code, text):
    row = Rule.objects.get(code=code)
    row.message = text

    with pytest.raises(ValidationError) as refused:
        row.full_clean()

    assert set(refused.value.message_dict) == {"message"}
