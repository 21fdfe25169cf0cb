from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager


class IdempotencyKey(models.Model):
    """The answer that a program was given for a key, so that asking again does nothing twice.

    The row is written in the transaction of the effect it stands for: both are there or neither.
    """

    clinic = models.ForeignKey("clinic.Clinic", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(_("key"), max_length=100)
    fingerprint = models.CharField(_("digest of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    headers = models.JSONField(_("headers"), default=dict)
    answer = models.TextField(_("answer"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ScopedManager(clinic="clinic")  # type: ignore[django-manager-missing]

    class Meta:
        verbose_name = _("answer kept for repetition")
        verbose_name_plural = _("answers kept for repetition")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "user", "key"],
                name="clinic_idempotencykey_once",
                violation_error_message=_("This key is already used."),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "created_at"], name="clinic_idempotency_by_age"),
        ]

    def __str__(self) -> str:
        return self.key
