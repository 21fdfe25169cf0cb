"""Texts of the catalogue in templates, which have these filters without loading them."""

from collections.abc import Iterable

from django import template

from treatments.texts import in_plain_text, listed

register = template.Library()


@register.filter
def plain(text: object) -> str:
    """For attributes, titles, options and drawings, where no markup may stand: “Face [EN]”."""
    return in_plain_text(text) if isinstance(text, str) else str(text)


@register.filter
def with_commas(parts: Iterable[object]) -> str:
    """``clinic.text``'s list, in which every text keeps its mark."""
    return listed(one if isinstance(one, str) else str(one) for one in parts)
