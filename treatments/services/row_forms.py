"""Single rows of the catalogue, changed from the form that files give them.

A form names fields as files do, other rows by their codes, and holds a row's lines whole: lines
that it does not list do not belong to the row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import ForeignKey, ManyToManyField, Model
from django.utils.translation import gettext as _

from clinic.models import User
from clinic.parsers import shown
from clinic.text import is_storable
from treatments.engine import digest_of
from treatments.models import GoldenCase
from treatments.services.catalogue_rows import models_in_order
from treatments.services.editing import RowEdit, delete_row, save_edit
from treatments.services.exporting import with_everything
from treatments.services.faults import PlacedError
from treatments.services.merging import children_of, field_of, natural_fields
from treatments.services.portable import Form, code_of, fill, form_of
from treatments.services.recording import hold
from treatments.services.restoring import check_whole

# Golden cases have services of their own.
KINDS: Mapping[str, type[Model]] = {
    str(model._meta.model_name): model for model in models_in_order() if model is not GoldenCase
}


class RowMovedError(Exception):
    """Somebody else changed the row since it was read; ``version`` is what it is now."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


@dataclass(slots=True)
class _Reading:
    """What reading a form has found: how rows should be stored, and what is wrong where."""

    faults: list[ValidationError] = field(default_factory=list)
    lines: list[RowEdit] = field(default_factory=list)
    removed: list[Model] = field(default_factory=list)
    paths: dict[int, str] = field(default_factory=dict)  # of each line, by its identity

    def wrong(self, path: str, error: ValidationError | str, code: str = "invalid") -> None:
        texts = [error] if isinstance(error, str) else error.messages
        self.faults += [PlacedError(text, code=code, path=path) for text in texts]

    def check(self) -> None:
        if self.faults:
            raise ValidationError(self.faults)


def key_of(row: Model) -> str:
    """What a row is addressed by: its code, or all that tells it from its neighbours."""
    parts = [getattr(row, name) for name in natural_fields(type(row))]
    told = [code_of(one) if isinstance(one, Model) else str(one or "") for one in parts]
    return "~".join(part.replace("/", ":") for part in told if part)


def found_row(model: type[Model], key: str) -> Model | None:
    """The row of this key; none also where several could be meant."""
    rows, names = with_everything(model), natural_fields(model)
    if not is_storable(key):
        return None
    if len(names) == 1 and not model._meta.get_field(names[0]).is_relation:
        rows = rows.filter(**{names[0]: key})
    found = [row for row in rows if key_of(row) == key]
    return found[0] if len(found) == 1 else None


def version_of(row: Model) -> str:
    """The same for the same content, whoever asks and whenever."""
    return digest_of(form_of(row))


@transaction.atomic
def add_row(model: type[Model], form: Mapping[str, Any], *, by: User) -> Model:
    missing = [name for name in natural_fields(model) if not _may_be_left_out(model, name, form)]
    if missing:
        raise ValidationError(
            [PlacedError(_("This is needed."), code="required", path=one) for one in missing]
        )
    return _store(model(), form, by=by)


@transaction.atomic
def change_row(row: Model, form: Mapping[str, Any], *, by: User, seen: str) -> Model:
    """Change what the form names. Refused when the row is no longer what was seen."""
    return _store(_held(row, seen), form, by=by)


@transaction.atomic
def remove_row(row: Model, *, by: User, seen: str) -> None:
    delete_row(_held(row, seen), by=by)


def _held(row: Model, seen: str) -> Model:
    hold(row)
    found: Model | None = with_everything(type(row)).filter(pk=row.pk).first()
    if found is None:
        raise ValidationError(
            _("“%(row)s” was deleted in the meantime.") % {"row": row}, code="gone"
        )
    if version_of(found) != seen:
        raise RowMovedError(version_of(found))
    return found


def _may_be_left_out(model: type[Model], name: str, form: Mapping[str, Any]) -> bool:
    own: Any = model._meta.get_field(name)
    return name in form or own.null or own.blank


