"""What an edit leaves behind: each row's old and new values, in the draft it belongs to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from treatments.enums import ChangeKind
from treatments.models import CatalogueChange, Draft, Release
from treatments.services.drafting import check_named, draft_for_edit, hold_open_draft
from treatments.services.portable import Form, form_of
from treatments.services.wording import values_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A row before an edit: in words, and in the form of import files. A new row has neither."""

    words: Mapping[str, str] = field(default_factory=dict)
    form: Form | None = None


NEW = Snapshot()


@dataclass(frozen=True, slots=True, kw_only=True)
class PuttingBack:
    """Rows go back to what a release holds. That is no edit, and stands in no draft."""

    release: Release
    why: str


def stored(model: type[Model]) -> QuerySet:
    """All rows of a model whose name only the caller knows."""
    return model._default_manager.all()  # noqa: SLF001 - how Django's own admin reads any model


def snapshot_of(row: Model) -> Snapshot:
    """The stored row, held until the transaction ends, so that nobody edits it in between."""
    if row._state.adding:
        return NEW
    old = stored(type(row)).select_for_update().filter(pk=row.pk).first()
    if old is None:
        raise ValidationError(_("“%(row)s” was deleted in the meantime.") % {"row": row})
    return Snapshot(words=values_in_words(old), form=form_of(old))


def hold(row: Model) -> None:
    """Lock the stored row until the transaction ends. A new row has nothing to lock."""
    stored(type(row)).select_for_update().filter(pk=row.pk).first()


class Recorder:
    """One person's edit. Refused at once while the draft is in review; otherwise the draft is
    opened by the first row that really differs, so that saving without a change leaves no trace.
    """

    def __init__(
        self, *, by: User | None, draft: Draft | None = None, back: PuttingBack | None = None
    ) -> None:
        self.by = by
        self.back = back
        self.written = 0
        self.draft = draft or (None if back else hold_open_draft())

    def changed(
        self,
        row: Model,
        before: Snapshot,
        *,
        parent: Model | None = None,
        label: str = "",
        event: bool = True,
    ) -> CatalogueChange | None:
        """Keep what became of a stored row, when anything did."""
        fresh = stored(type(row)).filter(pk=row.pk).first()
        after = values_in_words(fresh) if fresh else {}
        values = dict(_differences(before.words, after))
        if not values:
            return None
        if self.back is None:
            self.draft = self.draft or draft_for_edit(by=self.by)
            if self.draft is not None:
                check_named(self.by)
        change = CatalogueChange.objects.create(
            by=self.by,
            kind=_kind(before.words, after),
            model=row._meta.label_lower,
            row=str(row.pk),
            label=(label or str(row))[:300],
            parent_model=parent._meta.label_lower if parent else "",
            parent_row=str(parent.pk) if parent else "",
            values=values,
            before=before.form,
            draft=self.draft,
            restores=self.back.release if self.back else None,
            why=self.back.why if self.back else "",
        )
        self.written += 1
        if event:
            detail = {"code": getattr(row, "code", ""), "fields": sorted(values)}
            audit.record(f"catalogue-{change.kind}", row, by=self.by, detail=detail)
        return change


def _kind(before: Mapping[str, str], after: Mapping[str, str]) -> ChangeKind:
    if before and after:
        return ChangeKind.CHANGED
    return ChangeKind.ADDED if after else ChangeKind.DELETED


def _differences(
    before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    for name in {**before, **after}:
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield name, {"old": old, "new": new}
