"""A case's facts on one page: the patient and lists of rows, read together into one request."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet

from treatments.admin.fact_forms import (
    BLANK_LINES,
    LISTS,
    MOST_LINES,
    CaseForm,
    Facts,
    PatientForm,
    facts_of_json,
)
from treatments.engine import Catalogue
from treatments.services.golden import check_facts


class FactFields:
    """Facts in fields: the patient, and lists of rows. ``of_form`` names a form that the fields
    are sent with although they stand outside it."""

    def __init__(
        self, data: Any, catalogue: Catalogue, *, prefix: str = "", of_form: str = ""
    ) -> None:
        self.catalogue = catalogue
        self.prefix = prefix
        self.patient = PatientForm(
            data, catalogue=catalogue, prefix=f"{prefix}patient", use_required_attribute=False
        )
        self.lists = {name: self._list(name, data) for name in LISTS}
        if of_form:
            for form in self._every_form():
                for field in form.fields.values():
                    field.widget.attrs["form"] = of_form

    def _list(self, name: str, data: Any) -> BaseFormSet:
        line, title = LISTS[name]
        made = forms.formset_factory(line, extra=BLANK_LINES, max_num=MOST_LINES)
        kwargs = {"catalogue": self.catalogue}
        formset = made(data, prefix=f"{self.prefix}{name}", form_kwargs=kwargs)
        formset.title = title  # type: ignore[attr-defined]
        return formset

    def _every_form(self) -> Iterator[forms.BaseForm]:
        yield self.patient
        for formset in self.lists.values():
            yield formset.management_form
            yield from formset.forms

    def are_sent(self) -> bool:
        """Whether they came along at all: a page without them sends none of their counts."""
        return f"{self.prefix}concerns-TOTAL_FORMS" in (self.patient.data or {})

    def are_typed(self) -> bool:
        """Whether anything was typed or chosen."""
        every: list[Any] = [self.patient, *self.lists.values()]
        return self.are_sent() and any(one.has_changed() for one in every)

    def is_valid(self) -> bool:
        """Each form shows its own faults."""
        every: list[Any] = [self.patient, *self.lists.values()]
        return not sum(not one.is_valid() for one in every)

    def faults(self) -> list[str]:
        """What is wrong, each under the name of its field, for where it is told in one list."""
        return [
            f"{form.fields[name].label}: {text}" if name in form.fields else str(text)
            for form in self._every_form()
            for name, texts in form.errors.items()
            for text in texts
        ]

    def facts(self) -> Facts:
        """Call it on valid forms. Refused when they make no request together."""
        facts = _typed(self.patient.cleaned_data, self.lists)
        check_facts(self.catalogue, facts)
        return facts


class FactForms(FactFields):
    """A golden case's forms on one page: how it is called, and its facts in fields or as JSON."""

    def __init__(self, data: Any, catalogue: Catalogue) -> None:
        super().__init__(data, catalogue)
        self.case = CaseForm(data)

    def sound_facts(self) -> Facts | None:
        """The facts, once everything is sound; otherwise the faults stand on the forms."""
        if not self.case.is_valid():
            return None
        if text := self.case.cleaned_data["facts"]:
            return self._from_json(text)
        if not self.is_valid():
            return None
        try:
            return self.facts()
        except ValidationError as error:
            self.case.add_error(None, ValidationError(error.messages))
            return None

    def _from_json(self, text: str) -> Facts | None:
        try:
            return facts_of_json(text, self.catalogue)
        except ValidationError as error:
            self.case.add_error("facts", error)
            return None


def _typed(patient: Mapping[str, Any], lists: Mapping[str, BaseFormSet]) -> Facts:
    facts: Facts = {
        **_given(patient, ("consulted_on", "start_on")),
        "patient": _given(patient, ("sex", "age")),
        "conditions": {code: word for word in ("yes", "no") for code in patient[word]},
        **{name: True for name in ("no_known_allergies", "medications_reviewed") if patient[name]},
        "allergies": [{"allergen": code} for code in patient["allergies"]],
        **{name: list(_rows(formset)) for name, formset in lists.items()},
        "preferences": _given(patient, ("combination",))
        | ({"laser": True} if patient["laser"] else {}),
        "clinic": _given(patient, ("performer",)),
    }
    return {
        key: value for key, value in facts.items() if value not in ({}, []) or key == "concerns"
    }


def _rows(formset: BaseFormSet) -> Iterator[Facts]:
    for form in formset.forms:
        if form.has_changed():
            yield _given(form.cleaned_data, tuple(form.fields))


def _given(values: Mapping[str, Any], names: tuple[str, ...]) -> Facts:
    return {name: _plain(values[name]) for name in names if values.get(name) not in (None, "")}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
