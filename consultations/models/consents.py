"""That a patient agreed to a treatment, and that they took it back. Neither row ever changes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import ConsentHow
from consultations.models.consultations import Consultation
from consultations.models.proposals import Proposal
from consultations.models.rows import ClinicalRow
from treatments.models import Treatment

LONGEST_NAME = 200
LONGEST_REASON = 2000


class Consent(ClinicalRow):
    """One signature of one treatment's consent.

    ``document`` is canonical JSON of all that was read and signed, the patient's own plan and the
    signature in it; ``digest`` is taken over it. ``subject`` is the digest of what it is about:
    once the decisions say something else, the consent no longer holds for them.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="consents")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="consents")
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="+")
    language = models.CharField(_("language"), max_length=8)
    version = models.PositiveSmallIntegerField(_("version"))
    document = models.TextField()
    digest = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    how = models.CharField(_("how it was signed"), max_length=10, choices=ConsentHow)
    signer_name = models.CharField(
        _("name of who signs"), max_length=LONGEST_NAME, validators=[validate_storable]
    )
    witness_name = models.CharField(
        _("name of the witness"),
        max_length=LONGEST_NAME,
        blank=True,
        validators=[validate_storable],
    )
    signed_at = models.DateTimeField(_("signed at"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken by")
    )

    class Meta(ClinicalRow.Meta):
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-signed_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="consultations_consent_signed",
                condition=Q(how__in=ConsentHow.values) & ~Q(signer_name=""),
                violation_error_message=_("A consent is signed by name, drawn or typed."),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "-signed_at"], name="consultations_consent_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.treatment}: {self.signer_name}, {self.signed_at:%Y-%m-%d}"


class ConsentWithdrawal(ClinicalRow):
    """That a consent was taken back. The consent itself stays as it was signed."""

    consent = models.OneToOneField(Consent, models.PROTECT, related_name="withdrawal")
    told_by = models.CharField(
        _("told by"), max_length=LONGEST_NAME, validators=[validate_storable]
    )
    reason = models.TextField(
        _("reason"), max_length=LONGEST_REASON, blank=True, validators=[validate_storable]
    )
    at = models.DateTimeField(_("withdrawn at"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    class Meta(ClinicalRow.Meta):
        verbose_name = _("withdrawal of a consent")
        verbose_name_plural = _("withdrawals of consents")
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(
                name="consultations_consentwithdrawal_told",
                condition=~Q(told_by=""),
                violation_error_message=_("Say who told it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consent} · {self.at:%Y-%m-%d}"
