"""A release as a book to read: every row with its sentence, its evidence, and what uses it.

Pure functions over a release document. Nothing here reads the working rows.
"""

from treatments.browsing.comparison import Comparison, comparison_of
from treatments.browsing.kinds import GROUPS, KINDS, Kind
from treatments.browsing.pages import Page, page_of
from treatments.browsing.searching import found
from treatments.browsing.shelf import Entry, Shelf, shelf_of

__all__ = [
    "GROUPS",
    "KINDS",
    "Comparison",
    "Entry",
    "Kind",
    "Page",
    "Shelf",
    "comparison_of",
    "found",
    "page_of",
    "shelf_of",
]
