from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from treatments.enums import ReasonFor
from treatments.models.vocabulary import CodedTerm


class DecisionReason(CodedTerm):
    """A reason that clinicians choose from when they go another way; their words stand beside it.

    The name is the sentence that is chosen and printed.
    """

    reason_for = models.CharField(_("reason for"), max_length=20, choices=ReasonFor)

    class Meta(CodedTerm.Meta):
        verbose_name = _("reason of a decision")
        verbose_name_plural = _("reasons of decisions")
        constraints = [
            models.CheckConstraint(
                name="treatments_decisionreason_for",
                condition=Q(reason_for__in=ReasonFor.values),
                violation_error_message=_("Choose what the reason is for."),
            ),
        ]
