"""The catalogue in Django's admin: one module a noun."""

from treatments.admin import (
    changes,
    drafts,
    exchange,
    golden,
    mappings,
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
    "exchange",
    "golden",
    "mappings",
    "materials",
    "protocols",
    "releases",
    "rules",
    "sources",
    "treatments",
    "vocabulary",
]
