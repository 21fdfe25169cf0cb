"""Rules: what a fact about the patient means for the treatments."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from treatments.enums import (
    EffectKind,
    OngoingEnd,
    RuleKind,
    RuleOrigin,
    Scope,
    WhenUnknown,
)
from treatments.models.materials import Ingredient, OptionWarning
from treatments.models.numbers import WholeNumberField
from treatments.models.treatments import Treatment
from treatments.models.vocabulary import Allergen, CodedQuerySet, Referral
from treatments.validators import (
    validate_asking,
    validate_conflict_code,
    validate_named_numbers,
)

validate_rule_code = RegexValidator(
    r"^[A-Z]-[0-9]{2,3}[a-z]?\Z", _("Use a letter, a hyphen and a number, for example “L-36”.")
)


class Rule(models.Model):
    """One clinical rule. What triggers it are its clauses; what follows are its effects.

    Clauses of one group are alternatives (any of them); all groups must hold.
    """

    code = models.CharField(_("code"), max_length=8, unique=True, validators=[validate_rule_code])
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(
        _("kind"), max_length=20, choices=RuleKind, default=RuleKind.CONTRAINDICATION
    )
    origin = models.CharField(_("origin"), max_length=10, choices=RuleOrigin)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.TREATMENT)
    wait_days = WholeNumberField(
        _("wait, days"),
        null=True,
        blank=True,
        help_text=_(
            "For a delay: days after the last dose, the procedure or the day the finding clears."
        ),
    )
    ongoing_end = models.CharField(
        _("a medication still taken"),
        max_length=10,
        choices=OngoingEnd,
        default=OngoingEnd.DATED,
        help_text=_("For a delay: what an ongoing medication means for its end."),
    )
    refer_to = models.ForeignKey(
        Referral,
        models.PROTECT,
        related_name="rules",
        null=True,
        blank=True,
        verbose_name=_("refers the area to"),
    )
    when_unknown = models.CharField(
        _("when unknown"), max_length=10, choices=WhenUnknown, default=WhenUnknown.NOTE
    )
    ask_age_from = WholeNumberField(_("ask from age"), null=True, blank=True)
    ask_age_to = WholeNumberField(_("ask to age"), null=True, blank=True)
    treatment = models.ForeignKey(
        Treatment,
        models.PROTECT,
        related_name="allergy_rules",
        null=True,
        blank=True,
        verbose_name=_("treatment it stands under"),
        help_text=_("For rules on ingredients and activators."),
    )
    allergens = models.ManyToManyField(
        Allergen,
        related_name="rules",
        blank=True,
        verbose_name=_("allergens"),
        help_text=_("For cross-reactivities and allergies that add a warning."),
    )
    ingredient = models.ForeignKey(
        Ingredient,
        models.PROTECT,
        related_name="cross_reactivities",
        null=True,
        blank=True,
        verbose_name=_("ingredient it removes"),
    )
    warning = models.ForeignKey(
        OptionWarning,
        models.PROTECT,
        related_name="rules",
        null=True,
        blank=True,
        verbose_name=_("warning it adds"),
    )
    conflict_code = models.SlugField(
        _("conflict code"),
        blank=True,
        help_text=_("For facts that contradict each other: the code that programs read."),
    )
    message = models.TextField(
        _("message"),
        help_text=_("What the clinician reads. “{wait_days}” becomes the days of the wait."),
    )
    care = models.TextField(
        _("care instruction"),
        blank=True,
        help_text=_("What the patient is told. “{wait_days}” becomes the days of the wait."),
    )
    statements = models.ManyToManyField(
        "treatments.Statement", related_name="rules", blank=True, verbose_name=_("statements")
    )
    active = models.BooleanField(_("in use"), default=True)

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="treatments_rule_kind_known",
                condition=Q(kind__in=RuleKind.values),
                violation_error_message=_("Choose one of the kinds of rule."),
            ),
            models.CheckConstraint(
                name="treatments_rule_cross_reactivity_complete",
                condition=~Q(kind=RuleKind.CROSS_REACTIVITY)
                | Q(ingredient__isnull=False, treatment__isnull=False),
                violation_error_message=_(
                    "A cross-reactivity names the ingredient it removes and its treatment."
                ),
            ),
            models.CheckConstraint(
                name="treatments_rule_allergy_has_treatment",
                condition=~Q(kind__in=[RuleKind.INGREDIENT_ALLERGY, RuleKind.ACTIVATOR_ALLERGY])
                | Q(treatment__isnull=False),
                violation_error_message=_("Name the treatment that the rule stands under."),
            ),
            models.CheckConstraint(
                name="treatments_rule_allergen_warning_complete",
                condition=~Q(kind=RuleKind.ALLERGEN_WARNING) | Q(warning__isnull=False),
                violation_error_message=_("Name the warning that the rule adds."),
            ),
            models.CheckConstraint(
                name="treatments_rule_conflict_has_code",
                condition=~Q(kind=RuleKind.INPUT_CONFLICT) ^ ~Q(conflict_code=""),
                violation_error_message=_(
                    "A conflict code belongs to rules on contradicting facts, and only to those."
                ),
            ),
            models.CheckConstraint(
                name="treatments_rule_ask_ages_ordered",
                condition=Q(ask_age_from__isnull=True)
                | Q(ask_age_to__isnull=True)
                | Q(ask_age_to__gte=F("ask_age_from")),
                violation_error_message=_("The second age must not be below the first."),
            ),
            models.CheckConstraint(
                name="treatments_rule_refers_an_area",
                condition=Q(refer_to__isnull=True) | Q(scope=Scope.AREA),
                violation_error_message=_("Only a rule on an area can refer that area."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    def clean(self) -> None:
        validate_asking(self.when_unknown, age_from=self.ask_age_from, age_to=self.ask_age_to)
        validate_conflict_code(self.conflict_code)
        validate_named_numbers(
            {"message": self.message, "care": self.care}, {"wait_days": self.wait_days}
        )

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class RuleEffect(models.Model):
    """What follows for one treatment, or (without a treatment) for the whole patient."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="effects")
    treatment = models.ForeignKey(
        Treatment,
        models.PROTECT,
        related_name="rule_effects",
        null=True,
        blank=True,
        help_text=_("Empty only for a rule on the whole patient."),
    )
    effect = models.CharField(_("effect"), max_length=20, choices=EffectKind)

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "treatment"],
                name="treatments_ruleeffect_once",
                violation_error_message=_("The rule already has an effect on this treatment."),
            ),
            models.UniqueConstraint(
                fields=["rule"],
                condition=Q(treatment__isnull=True),
                name="treatments_ruleeffect_whole_once",
                violation_error_message=_("The rule already has an effect on the whole patient."),
            ),
            models.CheckConstraint(
                name="treatments_ruleeffect_known",
                condition=Q(effect__in=EffectKind.values),
                violation_error_message=_("Choose one of the effects."),
            ),
        ]

    def __str__(self) -> str:
        whom = self.treatment or _("The whole patient")
        return f"{whom}: {self.get_effect_display()}"
