"""A version of a consent text never changes: patients have signed it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from treatments.lint.extra import Extra
from treatments.lint.findings import Check, Finding, Severity

WORDS: Final = ("title", "body", "risks", "alternatives", "declaration")


def changed_without_version(document: Mapping[str, Any], extra: Extra) -> Iterator[Finding]:
    """Other words than in the release in force need a higher version than there."""
    used = {(row["treatment"], row["language"]): row for row in extra.in_force}
    for row in document.get("consent_texts", ()):
        before = used.get((row["treatment"], row["language"]))
        if before is None or [before[name] for name in WORDS] == [row[name] for name in WORDS]:
            continue
        if row["version"] <= before["version"]:
            yield Finding(
                check=Check.CONSENT_VERSION,
                severity=Severity.ERROR,
                section="consent_texts",
                code=row["code"],
                about=(str(before["version"]),),
                message=_("Its words changed, so its version has to be above %(version)d.")
                % {"version": before["version"]},
            )
