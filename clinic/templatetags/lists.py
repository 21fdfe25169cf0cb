"""``clinic.text`` for templates, which have these filters without loading them."""

from django import template

from clinic.text import isolated, with_commas

register = template.Library()
register.filter("with_commas", with_commas)
register.filter("isolated", isolated)
