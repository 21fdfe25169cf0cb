"""What a draft of the catalogue would change for the patients who are being treated."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.enums import Effect, RunStatus
from consultations.models.consultations import Consultation
from consultations.models.plans import Plan
from consultations.models.proposals import Proposal
from consultations.models.rows import ClinicalRow
from treatments.models import Draft, Release


class BlastRun(models.Model):
    """One evaluation of everything that is open, in all clinics, with one state of a draft; or,
    once a release is in force, of what no run before has seen, with that ``release``.

    ``digest`` is the document as it was evaluated; an edit makes the run count no more.
    ``since``: only what was made from that moment on, for a run before has seen the rest.
    ``phase`` and ``cursor`` say after which row to go on. ``counts`` holds numbers and no patient.
    """

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="blast_runs", null=True)
    base = models.ForeignKey(Release, models.PROTECT, related_name="+", null=True)
    release = models.ForeignKey(Release, models.PROTECT, related_name="+", null=True)
    since = models.DateTimeField(null=True)
    digest = models.CharField(max_length=80)
    status = models.CharField(
        _("status"), max_length=10, choices=RunStatus, default=RunStatus.RUNNING
    )
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    phase = models.PositiveSmallIntegerField(default=0)
    cursor = models.UUIDField(null=True)
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("blast radius of a draft")
        verbose_name_plural = _("blast radii of drafts")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["digest", "status"], name="consultations_run_by_digest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="consultations_blastrun_finished_at",
                condition=Q(status=RunStatus.FINISHED, finished_at__isnull=False)
                | (~Q(status=RunStatus.FINISHED) & Q(finished_at__isnull=True)),
                violation_error_message=_("Only a finished run has an end."),
            ),
            models.CheckConstraint(
                name="consultations_blastrun_of_one",
                condition=Q(draft__isnull=True) ^ Q(release__isnull=True),
                violation_error_message=_("A run is of a draft or of a release."),
            ),
            models.UniqueConstraint(
                fields=["release"],
                name="consultations_blastrun_one_catching_up",
                condition=Q(status=RunStatus.RUNNING),
                violation_error_message=_("A run of this release is going on already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}, {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def key(self) -> str:
        """Of the draft, or of the release."""
        whose = self.draft or self.release
        assert whose is not None  # noqa: S101 - the database keeps it so
        return whose.key


class BlastResult(ClinicalRow):
    """What changes for one open proposal or unfinished plan. What stays equal has no row.

    ``effects`` lists every kind of change between spaces, ``effect`` is the weightiest of them.
    ``before`` and ``after`` hold codes and dates alone. Their dates can be told as days from
    ``counted_from``. ``digest`` is of the subject and what changes for it: the same change, found
    by a later run, has the same.
    """

    run = models.ForeignKey(BlastRun, models.CASCADE, related_name="results")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="+", null=True)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", null=True)
    effect = models.CharField(_("change"), max_length=20, choices=Effect)
    rank = models.PositiveSmallIntegerField()
    effects = models.CharField(max_length=250)
    before = models.JSONField()
    after = models.JSONField()
    counted_from = models.DateField()
    digest = models.CharField(max_length=80)

    class Meta(ClinicalRow.Meta):
        verbose_name = _("effect of a draft")
        verbose_name_plural = _("effects of drafts")
        ordering = ["rank", "id"]
        indexes = [
            models.Index(fields=["run", "rank", "id"], name="consultations_result_by_rank"),
            models.Index(fields=["digest"], name="consultations_result_digest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="consultations_blastresult_one_subject",
                condition=Q(proposal__isnull=True) ^ Q(plan__isnull=True),
                violation_error_message=_("A result is of a proposal or of a plan."),
            ),
            models.UniqueConstraint(
                fields=["run", "proposal"], name="consultations_blastresult_proposal_once"
            ),
            models.UniqueConstraint(
                fields=["run", "plan"], name="consultations_blastresult_plan_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_effect_display()}: {self.plan_id or self.proposal_id}"

    @property
    def consultation(self) -> Consultation:
        subject = self.plan or self.proposal
        assert subject is not None  # noqa: S101 - the database keeps it so
        return subject.consultation

    def every_effect(self) -> list[Effect]:
        return [Effect(code) for code in self.effects.split()]


class SeenResult(ClinicalRow):
    """That a clinician has seen what a release changes for a patient. Rows are only ever added."""

    result = models.OneToOneField(BlastResult, models.PROTECT, related_name="seen")
    seen_at = models.DateTimeField(_("seen at"), auto_now_add=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(ClinicalRow.Meta):
        verbose_name = _("change seen")
        verbose_name_plural = _("changes seen")
        ordering = ["seen_at", "id"]

    def __str__(self) -> str:
        return f"{self.result}, {self.seen_by}"
