"""What goes into the skin: ingredients, formulas, products, activators."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from treatments.enums import Vehicle
from treatments.models.numbers import WholeNumberField
from treatments.models.vocabulary import CodedTerm
from treatments.validators import validate_proposable


class OptionWarning(CodedTerm):
    """A warning that an option can carry."""

    text = models.TextField(_("text"))

    class Meta(CodedTerm.Meta):
        verbose_name = _("warning on options")
        verbose_name_plural = _("warnings on options")


class IngredientClass(CodedTerm):
    class Meta(CodedTerm.Meta):
        verbose_name = _("ingredient class")
        verbose_name_plural = _("ingredient classes")


class Ingredient(CodedTerm):
    ingredient_class = models.ForeignKey(
        IngredientClass, models.PROTECT, related_name="ingredients", verbose_name=_("class")
    )
    role = models.TextField(_("stated role"), blank=True)
    warning = models.ForeignKey(
        OptionWarning,
        models.PROTECT,
        related_name="ingredients",
        null=True,
        blank=True,
        verbose_name=_("warning when used"),
    )
    never_proposed = models.BooleanField(
        _("never proposed"),
        default=False,
        help_text=_("Kept for records; no release offers it in a formula or product."),
    )
    statements = models.ManyToManyField(
        "treatments.Statement", related_name="ingredients", blank=True, verbose_name=_("statements")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("ingredient")
        verbose_name_plural = _("ingredients")

    @property
    def class_name(self) -> str:
        """Said of what is never proposed, whose class no release holds."""
        return self.ingredient_class.name if self.never_proposed else ""


class Formula(CodedTerm):
    """A named set of ingredients. Without any, the clinician selects."""

    clinician_selects = models.BooleanField(_("clinician selects"), default=False)
    warning = models.ForeignKey(
        OptionWarning,
        models.PROTECT,
        related_name="formulas",
        null=True,
        blank=True,
        verbose_name=_("warning when allergies are listed"),
    )
    ingredients = models.ManyToManyField(Ingredient, through="treatments.FormulaIngredient")

    class Meta(CodedTerm.Meta):
        verbose_name = _("formula")
        verbose_name_plural = _("formulas")


class FormulaIngredient(models.Model):
    formula = models.ForeignKey(Formula, models.CASCADE, related_name="parts")
    ingredient = models.ForeignKey(Ingredient, models.PROTECT, related_name="formula_parts")
    required = models.BooleanField(
        _("required"), default=False, help_text=_("Without it the formula is lost.")
    )
    position = WholeNumberField(_("order"), default=1000)

    class Meta:
        verbose_name = _("ingredient of a formula")
        verbose_name_plural = _("ingredients of a formula")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["formula", "ingredient"],
                name="treatments_formulaingredient_once",
                violation_error_message=_("The formula already holds this ingredient."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ingredient)

    def clean(self) -> None:
        ingredient = getattr(self, "ingredient", None)
        if ingredient is not None:
            validate_proposable(ingredient)


class Product(CodedTerm):
    """A product that clinics can buy. Only injectable ones in a watery vehicle may be used."""

    maker = models.CharField(_("maker"), max_length=200, blank=True)
    separable = models.BooleanField(
        _("separable"),
        default=False,
        help_text=_("Its ingredients come apart, so one can be left out."),
    )
    injection_standard = models.BooleanField(_("meets injection standards"), default=False)
    vehicle = models.CharField(
        _("vehicle"), max_length=10, choices=Vehicle, default=Vehicle.UNSTATED
    )
    ingredients = models.ManyToManyField(Ingredient, through="treatments.ProductIngredient")

    class Meta(CodedTerm.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(
                name="treatments_product_usable_vehicle",
                condition=Q(active=False) | ~Q(vehicle__in=[Vehicle.OIL, Vehicle.ALCOHOL]),
                violation_error_message=_(
                    "Oil and alcohol must not be injected: leave the product out of use."
                ),
            ),
            models.CheckConstraint(
                name="treatments_product_injectable",
                condition=Q(active=False) | Q(injection_standard=True),
                violation_error_message=_(
                    "Only a product that meets injection standards can be in use."
                ),
            ),
        ]


class ProductIngredient(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="parts")
    ingredient = models.ForeignKey(Ingredient, models.PROTECT, related_name="product_parts")
    position = WholeNumberField(_("order"), default=1000)

    class Meta:
        verbose_name = _("ingredient of a product")
        verbose_name_plural = _("ingredients of a product")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "ingredient"],
                name="treatments_productingredient_once",
                violation_error_message=_("The product already holds this ingredient."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ingredient)
