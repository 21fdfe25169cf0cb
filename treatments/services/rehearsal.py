"""What the catalogue would be with an edit that nobody has saved."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError
from django.utils.translation import gettext as _

from treatments.engine import Catalogue
from treatments.services.cases import working_catalogue
from treatments.services.editing import RowEdit


def rehearse(
    edit: RowEdit, *, lines: Iterable[RowEdit] = (), removed: Iterable[Model] = ()
) -> Catalogue:
    """The rows as they stand with the edit in them. Written as saving would write it, compiled, and
    rolled back, so that nothing is stored: no row, no change, no draft, no event."""
    with _undone():
        edit.row.save()
        _link(edit)
        for line in removed:
            line.delete()
        for line_edit in lines:
            _name_parent(line_edit.row, edit.row)
            line_edit.row.save()
            _link(line_edit)
        return working_catalogue()


@contextmanager
def _undone() -> Iterator[None]:
    try:
        with transaction.atomic():
            try:
                yield
            finally:
                transaction.set_rollback(True)
    except (IntegrityError, ProtectedError) as error:
        raise ValidationError(_("This could not be saved as it is.")) from error


def _link(edit: RowEdit) -> None:
    for name, linked in edit.links.items():
        getattr(edit.row, name).set(linked)


def _name_parent(line: Model, parent: Model) -> None:
    for link in line._meta.concrete_fields:
        if link.is_relation and getattr(line, link.name, None) is parent:
            setattr(line, link.name, parent)
