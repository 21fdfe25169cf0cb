"""The one bridge from the catalogue's rows to the engine: rows → document → Catalogue."""

from treatments.compiler.current import (
    NoReleaseInForce,
    catalogue_of,
    current_catalogue,
    current_release,
)
from treatments.compiler.document import compile_document
from treatments.compiler.reigns import Fate, Reign, reigns_of

__all__ = [
    "Fate",
    "NoReleaseInForce",
    "Reign",
    "catalogue_of",
    "compile_document",
    "current_catalogue",
    "current_release",
    "reigns_of",
]
