"""Where knowledge comes from: sources, what they state, and where they disagree."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from treatments.enums import Claim, Grade, Principle, SourceKind
from treatments.models.vocabulary import CodedQuerySet


class Source(models.Model):
    """A document that can be opened: an article, a guideline, a label, the clinic's own policy."""

    code = models.SlugField(_("code"), unique=True)
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind)
    grade = models.CharField(_("grade"), max_length=1, choices=Grade, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    verified = models.BooleanField(_("read and checked"), default=False)
    machine_written = models.BooleanField(
        _("written by a machine"),
        default=False,
        help_text=_("Such a page must never be the only source of a rule."),
    )
    note = models.TextField(_("note"), blank=True)

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class Statement(models.Model):
    """One thing that sources say, in our own words, with the figures they give."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    text = models.TextField(_("text"))
    claim = models.CharField(_("kind of claim"), max_length=20, choices=Claim)
    low = models.DecimalField(_("from"), max_digits=12, decimal_places=3, null=True, blank=True)
    high = models.DecimalField(_("to"), max_digits=12, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="treatments_statement_figures_ordered",
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(high__gte=models.F("low")),
                violation_error_message=_("The second figure must not be below the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.text[:80]}"

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class Citation(models.Model):
    """The place in a source where a statement stands (``003:88`` = line 88 of article 003)."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="citations")
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    locator = models.CharField(_("locator"), max_length=100)

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "source", "locator"],
                name="treatments_citation_once",
                violation_error_message=_("This place is already cited."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source.code} {self.locator}"


class Conflict(models.Model):
    """Statements that disagree, which one is followed, and why."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    topic = models.CharField(_("topic"), max_length=200)
    resolution = models.TextField(_("what the program does"))
    principle = models.CharField(_("principle"), max_length=20, choices=Principle)
    why = models.TextField(_("why"))
    rules = models.ManyToManyField(
        "treatments.Rule",
        related_name="conflicts",
        blank=True,
        verbose_name=_("rules it bears on"),
    )

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict between statements")
        verbose_name_plural = _("conflicts between statements")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}: {self.topic}"

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class ConflictSide(models.Model):
    """What one statement holds in a conflict, as a value that can be printed beside the other."""

    conflict = models.ForeignKey(Conflict, models.CASCADE, related_name="sides")
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="sides")
    position = models.CharField(_("what it says"), max_length=200)
    followed = models.BooleanField(_("followed"), default=False)

    class Meta:
        verbose_name = _("side of a conflict")
        verbose_name_plural = _("sides of a conflict")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conflict", "statement", "position"],
                name="treatments_conflictside_once",
                violation_error_message=_("This statement already stands in the conflict."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement.code}: {self.position}"
