"""Files that a curator tried, waiting to be applied as they were shown."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CatalogueImport(models.Model):
    """A file and what it would change: shown first, applied in a second step.

    ``digest`` is of the file's rows and of every change that they make. It must still be the same
    when they are applied, so that nothing happens that was not shown.
    """

    name = models.CharField(_("file"), max_length=100)
    documents = models.TextField(_("rows"), blank=True, editable=False)
    digest = models.CharField(_("digest"), max_length=80)
    added = models.PositiveIntegerField(_("rows added"))
    changed = models.PositiveIntegerField(_("rows changed"))
    unchanged = models.PositiveIntegerField(_("rows that stay as they are"))
    changes = models.JSONField(_("changes"), default=list, editable=False)
    tried_at = models.DateTimeField(_("tried at"), auto_now_add=True)
    tried_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("tried by")
    )
    applied_at = models.DateTimeField(_("applied at"), null=True)

    class Meta:
        verbose_name = _("import of the catalogue")
        verbose_name_plural = _("import and export")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name
