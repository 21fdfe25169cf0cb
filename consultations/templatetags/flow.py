"""Where a fact is entered, for links from what is said about it."""

from collections.abc import Mapping
from typing import Any

from django import template

from consultations.flow import anchor_of, step_of

register = template.Library()


@register.filter
def at(places: Mapping[str, Any], place: str) -> Any:
    """What is said at a place of the page; nothing where there is nothing to say."""
    return places.get(place, ()) if places else ()


@register.filter
def anchor(path: str) -> str:
    return anchor_of(path)


@register.filter
def step_key(path: str) -> str:
    """`medications[0]` → the key of the step on medication."""
    return step_of(path).key
