from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditOutcome(models.TextChoices):
    SUCCESS = "success", _("Done")
    REFUSED = "refused", _("Refused")


class AuditEvent(models.Model):
    """Who did or opened what, when and by which request. Rows are only ever added.

    No foreign keys: an event outlives what it speaks of. Names of patients and clinical text
    never stand here; ``detail`` holds codes, field names, and the old and new values of what the
    rules read of a patient.
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    clinic = models.UUIDField(_("clinic"), null=True)
    actor = models.UUIDField(_("actor"), null=True)
    actor_name = models.CharField(_("actor"), max_length=150, blank=True)
    token = models.UUIDField(
        _("API token"),
        null=True,
        help_text=_("What a program did with a token of the person; empty: the person did it."),
    )
    action = models.CharField(_("action"), max_length=60)
    subject_type = models.CharField(_("subject"), max_length=60, blank=True)
    subject = models.CharField(_("subject id"), max_length=64, blank=True)
    patient = models.UUIDField(_("patient"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=AuditOutcome)
    channel = models.CharField(_("channel"), max_length=10, blank=True)
    request_id = models.CharField(_("request"), max_length=36, blank=True)
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["clinic", "-id"], name="clinic_audit_by_clinic"),
            models.Index(fields=["patient", "-id"], name="clinic_audit_by_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"
