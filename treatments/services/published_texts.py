"""Every version of a consent text that a release holds, read once for each release."""

import json
from collections.abc import Iterator
from itertools import chain

from treatments.lint import PublishedText, published_text
from treatments.models import Release

# By digest, and so for good: a release never changes. A few short strings for each.
_read: dict[str, frozenset[PublishedText]] = {}


def published_texts() -> frozenset[PublishedText]:
    """Of all releases, whether they were ever in force or not: somebody may have printed one."""
    digests = set(Release.objects.values_list("digest", flat=True))
    if unread := digests - _read.keys():
        releases = Release.objects.filter(digest__in=unread).values_list("digest", "body")
        for digest, body in releases.iterator(chunk_size=10):
            _read[digest] = frozenset(_texts(body))
    return frozenset(chain.from_iterable(_read[digest] for digest in digests))


def _texts(body: str) -> Iterator[PublishedText]:
    """None in a release from before releases held them."""
    for row in json.loads(body).get("consent_texts", ()):
        yield published_text(row)
