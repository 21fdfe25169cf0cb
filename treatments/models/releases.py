"""Releases: the catalogue as it was frozen, and which of them is in force."""

from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from treatments.enums import ChangeKind

validate_release_key = RegexValidator(
    r"^[0-9]{4}\.[0-9]{1,4}\Z", _("Use a year and a number, for example “2026.1”.")
)


class Release(models.Model):
    """Everything the engine reads, as canonical JSON with its digest. Never edited or deleted."""

    key = models.CharField(_("key"), max_length=12, unique=True, validators=[validate_release_key])
    digest = models.CharField(_("digest"), max_length=80, editable=False)
    body = models.TextField(_("document"), editable=False)
    note = models.TextField(_("note"), blank=True)
    published_at = models.DateTimeField(_("published at"), db_default=Now(), editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="published_releases",
        null=True,
        editable=False,
    )
    last_change = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="The newest change of the catalogue that it holds; none in older releases.",
    )

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.key


class ReleaseActivationQuerySet(models.QuerySet["ReleaseActivation"]):
    def standing(self) -> Self:
        """Decisions that were not taken back, the newest first."""
        return self.filter(takes_back=None, taken_back=None).order_by("-pk")

    def in_force(self) -> Self:
        """Of the decisions that have taken effect by now the newest first: it is the one that
        counts, and an older one that was to take effect later never takes over from it."""
        return self.standing().filter(effective_at__lte=timezone.now())

    def took_effect(self) -> Self:
        """Decisions that were in force for a while, or are."""
        return self.not_superseded().filter(effective_at__lte=timezone.now())

    def to_come(self) -> Self:
        """Decisions that will take effect."""
        return self.not_superseded().filter(effective_at__gt=timezone.now())

    def not_superseded(self) -> Self:
        """No newer decision takes effect before them, or at the same moment."""
        newer = ReleaseActivation.objects.standing().filter(
            pk__gt=OuterRef("pk"), effective_at__lte=OuterRef("effective_at")
        )
        return self.standing().filter(~Exists(newer))


class ReleaseActivation(models.Model):
    """A decision that a release comes into force. Of those in effect the newest is current.

    ``takes_back``: this decision says that another one, which had not taken effect, never will.
    """

    release = models.ForeignKey(Release, models.PROTECT, related_name="activations")
    effective_at = models.DateTimeField(_("in force from"))
    activated_at = models.DateTimeField(_("decided at"), db_default=Now(), editable=False)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="release_activations",
        null=True,
        editable=False,
    )
    note = models.TextField(_("note"), blank=True)
    takes_back = models.OneToOneField(
        "self", models.PROTECT, related_name="taken_back", null=True, editable=False
    )

    objects = ReleaseActivationQuerySet.as_manager()

    class Meta:
        verbose_name = _("activation of a release")
        verbose_name_plural = _("activations of releases")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.release} {self.effective_at:%Y-%m-%d %H:%M}"


class CatalogueChange(models.Model):
    """One saved edit of the catalogue: who, when, and each field's old and new value."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="catalogue_changes", null=True
    )
    kind = models.CharField(_("what"), max_length=10, choices=ChangeKind)
    model = models.CharField(_("kind of row"), max_length=60)
    row = models.CharField(_("row id"), max_length=40)
    label = models.CharField(_("row"), max_length=300)
    parent_model = models.CharField(_("belongs to, kind"), max_length=60, blank=True)
    parent_row = models.CharField(_("belongs to, id"), max_length=40, blank=True)
    values = models.JSONField(_("values"), default=dict)
    before = models.JSONField(
        _("the row as it was"),
        null=True,
        help_text=_("In the form of the export; with it a row or a field can be put back."),
    )
    draft = models.ForeignKey("treatments.Draft", models.PROTECT, related_name="changes", null=True)
    restores = models.ForeignKey(
        Release,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("put back to"),
        help_text=_("The row is again as this release holds it."),
    )
    why = models.TextField(_("why"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("change of the catalogue")
        verbose_name_plural = _("changes of the catalogue")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["model", "row"], name="treatments_change_row"),
            models.Index(fields=["parent_model", "parent_row"], name="treatments_change_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.get_kind_display()}"
