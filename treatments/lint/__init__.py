"""What a curator should look at before a draft is reviewed. Plain data in, findings out."""

from treatments.lint.checks import lint
from treatments.lint.consents import published_text
from treatments.lint.extra import Extra, Figure, PublishedText, RetiredPart, Wait
from treatments.lint.findings import Check, Finding, Severity

__all__ = [
    "Check",
    "Extra",
    "Figure",
    "Finding",
    "PublishedText",
    "RetiredPart",
    "Severity",
    "Wait",
    "lint",
    "published_text",
]
