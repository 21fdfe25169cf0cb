"""What suits which concern, in how many sessions, and how treatments go together."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from treatments.enums import CombinationMode, Rating
from treatments.models.materials import Formula, OptionWarning
from treatments.models.numbers import WholeNumberField
from treatments.models.rules import Rule
from treatments.models.treatments import Treatment
from treatments.models.vocabulary import (
    Area,
    CodedQuerySet,
    CodedTerm,
    Concern,
    PerformerLevel,
)
from treatments.validators import validate_formula


class Suitability(models.Model):
    """That a treatment suits a concern, how well, and with which formula."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="suitabilities")
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="suitabilities")
    rating = models.CharField(_("rating"), max_length=20, choices=Rating)
    formula = models.ForeignKey(
        Formula, models.PROTECT, related_name="suitabilities", null=True, blank=True
    )
    statements = models.ManyToManyField(
        "treatments.Statement",
        related_name="suitabilities",
        blank=True,
        verbose_name=_("statements"),
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("suitability")
        verbose_name_plural = _("suitabilities")
        ordering = ["concern", "treatment"]
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "treatment"],
                name="treatments_suitability_once",
                violation_error_message=_("This treatment is already rated for the concern."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern}: {self.treatment}"

    def clean(self) -> None:
        treatment = getattr(self, "treatment", None)
        if treatment is not None:
            validate_formula(treatment.preparation, has_formula=self.formula_id is not None)


class Protocol(CodedTerm):
    """Numbers of sessions and the days between them.

    Without concerns it is the treatment's standard; with concerns it is used when the treatment
    covers one of them.
    """

    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="protocols")
    concerns = models.ManyToManyField(
        Concern, related_name="protocols", blank=True, verbose_name=_("concerns")
    )
    planned = WholeNumberField(_("sessions planned"), validators=[MinValueValidator(1)])
    optional = WholeNumberField(_("sessions optional"), default=0)
    interval_days = WholeNumberField(_("interval, days"), validators=[MinValueValidator(1)])
    min_interval_days = WholeNumberField(
        _("smallest interval, days"), validators=[MinValueValidator(1)]
    )
    max_interval_days = WholeNumberField(_("largest interval, days"))
    maintenance_days = WholeNumberField(_("maintenance after, days"), null=True, blank=True)
    review_days = WholeNumberField(_("review after, days"), null=True, blank=True)
    rules = models.ManyToManyField(
        Rule, related_name="protocols", blank=True, verbose_name=_("based on")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")
        constraints = [
            models.CheckConstraint(
                name="treatments_protocol_interval_in_range",
                condition=Q(interval_days__gte=F("min_interval_days"))
                & Q(interval_days__lte=F("max_interval_days")),
                violation_error_message=_(
                    "The interval must lie between the smallest and the largest."
                ),
            ),
            models.CheckConstraint(
                name="treatments_protocol_counts_positive",
                condition=Q(planned__gte=1) & Q(min_interval_days__gte=1),
                violation_error_message=_("A protocol needs at least one session and one day."),
            ),
        ]


class Combination(models.Model):
    """How two treatments share one course in an area."""

    mode = models.CharField(_("mode"), max_length=20, choices=CombinationMode, unique=True)
    lead = models.ForeignKey(Treatment, models.PROTECT, related_name="leads")
    follow = models.ForeignKey(Treatment, models.PROTECT, related_name="follows")
    gap_days = WholeNumberField(
        _("gap, days"),
        null=True,
        blank=True,
        help_text=_("Separate sessions: the least days between sessions of the two."),
    )
    visit_days = WholeNumberField(
        _("days between visits"), null=True, blank=True, help_text=_("Same session only.")
    )
    lead_every = WholeNumberField(_("first treatment on every … visit"), null=True, blank=True)
    follow_every = WholeNumberField(_("second treatment on every … visit"), null=True, blank=True)
    performer = models.ForeignKey(
        PerformerLevel, models.PROTECT, related_name="combinations", null=True, blank=True
    )
    warning = models.ForeignKey(
        OptionWarning,
        models.PROTECT,
        related_name="combinations",
        null=True,
        blank=True,
        verbose_name=_("warning when somebody else performs"),
    )
    rules = models.ManyToManyField(
        Rule, related_name="combinations", blank=True, verbose_name=_("based on")
    )
    position = WholeNumberField(_("order"), default=1000)

    class Meta:
        verbose_name = _("combination")
        verbose_name_plural = _("combinations")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="treatments_combination_two_treatments",
                condition=~Q(lead=F("follow")),
                violation_error_message=_("A combination needs two different treatments."),
            ),
            models.CheckConstraint(
                name="treatments_combination_days_fit_mode",
                condition=Q(
                    mode=CombinationMode.ALTERNATING,
                    gap_days__gte=1,
                    visit_days__isnull=True,
                    lead_every__isnull=True,
                    follow_every__isnull=True,
                )
                | Q(
                    mode=CombinationMode.SAME_SESSION,
                    gap_days__isnull=True,
                    visit_days__gte=1,
                    lead_every__gte=1,
                    follow_every__gte=1,
                ),
                violation_error_message=_(
                    "Separate sessions need a gap; the same session needs the days between "
                    "visits and how often each treatment comes."
                ),
            ),
            models.CheckConstraint(
                name="treatments_combination_warning_with_performer",
                condition=Q(performer__isnull=True) ^ Q(warning__isnull=False),
                violation_error_message=_("Name the performer and the warning together."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_mode_display())


class Variant(CodedTerm):
    """A special form of a treatment that a preference asks for, in an area and its parts."""

    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="variants")
    preference = models.SlugField(
        _("preference"), help_text=_("The preference of the consultation that asks for it.")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="variants")
    blocked_by = models.ForeignKey(
        Rule, models.PROTECT, related_name="blocked_variants", null=True, blank=True
    )
    rules = models.ManyToManyField(
        Rule, related_name="variants", blank=True, verbose_name=_("based on")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("variant")
        verbose_name_plural = _("variants")


class Adjunct(CodedTerm):
    """Something else that is named beside an option, for the clinician to decide."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="adjuncts")
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="adjuncts")
    text = models.TextField(_("text"), blank=True)
    rules = models.ManyToManyField(
        Rule, related_name="adjuncts", blank=True, verbose_name=_("based on")
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("adjunct")
        verbose_name_plural = _("adjuncts")


class Notice(CodedTerm):
    """A safety notice on options with a treatment, for some concerns or areas or for all."""

    text = models.TextField(_("text"))
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="notices")
    concerns = models.ManyToManyField(
        Concern, related_name="notices", blank=True, verbose_name=_("concerns")
    )
    areas = models.ManyToManyField(
        Area, related_name="notices", blank=True, verbose_name=_("areas")
    )
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="notices")

    class Meta(CodedTerm.Meta):
        verbose_name = _("safety notice")
        verbose_name_plural = _("safety notices")


class EngineParameter(models.Model):
    """A number that the engine needs and that belongs to no single rule."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    value = WholeNumberField(_("value"))

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("number of the engine")
        verbose_name_plural = _("numbers of the engine")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"

    def natural_key(self) -> tuple[str]:
        return (self.code,)
