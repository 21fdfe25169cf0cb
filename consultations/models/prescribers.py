"""What whoever prescribes a patient's medicine was asked, and what the answer was."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import PrescriberAnswer
from consultations.models.consultations import Consultation
from consultations.models.rows import ClinicalRow
from treatments.models import Area, Treatment

_UNANSWERED = Q(answer="", prescriber="", answered_on__isnull=True, recorded_by__isnull=True)
_ANSWERED = (
    Q(answer__in=PrescriberAnswer.values, answered_on__isnull=False, recorded_by__isnull=False)
    & Q(recorded_at__isnull=False)
    & ~Q(prescriber="")
)


class PrescriberQuestion(ClinicalRow):
    """One treatment in one area that a rule lets wait for the prescriber.

    ``grounds`` names what the rule rested on when it was asked (``medications:warfarin``, one
    after the other): an agreement does not reach to a medicine that came later. Once answered the
    row never changes; asking again is another row, and the newest answer counts.
    """

    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="prescriber_questions"
    )
    rule = models.CharField(_("rule"), max_length=8)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="+")
    grounds = models.TextField(_("asked about"))
    text = models.TextField(_("question"), max_length=2000, validators=[validate_storable])
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=12, choices=PrescriberAnswer, blank=True)
    prescriber = models.CharField(
        _("who answered"), max_length=200, blank=True, validators=[validate_storable]
    )
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    conditions = models.TextField(
        _("conditions or remarks"), max_length=2000, blank=True, validators=[validate_storable]
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    recorded_at = models.DateTimeField(_("recorded at"), null=True, blank=True)

    class Meta(ClinicalRow.Meta):
        verbose_name = _("question to the prescriber")
        verbose_name_plural = _("questions to the prescriber")
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "rule", "area", "treatment"],
                condition=Q(answer=""),
                name="consultations_prescriberquestion_open_once",
                violation_error_message=_("This is already being asked."),
            ),
            models.CheckConstraint(
                name="consultations_prescriberquestion_asked",
                condition=~Q(text="") & ~Q(grounds=""),
                violation_error_message=_("Write what is asked."),
            ),
            models.CheckConstraint(
                name="consultations_prescriberquestion_answered_whole",
                condition=_UNANSWERED | _ANSWERED,
                violation_error_message=_("An answer has a name and a date."),
            ),
            models.CheckConstraint(
                name="consultations_prescriberquestion_conditions_told",
                condition=~Q(answer=PrescriberAnswer.CONDITIONS) | ~Q(conditions=""),
                violation_error_message=_("Write the conditions of the agreement."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "asked_at"],
                condition=Q(answer=""),
                name="consultations_questions_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}, {self.treatment}, {self.area}"

    @property
    def agreed(self) -> bool:
        return self.answer in {PrescriberAnswer.AGREED, PrescriberAnswer.CONDITIONS}
