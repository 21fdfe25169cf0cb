"""Who works on an open consultation: unfinished input, last changes, and who is here."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.models.consultations import Consultation
from consultations.models.rows import ClinicalRow


class DraftInput(ClinicalRow):
    """What somebody typed into one field and what is not part of the record: unfinished, not
    valid, or in conflict with what another person saved. Only the person who typed it sees it.

    ``value`` is the input as the form sends it; ``base`` is what the record held when the input
    began, which tells whether somebody else changed the field since. Both are JSON.
    """

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    field = models.CharField(_("field"), max_length=120)
    value = models.TextField(_("value"), validators=[validate_storable])
    base = models.TextField(_("what it began from"), validators=[validate_storable])
    saved_at = models.DateTimeField(_("saved at"))

    class Meta(ClinicalRow.Meta):
        verbose_name = _("unfinished input")
        verbose_name_plural = _("unfinished inputs")
        ordering = ["field", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "user", "field"],
                name="consultations_draftinput_once",
                violation_error_message=_("This input is already kept."),
            ),
        ]

    def __str__(self) -> str:
        return self.field


class FieldChange(ClinicalRow):
    """Who changed a field of a consultation last, when, and which version that made."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="changes")
    field = models.CharField(_("field"), max_length=120)
    version = models.PositiveIntegerField(_("version"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta(ClinicalRow.Meta):
        verbose_name = _("change of a field")
        verbose_name_plural = _("changes of fields")
        ordering = ["version", "field"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "field"],
                name="consultations_fieldchange_once",
                violation_error_message=_("This change is already noted."),
            ),
        ]

    def __str__(self) -> str:
        return self.field


class Presence(ClinicalRow):
    """Somebody has a consultation open. The browser says so every few seconds, or it is over."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(_("seen at"))

    class Meta(ClinicalRow.Meta):
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "user"],
                name="consultations_presence_once",
                violation_error_message=_("This person is already noted."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
