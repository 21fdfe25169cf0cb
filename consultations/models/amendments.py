"""What is said after signing. The signed record itself stays as it was."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import AmendmentReason
from consultations.models.consultations import Consultation
from consultations.models.rows import ClinicalRow

LONGEST_TEXT = 4000


class Amendment(ClinicalRow):
    """One correction of, or addition to, a signed consultation. Never changed: a mistake in it
    is amended by the next."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField(_("number"))
    reason = models.CharField(_("reason"), max_length=20, choices=AmendmentReason)
    text = models.TextField(
        _("what is amended"),
        max_length=LONGEST_TEXT,
        validators=[validate_storable, MaxLengthValidator(LONGEST_TEXT)],
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("amended at"), auto_now_add=True)

    class Meta(ClinicalRow.Meta):
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "number"],
                name="consultations_amendment_number_once",
                violation_error_message=_("This amendment already exists."),
            ),
            models.CheckConstraint(
                name="consultations_amendment_reasoned",
                condition=Q(reason__in=AmendmentReason.values) & ~Q(text=""),
                violation_error_message=_("Choose a reason and say what is amended."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} · {self.number}"
