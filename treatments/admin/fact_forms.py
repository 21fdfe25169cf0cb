"""Facts about a patient that nobody is, typed into forms or as the JSON that the engine takes."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext_lazy

from clinic.parsers import read_json
from clinic.problems import Refusal
from clinic.text import validate_storable
from treatments.engine import Catalogue
from treatments.enums import CombinationMode, Sex
from treatments.models.vocabulary import validate_code
from treatments.services.golden import check_facts

Facts = dict[str, Any]
Choices = list[tuple[str, str]]
BLANK_LINES = 3
MOST_LINES = 30
LONGEST_FACTS = 100_000
MONOSPACED = {"rows": 14, "class": "vLargeTextField code-text", "spellcheck": "false"}


def facts_of_json(text: str, catalogue: Catalogue) -> Facts:
    """Facts that were typed as JSON; refused with the path of each fault."""
    try:
        facts = read_json(text.encode("utf-8", "replace"))
    except Refusal as refusal:
        told = [f"{one.path}: {one.message}".removeprefix(": ") for one in refusal.problems]
        raise ValidationError(told) from None
    try:
        check_facts(catalogue, facts)
    except ValidationError as error:
        raise ValidationError(error.messages) from None
    checked: Facts = facts
    return checked


def _term(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label)


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class CaseForm(forms.Form):
    """How the case is called, and its facts as JSON for whoever has them so."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=60,
        validators=[validate_code],
        help_text=gettext_lazy("Small letters, numbers and hyphens, for example “few-platelets”."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        validators=[validate_storable],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        validators=[validate_storable],
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=gettext_lazy("What this case is there to hold. Never anything about a person."),
    )
    facts = forms.CharField(
        label=gettext_lazy("Facts as JSON"),
        required=False,
        max_length=LONGEST_FACTS,
        widget=forms.Textarea(attrs=MONOSPACED),
        help_text=gettext_lazy("The body of POST /api/v1/evaluate/. When given, it counts alone."),
    )


class PatientForm(forms.Form):
    """The facts that are no lists. Terms are those of the release in force."""

    consulted_on = _day(gettext_lazy("Consulted on"))
    start_on = _day(gettext_lazy("Wanted start"))
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"), choices=[("", "---------"), *Sex.choices], required=False
    )
    age = forms.IntegerField(label=gettext_lazy("Age"), min_value=0, required=False)
    yes = forms.MultipleChoiceField(label=gettext_lazy("Answered with yes"), required=False)
    no = forms.MultipleChoiceField(label=gettext_lazy("Answered with no"), required=False)
    no_known_allergies = forms.BooleanField(
        label=gettext_lazy("No known allergies"), required=False
    )
    allergies = forms.MultipleChoiceField(label=gettext_lazy("Allergies"), required=False)
    medications_reviewed = forms.BooleanField(
        label=gettext_lazy("Medicines reviewed: what is not listed is not taken"), required=False
    )
    combination = forms.ChoiceField(
        label=gettext_lazy("Wished combination"),
        choices=[("", "---------"), *CombinationMode.choices],
        required=False,
    )
    laser = forms.BooleanField(label=gettext_lazy("Laser wished"), required=False)
    performer = forms.ChoiceField(label=gettext_lazy("Performed by"), required=False)

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        conditions = terms(catalogue, "conditions")
        self.fields["yes"].choices = conditions  # type: ignore[attr-defined]
        self.fields["no"].choices = conditions  # type: ignore[attr-defined]
        self.fields["allergies"].choices = terms(catalogue, "allergens")  # type: ignore[attr-defined]
        self.fields["performer"].choices = [  # type: ignore[attr-defined]
            ("", "---------"),
            *terms(catalogue, "performers"),
        ]


class Line(forms.Form):
    """One row of a list of facts; its `terms` are the fields that name a term of a section."""

    terms: Mapping[str, str] = {}

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, section in self.terms.items():
            choices = [("", "---------"), *terms(catalogue, section)]
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class ConcernLine(Line):
    terms = {"concern": "concerns", "area": "areas"}
    concern = _term(gettext_lazy("Concern"))
    area = _term(gettext_lazy("Area"))


class MedicationLine(Line):
    terms = {"medication": "medications"}
    medication = _term(gettext_lazy("Medicine"))
    prescribed = forms.BooleanField(label=gettext_lazy("Prescribed"), required=False)
    ongoing = forms.BooleanField(label=gettext_lazy("Still taken"), required=False)
    last_taken_on = _day(gettext_lazy("Last taken on"))


class LabLine(Line):
    terms = {"test": "lab_tests"}
    test = _term(gettext_lazy("Test"))
    value = forms.DecimalField(label=gettext_lazy("Value"), max_digits=12)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    taken_on = _day(gettext_lazy("Taken on"), required=True)

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, catalogue=catalogue, **kwargs)
        units = {
            one["unit"]: None for test in catalogue.document["lab_tests"] for one in test["units"]
        }
        self.fields["unit"].choices = [("", "---------"), *((unit, unit) for unit in units)]  # type: ignore[attr-defined]


class FindingLine(Line):
    terms = {"finding": "findings", "area": "areas"}
    finding = _term(gettext_lazy("Finding"))
    area = _term(gettext_lazy("Area"))
    clears_on = _day(gettext_lazy("Clears on"))


class ProcedureLine(Line):
    terms = {"procedure": "procedures", "area": "areas"}
    procedure = _term(gettext_lazy("Procedure"))
    area = _term(gettext_lazy("Area"))
    performed_on = _day(gettext_lazy("Done on"), required=True)


LISTS: Mapping[str, tuple[type[Line], Any]] = {
    "concerns": (ConcernLine, gettext_lazy("Concerns")),
    "medications": (MedicationLine, gettext_lazy("Medicines")),
    "labs": (LabLine, gettext_lazy("Lab values")),
    "area_findings": (FindingLine, gettext_lazy("Findings in an area")),
    "procedures": (ProcedureLine, gettext_lazy("Past procedures in an area")),
}


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


def terms(catalogue: Catalogue, section: str) -> Choices:
    return [(row["code"], row["name"]) for row in catalogue.document[section]]


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