def _store(row: Model, form: Mapping[str, Any], *, by: User) -> Model:
    reading = _Reading()
    _check_key(row, form, reading)
    links = _read(row, form, reading)
    reading.check()
    try:
        edit = RowEdit(row=row, links=links)
        save_edit(edit, by=by, lines=reading.lines, removed=reading.removed)
    except ValidationError as error:
        raise _placed(error, reading) from error
    check_whole(row)
    return row


def _check_key(row: Model, form: Mapping[str, Any], reading: _Reading) -> None:
    """Patients' records and releases hold codes, so a code stays once it is stored."""
    if row._state.adding:
        return
    now = form_of(row)
    for name in natural_fields(type(row)):
        if name in form and form[name] != now[name]:
            reading.wrong(name, _("This stays as it is: other rows and records hold it."), "key")


def _read(row: Any, form: Mapping[str, Any], reading: _Reading, at: str = "") -> dict[str, Any]:
    """Set the row's own fields; gives back what its lists should hold."""
    links: dict[str, Any] = {}
    children = {} if at else children_of(type(row))
    for name, value in form.items():
        path = f"{at}{shown(name)}"
        if name in children:
            _read_lines(row, name, value, reading)
            continue
        try:
            _check_type(row, name, value)
            links |= fill(row, {name: value})
        except ValidationError as error:
            reading.wrong(path, error, getattr(error, "code", None) or "invalid")
        except (TypeError, ValueError):
            reading.wrong(path, _("This cannot be read."), "type")
    return links


def _check_type(row: Model, name: str, value: Any) -> None:
    target = field_of(type(row), name)
    if target is None:
        raise ValidationError(_("There is no such field."), code="unknown_key")
    if isinstance(target, ManyToManyField):
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValidationError(_("This must be a list of codes."), code="type")
    elif isinstance(target, ForeignKey) and not isinstance(value, str | None):
        raise ValidationError(_("This must be a code."), code="type")


def _read_lines(row: Any, name: str, value: Any, reading: _Reading) -> None:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        reading.wrong(name, _("This must be a list of rows."), "type")
        return
    relation = children_of(type(row))[name]
    link = relation.field.name
    stored = [] if row._state.adding else list(getattr(row, name).all())
    left = list(stored)
    for index, form in enumerate(value):
        line = _fresh(relation.related_model, _same(left, form, link))
        setattr(line, link, row)
        at = f"{name}[{index}]"
        reading.lines.append(RowEdit(row=line, links=_read(line, form, reading, at=f"{at}.")))
        reading.paths[id(line)] = at
        if link in form:
            reading.wrong(f"{at}.{link}", _("There is no such field."), "unknown_key")
    reading.removed += left


def _same(left: list[Model], form: Form, link: str) -> Model | None:
    """The stored line that a form tells anew, taken out of those that are left."""
    if not left:
        return None
    keys = natural_fields(type(left[0]), without=link)
    told = [(line, form_of(line, without=link)) for line in left]
    equal = [line for line, now in told if {**now, **form} == now]
    keyed = [line for line, now in told if keys and all(now[k] == form.get(k) for k in keys)]
    found = next(iter([*equal, *keyed, *([] if keys else left)]), None)
    if found is not None:
        left.remove(found)
    return found


def _fresh(model: Any, stored: Model | None) -> Any:
    """A line is told whole: what its form leaves out is as if it were new."""
    line = model()
    if stored is not None:
        line.pk = stored.pk
        line._state.adding = False
    return line


def _placed(error: ValidationError, reading: _Reading) -> ValidationError:
    """What the rows themselves refuse, under the path of the row that refused it."""
    at = reading.paths.get(id(getattr(error, "refused", None)), "")
    return ValidationError(list(_faults(error, at)))


def _faults(error: ValidationError, at: str) -> Iterator[ValidationError]:
    named = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
    for name, errors in named.items():
        own = "" if name == NON_FIELD_ERRORS else name
        path = f"{at}.{own}" if at and own else at or own
        for one in errors:
            for single in one.error_list:
                text, code = single.messages[0], single.code or "invalid"
                yield PlacedError(text, code=code, path=path)
