"""Which release the rows hold while no draft is open, told from the history of the catalogue.

Publishing freezes the rows as they stand, so they hold the newest release; until they are put back
to another one. The release in force is a decision of its own, and may be another.
"""

from django.db.models import Max, Q, QuerySet

from treatments.enums import DraftStatus
from treatments.models import CatalogueChange, GoldenCase, Release, ReleaseActivation


def hold_releases() -> None:
    """One decision about releases at a time: held until the transaction ends.

    Records that name the release are not kept waiting.
    """
    Release.objects.select_for_update(no_key=True).order_by("pk").values("pk").first()


def newest_change() -> int:
    return _newest(CatalogueChange.objects.all())


def held_release() -> Release | None:
    """The release whose content the rows are, apart from the edits of an open draft."""
    newest = Release.objects.defer("body").order_by("-pk").first()
    put_back = CatalogueChange.objects.filter(restores__isnull=False).order_by("-pk")
    back = put_back.select_related("restores").defer("restores__body").first()
    if back is not None and newest is not None and back.pk > _published_at(newest):
        return back.restores
    return newest


def release_to_build_on() -> Release | None:
    """What the newest decision puts in force, now or later: what the rows should hold."""
    newest = ReleaseActivation.objects.standing().select_related("release").defer("release__body")
    row = newest.first()
    return row.release if row else None


def changes_since(release: Release) -> QuerySet[CatalogueChange]:
    """Everything that came over the rows since they last held the release.

    What a withdrawn draft did it has undone itself. Golden cases are no part of a release.
    """
    back = _newest(CatalogueChange.objects.filter(restores=release))
    place = max(_published_at(release), back)
    counts = Q(draft__status=DraftStatus.PUBLISHED) | Q(restores__isnull=False)
    since = CatalogueChange.objects.filter(counts, pk__gt=place)
    return since.exclude(model=GoldenCase._meta.label_lower)


def retired_since_publishing() -> set[str]:
    """Golden cases that were in use when a release was last published, and are not any more.

    The first change since then says what a case was, whatever came after it.
    """
    newest = Release.objects.defer("body").order_by("-pk").first()
    changes = CatalogueChange.objects.filter(model=GoldenCase._meta.label_lower)
    since = changes.filter(pk__gt=_published_at(newest)) if newest else changes
    was_in_use: dict[str, bool] = {}
    for row, before in since.order_by("pk").values_list("row", "before"):
        was_in_use.setdefault(row, bool((before or {}).get("active")))
    known = {row for row, in_use in was_in_use.items() if in_use}
    retired = GoldenCase.objects.filter(pk__in=known, active=False)
    return {str(pk) for pk in retired.values_list("pk", flat=True)}


def _published_at(release: Release) -> int:
    """The newest change that a release holds. Before it was kept, its draft said it."""
    if release.last_change is not None:
        return release.last_change
    return _newest(CatalogueChange.objects.filter(draft__release=release))


def _newest(changes: QuerySet[CatalogueChange]) -> int:
    return changes.order_by().aggregate(newest=Max("pk"))["newest"] or 0
