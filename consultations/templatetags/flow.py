"""Where a fact is entered, for links from what is said about it."""

from django import template

from consultations.flow import step_of

register = template.Library()


@register.filter
def step_key(path: str) -> str:
    """`medications[0]` → the key of the step on medication."""
    return step_of(path).key
