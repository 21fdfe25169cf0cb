"""A step, field by field: what each shows, what it was sent, and what is wrong with it.

A *unit* is what is saved, kept or in conflict as one: a single control or group of them, a
question, or all the rows of a section. Its name is the name of its control, or of its section.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Field, Form
from django.http import QueryDict

from consultations.forms.history import Questions
from consultations.forms.sections import RowSet
from consultations.forms.steps import StepForm
from consultations.merging import Row, Single, Value
from consultations.services.intake import Entries

_ROW = re.compile(r"\w+\[(?P<row>\d+)\](?:\.(?P<field>\w+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is wrong, and at which row and field of the unit."""

    message: str
    row: int | None = None
    field: str = ""


def complaints_of(error: ValidationError) -> list[Complaint]:
    """What a service refused of one unit, at the row and field that it names."""
    if not hasattr(error, "error_dict"):
        return [Complaint(message=message) for message in error.messages]
    return [
        Complaint(message=message, **_place(path))
        for path, messages in error.message_dict.items()
        for message in messages
    ]


def _place(path: str) -> dict[str, Any]:
    found = _ROW.fullmatch(path)
    return {"row": int(found["row"]), "field": found["field"] or ""} if found else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldUnit:
    """One field of a step's single values, or one question."""

    form: Any
    field: str

    @property
    def name(self) -> str:
        return str(self.form.add_prefix(self.field))

    def shown(self) -> Value:
        """What the page shows of what is stored. Ask a form without data."""
        return _shown(self.form, self.field)

    def read(self, sent: Any) -> Value:
        """The value as a browser sent it. Raises TypeError when it has another shape."""
        return _texts(sent)

    def put(self, value: Any, data: QueryDict) -> None:
        data.setlist(self.name, list(value))

    def complaints(self) -> list[Complaint]:
        return [
            Complaint(message=str(message), field=self.field)
            for message in self.form.errors.get(self.field, ())
        ]

    def entries(self) -> Entries:
        cleaned = self.form.cleaned_data[self.field]
        if isinstance(self.form, Questions):
            return Entries(answers={self.field: cleaned or None})
        return Entries(scalars={self.field: cleaned})

    def words(self, value: Any) -> list[str]:
        return _words(self.form.fields[self.field], value)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsUnit:
    """All rows of a section; rows in which nothing stands do not count."""

    rows: RowSet

    @property
    def name(self) -> str:
        return self.rows.key

    def shown(self) -> Value:
        found = (_filled((one, _shown(form, one)) for one in form.columns) for form in self.forms)
        return tuple(row for row in found if row)

    def read(self, sent: Any) -> Value:
        if not isinstance(sent, list) or not all(isinstance(row, dict) for row in sent):
            raise TypeError
        columns = self._sample().columns
        if any(set(row) - set(columns) for row in sent):
            raise TypeError
        found = (_filled((name, _texts(texts)) for name, texts in row.items()) for row in sent)
        return tuple(row for row in found if row)

    def put(self, value: Any, data: QueryDict) -> None:
        data[f"{self.name}-TOTAL_FORMS"] = str(len(value))
        data[f"{self.name}-INITIAL_FORMS"] = "0"
        for index, row in enumerate(value):
            for field, texts in row:
                data.setlist(f"{self.name}-{index}-{field}", list(texts))

    def complaints(self) -> list[Complaint]:
        whole = [Complaint(message=str(one)) for one in self.rows.non_form_errors()]
        return whole + [
            Complaint(message=str(message), row=index, field="" if name == "__all__" else name)
            for index, form in enumerate(self.forms)
            for name, messages in form.errors.items()
            for message in messages
        ]

    def entries(self) -> Entries:
        return Entries(sections={self.name: self.rows.values()})

    def words(self, value: Any) -> list[str]:
        """A line a row."""
        form = self._sample()
        lines = []
        for row in value:
            told = dict(row)
            fields = [name for name in form.columns if name in told]
            found = [word for name in fields for word in _words(form.fields[name], told[name])]
            lines.append(", ".join(found))
        return lines

    @property
    def forms(self) -> list[Any]:
        return list(self.rows.forms)

    def _sample(self) -> Any:
        return self.forms[0] if self.forms else self.rows.empty_form


Unit = FieldUnit | RowsUnit


def units_of(form: StepForm) -> dict[str, Unit]:
    """Every unit of a step by its name, in the order of the page."""
    found: list[Unit] = [RowsUnit(rows=section) for section in form.sections.values()]
    if form.scalars:
        found += [FieldUnit(form=form.scalars, field=name) for name in form.scalars.fields]
    return {unit.name: unit for unit in found}


def together(parts: Iterable[Entries]) -> Entries:
    """Several units' values as one change."""
    all_of = list(parts)
    return Entries(
        scalars={name: value for one in all_of for name, value in one.scalars.items()},
        sections={name: rows for one in all_of for name, rows in one.sections.items()},
        answers={name: answer for one in all_of for name, answer in one.answers.items()},
    )


def plain(value: Any) -> Any:
    """A value as JSON holds it: a list of texts, or a list of rows."""
    return [dict(one) if isinstance(one, tuple) else one for one in value]


def _texts(sent: Any) -> Single:
    if not isinstance(sent, list) or not all(isinstance(text, str) for text in sent):
        raise TypeError
    lines = (text.replace("\r\n", "\n").replace("\r", "\n").strip() for text in sent)
    return tuple(sorted(text for text in lines if text))


def _shown(form: Form, name: str) -> Single:
    field = form[name]
    value: Any = field.field.widget.format_value(field.value())
    values = value if isinstance(value, list | tuple) else [value]
    return _texts([str(one) for one in values if one is not None])


def _filled(pairs: Iterable[tuple[str, Single]]) -> Row:
    return tuple(sorted((name, texts) for name, texts in pairs if texts))


def _words(field: Field, texts: Single) -> list[str]:
    labels = dict(_choices(getattr(field, "choices", ())))
    return [str(labels.get(text, text)).strip() for text in texts]


def _choices(choices: Any) -> Iterator[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _choices(label)
        else:
            yield str(value), label
