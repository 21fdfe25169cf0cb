"""A plan with sessions that are over before it is signed: proposed long ago, or dated wrongly."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.dates import long_day
from consultations.consents import accepted
from consultations.models import Proposal


def past_sessions_of(proposal: Proposal) -> list[date]:
    """The days before the clinic's today on which what was accepted would be given."""
    today = proposal.clinic.today()
    days = {
        date.fromisoformat(day)
        for decision in accepted(proposal)
        for course in decision.option["courses"]
        for day in (*course["planned"], *course["optional"])
    }
    return sorted(day for day in days if day < today)


def check_past_sessions(proposal: Proposal, *, meant: bool) -> None:
    """Nobody signs passed days unseen: they are changed, or somebody says that they are meant."""
    passed = past_sessions_of(proposal)
    if passed and not meant:
        message = _(
            "Sessions of this plan lie before today, the first on %(day)s. Change the day of the"
            " consultation or of the start of treatment and propose again, or confirm that these"
            " days are meant."
        )
        told = ValidationError(message, code="past", params={"day": long_day(passed[0])})
        raise ValidationError({"past_sessions": told})
