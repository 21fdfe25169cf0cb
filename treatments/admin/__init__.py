"""The catalogue in Django's admin: one module a noun."""

from treatments.admin import (
    changes,
    materials,
    protocols,
    releases,
    rules,
    sources,
    treatments,
    vocabulary,
)

__all__ = [
    "changes",
    "materials",
    "protocols",
    "releases",
    "rules",
    "sources",
    "treatments",
    "vocabulary",
]
