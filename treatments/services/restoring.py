"""Put back what a change took away: one field, one line or one row, as a new edit of the draft.

Nothing of the history is undone: what is put back is a change like any other, by whoever does it.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from clinic.models import User
from treatments.enums import ChangeKind
from treatments.models import CatalogueChange, Conflict, GoldenCase, Rule
from treatments.policies import EffectShape, RuleShape, faults_of_conflict, faults_of_rule
from treatments.services.disagreeing import shapes_of
from treatments.services.editing import RowEdit, save_edit
from treatments.services.merging import children_of, key_back
from treatments.services.portable import Form, fill
from treatments.services.recording import stored

BY_SERVICES = (GoldenCase,)  # their own services say what becomes of them


def can_restore(change: CatalogueChange, name: str = "") -> bool:
    """Whether the history knows enough to put this back."""
    if change.before is None or _model(change) is None:
        return False
    if not name:
        return change.kind in {ChangeKind.CHANGED, ChangeKind.DELETED}
    return change.kind == ChangeKind.CHANGED and name in change.before


def newest_change(change: CatalogueChange) -> int:
    """The last change of the same row; who puts something back has seen no other since."""
    same = CatalogueChange.objects.filter(model=change.model, row=change.row)
    return same.order_by("-pk").values_list("pk", flat=True)[0]


@transaction.atomic
def restore(change: CatalogueChange, *, by: User, seen: int, name: str = "") -> Model:
    """Put a field, or without a name the whole row, back to what it was before a change.

    Refused when the row was edited since ``seen``, when what it names is gone, and when the row
    would not be whole as it then stands.
    """
    if not can_restore(change, name):
        raise ValidationError(_("The history does not say what this was."), code="history")
    parent = _parent(change)
    held = _held(parent or _row(change))
    if newest_change(change) != seen:
        raise ValidationError(
            _("“%(row)s” was changed in the meantime. Look at its history again.")
            % {"row": change.label},
            code="stale",
        )
    whole: Form = change.before or {}
    before = {name: whole[name]} if name else whole
    if change.kind == ChangeKind.DELETED:
        row = _put_back(change, before, parent, by=by)
    else:
        row = _set_back(change, before, parent, by=by)
    check_whole(held or row)
    if newest_change(change) == seen:
        raise ValidationError(_("“%(row)s” is like that already.") % {"row": row}, code="same")
    return row


def _set_back(change: CatalogueChange, before: Form, parent: Model | None, *, by: User) -> Model:
    row: Model | None = _row(change)
    if row is None:
        raise ValidationError(
            _("“%(row)s” is gone. Put the whole row back first.") % {"row": change.label},
            code="gone",
        )
    links = fill(row, before)
    _store(RowEdit(row=row, links=links), parent, by=by)
    return row


def _put_back(change: CatalogueChange, before: Form, parent: Model | None, *, by: User) -> Model:
    """A deleted row under its old id, so that its history goes on; with the lines it had."""
    if _row(change) is not None:
        raise ValidationError(_("“%(row)s” is there.") % {"row": change.label}, code="there")
    if change.parent_model and parent is None:
        raise ValidationError(
            _("What “%(row)s” belonged to is gone. Put that back; its lines come with it.")
            % {"row": change.label},
            code="gone",
        )
    model = _model(change)
    row: Model = model(pk=model._meta.pk.to_python(change.row))
    if parent is not None and (link := key_back(row, parent)):
        setattr(row, link, parent)
    lines = [] if parent else list(_lines(row, before))
    _store(RowEdit(row=row, links=fill(row, before)), parent, by=by, lines=lines)
    return row


def _lines(row: Model, before: Form) -> Iterable[RowEdit]:
    for name, relation in children_of(type(row)).items():
        for form in before.get(name, ()):
            line = relation.related_model()
            setattr(line, relation.field.name, row)
            yield RowEdit(row=line, links=fill(line, form))


def _store(edit: RowEdit, parent: Model | None, *, by: User, lines: Iterable[RowEdit] = ()) -> None:
    """A line is stored with the row it belongs to, which itself stays as it is."""
    if parent is None:
        save_edit(edit, by=by, lines=lines)
    else:
        save_edit(RowEdit(row=parent), by=by, lines=[edit])


def _model(change: CatalogueChange) -> Any:
    try:
        model = apps.get_model(change.model)
    except LookupError:
        return None
    return None if issubclass(model, BY_SERVICES) else model


def _row(change: CatalogueChange) -> Any:
    return stored(_model(change)).filter(pk=change.row).first()


def _parent(change: CatalogueChange) -> Model | None:
    if not change.parent_model:
        return None
    parents = stored(apps.get_model(change.parent_model))
    found: Model | None = parents.filter(pk=change.parent_row).first()
    return found


def _held(row: Model | None) -> Model | None:
    """The row, held until the transaction ends, so that nobody edits it in between."""
    if row is not None:
        stored(type(row)).select_for_update().filter(pk=row.pk).first()
    return row


def check_whole(row: Model) -> None:
    """What the form of a rule or a conflict would refuse is refused here too."""
    faults: list[str] = []
    if isinstance(row, Rule):
        faults = [str(one.message) for one in faults_of_rule(_shape(row))]
    elif isinstance(row, Conflict):
        conflict = Conflict.objects.get(pk=row.pk)
        sides = shapes_of(conflict.sides.all())
        faults = [str(text) for text in faults_of_conflict(conflict.principle, sides)]
    if faults:
        raise ValidationError([ValidationError(text, code="incomplete") for text in faults])


def _shape(rule: Rule) -> RuleShape:
    rule = Rule.objects.get(pk=rule.pk)
    return RuleShape(
        kind=rule.kind,
        scope=rule.scope,
        wait_days=rule.wait_days,
        clauses=tuple(rule.clauses.values_list("kind", flat=True)),
        effects=tuple(
            EffectShape(effect=one.effect, on_treatment=one.treatment_id is not None)
            for one in rule.effects.all()
        ),
    )
