"""The terms that facts about a patient are recorded in."""

from typing import Any, Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from treatments.models.numbers import WholeNumberField
from treatments.validators import validate_area_tree

validate_code = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z",
    _("Use small letters, digits and single hyphens, for example “fine-lines”."),
)


class CodedQuerySet(models.QuerySet):
    """Rows that are known by a code everywhere outside the database."""

    def get_by_natural_key(self, code: str) -> Any:
        return self.get(code=code)

    def active(self) -> Self:
        """Rows that the next release takes up."""
        return self.filter(active=True)


class CodedTerm(models.Model):
    """A term of the catalogue. Retired terms stay for old records; releases leave them out."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[validate_code])
    name = models.CharField(_("name"), max_length=200)
    position = WholeNumberField(_("order"), default=1000)
    active = models.BooleanField(
        _("in use"), default=True, help_text=_("Leave terms that are no longer used unticked.")
    )

    objects = CodedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class Referral(CodedTerm):
    """Where a patient is sent when a concern or finding is outside this clinic's scope."""

    class Meta(CodedTerm.Meta):
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")


class Area(CodedTerm):
    """A region of the body. Two areas meet when one is the other or lies in it."""

    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="parts", null=True, blank=True, verbose_name=_("in")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        constraints = [
            models.CheckConstraint(
                name="treatments_area_not_in_itself",
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")),
                violation_error_message=_("An area cannot lie in itself."),
            ),
        ]

    def clean(self) -> None:
        validate_area_tree(self)


class Concern(CodedTerm):
    """What a patient comes for."""

    refer_to = models.ForeignKey(
        Referral,
        models.PROTECT,
        related_name="concerns",
        null=True,
        blank=True,
        verbose_name=_("out of scope, refer to"),
    )
    note = models.TextField(_("note"), blank=True)
    statements = models.ManyToManyField(
        "treatments.Statement", related_name="concerns", blank=True, verbose_name=_("statements")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")


class Condition(CodedTerm):
    """A yes / no / unknown question about the patient's health."""

    question = models.CharField(_("question"), max_length=300)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    ask_each_time = models.BooleanField(
        _("asked anew each time"),
        default=False,
        help_text=_("Tick when an answer holds for its own day only, so that it is never carried."),
    )
    statements = models.ManyToManyField(
        "treatments.Statement", related_name="conditions", blank=True, verbose_name=_("statements")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")


class MedicationClass(CodedTerm):
    class Meta(CodedTerm.Meta):
        verbose_name = _("medication class")
        verbose_name_plural = _("medication classes")


class Medication(CodedTerm):
    medication_class = models.ForeignKey(
        MedicationClass,
        models.PROTECT,
        related_name="medications",
        null=True,
        blank=True,
        verbose_name=_("class"),
        help_text=_("Empty when no rule reads it."),
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("medication")
        verbose_name_plural = _("medications")


class Allergen(CodedTerm):
    """What an allergy can be to: an ingredient, a class, an activator, or something else.

    Ingredients, their classes and activators are allergens under their own code; the catalogue
    services keep those rows in step.
    """

    class Meta(CodedTerm.Meta):
        verbose_name = _("allergen")
        verbose_name_plural = _("allergens")


class LabTest(CodedTerm):
    unit = models.CharField(_("unit of the rules"), max_length=20)
    valid_days = WholeNumberField(_("valid for, days"), validators=[MinValueValidator(1)])

    class Meta(CodedTerm.Meta):
        verbose_name = _("lab test")
        verbose_name_plural = _("lab tests")


class LabUnit(models.Model):
    """A unit in which a lab reports. Value ÷ divisor = value in the unit of the rules."""

    test = models.ForeignKey(LabTest, models.CASCADE, related_name="units")
    unit = models.CharField(_("unit"), max_length=20)
    divisor = models.DecimalField(_("divided by"), max_digits=12, decimal_places=4, default=1)
    position = WholeNumberField(_("order"), default=1000)

    class Meta:
        verbose_name = _("lab unit")
        verbose_name_plural = _("lab units")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["test", "unit"],
                name="treatments_labunit_once",
                violation_error_message=_("The test already has this unit."),
            ),
            models.CheckConstraint(
                name="treatments_labunit_divisor_positive",
                condition=Q(divisor__gt=0),
                violation_error_message=_("The divisor must be above zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.unit


class AreaFinding(CodedTerm):
    """Something seen in an area at the consultation."""

    clears = models.BooleanField(
        _("has a clearance date"),
        default=False,
        help_text=_("Tick when the day on which it clears can be recorded."),
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("area finding")
        verbose_name_plural = _("area findings")


class Procedure(CodedTerm):
    """A procedure done before, in an area, that a rule may read."""

    class Meta(CodedTerm.Meta):
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")


class PerformerLevel(CodedTerm):
    """Who performs the treatment. The first is assumed when nobody says."""

    class Meta(CodedTerm.Meta):
        verbose_name = _("performer level")
        verbose_name_plural = _("performer levels")
