"""The catalogue in Django's admin: one module a noun."""

from treatments.admin import (
    changes,
    drafts,
    golden,
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
    "drafts",
    "golden",
    "materials",
    "protocols",
    "releases",
    "rules",
    "sources",
    "treatments",
    "vocabulary",
]
