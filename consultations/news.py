"""What somebody with an open page should know: who else is here, and what changed since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from clinic.models import User
from consultations.autosaving import Result, conflict_with, kept_inputs, last_changes
from consultations.flow import step_of_field
from consultations.forms.units import FieldUnit, RowsUnit, Unit, units_of
from consultations.merging import Kept, Value
from consultations.models import Consultation, DraftInput, FieldChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A field as the record shows it since somebody changed it."""

    value: Value
    version: int
    by: User
    at: datetime


def changes_since(consultation: Consultation, version: int) -> dict[str, Changed]:
    """Fields that were saved after ``version``, as they are now."""
    rows = FieldChange.objects.filter(consultation=consultation, version__gt=version)
    found = {row.field: row for row in rows.select_related("by")}
    units = _units(consultation, found)
    return {
        name: Changed(value=units[name].shown(), version=row.version, by=row.by, at=row.at)
        for name, row in found.items()
        if name in units
    }


def unfinished(consultation: Consultation, *, by: User) -> dict[str, tuple[Value, Result]]:
    """What ``by`` typed here that is not part of the record: each input and what is wrong."""
    names = DraftInput.objects.filter(consultation=consultation, user=by).values_list(
        "field", flat=True
    )
    units = _units(consultation, names)
    kept = kept_inputs(consultation, by, units)
    record = {name: units[name].shown() for name in kept}
    differing = [name for name, one in kept.items() if one.value != record[name]]
    clashing = [name for name in differing if kept[name].base != record[name]]
    changes = last_changes(consultation, clashing)
    found = {}
    for name in differing:
        if name in clashing:
            result = conflict_with(units[name], record[name], changes.get(name))
        else:
            complaints = bound(consultation, name, kept[name]).complaints()
            result = Result(state="kept", value=record[name], complaints=tuple(complaints))
        found[name] = (kept[name].value, result)
    return found


def bound(consultation: Consultation, name: str, kept: Kept) -> Any:
    """The unit of a form that holds an unfinished input, checked."""
    step = step_of_field(name)
    assert step is not None  # noqa: S101 - asked of known fields only
    data = QueryDict(mutable=True)
    units_of(step.form(None, consultation=consultation))[name].put(kept.value, data)
    form = step.form(data, consultation=consultation)
    form.is_valid()
    return units_of(form)[name]


def _units(consultation: Consultation, names: Iterable[str]) -> dict[str, Unit]:
    """The units of all steps that hold these fields, in a number of queries for each step."""
    steps = {step.key: step for name in names if (step := step_of_field(name))}
    if not steps:
        return {}
    row = Consultation.objects.with_facts().get(pk=consultation.pk)
    found: dict[str, FieldUnit | RowsUnit] = {}
    for step in steps.values():
        found |= units_of(step.form(None, consultation=row))
    return {name: unit for name, unit in found.items() if name in set(names)}
