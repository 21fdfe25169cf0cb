"""``clinic.text``'s lists for templates, which have the filter without loading it."""

from django import template

from clinic.text import with_commas

register = template.Library()
register.filter("with_commas", with_commas)
