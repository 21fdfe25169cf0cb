"""What was said and seen, a row a fact, in the terms of the catalogue.

Rows may be incomplete: a draft keeps what it was given. Only proposing asks for the rest.
"""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import Answer, Severity
from consultations.models.consultations import Consultation
from consultations.models.rows import CarriedRow, FactRow
from treatments.models import (
    Allergen,
    Area,
    AreaFinding,
    Concern,
    Condition,
    Ingredient,
    LabTest,
    Medication,
    Procedure,
)


class ConcernEntry(CarriedRow):
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="concerns")
    concern = models.ForeignKey(Concern, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", null=True, blank=True)
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=Severity, null=True, blank=True
    )
    goal = models.CharField(_("goal"), max_length=300, blank=True, validators=[validate_storable])

    class Meta(CarriedRow.Meta):
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "concern", "area"],
                name="consultations_concernentry_once",
                violation_error_message=_("This concern is already listed for the area."),
            ),
            models.CheckConstraint(
                name="consultations_concernentry_severity",
                condition=Q(severity__isnull=True) | Q(severity__in=Severity.values),
                violation_error_message=_("Severity goes from 1 to 3."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern}: {self.area}"


class ConditionAnswer(CarriedRow):
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="condition_answers")
    condition = models.ForeignKey(Condition, models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)

    class Meta(CarriedRow.Meta):
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "condition"],
                name="consultations_conditionanswer_once",
                violation_error_message=_("This condition is already answered."),
            ),
            models.CheckConstraint(
                name="consultations_conditionanswer_known",
                condition=Q(answer__in=Answer.values),
                violation_error_message=_("Answer yes, no or not known."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition}: {self.get_answer_display()}"


class AllergyEntry(CarriedRow):
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="allergies")
    allergen = models.ForeignKey(Allergen, models.PROTECT, related_name="+")
    reaction = models.CharField(
        _("reaction"), max_length=300, blank=True, validators=[validate_storable]
    )

    class Meta(CarriedRow.Meta):
        verbose_name = _("allergy")
        verbose_name_plural = _("allergies")

    def __str__(self) -> str:
        return str(self.allergen)


class MedicationEntry(CarriedRow):
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="medications")
    medication = models.ForeignKey(Medication, models.PROTECT, related_name="+")
    prescribed = models.BooleanField(_("prescribed"), null=True, blank=True)
    ongoing = models.BooleanField(_("still taken"), null=True, blank=True)
    last_taken_on = models.DateField(_("last taken on"), null=True, blank=True)

    class Meta(CarriedRow.Meta):
        verbose_name = _("medication")
        verbose_name_plural = _("medications")

    def __str__(self) -> str:
        return str(self.medication)


class LabEntry(CarriedRow):
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="labs")
    test = models.ForeignKey(LabTest, models.PROTECT, related_name="+")
    value = models.DecimalField(
        _("value"),
        max_digits=18,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True, validators=[validate_storable])
    taken_on = models.DateField(_("taken on"), null=True, blank=True)

    class Meta(CarriedRow.Meta):
        verbose_name = _("lab value")
        verbose_name_plural = _("lab values")
        constraints = [
            models.CheckConstraint(
                name="consultations_labentry_positive",
                condition=Q(value__isnull=True) | Q(value__gt=0),
                violation_error_message=_("A lab value is above zero."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.test)


class FindingEntry(CarriedRow):
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="findings")
    finding = models.ForeignKey(AreaFinding, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", null=True, blank=True)
    clears_on = models.DateField(_("clears on"), null=True, blank=True)

    class Meta(CarriedRow.Meta):
        verbose_name = _("finding")
        verbose_name_plural = _("findings")

    def __str__(self) -> str:
        return f"{self.finding}: {self.area}"


class ProcedureEntry(CarriedRow):
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="procedures")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", null=True, blank=True)
    performed_on = models.DateField(_("performed on"), null=True, blank=True)

    class Meta(CarriedRow.Meta):
        verbose_name = _("past procedure")
        verbose_name_plural = _("past procedures")

    def __str__(self) -> str:
        return f"{self.procedure}: {self.area}"


class ClosedDayEntry(FactRow):
    """A day without treatment, as it was known at the consultation."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="closed_days")
    day = models.DateField(_("day"))

    class Meta(FactRow.Meta):
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")

    def __str__(self) -> str:
        return str(self.day)


class ProductEntry(FactRow):
    """A product that was at hand. None at all means that any formula can be compounded."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="products")
    name = models.CharField(_("product"), max_length=200, validators=[validate_storable])
    separable = models.BooleanField(_("ingredients come apart"), null=True, blank=True)

    class Meta(FactRow.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "name"],
                name="consultations_productentry_once",
                violation_error_message=_("This product is already listed."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductPart(FactRow):
    product = models.ForeignKey(ProductEntry, models.CASCADE, related_name="parts")
    ingredient = models.ForeignKey(Ingredient, models.PROTECT, related_name="+")

    class Meta(FactRow.Meta):
        verbose_name = _("ingredient")
        verbose_name_plural = _("ingredients")

    def __str__(self) -> str:
        return str(self.ingredient)
