from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.consultations import Consultation
from consultations.models.proposals import Proposal
from consultations.models.rows import ClinicalRow


class Preparation(ClinicalRow):
    """The first of two signatures: of who prepared a plan that somebody else has to co-sign.

    ``digest`` is that of the plan's document, so both signatures stand for the same bytes; when
    anything in it changes, the plan has to be prepared anew.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="preparations")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="preparations")
    digest = models.CharField(max_length=80)
    signed_at = models.DateTimeField(_("signed at"), auto_now_add=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(ClinicalRow.Meta):
        verbose_name = _("preparation of a plan")
        verbose_name_plural = _("preparations of plans")
        ordering = ["-signed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "digest", "signed_by"],
                name="consultations_preparation_once",
                violation_error_message=_("You have signed this preparation already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} · {self.signed_at:%Y-%m-%d}"
