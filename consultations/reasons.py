"""The coded reasons that clinicians choose from when they go another way."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from treatments.compiler import current_catalogue
from treatments.enums import ReasonFor
from treatments.explanations import wording_of
from treatments.texts import in_plain_text


def reasons_for(what: ReasonFor) -> list[tuple[str, str]]:
    """Code and words of each reason of the release in force, in the curators' order.

    They stand in lists to choose from, where nothing but letters fits.
    """
    rows = wording_of(current_catalogue()).document.get("decision_reasons", ())
    return [(row["code"], in_plain_text(row["name"])) for row in rows if row["reason_for"] == what]


def check_reason(what: ReasonFor, reason: str) -> None:
    if reason not in dict(reasons_for(what)):
        raise ValidationError({"reason": _("Choose one of the catalogue's reasons.")})
