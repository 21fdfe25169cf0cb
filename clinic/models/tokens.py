import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TokenAccess(models.TextChoices):
    READ = "read", _("Read only")
    WRITE = "write", _("Read and write")


class ApiToken(models.Model):
    """A key for a program: kept as a digest, good for one clinic, ending by itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(_("digest"), max_length=128, unique=True, editable=False)
    prefix = models.CharField(_("starts with"), max_length=12, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens")
    clinic = models.ForeignKey("clinic.Clinic", models.PROTECT, related_name="tokens")
    access = models.CharField(_("access"), max_length=10, choices=TokenAccess)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["clinic", "name"]
        constraints = [
            models.CheckConstraint(
                name="clinic_apitoken_ends_later",
                condition=Q(expires_at__gt=F("created_at")),
                violation_error_message=_("A token must end after it was made."),
            ),
            models.CheckConstraint(
                name="clinic_apitoken_access_known",
                condition=Q(access__in=TokenAccess.values),
                violation_error_message=_("Choose read only, or read and write."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
