import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.scoping import clinic_today
from clinic.text import validate_name, validate_storable, without_direction_marks
from consultations.enums import Sex
from consultations.models.rows import ClinicalRow, PatientManager

OLDEST = 130
FEWEST_DIGITS = 5
_PLAIN = {"Zs": " ", "Pd": "-"}
_PHONE = re.compile(r"[0-9+()/. -]*")


def validate_birth_date(value: object) -> None:
    """A birth date is neither in the future nor more than 130 years ago."""
    today = clinic_today()
    earliest = today.replace(year=today.year - OLDEST, day=1)
    if not earliest <= value <= today:  # type: ignore[operator]
        raise ValidationError(_("Enter a date of birth within the last 130 years."))


def plain_phone(text: str) -> str:
    """Without what address books put around and between the digits: marks, other spaces, dashes."""
    kinds = ((unicodedata.category(char), char) for char in without_direction_marks(text))
    return "".join(_PLAIN.get(kind, char) for kind, char in kinds).strip()


def validate_phone(value: str) -> None:
    """Digits that somebody can call."""
    plain = plain_phone(value)
    if not _PHONE.fullmatch(plain):
        raise ValidationError(_("Use digits, spaces and + ( ) / . - only."), code="phone")
    if sum(map(str.isdigit, plain)) < FEWEST_DIGITS:
        raise ValidationError(_("A phone number has at least 5 digits."), code="phone")


class Patient(ClinicalRow):
    """A person this clinic sees. The record number is unique within the clinic."""

    number = models.CharField(_("record number"), max_length=20, validators=[validate_storable])
    family_name = models.CharField(
        _("family name"), max_length=100, validators=[validate_storable, validate_name]
    )
    given_name = models.CharField(
        _("given name"), max_length=100, validators=[validate_storable, validate_name]
    )
    sex = models.CharField(_("sex"), max_length=10, choices=Sex)
    birth_date = models.DateField(
        _("date of birth"), null=True, blank=True, validators=[validate_birth_date]
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[validate_phone])
    email = models.EmailField(_("email"), blank=True)
    phone_digits = models.CharField(max_length=30, blank=True, editable=False)
    search_key = models.CharField(max_length=260, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )

    objects = PatientManager()  # type: ignore[misc]  # narrower than the abstract row's

    class Meta(ClinicalRow.Meta):
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        ordering = ["family_name", "given_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "number"],
                name="consultations_patient_number_once",
                violation_error_message=_("Another patient already has this record number."),
            ),
            models.CheckConstraint(
                name="consultations_patient_sex_known",
                condition=models.Q(sex__in=Sex.values),
                violation_error_message=_("Choose one of the listed values."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "family_name", "given_name", "id"],
                name="consultations_patient_by_name",
            ),
            models.Index(fields=["clinic", "birth_date"], name="consultations_patient_by_birth"),
        ]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"
