"""The open draft: which it is, who wrote it, and what holds it still."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from clinic.text import lowered
from treatments.enums import DraftStatus
from treatments.models import CatalogueChange, Draft, Release
from treatments.services.held import held_release, hold_releases


def open_draft() -> Draft | None:
    """The draft that is being edited or reviewed now."""
    return Draft.objects.open().select_related("base").defer("base__body").first()


def hold_open_draft() -> Draft | None:
    """The open draft, held until the transaction ends. Refused while it is in review: what the
    reviewer reads must not move."""
    draft = Draft.objects.open().select_for_update().first()
    if draft is not None:
        check_can_edit(draft)
    return draft


def check_can_edit(draft: Draft | None) -> None:
    if draft is not None and draft.status == DraftStatus.IN_REVIEW:
        raise ValidationError(
            _("The draft %(key)s is in review. Send it back before anything is changed.")
            % {"key": draft.key},
            code="in-review",
        )


def draft_for_edit(*, by: User | None) -> Draft | None:
    """The draft that an edit belongs to; the first edit after a release opens it.

    None while no release was ever published: there is nothing yet that a draft could change.
    From then on an edit has an author, or nobody could say who else has to approve it.
    """
    draft = hold_open_draft()
    if draft is None:
        hold_releases()  # so that what the rows hold is not put back in between
        draft = hold_open_draft()
    base = None if draft else held_release()
    if draft is not None or base is not None:
        check_named(by)
    if draft is not None or base is None:
        return draft
    try:
        with transaction.atomic():
            draft = Draft.objects.create(key=next_key(), base=base, opened_by=by)
    except IntegrityError:  # somebody else's first edit came before this one
        return hold_open_draft()
    audit.record("draft-opened", draft, by=by, detail={"key": draft.key})
    return draft


def check_named(by: User | None) -> None:
    if by is None:
        raise ValidationError(_("Say whose edit this is."), code="no-author")


def next_key() -> str:
    """This year and the first number that no release has yet."""
    year = timezone.now().year
    keys = Release.objects.filter(key__startswith=f"{year}.").values_list("key", flat=True)
    numbers = [int(key.partition(".")[2]) for key in keys]
    return f"{year}.{max(numbers, default=0) + 1}"


def locked(draft: Draft, *statuses: str) -> Draft:
    """The draft as it is stored, held until the transaction ends; refused in another state."""
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("base")
        .defer("base__body")
        .get(pk=draft.pk)
    )
    if draft.status not in statuses:
        raise ValidationError(
            _("This draft is no longer in that state: %(state)s.")
            % {"state": lowered(draft.get_status_display())},
            code="state",
        )
    return draft


def editors_of(draft: Draft) -> set[object]:
    """Everybody who wrote a line of the draft, opened it or submitted it."""
    writers = CatalogueChange.objects.filter(draft=draft).order_by()
    editors: set[object] = set(writers.values_list("by", flat=True).distinct())
    return (editors | {draft.opened_by_id, draft.submitted_by_id}) - {None}


def has_anonymous_edits(draft: Draft) -> bool:
    """Edits from before each had to name its author: whoever made them could approve them."""
    return draft.opened_by_id is None or draft.changes.filter(by=None).exists()


def check_not_editor(draft: Draft, by: User) -> None:
    """Two people: who wrote it or handed it in is not the one who approves it."""
    if by.pk in editors_of(draft):
        raise ValidationError(
            _("You edited or submitted this draft. Somebody else has to approve it."), code="self"
        )
