"""Who changed what, with old and new values in words."""

import pytest

from clinic.models import AuditEvent
from tests.treatments.admin.pages import faults, filled, page, saved
from treatments.models import (
    Allergen,
    CatalogueChange,
    Concern,
    Ingredient,
    IngredientClass,
    Product,
    Referral,
    Rule,
)


@pytest.fixture
def curator(client_of):
    return client_of("curator")


def told_of(curator, row):
    history = curator.get(page(type(row), "history", row.pk)).context["page"]
    return [(one.change.kind, one.kind_of_row, set(one.values)) for one in history]


def test_a_change_keeps_both_values_in_words(curator):
    rule = Rule.objects.get(code="S-07")

    saved(curator, page(Rule, "change", rule.pk), wait_days="10", when_unknown="ask")

    values = {
        ("wait, days", "7", "10"),
        ("when unknown", "List it as not evaluated", "Ask before proposing"),
    }
    assert told_of(curator, rule) == [("changed", "rule", values)]
    change = CatalogueChange.objects.get()
    assert (change.by, change.label) == (curator.user, str(rule))


def test_lists_and_references_are_told_by_code_and_name(curator):
    concern = Concern.objects.get(code="fine-lines")
    statement, place = concern.statements.first(), Referral.objects.get(code="orthopaedics")

    saved(
        curator, page(Concern, "change", concern.pk), statements=[statement.pk], refer_to=place.pk
    )

    ((kind, _row, values),) = told_of(curator, concern)
    assert kind == "changed"
    (listed,) = [value for value in values if value[0] == "statements"]
    (referred,) = [value for value in values if value[0] == "out of scope, refer to"]
    assert listed[2] == statement.code
    assert statement.code in listed[1].split(", ")
    assert referred[1:] == ("", "Orthopaedics (orthopaedics)")


def test_lines_stand_in_the_history_of_their_row(curator):
    rule = Rule.objects.get(code="S-07")
    effect = rule.effects.get()

    replaced = {"effects": [{"treatment": effect.treatment_id, "effect": "delay"}]}
    saved(curator, page(Rule, "change", rule.pk), replaced, **{"effects-0-DELETE": "on"})

    kinds = [(kind, row) for kind, row, _values in told_of(curator, rule)]
    assert kinds == [("added", "effect"), ("deleted", "effect")]
    assert not CatalogueChange.objects.filter(model="treatments.rule").exists()


def test_a_deleted_row_stays_readable_in_the_history_of_the_catalogue(curator):
    product = Product.objects.create(
        code="serum", name="Serum", injection_standard=True, vehicle="aqueous"
    )
    product.parts.create(ingredient=Ingredient.objects.first())

    curator.post(page(Product, "delete", product.pk), {"post": "yes"})

    assert not Product.objects.filter(code="serum").exists()
    changes = CatalogueChange.objects.order_by("pk")
    assert [(one.kind, one.model) for one in changes] == [
        ("deleted", "treatments.productingredient"),
        ("deleted", "treatments.product"),
    ]
    assert changes[0].parent_row == str(product.pk)
    listed = curator.get(page(CatalogueChange), {"q": "Serum"})
    assert "maker" not in listed.content.decode(), "a field that was empty is not told of"
    assert "Watery" in listed.content.decode()


def test_saving_without_a_change_leaves_no_trace(curator):
    rule = Rule.objects.get(code="L-24")

    saved(curator, page(Rule, "change", rule.pk))

    assert not CatalogueChange.objects.exists()
    assert not AuditEvent.objects.filter(action="catalogue-changed").exists()


def test_who_saves_second_is_told_before_anything_is_overwritten(curator, client_of):
    url = page(Rule, "change", Rule.objects.get(code="S-06").pk)
    opened = curator.get(url)
    other = client_of("curator")
    saved(other, url, message="The sentence of the quicker one.")

    refused = curator.post(url, filled(opened, message="The sentence of the second."), follow=True)

    (text,) = faults(refused)
    assert text.startswith(f"{other.user} changed this row while you had it open.")
    assert "The sentence of the second." in refused.content.decode(), "what was typed is kept"
    assert Rule.objects.get(code="S-06").message == "The sentence of the quicker one."

    again = curator.post(url, filled(refused), follow=True)

    assert again.redirect_chain, faults(again)
    assert Rule.objects.get(code="S-06").message == "The sentence of the second."


def test_a_changed_line_counts_as_a_change_of_its_row(curator, client_of):
    rule = Rule.objects.filter(clauses__isnull=False).first()
    url = page(Rule, "change", rule.pk)
    opened = curator.get(url)
    line = rule.clauses.all()[0]
    saved(client_of("curator"), url, **{"clauses-0-group": line.group + 1})

    refused = curator.post(url, filled(opened, message="Another sentence."), follow=True)

    assert any("changed this row" in text for text in faults(refused))


def test_every_edit_is_audited_without_clinical_text(curator, clinic):
    rule = Rule.objects.get(code="S-06")

    saved(curator, page(Rule, "change", rule.pk), message="A new sentence.")

    event = AuditEvent.objects.get(action="catalogue-changed")
    assert (event.actor, event.clinic, event.channel) == (curator.user.pk, clinic.pk, "browser")
    assert event.detail == {"code": "S-06", "fields": ["message"]}
    assert event.request_id


def test_a_new_ingredient_becomes_an_allergen_and_keeps_it_in_step(curator):
    peptides = IngredientClass.objects.get(code="peptides")
    saved(
        curator,
        page(Ingredient, "add"),
        name="Copper peptide",
        code="copper-peptide",
        ingredient_class=peptides.pk,
    )
    row, allergen = (model.objects.get(code="copper-peptide") for model in (Ingredient, Allergen))
    assert (allergen.name, allergen.active) == ("Copper peptide", True)

    saved(curator, page(Ingredient, "change", row.pk), name="GHK copper")

    allergen.refresh_from_db()
    assert allergen.name == "GHK copper"
    assert [kind for kind, _row, _values in told_of(curator, allergen)] == ["changed", "added"]


def test_the_history_speaks_one_language(curator):
    rule = Rule.objects.get(code="S-07")
    curator.cookies["django_language"] = "tr"

    saved(curator, page(Rule, "change", rule.pk), when_unknown="ask")

    assert CatalogueChange.objects.get().values == {
        "when_unknown": {"old": "List it as not evaluated", "new": "Ask before proposing"}
    }


def test_an_unknown_row_has_no_history(curator):
    answer = curator.get(page(Rule, "history", 10**9))

    assert answer.status_code == 302
