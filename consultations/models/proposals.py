"""What the program proposed and what the clinician decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import Verdict
from consultations.models.consultations import Consultation
from consultations.models.rows import ClinicalRow
from treatments.models import Area, Release, Treatment


class Proposal(ClinicalRow):
    """One evaluation of a consultation, kept byte for byte. Never changed.

    ``request`` and ``response`` are canonical JSON; with ``overrides``, ``agreements`` and the
    release's body they reproduce the receipt. ``facts_version`` is the version of the
    consultation that was read.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="proposals")
    number = models.PositiveIntegerField(_("number"))
    facts_version = models.PositiveIntegerField()
    release = models.ForeignKey(Release, models.PROTECT, related_name="proposals")
    status = models.CharField(_("status"), max_length=20)
    request = models.TextField()
    response = models.TextField()
    overrides = models.JSONField(default=list)
    agreements = models.JSONField(default=list)
    receipt = models.CharField(max_length=80)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(ClinicalRow.Meta):
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "number"],
                name="consultations_proposal_number_once",
                violation_error_message=_("This proposal already exists."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} · {self.number}"


class RuleOverride(ClinicalRow):
    """That a clinician goes ahead against an overridable rule, and why.

    ``reason`` is the code of one of the release's reasons of decisions, as ``rule`` is of a rule.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="overrides")
    rule = models.CharField(_("rule"), max_length=8)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=60)
    text = models.TextField(_("in your words"), max_length=2000, validators=[validate_storable])
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(ClinicalRow.Meta):
        verbose_name = _("override of a rule")
        verbose_name_plural = _("overrides of rules")
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "rule", "area", "treatment"],
                name="consultations_ruleoverride_once",
                violation_error_message=_("This rule is already overridden here."),
            ),
            models.CheckConstraint(
                name="consultations_ruleoverride_reasoned",
                condition=~Q(reason="") & ~Q(text=""),
                violation_error_message=_("Choose a reason and say why in your words."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}, {self.treatment}, {self.area}"


class Decision(ClinicalRow):
    """What was decided for one area of a proposal. ``option`` is the option as it was taken,
    with the clinician's changes in it; it is empty when the area was declined. ``acknowledged``
    lists the codes of what has to be minded with it, as whoever decided has acknowledged them.
    ``kept_from`` is the number of the proposal on which it was decided, where that is a former one.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="decisions")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    option_number = models.PositiveSmallIntegerField(_("option"), null=True)
    option = models.JSONField(default=dict)
    acknowledged = models.JSONField(_("acknowledged"), default=list, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True, validators=[validate_storable])
    kept_from = models.PositiveIntegerField(
        _("kept from the proposal of number"), null=True, blank=True, editable=False
    )
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(ClinicalRow.Meta):
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["decided_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "area"],
                name="consultations_decision_once",
                violation_error_message=_("This area is already decided."),
            ),
            models.CheckConstraint(
                name="consultations_decision_option_fits",
                condition=Q(verdict=Verdict.DECLINED, option_number__isnull=True)
                | Q(
                    verdict__in=[Verdict.ACCEPTED, Verdict.MODIFIED],
                    option_number__isnull=False,
                ),
                violation_error_message=_("Accepting names an option; declining names none."),
            ),
            models.CheckConstraint(
                name="consultations_decision_change_reasoned",
                condition=~Q(verdict=Verdict.MODIFIED) | ~Q(note=""),
                violation_error_message=_("Say why the option was changed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.get_verdict_display()}"
