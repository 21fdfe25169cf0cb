from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import validate_weekdays
from clinic.text import validate_storable
from consultations.enums import Combination, ConsultationStatus, Fitzpatrick, Glogau
from consultations.models.patients import OLDEST, Patient
from consultations.models.rows import ClinicalRow, ConsultationManager
from treatments.models import PerformerLevel

CARRIED_SCALARS = ("goals", "fitzpatrick", "glogau", "combination", "laser")


def validate_carried(value: Any) -> None:
    """Names of single values that may be carried, each with the day it was last said."""
    try:
        days = [date.fromisoformat(day) for day in value.values()]
    except (AttributeError, TypeError, ValueError):
        days = None
    if days is None or not set(value) <= set(CARRIED_SCALARS):
        raise ValidationError(_("Only values with the day they were said can be carried over."))


class Consultation(ClinicalRow):
    """One conversation with one patient, from its first fact to the signed plan.

    ``version`` counts every write and is what two editors are told apart by. Once ``signed_at`` or
    ``cancelled_at`` is set, the database refuses every change to the row and to the rows below it.

    ``copied_from`` is the signed consultation that this one was started from. ``carried`` names the
    single values taken over from it that nobody has confirmed yet, each with its day; rows of facts
    hold that day themselves. ``left_out`` says what was not taken over, and why.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consultations")
    clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="consultations"
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ConsultationStatus, default=ConsultationStatus.OPEN
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    consulted_on = models.DateField(_("consultation on"))
    start_on = models.DateField(_("treatment may start on"), null=True, blank=True)
    stated_age = models.PositiveSmallIntegerField(
        _("age"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(OLDEST)],
        help_text=_("Only when the date of birth is not known."),
    )
    no_known_allergies = models.BooleanField(_("no known allergies"), null=True, blank=True)
    medications_reviewed = models.BooleanField(
        _("medication list is complete"), null=True, blank=True
    )
    fitzpatrick = models.PositiveSmallIntegerField(
        _("skin type (Fitzpatrick)"), choices=Fitzpatrick, null=True, blank=True
    )
    glogau = models.PositiveSmallIntegerField(
        _("photoageing (Glogau)"), choices=Glogau, null=True, blank=True
    )
    skin_note = models.TextField(
        _("skin: what was seen"), max_length=4000, blank=True, validators=[validate_storable]
    )
    goals = models.TextField(
        _("the patient's goals"), max_length=4000, blank=True, validators=[validate_storable]
    )
    combination = models.CharField(
        _("if both treatments are given"), max_length=20, choices=Combination, blank=True
    )
    laser = models.BooleanField(_("fractional laser wanted"), null=True, blank=True)
    performer = models.ForeignKey(
        PerformerLevel, models.PROTECT, related_name="+", null=True, blank=True
    )
    closed_weekdays = models.JSONField(
        _("closed weekdays"), default=list, blank=True, validators=[validate_weekdays]
    )
    copied_from = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    carried = models.JSONField(
        _("values carried over"),
        default=dict,
        blank=True,
        editable=False,
        validators=[validate_carried],
    )
    left_out = models.JSONField(_("not carried over"), default=list, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("saved at"), auto_now=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )

    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, editable=False)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    cancel_reason = models.TextField(
        _("why it was cancelled"),
        max_length=2000,
        blank=True,
        editable=False,
        validators=[validate_storable],
    )

    objects = ConsultationManager()  # type: ignore[misc]  # narrower than the abstract row's

    class Meta(ClinicalRow.Meta):
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-consulted_on", "-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="consultations_consultation_status_known",
                condition=Q(status__in=ConsultationStatus.values),
                violation_error_message=_("Choose one of the listed values."),
            ),
            models.CheckConstraint(
                name="consultations_consultation_signed_whole",
                condition=Q(
                    status=ConsultationStatus.SIGNED,
                    signed_at__isnull=False,
                    signed_by__isnull=False,
                )
                | (
                    ~Q(status=ConsultationStatus.SIGNED)
                    & Q(signed_at__isnull=True, signed_by__isnull=True)
                ),
                violation_error_message=_("A signature has a time and a name."),
            ),
            models.CheckConstraint(
                name="consultations_consultation_cancelled_whole",
                condition=(
                    Q(
                        status=ConsultationStatus.CANCELLED,
                        cancelled_at__isnull=False,
                        cancelled_by__isnull=False,
                    )
                    & ~Q(cancel_reason="")
                )
                | (
                    ~Q(status=ConsultationStatus.CANCELLED)
                    & Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancel_reason="")
                ),
                violation_error_message=_("Say why it is cancelled."),
            ),
            models.CheckConstraint(
                name="consultations_consultation_not_from_itself",
                condition=Q(copied_from__isnull=True) | ~Q(copied_from=models.F("id")),
                violation_error_message=_("A consultation is not started from itself."),
            ),
            models.CheckConstraint(
                name="consultations_consultation_combination_known",
                condition=Q(combination="") | Q(combination__in=Combination.values),
                violation_error_message=_("Choose one of the listed values."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "-consulted_on", "-created_at"],
                name="consultations_by_day",
            ),
            models.Index(fields=["patient", "-consulted_on"], name="consultations_by_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.patient}, {self.consulted_on}"
