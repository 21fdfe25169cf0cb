"""Saving field by field while somebody types: written, kept as unfinished, or in conflict.

Whatever arrives ends in one of three places: in the record, among its author's unfinished
inputs, or in the answer as a conflict with both texts. Nothing is overwritten unseen.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import User
from clinic.text import is_storable
from consultations import policies
from consultations.flow import Step
from consultations.forms.units import Complaint, Unit, complaints_of, plain, together, units_of
from consultations.merging import Kept, Outcome, Value, base_of, outcome
from consultations.models import Consultation, DraftInput, FieldChange
from consultations.services import editing, intake

LONGEST = 50_000  # of a text
LONGEST_LIST = 400_000  # of all rows of a list and what they began from
MOST_BASES = 50


class Malformed(Exception):  # noqa: N818 - the word of the field
    """What arrived is not what a page of ours sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    value: Value
    bases: tuple[Value, ...]


@dataclass(slots=True, kw_only=True)
class Result:
    """What became of one input: saved, kept, conflict, elsewhere or refused.

    ``theirs`` is the other text of a conflict, ``value`` what the record shows now.
    """

    state: str
    value: Value = ()
    complaints: tuple[Complaint, ...] = ()
    theirs: Value = ()
    words: tuple[str, ...] = ()
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    consultation: Consultation
    at: datetime
    results: Mapping[str, Result]


@transaction.atomic
def save_fields(pk: UUID, step: Step, raw: Mapping[str, Any], *, by: User) -> Saved:
    """Take what a page sent of one step. Raises Malformed, and ValidationError when closed."""
    row = Consultation.objects.with_facts().select_for_update(of=("self",)).get(pk=pk)
    policies.check_can_edit(row)
    return _Saving(row, step, by).run(raw)


