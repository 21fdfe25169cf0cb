"""The signed plan: numbered, dated sessions and what is done in each."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import SessionKind, SessionStatus
from consultations.models.consents import ConsentWithdrawal
from consultations.models.consultations import Consultation
from consultations.models.patients import Patient
from consultations.models.preparations import Preparation
from consultations.models.proposals import Proposal
from consultations.models.rows import ClinicalRow, PlanManager, SessionItemManager
from treatments.models import Area, Treatment

LONGEST_REASON = 300


class Plan(ClinicalRow):
    """What was signed. ``document`` is canonical JSON of everything a printout shows.

    With a ``preparation`` two have signed it: who prepared it, and ``signed_by`` as co-signer.
    """

    consultation = models.OneToOneField(Consultation, models.PROTECT, related_name="plan")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="plans")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="plans")
    document = models.TextField()
    digest = models.CharField(max_length=80)
    signed_at = models.DateTimeField(_("signed at"))
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    preparation = models.ForeignKey(
        Preparation, models.PROTECT, related_name="plans", null=True, editable=False
    )

    objects = PlanManager()  # type: ignore[misc]  # narrower than the abstract row's

    class Meta(ClinicalRow.Meta):
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-signed_at", "id"]
        indexes = [
            models.Index(fields=["clinic", "-signed_at"], name="consultations_plan_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.patient}, {self.signed_at:%Y-%m-%d}"


class PlanSession(ClinicalRow):
    """One visit. Treatments of several areas on one day share a visit."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField(_("session"))
    planned_on = models.DateField(_("on"))
    kind = models.CharField(_("kind"), max_length=10, choices=SessionKind)
    status = models.CharField(
        _("status"), max_length=10, choices=SessionStatus, default=SessionStatus.SCHEDULED
    )
    cancelled_because = models.CharField(
        _("why it is cancelled"),
        max_length=LONGEST_REASON,
        blank=True,
        validators=[validate_storable],
    )

    class Meta(ClinicalRow.Meta):
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="consultations_plansession_number_once",
                violation_error_message=_("The plan already has a session of this number."),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "planned_on"], name="consultations_session_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.planned_on}"


class SessionItem(ClinicalRow):
    """One treatment in one area in a session. ``materials`` holds formulas or activators."""

    session = models.ForeignKey(PlanSession, models.PROTECT, related_name="items")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="+")
    variant = models.CharField(_("variant"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=SessionKind)
    number_in_course = models.PositiveSmallIntegerField(_("of the course"))
    materials = models.JSONField(default=dict)

    objects = SessionItemManager()  # type: ignore[misc]  # narrower than the abstract row's

    class Meta(ClinicalRow.Meta):
        verbose_name = _("treatment of a session")
        verbose_name_plural = _("treatments of a session")
        ordering = ["area__position", "treatment__position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "area", "treatment"],
                name="consultations_sessionitem_once",
                violation_error_message=_("The session already has this treatment there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.treatment}: {self.area}"

    @property
    def withdrawn_at(self) -> datetime | None:
        """When the consent was taken back because of which this is not given, or was not.

        What was given before stays given, and on its day before the consent held: only who was
        there can say what became of that visit. Load the item from `with_withdrawals()`.
        """
        if self.session.status == SessionStatus.DONE:
            return self.not_given.withdrawal.at if hasattr(self, "not_given") else None
        taken_back: datetime | None = self.taken_back_at  # type: ignore[attr-defined]
        if taken_back and self.session.planned_on < self.clinic.day_of(taken_back):
            return None
        return taken_back


class ItemNotGiven(ClinicalRow):
    """That a session was done without one of its treatments, since its consent was withdrawn."""

    item = models.OneToOneField(SessionItem, models.PROTECT, related_name="not_given")
    withdrawal = models.ForeignKey(ConsentWithdrawal, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(ClinicalRow.Meta):
        verbose_name = _("treatment that was not given")
        verbose_name_plural = _("treatments that were not given")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.item}, {self.at:%Y-%m-%d}"
