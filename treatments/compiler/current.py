"""Releases as compiled catalogues, kept by digest for as long as the process lives."""

import json
from collections import OrderedDict
from threading import Lock

from treatments.engine import Catalogue
from treatments.models import Release, ReleaseActivation

KEPT = 8
_compiled: OrderedDict[str, Catalogue] = OrderedDict()
_lock = Lock()


class NoReleaseInForce(LookupError):  # noqa: N818 - what it is, not that it is an error
    """Nothing can be evaluated: no release of the catalogue has taken effect yet."""


class ReleaseDamaged(RuntimeError):  # noqa: N818 - as above
    """The stored document of a release does not fit its digest."""


def current_release() -> Release:
    """The release in force, in one query and without its document."""
    activation = (
        ReleaseActivation.objects.in_force()
        .select_related("release")
        .defer("release__body")
        .first()
    )
    if activation is None:
        raise NoReleaseInForce("No release of the catalogue is in force.")
    return activation.release


def catalogue_of(release: Release) -> Catalogue:
    """The release as the engine reads it; its document is fetched and compiled once."""
    with _lock:
        catalogue = _compiled.get(release.digest) or _compile(release)
        _compiled[release.digest] = catalogue
        _compiled.move_to_end(release.digest)
        if len(_compiled) > KEPT:
            _compiled.popitem(last=False)
    return catalogue


def current_catalogue() -> Catalogue:
    return catalogue_of(current_release())


def _compile(release: Release) -> Catalogue:
    catalogue = Catalogue.from_document(json.loads(release.body))
    if catalogue.digest != release.digest:
        raise ReleaseDamaged(f"The document of release {release.key} does not fit its digest.")
    return catalogue
