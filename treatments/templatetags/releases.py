"""What a page says about the release in force and the open draft."""

from typing import Any

from django import template

from treatments.compiler import Reign
from treatments.models import Release
from treatments.services.approvals import release_awaits_approval
from treatments.services.drafting import open_draft
from treatments.services.standing import Standing, standing_now

register = template.Library()


@register.simple_tag(takes_context=True)
def awaits_approval(context: dict[str, Any], release: Release | None = None) -> bool:
    """True until the reader's clinic has approved the release, or else the one in force."""
    membership = context.get("membership")
    return release_awaits_approval(membership.clinic if membership else None, release)


@register.simple_tag
def draft_that_is_open() -> Any:
    """The draft that is being edited or reviewed, if there is one."""
    return open_draft()


@register.simple_tag
def releases_now() -> Standing:
    """What is in force, what was before, what waits, and what the rows hold."""
    return standing_now()


@register.simple_tag
def history_of(standing: Standing, release: Release) -> list[Reign]:
    """Every decision about one release, the newest first."""
    return standing.history_of(release)
