"""Facts about a patient that nobody is, typed into forms or as the JSON that the engine takes."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
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

    consulted_on = _day(gettext_lazy("Consulted on"), required=True)
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


def terms(catalogue: Catalogue, section: str) -> Choices:
    return [(row["code"], row["name"]) for row in catalogue.document[section]]
