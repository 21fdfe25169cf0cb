"""Go back to a release: in force at once, and the rows again what it holds, in one decision."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from treatments.compiler import (
    NoReleaseInForce,
    catalogue_of,
    compile_document,
    current_release,
)
from treatments.models import GoldenCase, Release, ReleaseActivation
from treatments.services.drafting import open_draft
from treatments.services.golden import outcome_of
from treatments.services.held import (
    changes_since,
    held_release,
    hold_releases,
    newest_change,
    release_to_build_on,
)
from treatments.services.recording import PuttingBack, Recorder
from treatments.services.releases import activate_release, take_back_activation
from treatments.services.undoing import undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What a decision did. ``rows``: how many changes put them back; ``kept``: why they stayed."""

    activation: ReleaseActivation
    before: Release | None
    rows: int = 0
    kept: str = ""


@transaction.atomic
def go_to_release(
    release: Release, *, by: User | None, note: str = "", put_rows_back: bool = True
) -> Gone:
    """Put a release in force at once. Going forward again is the same with the other release.

    That rows cannot be put back does not stand in the way of it: what is in force comes first.
    """
    hold_releases()
    before = _in_force()
    activation = activate_release(release, by=by, note=note)
    rows, kept = _try_put_back(release, by=by, note=note) if put_rows_back else (0, "")
    return Gone(activation=activation, before=before, rows=rows, kept=kept)


@transaction.atomic
def take_back_release(
    activation: ReleaseActivation, *, by: User | None, note: str = "", put_rows_back: bool = True
) -> Gone:
    """A scheduled release does not start, and the rows are what is to be built on without it."""
    hold_releases()
    back = take_back_activation(activation, by=by, note=note)
    wanted = release_to_build_on()
    rows, kept = 0, ""
    if put_rows_back and wanted is not None and held_release() == activation.release:
        rows, kept = _try_put_back(wanted, by=by, note=note)
    return Gone(activation=back, before=_in_force(), rows=rows, kept=kept)


@transaction.atomic
def put_rows_back(*, by: User | None, note: str = "") -> int:
    """Make the rows again what the newest decision put in force; how many changes it took."""
    hold_releases()
    wanted = release_to_build_on()
    if wanted is None:
        raise ValidationError(_("No release of the catalogue is in force."), code="state")
    return _put_back(wanted, by=by, note=note)


def rows_lag_behind() -> tuple[Release, Release] | None:
    """The release that the rows hold and the one that they should, where that is another."""
    held, wanted = held_release(), release_to_build_on()
    if held is None or wanted is None or held.pk == wanted.pk:
        return None
    return held, wanted


def _try_put_back(release: Release, *, by: User | None, note: str) -> tuple[int, str]:
    try:
        with transaction.atomic():
            return _put_back(release, by=by, note=note), ""
    except ValidationError as error:
        return 0, " ".join(error.messages)


def _put_back(release: Release, *, by: User | None, note: str) -> int:
    """Undo what came over the rows since they held the release, the last change first.

    All of it or nothing: in the end they have to say what the release says, word for word.
    """
    draft = open_draft()
    if draft is not None:
        text = _("The rows stay as they are: draft %(key)s is being worked on.")
        raise ValidationError(text % {"key": draft.key}, code="draft")
    held, place = held_release(), newest_change()
    recorder = Recorder(by=by, back=PuttingBack(release=release, why=note))
    undo(changes_since(release), recorder)
    if not _says_the_same(release):
        text = _("The rows stay as they are: their history does not lead back to release %(key)s.")
        raise ValidationError(text % {"key": release.key}, code="history")
    cases = _expect_again(held, release, by=by) if held is not None else 0
    rows = recorder.written
    if rows or cases:
        detail = {"key": release.key, "changes": rows, "cases": cases, "after": place}
        audit.record("catalogue-put-back", release, by=by, detail=detail)
    return rows


def _says_the_same(release: Release) -> bool:
    """In every part that the release has; the program may have learned others since."""
    then, now = json.loads(release.body), compile_document(release.key)
    return all(now.get(name) == part for name, part in then.items())


def _expect_again(left: Release, release: Release, *, by: User | None) -> int:
    """Golden cases that expect what the release left behind gives expect what this one gives."""
    old, new = catalogue_of(left), catalogue_of(release)
    count = 0
    for case in GoldenCase.objects.select_for_update().filter(active=True):
        outcome = outcome_of(new, case.request)
        if outcome != case.expected and case.expected == outcome_of(old, case.request):
            _expect(case, outcome, release, by=by)
            count += 1
    return count


def _expect(
    case: GoldenCase, outcome: Mapping[str, Any], release: Release, *, by: User | None
) -> None:
    case.expected = dict(outcome)
    case.save(update_fields=["expected"])
    detail = {"code": case.code, "release": release.key}
    audit.record("golden-case-put-back", case, by=by, detail=detail)


def _in_force() -> Release | None:
    try:
        return current_release()
    except NoReleaseInForce:
        return None
