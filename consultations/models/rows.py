"""What all clinical rows share."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from clinic.models import Clinic


class ClinicalRow(models.Model):
    """A row that belongs to one clinic. Outside an open clinic its manager raises."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+", editable=False)

    objects = ScopedManager(clinic="clinic")

    class Meta:
        abstract = True


class FactRow(ClinicalRow):
    """One line of a consultation's facts. Lines keep the order in which they were told."""

    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta(ClinicalRow.Meta):
        abstract = True
        ordering = ["position", "id"]