class _Saving:
    """One request's inputs, with the consultation locked."""

    def __init__(self, consultation: Consultation, step: Step, by: User) -> None:
        self.consultation, self.step, self.by = consultation, step, by
        self.now = timezone.now()
        self.units = units_of(step.form(None, consultation=consultation))
        self.results: dict[str, Result] = {}

    def run(self, raw: Mapping[str, Any]) -> Saved:
        sent = dict(self._read(raw))
        self.kept = kept_inputs(self.consultation, self.by, self.units)
        self.record = {name: self.units[name].shown() for name in sent}
        found = {name: self._outcome(name, one) for name, one in sent.items()}
        self._write({name: sent[name] for name in sent if found[name] is Outcome.WRITE})
        for name in sent:
            if found[name] is Outcome.SAME:
                self.results[name] = Result(state="saved", value=self.record[name])
        self._note_conflicts([name for name in sent if found[name] is Outcome.CONFLICT])
        for name in (name for name in sent if found[name] is Outcome.ELSEWHERE):
            other = self.kept[name].value
            words = tuple(self.units[name].words(other))
            self.results[name] = Result(state="elsewhere", theirs=other, words=words)
        self._keep(sent)
        return Saved(consultation=self.consultation, at=self.now, results=self.results)

    def _read(self, raw: Mapping[str, Any]) -> Iterator[tuple[str, Sent]]:
        for name, one in raw.items():
            unit = self.units.get(name)
            if unit is None or not isinstance(one, dict):
                raise Malformed
            if not _is_keepable(one):
                message = _("This is too long or holds characters that cannot be stored.")
                self.results[name] = Result(
                    state="refused", complaints=(Complaint(message=message),)
                )
                continue
            try:
                bases = tuple(unit.read(base) for base in one["bases"])
                yield name, Sent(value=unit.read(one["value"]), bases=bases)
            except (KeyError, TypeError):
                raise Malformed from None

    def _outcome(self, name: str, sent: Sent) -> Outcome:
        return outcome(
            sent.value, bases=sent.bases, record=self.record[name], kept=self.kept.get(name)
        )

    def _write(self, sent: Mapping[str, Sent]) -> None:
        """Write what is valid. One input that a service refuses does not hold up the others."""
        if not sent:
            return
        units = self._bound(sent)
        faulty = {name: unit.complaints() for name, unit in units.items()}
        valid = {name: unit for name, unit in units.items() if not faulty[name]}
        if not self._try(valid, faulty) and len(valid) > 1:
            for name, unit in valid.items():
                self._try({name: unit}, faulty)
        for name, found in faulty.items():
            if found:
                record = self.record[name]
                self.results[name] = Result(state="kept", value=record, complaints=tuple(found))
        written = [name for name in sent if not faulty[name]]
        if written:
            fresh = Consultation.objects.with_facts().get(pk=self.consultation.pk)
            self.consultation = fresh
            shown = units_of(self.step.form(None, consultation=fresh))
            for name in written:
                self.results[name] = Result(state="saved", value=shown[name].shown())

    def _try(self, units: Mapping[str, Unit], faulty: dict[str, list[Complaint]]) -> bool:
        """Write these as one change; what is refused of a single one is its complaint."""
        if not units:
            return True
        try:
            with transaction.atomic():
                entries = together(unit.entries() for unit in units.values())
                version = self.consultation.version
                self.consultation = intake.change_fields(
                    self.consultation, entries, by=self.by, version=version
                )
        except ValidationError as error:
            if len(units) == 1:
                (name,) = units
                faulty[name] = complaints_of(error)
            return False
        return True

    def _bound(self, sent: Mapping[str, Sent]) -> dict[str, Unit]:
        """The units of a form that holds these inputs, checked."""
        data = QueryDict(mutable=True)
        for name, one in sent.items():
            self.units[name].put(one.value, data)
        form = self.step.form(data, consultation=self.consultation)
        form.is_valid()
        units = units_of(form)
        return {name: units[name] for name in sent}

    def _note_conflicts(self, names: list[str]) -> None:
        changes = last_changes(self.consultation, names)
        for name in names:
            record = self.record[name]
            self.results[name] = conflict_with(self.units[name], record, changes.get(name))

    def _keep(self, sent: Mapping[str, Sent]) -> None:
        kept = {
            name: editing.Input(
                value=_written(sent[name].value),
                base=_written(
                    base_of(
                        bases=sent[name].bases,
                        record=self.record[name],
                        kept=self.kept.get(name),
                    )
                ),
            )
            for name, one in self.results.items()
            if one.state in {"kept", "conflict"}
        }
        editing.keep_inputs(self.consultation, kept, by=self.by, at=self.now)
        done = [name for name, one in self.results.items() if one.state == "saved"]
        settled = {name: _written(self.results[name].value) for name in done}
        editing.settle_inputs(self.consultation, settled)
        editing.forget_inputs(self.consultation, [n for n in done if n in self.kept], by=self.by)


def conflict_with(unit: Unit, record: Value, change: FieldChange | None) -> Result:
    return Result(
        state="conflict",
        value=record,
        theirs=record,
        words=tuple(unit.words(record)),
        by=str(change.by) if change else "",
        at=change.at if change else None,
    )


def last_changes(consultation: Consultation, names: list[str]) -> dict[str, FieldChange]:
    if not names:
        return {}
    rows = FieldChange.objects.filter(consultation=consultation, field__in=names)
    return {row.field: row for row in rows.select_related("by")}


def kept_inputs(
    consultation: Consultation, user: User, units: Mapping[str, Unit]
) -> dict[str, Kept]:
    """The person's own unfinished inputs in these units."""
    rows = DraftInput.objects.filter(consultation=consultation, user=user, field__in=list(units))
    return {
        row.field: Kept(
            value=units[row.field].read(json.loads(row.value)),
            base=units[row.field].read(json.loads(row.base)),
        )
        for row in rows
    }


def _written(value: Value) -> str:
    return json.dumps(plain(value), ensure_ascii=False)


def _is_keepable(one: Mapping[str, Any]) -> bool:
    """Short enough to be somebody's typing, and text that both databases can hold."""
    bases = one.get("bases")
    if not isinstance(bases, list) or len(bases) > MOST_BASES:
        return not isinstance(bases, list)  # its shape is looked at next
    whole = json.dumps([one.get("value"), bases[:1]], ensure_ascii=False)
    texts = [*_strings(one)]
    return (
        len(whole) <= LONGEST_LIST
        and all(len(text) <= LONGEST for text in texts)
        and all(map(is_storable, texts))
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
