"""Ingredients and what is made of them."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from treatments.admin.filters import presence, question
from treatments.admin.rows import LineInline, TermAdmin, missing_mark, names_of
from treatments.admin.vocabulary import TERM
from treatments.models import (
    Formula,
    FormulaIngredient,
    Ingredient,
    IngredientClass,
    OptionWarning,
    Product,
    ProductIngredient,
)


@admin.register(OptionWarning)
class OptionWarningAdmin(TermAdmin):
    list_display = ("name", "code", "text", "active")
    search_fields = ("code", "name", "text")
    fieldsets = (TERM, (None, {"fields": ["text"]}))


@admin.register(IngredientClass)
class IngredientClassAdmin(TermAdmin):
    list_display = ("name", "code", "members", "active")
    list_filter = (
        presence("ingredients", _("ingredients"), "ingredients", none=_("Without"), some=_("With")),
        "active",
    )
    fieldsets = (TERM,)
    fetched = ("ingredients",)

    @admin.display(description=_("ingredients"))
    def members(self, row: IngredientClass) -> str:
        return names_of(row.ingredients.all())


@admin.register(Ingredient)
class IngredientAdmin(TermAdmin):
    list_display = ("name", "code", "ingredient_class", "in_formulas", "evidence", "active")
    list_filter = (
        presence(
            "formula",
            _("formula"),
            "formula_parts",
            none=_("In no formula"),
            some=_("In a formula"),
        ),
        presence("statement", _("statement"), "statements", none=_("Without"), some=_("With")),
        "never_proposed",
        ("ingredient_class", admin.RelatedOnlyFieldListFilter),
        "active",
    )
    search_fields = ("code", "name", "role", "ingredient_class__name")
    fieldsets = (
        (
            None,
            {
                "fields": ["name", "code", "active", "position", "ingredient_class"],
                "description": _("An allergy to it can be recorded as soon as it is stored."),
            },
        ),
        (None, {"fields": ["role", "warning", "never_proposed", "statements"]}),
    )
    fetched = ("formula_parts__formula", "statements")
    fetched_with = ("ingredient_class",)

    @admin.display(description=_("formulas"))
    def in_formulas(self, row: Ingredient) -> str:
        formulas = [part.formula for part in row.formula_parts.all()]
        return names_of(formulas) if formulas else missing_mark(_("in no formula"))

    @admin.display(description=_("statements"))
    def evidence(self, row: Ingredient) -> str:
        return names_of(statement.code for statement in row.statements.all())


class FormulaIngredientInline(LineInline):
    model = FormulaIngredient
    fields = ("ingredient", "required", "position")


EMPTY = question(
    "ingredients",
    _("ingredients"),
    (
        ("none", _("None, and not the clinician's choice"), lambda rows: rows.filter(
            parts=None, clinician_selects=False)),
        ("clinician", _("The clinician selects"), lambda rows: rows.filter(
            clinician_selects=True)),
        ("some", _("With ingredients"), lambda rows: rows.exclude(parts=None)),
    ),
)  # fmt: skip


@admin.register(Formula)
class FormulaAdmin(TermAdmin):
    list_display = ("name", "code", "content", "used_for", "active")
    list_filter = (
        EMPTY,
        presence("used", _("used"), "suitabilities", none=_("For no concern"), some=_("Used")),
        "active",
    )
    search_fields = ("code", "name", "parts__ingredient__name", "parts__ingredient__code")
    fieldsets = (TERM, (None, {"fields": ["clinician_selects", "warning"]}))
    inlines = (FormulaIngredientInline,)
    fetched = ("parts__ingredient", "suitabilities__concern")

    @admin.display(description=_("ingredients"))
    def content(self, formula: Formula) -> Any:
        if formula.clinician_selects:
            return _("the clinician selects")
        parts = formula.parts.all()
        return names_of(parts) if parts else missing_mark(_("no ingredients"))

    @admin.display(description=_("used for"))
    def used_for(self, formula: Formula) -> str:
        return names_of(row.concern for row in formula.suitabilities.all())


class ProductIngredientInline(LineInline):
    model = ProductIngredient
    fields = ("ingredient", "position")


@admin.register(Product)
class ProductAdmin(TermAdmin):
    list_display = ("name", "code", "maker", "content", "separable", "vehicle", "active")
    list_filter = ("injection_standard", "vehicle", "separable", "active")
    search_fields = ("code", "name", "maker", "parts__ingredient__name")
    fieldsets = (
        TERM,
        (None, {"fields": ["maker", "separable"]}),
        (_("May it be injected?"), {"fields": ["injection_standard", "vehicle"]}),
    )
    inlines = (ProductIngredientInline,)
    fetched = ("parts__ingredient",)

    @admin.display(description=_("ingredients"))
    def content(self, product: Product) -> str:
        return names_of(product.parts.all())
