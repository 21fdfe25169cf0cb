"""A version of a consent text never changes: patients have signed it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from treatments.engine import digest_of
from treatments.lint.extra import Extra, PublishedText
from treatments.lint.findings import Check, Finding, Severity

WORDS: Final = ("title", "body", "risks", "alternatives", "declaration")


def published_text(row: Mapping[str, Any]) -> PublishedText:
    """A consent text of a release document, its words told by their digest."""
    words = digest_of({name: row[name] for name in WORDS})
    return PublishedText(row["treatment"], row["language"], row["version"], words)


def changed_without_version(document: Mapping[str, Any], extra: Extra) -> Iterator[Finding]:
    """Other words than any release had under this version need one that no release reached.

    The release in force alone does not say it: it may be an older one, gone back to.
    """
    for row in document.get("consent_texts", ()):
        text = published_text(row)
        if text in extra.consents:
            continue
        subject = (text.treatment, text.language)
        used = [one.version for one in extra.consents if (one.treatment, one.language) == subject]
        highest = max(used, default=0)
        if text.version <= highest:
            yield Finding(
                check=Check.CONSENT_VERSION,
                severity=Severity.ERROR,
                section="consent_texts",
                code=row["code"],
                about=(str(highest),),
                message=_("Its words changed, so its version has to be above %(version)d.")
                % {"version": highest},
            )
