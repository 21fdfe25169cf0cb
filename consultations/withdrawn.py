"""Treatments whose consent was taken back, and what that means for the sessions of a plan."""

from uuid import UUID

from django.utils.translation import gettext as _

from clinic.dates import long_day
from consultations.enums import SessionStatus
from consultations.models import Consent, ConsentWithdrawal, SessionItem


def consents_that_count(consultation: UUID) -> list[Consent]:
    """The newest of each treatment: by an older one nobody agrees any more."""
    rows = Consent.objects.filter(consultation=consultation).select_related(
        "withdrawal", "treatment"
    )
    return list({row.treatment_id: row for row in rows.order_by("signed_at", "id")}.values())


def withdrawals_of(consultation: UUID) -> dict[int, ConsentWithdrawal]:
    """By the key of the treatment."""
    return {
        row.treatment_id: row.withdrawal
        for row in consents_that_count(consultation)
        if hasattr(row, "withdrawal")
    }


def withdrawn(item: SessionItem) -> str:
    """One line beside the treatment; empty where the consent holds. From `with_withdrawals()`."""
    if item.withdrawn_at is None:
        return ""
    day = {"day": long_day(item.withdrawn_at)}
    if item.session.status == SessionStatus.DONE:
        return _("Not given: the consent was withdrawn on %(day)s") % day
    return _("Consent withdrawn on %(day)s: this is not given") % day
