"""Texts of the catalogue in templates, which have these filters without loading them."""

from collections.abc import Iterable

from django import template
from django.utils.translation import pgettext

from treatments.texts import in_plain_text, joined

register = template.Library()


@register.filter
def plain(text: object) -> str:
    """For attributes, titles, options and drawings, where no markup may stand: “Face [EN]”."""
    return in_plain_text(text) if isinstance(text, str) else str(text)


@register.filter
def with_commas(parts: Iterable[object]) -> str:
    """``clinic.text``'s list, in which every text keeps its mark."""
    between = pgettext("between the items of a list", ", ")
    return joined(between, (one if isinstance(one, str) else str(one) for one in parts))
