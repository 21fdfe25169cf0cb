"""What all clinical rows share."""

import uuid
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import get_scope
from django_scopes.manager import DisabledQuerySet

from clinic.models import Clinic
from consultations.querysets import (
    ConsultationQuerySet,
    PatientQuerySet,
    PlanQuerySet,
    SessionItemQuerySet,
)
from consultations.validators import validate_told_day


class ClinicalManager(models.Manager):
    """Rows of the clinic that is open (django-scopes); without one, every query raises.

    Written as a class, unlike the library's own factory, so that types are known.
    """

    def get_queryset(self) -> models.QuerySet[Any]:
        scope = get_scope()
        if not scope.get("_enabled", True):
            return super().get_queryset()
        if "clinic" not in scope:
            closed: models.QuerySet[Any] = DisabledQuerySet(
                self.model, using=self._db, missing_scopes={"clinic"}
            )
            return closed
        return super().get_queryset().filter(clinic=scope["clinic"])


PatientManager = ClinicalManager.from_queryset(PatientQuerySet)
ConsultationManager = ClinicalManager.from_queryset(ConsultationQuerySet)
PlanManager = ClinicalManager.from_queryset(PlanQuerySet)
SessionItemManager = ClinicalManager.from_queryset(SessionItemQuerySet)


class ClinicalRow(models.Model):
    """A row that belongs to one clinic. Outside an open clinic its manager raises."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+", editable=False)

    objects = ClinicalManager()

    class Meta:
        abstract = True


class FactRow(ClinicalRow):
    """One line of a consultation's facts. Lines keep the order in which they were told."""

    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta(ClinicalRow.Meta):
        abstract = True
        ordering = ["position", "id"]

    def clean(self) -> None:
        """The days that were told can be meant, of this patient."""
        row: Any = self
        faults: dict[str, ValidationError] = {}
        for field in self._meta.concrete_fields:
            day = getattr(self, field.name)
            if isinstance(field, models.DateField) and field.editable and isinstance(day, date):
                try:
                    validate_told_day(day, born=row.consultation.patient.birth_date)
                except ValidationError as error:
                    faults[field.name] = error
        if faults:
            raise ValidationError(dict(faults))


class CarriedRow(FactRow):
    """A fact that may have been taken over from an earlier consultation.

    ``carried_from`` is the day on which it was last said or confirmed; empty once it was confirmed
    or changed here.
    """

    carried_from = models.DateField(_("carried over from"), null=True, blank=True, editable=False)

    class Meta(FactRow.Meta):
        abstract = True
