"""Imports in two steps: see what a file would change, then apply exactly that."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from treatments.engine import canonical_json, digest_of
from treatments.models import CatalogueImport
from treatments.services.importing import ImportCounts, import_catalogue

Change = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What an import does, row by row with old and new values, and the digest of all of it."""

    added: int
    changed: int
    unchanged: int
    changes: list[Change]
    digest: str


def try_import(documents: Mapping[str, object], *, by: User | None) -> Trial:
    """What these files would change. Everything is done as if for good, and taken back."""
    with transaction.atomic():
        trial = _trial_of(documents, import_catalogue(documents, by=by))
        transaction.set_rollback(True)
    audit.record("catalogue-import-tried", by=by, detail={"digest": trial.digest})
    return trial


@transaction.atomic
def apply_import(documents: Mapping[str, object], *, by: User | None, digest: str) -> Trial:
    """Import for good, if it still does exactly what the trial of that digest showed."""
    trial = _trial_of(documents, import_catalogue(documents, by=by))
    if trial.digest != digest:
        raise ValidationError(
            _("The catalogue or the file is no longer what was shown. Look at the changes again."),
            code="moved",
        )
    return trial


@transaction.atomic
def keep_trial(documents: Mapping[str, object], *, name: str, by: User) -> CatalogueImport:
    """Try files and keep them until they are applied; one person keeps one at a time."""
    trial = try_import(documents, by=by)
    CatalogueImport.objects.filter(tried_by=by, applied_at=None).delete()
    kept = canonical_json(documents)
    row = CatalogueImport(name=name[-100:], documents=kept, tried_by=by, **_values(trial))
    row.full_clean(exclude=["documents", "changes", "applied_at"])
    row.save()
    return row


@transaction.atomic
def apply_kept(row: CatalogueImport, *, by: User) -> CatalogueImport:
    """Apply what was kept, once, by whoever tried it."""
    row = CatalogueImport.objects.select_for_update().get(pk=row.pk)
    if row.applied_at is not None:
        raise ValidationError(_("This import has been applied already."), code="applied")
    if row.tried_by_id != by.pk:
        raise ValidationError(_("Only who tried an import can apply it."), code="other-person")
    apply_import(json.loads(row.documents), by=by, digest=row.digest)
    row.applied_at, row.documents = timezone.now(), ""
    row.save()
    return row


@transaction.atomic
def try_again(row: CatalogueImport, *, by: User) -> CatalogueImport:
    """Show anew what a kept file would change, after the catalogue has moved."""
    return keep_trial(json.loads(row.documents), name=row.name, by=by)


def _trial_of(documents: Mapping[str, object], counts: ImportCounts) -> Trial:
    parents = {(change.parent_model, change.parent_row) for change in counts.changes}
    labels = {parent: _label(*parent) for parent in parents}
    changes = [
        {
            "kind": str(change.kind),
            "model": change.model,
            "row": change.label,
            "part_of": labels[change.parent_model, change.parent_row],
            "values": change.values,
        }
        for change in counts.changes
    ]
    numbers = {"added": counts.added, "changed": counts.changed, "unchanged": counts.unchanged}
    digest = digest_of({"documents": documents, "changes": changes, **numbers})
    return Trial(changes=changes, digest=digest, **numbers)


def _label(model_label: str, key: str) -> str:
    """The row that a line belongs to, as it is called now."""
    if not model_label:
        return ""
    model: Any = apps.get_model(model_label)
    return str(model._meta.default_manager.get(pk=key))


def _values(trial: Trial) -> dict[str, Any]:
    return {
        "added": trial.added,
        "changed": trial.changed,
        "unchanged": trial.unchanged,
        "changes": trial.changes,
        "digest": trial.digest,
    }
