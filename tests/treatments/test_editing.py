"""The editing service by itself: one transaction, one history."""

import pytest
from django.core.exceptions import ValidationError

from clinic.models import AuditEvent
from treatments.models import (
    Allergen,
    CatalogueChange,
    Concern,
    Formula,
    FormulaIngredient,
    Ingredient,
    IngredientClass,
    LabTest,
    LabUnit,
    Rule,
    Statement,
)
from treatments.services.editing import RowEdit, delete_row, delete_rows, save_edit
from treatments.services.wording import name_of, values_in_words


@pytest.fixture
def curator(make_member):
    return make_member("curator")


def test_a_new_row_is_stored_with_its_lines_and_lists(curator):
    formula = Formula(code="glow", name="Glow")
    parts = [
        RowEdit(row=FormulaIngredient(formula=formula, ingredient=one, position=n))
        for n, one in enumerate(Ingredient.objects.all()[:2])
    ]

    save_edit(RowEdit(row=formula), by=curator, lines=parts)

    changes = CatalogueChange.objects.order_by("pk")
    assert formula.parts.count() == 2
    assert [(one.kind, one.parent_row) for one in changes] == [
        ("added", ""),
        ("added", str(formula.pk)),
        ("added", str(formula.pk)),
    ]
    assert changes[0].values["code"] == {"old": "", "new": "glow"}


def test_one_refused_line_keeps_the_whole_edit_out(curator):
    test = LabTest.objects.first()
    test.name = "Renamed"
    twice = RowEdit(row=LabUnit(test=test, unit=test.units.first().unit))

    with pytest.raises(ValidationError, match="already has this unit"):
        save_edit(RowEdit(row=test), by=curator, lines=[twice])

    test.refresh_from_db()
    assert test.name != "Renamed"
    assert not CatalogueChange.objects.exists()
    assert not AuditEvent.objects.filter(action="catalogue-changed").exists()


def test_a_line_can_give_its_place_to_another(curator):
    test = LabTest.objects.first()
    old = test.units.first()
    new = RowEdit(row=LabUnit(test=test, unit=old.unit, divisor=old.divisor))

    save_edit(RowEdit(row=test), by=curator, lines=[new], removed=[old])

    assert list(test.units.filter(unit=old.unit)) == [new.row]


def test_a_row_deleted_meanwhile_is_not_brought_back(curator):
    row = Concern.objects.create(code="zz-gone", name="Gone")
    Concern.objects.filter(pk=row.pk).delete()

    with pytest.raises(ValidationError, match="deleted in the meantime"):
        save_edit(RowEdit(row=row), by=curator)

    assert not Concern.objects.filter(code="zz-gone").exists()


def test_what_is_used_is_not_deleted_and_says_by_what(curator):
    with pytest.raises(ValidationError, match=r"used by .*Mesotherapy"):
        delete_row(Concern.objects.get(code="fine-lines"), by=curator)
    statement = Rule.objects.get(code="S-07").statements.first()
    with pytest.raises(ValidationError, match="rule “S-07”"):
        delete_row(statement, by=curator)
    assert not CatalogueChange.objects.exists()


def test_many_users_are_named_in_part(curator):
    statement = Statement.objects.create(code="P-99", text="Everywhere.", claim="policy")
    for rule in Rule.objects.all()[:12]:
        rule.statements.add(statement)

    with pytest.raises(ValidationError, match="and others"):
        delete_row(statement, by=curator)


def test_rows_are_deleted_all_or_none(curator):
    free = Concern.objects.create(code="zz-free", name="Free")
    used = Concern.objects.get(code="fine-lines")

    with pytest.raises(ValidationError):
        delete_rows([free, used], by=curator)

    assert Concern.objects.filter(pk=free.pk).exists()
    assert not CatalogueChange.objects.exists()


def test_an_allergen_stays_as_long_as_its_substance(curator):
    allergen = Allergen.objects.get(code="kojic-acid")

    with pytest.raises(ValidationError, match="Kojic"):
        delete_row(allergen, by=curator)
    allergen.active = False
    with pytest.raises(ValidationError, match="so the allergen is too"):
        save_edit(RowEdit(row=allergen), by=curator)


def test_an_allergen_comes_back_into_use_with_its_substance(curator):
    kind = IngredientClass.objects.first()
    row = Ingredient(code="zz-new", name="New", ingredient_class=kind, active=False)
    save_edit(RowEdit(row=row), by=curator)
    Allergen.objects.filter(code="zz-new").update(active=False)

    row.active = True
    save_edit(RowEdit(row=row), by=curator)

    assert Allergen.objects.get(code="zz-new").active


def test_an_allergen_with_a_name_of_its_own_keeps_it(curator):
    row = Ingredient.objects.get(code="kojic-acid")
    Allergen.objects.filter(code="kojic-acid").update(name="Kojic acid (from mushrooms)")

    row.name = "Kojic"
    save_edit(RowEdit(row=row), by=curator)

    assert Allergen.objects.get(code="kojic-acid").name == "Kojic acid (from mushrooms)"


def test_what_is_never_proposed_is_no_new_allergen(curator):
    kind = IngredientClass.objects.first()
    row = Ingredient(code="zz-never", name="Never", ingredient_class=kind, never_proposed=True)

    save_edit(RowEdit(row=row), by=curator)

    assert not Allergen.objects.filter(code="zz-never").exists()


def test_values_are_words(db):
    rule = Rule.objects.get(code="L-08b")
    line = rule.clauses.get()

    assert values_in_words(rule)["active"] == "yes"
    assert values_in_words(rule)["kind"] == "Contraindication or caution"
    assert values_in_words(line)["value_from"] == "50"
    assert values_in_words(line)["value_below"] == "100"
    assert values_in_words(line)["lab_test"].endswith("(platelets)")
    assert name_of(rule) == "L-08b"
