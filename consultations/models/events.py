"""What went wrong for a patient after treatment. Rows are only ever added."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import EventOutcome, Seriousness
from consultations.models.patients import Patient
from consultations.models.plans import Plan, PlanSession
from consultations.models.rows import ClinicalManager, ClinicalRow
from treatments.models import Area, SideEffect, Treatment

LONGEST_WHAT = 2000


class AdverseEventQuerySet(models.QuerySet["AdverseEvent"]):
    def with_names(self) -> Self:
        """What a row shows, without a query a row."""
        return self.select_related(
            "treatment", "area", "kind", "session", "recorded_by", "correction"
        )

    def standing(self) -> Self:
        """Neither corrected since nor recorded by mistake."""
        return self.filter(correction__isnull=True, withdrawn=False)


class AdverseEvent(ClinicalRow):
    """One event after one treatment in one area of a signed plan.

    A row never changes. What turns out otherwise is told by a further row that ``corrects`` it;
    one that is ``withdrawn`` says that there was no such event.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="adverse_events")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="adverse_events")
    session = models.ForeignKey(
        PlanSession,
        models.PROTECT,
        related_name="adverse_events",
        verbose_name=_("session"),
        null=True,
        blank=True,
    )
    treatment = models.ForeignKey(
        Treatment, models.PROTECT, related_name="+", verbose_name=_("treatment")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("area"))
    kind = models.ForeignKey(
        SideEffect,
        models.PROTECT,
        related_name="+",
        verbose_name=_("known side effect"),
        null=True,
        blank=True,
    )
    what = models.TextField(
        _("what happened"),
        max_length=LONGEST_WHAT,
        validators=[validate_storable, MaxLengthValidator(LONGEST_WHAT)],
    )
    seriousness = models.CharField(_("how serious"), max_length=10, choices=Seriousness)
    onset_on = models.DateField(_("began on"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=EventOutcome)
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        related_name="correction",
        verbose_name=_("corrects"),
        null=True,
        blank=True,
    )
    withdrawn = models.BooleanField(_("recorded by mistake"), default=False)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    objects = ClinicalManager.from_queryset(AdverseEventQuerySet)()  # type: ignore[misc]

    class Meta(ClinicalRow.Meta):
        verbose_name = _("adverse event")
        verbose_name_plural = _("adverse events")
        ordering = ["-recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="consultations_adverseevent_told",
                condition=Q(seriousness__in=Seriousness.values)
                & Q(outcome__in=EventOutcome.values)
                & ~Q(what=""),
                violation_error_message=_("Say what happened, how serious it is and how it ended."),
            ),
            models.CheckConstraint(
                name="consultations_adverseevent_withdrawn_by_correction",
                condition=Q(withdrawn=False) | Q(corrects__isnull=False),
                violation_error_message=_("Only what was recorded before is taken back."),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "-recorded_at"], name="consultations_event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.treatment}, {self.area}: {self.get_seriousness_display()}, {self.onset_on}"
