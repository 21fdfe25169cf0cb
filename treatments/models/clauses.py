"""What a rule reads: its trigger, as lines of a sentence."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from treatments.enums import ClauseKind, Prescribed, RelativeTo, Sex
from treatments.models.numbers import WholeNumberField
from treatments.models.rules import Rule
from treatments.models.vocabulary import (
    Allergen,
    AreaFinding,
    Condition,
    LabTest,
    Medication,
    MedicationClass,
    Procedure,
)
from treatments.validators import validate_bounds


class RuleClause(models.Model):
    """One fact that a rule reads, as a line of a sentence."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="clauses")
    group = WholeNumberField(
        _("group"),
        default=1,
        help_text=_("Lines of one group are alternatives; every group must hold."),
    )
    negated = models.BooleanField(_("not"), default=False)
    kind = models.CharField(_("fact"), max_length=20, choices=ClauseKind)
    condition = models.ForeignKey(
        Condition, models.PROTECT, related_name="clauses", null=True, blank=True
    )
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, blank=True)
    age_from = WholeNumberField(_("age from"), null=True, blank=True)
    age_below = WholeNumberField(_("age below"), null=True, blank=True)
    medication_classes = models.ManyToManyField(
        MedicationClass, related_name="clauses", blank=True, verbose_name=_("medication classes")
    )
    medications = models.ManyToManyField(
        Medication, related_name="clauses", blank=True, verbose_name=_("medications")
    )
    prescribed = models.CharField(
        _("prescribed"), max_length=5, choices=Prescribed, default=Prescribed.ANY
    )
    within_days = WholeNumberField(
        _("last dose within, days"), null=True, blank=True, help_text=_("Empty: at any time.")
    )
    relative_to = models.CharField(
        _("days before"), max_length=15, choices=RelativeTo, default=RelativeTo.CONSULTATION
    )
    ongoing_counts = models.BooleanField(_("ongoing always counts"), default=True)
    lab_test = models.ForeignKey(
        LabTest, models.PROTECT, related_name="clauses", null=True, blank=True
    )
    value_from = models.DecimalField(
        _("value from"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    value_below = models.DecimalField(
        _("value below"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    finding = models.ForeignKey(
        AreaFinding, models.PROTECT, related_name="clauses", null=True, blank=True
    )
    procedure = models.ForeignKey(
        Procedure, models.PROTECT, related_name="clauses", null=True, blank=True
    )
    allergens = models.ManyToManyField(
        Allergen, related_name="clauses", blank=True, verbose_name=_("allergens")
    )

    class Meta:
        verbose_name = _("trigger line")
        verbose_name_plural = _("trigger lines")
        ordering = ["group", "pk"]
        constraints = [
            models.CheckConstraint(
                name="treatments_ruleclause_condition_named",
                condition=Q(kind=ClauseKind.CONDITION) ^ Q(condition__isnull=True),
                violation_error_message=_("Name the condition, and only on a condition line."),
            ),
            models.CheckConstraint(
                name="treatments_ruleclause_sex_named",
                condition=Q(kind=ClauseKind.SEX) ^ Q(sex=""),
                violation_error_message=_("Name the sex, and only on a line about sex."),
            ),
            models.CheckConstraint(
                name="treatments_ruleclause_age_bounded",
                condition=Q(kind=ClauseKind.AGE) ^ Q(age_from__isnull=True, age_below__isnull=True),
                violation_error_message=_("Give an age, and only on a line about age."),
            ),
            models.CheckConstraint(
                name="treatments_ruleclause_lab_named",
                condition=Q(kind__in=[ClauseKind.LAB, ClauseKind.LAB_MISSING])
                ^ Q(lab_test__isnull=True),
                violation_error_message=_("Name the lab test, and only on a lab line."),
            ),
            models.CheckConstraint(
                name="treatments_ruleclause_value_bounded",
                condition=Q(kind=ClauseKind.LAB)
                ^ Q(value_from__isnull=True, value_below__isnull=True),
                violation_error_message=_("Give a value, and only on a line about a lab value."),
            ),
            models.CheckConstraint(
                name="treatments_ruleclause_finding_named",
                condition=Q(kind=ClauseKind.FINDING) ^ Q(finding__isnull=True),
                violation_error_message=_("Name the finding, and only on a finding line."),
            ),
            models.CheckConstraint(
                name="treatments_ruleclause_procedure_named",
                condition=Q(kind=ClauseKind.PROCEDURE) ^ Q(procedure__isnull=True),
                violation_error_message=_("Name the procedure, and only on a procedure line."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def clean(self) -> None:
        validate_bounds("age_below", self.age_from, self.age_below)
        validate_bounds("value_below", self.value_from, self.value_below)
