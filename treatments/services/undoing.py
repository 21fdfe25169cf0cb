"""Take a draft back: every row it touched becomes what it was, the last change first."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError, QuerySet, RestrictedError
from django.utils.translation import gettext as _

from clinic.models import User
from treatments.enums import ChangeKind
from treatments.models import CatalogueChange, Draft
from treatments.services.merging import key_back
from treatments.services.portable import fill
from treatments.services.recording import NEW, Recorder, snapshot_of, stored
from treatments.services.wording import name_of


def take_back(draft: Draft, *, by: User | None) -> None:
    """Undo the draft's changes one by one, from the last to the first; all of them or none.

    Backwards each step meets the rows just as the change left them, so rows keep their ids.
    """
    undo(draft.changes.all(), Recorder(by=by, draft=draft))


def undo(changes: QuerySet[CatalogueChange], recorder: Recorder) -> None:
    for change in list(changes.order_by("-pk")):
        _undo(change, recorder)


def _undo(change: CatalogueChange, recorder: Recorder) -> None:
    model = _model(change)
    row: Any = stored(model).filter(pk=change.row).first()
    parent = _parent_of(change)
    if change.kind == ChangeKind.ADDED:
        if row is not None:
            _remove(row, recorder, parent)
        return
    if change.before is None:
        message = _("“%(row)s” cannot be put back: its history does not say what it was.")
        raise ValidationError(message % {"row": change.label}, code="history")
    before = NEW if row is None else snapshot_of(row)
    if row is None:
        row = model(pk=model._meta.pk.to_python(change.row))
        if parent is not None and (link := key_back(row, parent)):
            setattr(row, link, parent)
    links = fill(row, change.before)
    row.save()
    for name, linked in links.items():
        getattr(row, name).set(linked)
    recorder.changed(row, before, parent=parent)


def _model(change: CatalogueChange) -> Any:
    return apps.get_model(change.model)


def _parent_of(change: CatalogueChange) -> Model | None:
    if not change.parent_model:
        return None
    parents = stored(apps.get_model(change.parent_model))
    found: Model | None = parents.filter(pk=change.parent_row).first()
    return found


def _remove(row: Any, recorder: Recorder, parent: Model | None) -> None:
    """Delete what the draft added. What patients' records name by now goes out of use instead:
    no release holds it, and the records stay readable."""
    before, key, label = snapshot_of(row), row.pk, str(row)
    try:
        with transaction.atomic():
            row.delete()
        row.pk = key
    except (ProtectedError, RestrictedError, IntegrityError) as error:
        row.pk = key
        if not hasattr(row, "active"):
            message = _("“%(row)s” cannot be taken back: it is in use.") % {"row": name_of(row)}
            raise ValidationError(message, code="in-use") from error
        row.active = False
        row.save()
    recorder.changed(row, before, parent=parent, label=label)
