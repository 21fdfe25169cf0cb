"""What patients read and sign before a treatment: one text a treatment and language."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from treatments.models.numbers import WholeNumberField
from treatments.models.treatments import Treatment
from treatments.models.vocabulary import CodedTerm


class ConsentText(CodedTerm):
    """Each release freezes it, so what was signed stays readable. A line of `risks` or
    `alternatives` is one item; an empty line parts the paragraphs of the others."""

    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="consent_texts")
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    version = WholeNumberField(
        _("version"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("Count it up with every change of the words: a version never changes."),
    )
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("what is done"))
    risks = models.TextField(_("risks"), help_text=_("One in each line."))
    alternatives = models.TextField(_("alternatives"), help_text=_("One in each line."))
    declaration = models.TextField(_("what the patient declares"))
    witness = models.BooleanField(_("a witness is asked for"), default=False)
    approved = models.BooleanField(
        _("approved by the clinic"),
        default=False,
        help_text=_("Until it is ticked, clinicians see that the text awaits approval."),
    )
    statements = models.ManyToManyField(
        "treatments.Statement",
        related_name="consent_texts",
        blank=True,
        verbose_name=_("statements"),
    )

    class Meta(CodedTerm.Meta):
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [
            models.UniqueConstraint(
                fields=["treatment", "language"],
                condition=Q(active=True),
                name="treatments_consenttext_once",
                violation_error_message=_(
                    "This treatment already has a text in this language. Take it out of use first."
                ),
            ),
            models.CheckConstraint(
                name="treatments_consenttext_version_from_one",
                condition=Q(version__gte=1),
                violation_error_message=_("Versions count from 1."),
            ),
        ]
