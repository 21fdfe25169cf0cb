"""Notes that are pinned to a place on the drawings of face and body."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import MapView
from consultations.models.consultations import Consultation
from consultations.models.rows import ClinicalRow
from treatments.models import Area

LONGEST_NOTE = 500
_WITHIN = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))]


class MapNote(ClinicalRow):
    """What was seen or is meant at one place. ``x`` and ``y`` are parts of the drawing's width and
    height, counted from its upper left corner, so that they hold in whatever size it is shown.

    Notes are for people: no rule reads them, and ``version`` is of the note alone.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="map_notes")
    number = models.PositiveSmallIntegerField(_("number"))
    version = models.PositiveIntegerField(default=1, editable=False)
    view = models.CharField(_("drawing"), max_length=10, choices=MapView)
    x = models.DecimalField(_("from the left"), max_digits=5, decimal_places=4, validators=_WITHIN)
    y = models.DecimalField(_("from the top"), max_digits=5, decimal_places=4, validators=_WITHIN)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", null=True, blank=True)
    text = models.TextField(
        _("note"),
        max_length=LONGEST_NOTE,
        validators=[validate_storable, MaxLengthValidator(LONGEST_NOTE)],
    )
    created_at = models.DateTimeField(_("pinned at"), auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )

    class Meta(ClinicalRow.Meta):
        verbose_name = _("note on the map")
        verbose_name_plural = _("notes on the map")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "number"],
                name="consultations_mapnote_number_once",
                violation_error_message=_("The map already has a note of this number."),
            ),
            models.CheckConstraint(
                name="consultations_mapnote_view_known",
                condition=Q(view__in=MapView.values),
                violation_error_message=_("Choose one of the drawings."),
            ),
            models.CheckConstraint(
                name="consultations_mapnote_within",
                condition=Q(x__gte=0, x__lte=1, y__gte=0, y__lte=1),
                violation_error_message=_("The place lies outside of the drawing."),
            ),
            models.CheckConstraint(
                name="consultations_mapnote_told",
                condition=~Q(text=""),
                violation_error_message=_("Write the note."),
            ),
            models.CheckConstraint(
                name="consultations_mapnote_changed_whole",
                condition=Q(changed_at__isnull=True, changed_by__isnull=True)
                | Q(changed_at__isnull=False, changed_by__isnull=False),
                violation_error_message=_("A change has a time and a name."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.text}"

    @property
    def from_left(self) -> int:
        return round(self.x * 100)

    @property
    def from_top(self) -> int:
        return round(self.y * 100)
