"""The treatments themselves, how they are given, and what to tell the patient."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from treatments.enums import CarePhase, Preparation
from treatments.models.numbers import WholeNumberField
from treatments.models.vocabulary import Area, CodedTerm


class Treatment(CodedTerm):
    preparation = models.CharField(_("preparation"), max_length=20, choices=Preparation)
    summary = models.TextField(_("summary"), blank=True)
    statements = models.ManyToManyField(
        "treatments.Statement", related_name="treatments", blank=True, verbose_name=_("statements")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")


class Activator(CodedTerm):
    """What may be added so that platelets release their content. None is always possible."""

    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="activators")
    statements = models.ManyToManyField(
        "treatments.Statement", related_name="activators", blank=True, verbose_name=_("statements")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("activator")
        verbose_name_plural = _("activators")


class Device(CodedTerm):
    statements = models.ManyToManyField(
        "treatments.Statement", related_name="devices", blank=True, verbose_name=_("statements")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("device")
        verbose_name_plural = _("devices")


class Technique(CodedTerm):
    """How a treatment is given; apart from what is given."""

    treatments = models.ManyToManyField(Treatment, related_name="techniques", blank=True)
    devices = models.ManyToManyField(Device, related_name="techniques", blank=True)
    areas = models.ManyToManyField(Area, related_name="techniques", blank=True)
    note = models.TextField(_("note"), blank=True)
    statements = models.ManyToManyField(
        "treatments.Statement", related_name="techniques", blank=True, verbose_name=_("statements")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("technique")
        verbose_name_plural = _("techniques")


class SideEffect(CodedTerm):
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="side_effects")
    frequency = models.CharField(_("how often"), max_length=100, blank=True)
    serious = models.BooleanField(_("serious"), default=False)
    statements = models.ManyToManyField(
        "treatments.Statement",
        related_name="side_effects",
        blank=True,
        verbose_name=_("statements"),
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("side effect")
        verbose_name_plural = _("side effects")


class CareInstruction(CodedTerm):
    """What the patient does before or after a session. Days are counted from the session."""

    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="care_instructions")
    phase = models.CharField(_("when"), max_length=10, choices=CarePhase)
    days = WholeNumberField(
        _("days"), null=True, blank=True, help_text=_("Empty when the sources give no number.")
    )
    text = models.TextField(_("text"))
    statements = models.ManyToManyField(
        "treatments.Statement",
        related_name="care_instructions",
        blank=True,
        verbose_name=_("statements"),
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("care instruction")
        verbose_name_plural = _("care instructions")


class ComparisonAspect(CodedTerm):
    """A row of the comparison between treatments, filled by one entry a treatment."""

    class Meta(CodedTerm.Meta):
        verbose_name = _("row of the comparison")
        verbose_name_plural = _("rows of the comparison")


class ComparisonEntry(models.Model):
    aspect = models.ForeignKey(ComparisonAspect, models.CASCADE, related_name="entries")
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="comparison_entries")
    text = models.TextField(_("text"))
    statements = models.ManyToManyField(
        "treatments.Statement",
        related_name="comparison_entries",
        blank=True,
        verbose_name=_("statements"),
    )

    class Meta:
        verbose_name = _("entry of the comparison")
        verbose_name_plural = _("entries of the comparison")
        ordering = ["aspect", "treatment"]
        constraints = [
            models.UniqueConstraint(
                fields=["aspect", "treatment"],
                name="treatments_comparisonentry_once",
                violation_error_message=_("This treatment already has an entry in the row."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.aspect}: {self.treatment}"
