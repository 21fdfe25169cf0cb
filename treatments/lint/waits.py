"""A wait that becomes shorter takes safety away, and so wants a statement that speaks for it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from treatments.lint.extra import Extra
from treatments.lint.findings import Check, Finding, Severity
from treatments.lint.rows import coded_rows


def waits_shortened(document: Mapping[str, Any], extra: Extra) -> Iterator[Finding]:
    """Against the release in force, where no statement was added to those of the rule."""
    for code, row in coded_rows(document, "rules"):
        before, days = extra.waits.get(code), row.get("wait_days") or 0
        if before is None or days >= before.days or not before.sources.issuperset(row["sources"]):
            continue
        yield Finding(
            check=Check.WAIT_SHORTENED,
            severity=Severity.WARNING,
            section="rules",
            code=code,
            about=(str(before.days), str(days)),
            message=_(
                "It waits %(days)d days, in the release in force %(before)d, "
                "and no statement was added that speaks for it."
            )
            % {"days": days, "before": before.days},
        )
