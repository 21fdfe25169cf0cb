import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.roles import Role


def validate_timezone(value: str) -> None:
    """Refuse a name that the time zone database does not know."""
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone."), params={"value": value})


def validate_weekdays(value: object) -> None:
    """Accept a list of distinct ISO weekdays (1 = Monday … 7 = Sunday), never all of them."""
    days = value if isinstance(value, list) else [None]
    known = all(isinstance(day, int) and not isinstance(day, bool) for day in days)
    if not known or len(set(days)) != len(days) or not set(days) <= set(range(1, 8)):
        raise ValidationError(_("Use weekday numbers from 1 (Monday) to 7 (Sunday), each once."))
    if len(days) == len(range(1, 8)):
        raise ValidationError(_("At least one day of the week must stay open."))


class Clinic(models.Model):
    """The tenant. Every clinical row belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    timezone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_timezone]
    )
    closed_weekdays = models.JSONField(
        _("closed weekdays"), default=list, blank=True, validators=[validate_weekdays]
    )
    last_number = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("The record number that was given last.")
    )
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="clinic.Membership")

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def today(self) -> date:
        """The day it is at the clinic, in whichever zone times are told meanwhile."""
        return self.day_of(timezone.now())

    def day_of(self, moment: datetime) -> date:
        return timezone.localdate(moment, ZoneInfo(self.timezone))


class ClosedDay(models.Model):
    """A single day on which the clinic does not treat."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="closed_days")
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "day"],
                name="clinic_closedday_once",
                violation_error_message=_("This day is already listed."),
            )
        ]

    def __str__(self) -> str:
        return str(self.day)


class Membership(models.Model):
    """One person's role in one clinic. Ending it takes effect with the next request."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    performer = models.SlugField(
        _("performs as"),
        blank=True,
        help_text=_("The performer level of the catalogue that this person works at."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["clinic", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "user"],
                name="clinic_membership_once",
                violation_error_message=_("This person already has a role in this clinic."),
            ),
            models.CheckConstraint(
                name="clinic_membership_role_known",
                condition=Q(role__in=Role.values),
                violation_error_message=_("Choose one of the roles."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.clinic}"
