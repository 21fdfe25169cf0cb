"""Publish the catalogue as a release, and say which release is in force."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from treatments.compiler import compile_document
from treatments.engine import Catalogue, canonical_json
from treatments.models import Release, ReleaseActivation
from treatments.services.allergens import keep_allergens_in_step
from treatments.services.held import hold_releases, newest_change
from treatments.services.publishing import faults_of

# What other apps do once another release may be in force. It is no part of the decision: when it
# fails, the decision stands.
AFTER_DECISION: list[Callable[[], None]] = []
FARTHEST: Final = timedelta(days=3653)  # ten years: beyond is a slip of the pen


@transaction.atomic
def publish_release(
    key: str,
    *,
    by: User | None,
    note: str = "",
    effective_at: datetime | None = None,
    digest: str = "",
) -> Release:
    """Freeze the catalogue as it stands and put it in force, at once or from a later moment.

    Refused, with everything that a curator can mend, when the catalogue is not fit to publish.
    People publish a reviewed draft (``publish_draft``), which names the digest of what was
    reviewed; by itself this is for the first release of an installation.
    """
    release = Release(key=key, digest="unset", body="unset", note=note, published_by=by)
    release.full_clean(exclude=["published_at"])
    keep_allergens_in_step()
    document = compile_document(key)
    if faults := faults_of(document):
        raise ValidationError(faults, code="not_publishable")
    release.digest = _compiled(document).digest
    if digest not in {"", release.digest}:
        raise ValidationError(
            _("The catalogue is no longer what was reviewed. Send the draft back."), code="moved"
        )
    release.body = canonical_json(document)
    release.last_change = newest_change()
    try:
        with transaction.atomic():
            release.save(force_insert=True)
    except IntegrityError:
        raise ValidationError(
            {"key": _("There is already a release “%(key)s”.") % {"key": key}}
        ) from None
    audit.record("release-published", release, by=by, detail={"key": key, "digest": release.digest})
    activate_release(release, by=by, effective_at=effective_at, note=note)
    return release


def _compiled(document: dict[str, Any]) -> Catalogue:
    """What the engine itself finds wrong is a refusal too, so no release breaks evaluation."""
    try:
        return Catalogue.from_document(document)
    except ValueError as error:
        raise ValidationError(str(error), code="not_publishable") from None


@transaction.atomic
def activate_release(
    release: Release, *, by: User | None, effective_at: datetime | None = None, note: str = ""
) -> ReleaseActivation:
    """Put a release in force from a moment on; an older one too, which is how to roll back.

    The newest decision counts: what was to come into force later, by an older one, never does.
    """
    hold_releases()
    moment = _moment(effective_at)
    superseded = ReleaseActivation.objects.to_come().filter(effective_at__gte=moment)
    keys = list(superseded.values_list("release__key", flat=True))
    activation = ReleaseActivation(release=release, effective_at=moment, activated_by=by, note=note)
    activation.full_clean(exclude=["activated_at"])
    activation.save(force_insert=True)
    detail: dict[str, object] = {"key": release.key, "effective_at": moment.isoformat()}
    if keys:
        detail["supersedes"] = keys
    audit.record("release-activated", release, by=by, detail=detail)
    for follow in AFTER_DECISION:
        transaction.on_commit(follow, robust=True)
    return activation


@transaction.atomic
def take_back_activation(
    activation: ReleaseActivation, *, by: User | None, note: str = ""
) -> ReleaseActivation:
    """Say that a scheduled release does not come into force after all, as long as it has not."""
    hold_releases()
    if not ReleaseActivation.objects.to_come().filter(pk=activation.pk).exists():
        raise ValidationError(
            _("This release is not waiting to come into force any more."), code="state"
        )
    row = ReleaseActivation(
        release=activation.release,
        effective_at=timezone.now(),
        activated_by=by,
        note=note,
        takes_back=activation,
    )
    row.full_clean(exclude=["activated_at"])
    row.save(force_insert=True)
    detail = {
        "key": activation.release.key,
        "effective_at": activation.effective_at.isoformat(),
    }
    audit.record("release-taken-back", activation.release, by=by, detail=detail)
    return row


def _moment(effective_at: datetime | None) -> datetime:
    """Forms give whole minutes: the one that is running means now. What has passed stays."""
    now = timezone.now()
    if effective_at is None:
        return now
    if effective_at < now.replace(second=0, microsecond=0):
        raise ValidationError({"effective_at": _("A release cannot come into force in the past.")})
    if effective_at > now + FARTHEST:
        message = _("A release comes into force within ten years.")
        raise ValidationError({"effective_at": message})
    return max(effective_at, now)
