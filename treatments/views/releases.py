"""Which release a page reads, and whether that is the one in force."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from treatments.browsing import Shelf, shelf_of
from treatments.compiler import NoReleaseInForce, catalogue_of, current_release
from treatments.models import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """`current` is None before the first release has taken effect."""

    release: Release
    current: Release | None

    @property
    def in_force(self) -> bool:
        return self.current is not None and self.current.pk == self.release.pk

    @property
    def shelf(self) -> Shelf:
        return shelf_of(catalogue_of(self.release))

    @property
    def current_shelf(self) -> Shelf | None:
        return shelf_of(catalogue_of(self.current)) if self.current else None


class NothingInForce(Http404):
    """There is no release to show yet."""


def in_force() -> Release | None:
    try:
        return current_release()
    except NoReleaseInForce:
        return None


def chosen(key: str | None) -> Chosen:
    """The release of that key, or else the one in force."""
    current = in_force()
    if key is None or (current is not None and current.key == key):
        if current is None:
            raise NothingInForce(_("No release of the catalogue is in force yet."))
        return Chosen(release=current, current=current)
    release = get_object_or_404(Release.objects.defer("body"), key=key)
    return Chosen(release=release, current=current)
