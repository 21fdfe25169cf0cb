"""One form a row of a section. Rows may be partial: a draft keeps what it was given."""

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.carried import Mark
from consultations.enums import Severity
from consultations.forms.fields import (
    NumberChoice,
    TermField,
    TermsField,
    WrittenDate,
    WrittenNumber,
    YesNo,
)
from consultations.forms.terms import Terms
from treatments.models import (
    Allergen,
    Area,
    AreaFinding,
    Concern,
    Ingredient,
    LabTest,
    Medication,
    Procedure,
)


class RowForm(forms.Form):
    """A line of facts. ``columns`` says how wide each field is, of twelve."""

    columns: dict[str, str] = {}
    is_new = False
    carried: Mark | None = None

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, TermField):
                terms.fill(field, self.initial.get(name))
            if isinstance(field.widget, forms.TextInput | forms.Select):
                field.widget.attrs["autocomplete"] = "off"
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Row(*(Column(Field(name), css_class=css) for name, css in self.columns.items()))
        )

    def has_changed(self) -> bool:
        """True when anything stands in the row: an empty row was never told."""
        return any(self[name].data not in (None, "", []) for name in self.columns)

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """What the form shows of a stored row."""
        values = {name: getattr(row, name) for name in cls.base_fields}
        return {name: _shown(value) for name, value in values.items()}

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in self.columns}


def _shown(value: Any) -> Any:
    return getattr(value, "code", value) if isinstance(value, Model) else value


def _text(label: Any, length: int) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, required=False, validators=[validate_storable]
    )


def _above_zero(value: Decimal) -> None:
    if value <= 0:
        raise ValidationError(_("A lab value is above zero."))


class ConcernRow(RowForm):
    concern = TermField(Concern, label=_("Concern"))
    area = TermField(Area, label=_("Area"), required=False)
    severity = NumberChoice(Severity.choices, label=_("Severity"))
    goal = _text(_("Goal"), 300)
    columns = {
        "concern": "col-sm-6 col-lg-3",
        "area": "col-sm-6 col-lg-3",
        "severity": "col-sm-4 col-lg-3",
        "goal": "col-sm-8 col-lg-3",
    }


class AllergyRow(RowForm):
    allergen = TermField(Allergen, label=_("Allergic to"))
    reaction = _text(_("Reaction"), 300)
    columns = {"allergen": "col-sm-6", "reaction": "col-sm-6"}


class MedicationRow(RowForm):
    medication = TermField(Medication, label=_("Medication"))
    prescribed = YesNo(radio=True, label=_("Prescribed by a doctor"))
    ongoing = YesNo(radio=True, label=_("Still taken"))
    last_taken_on = WrittenDate(label=_("Last dose on"), required=False)
    columns = {
        "medication": "col-sm-6 col-lg-3",
        "prescribed": "col-sm-6 col-lg-3 choices-short",
        "ongoing": "col-sm-6 col-lg-3 choices-short",
        "last_taken_on": "col-sm-6 col-lg-3",
    }


class LabRow(RowForm):
    test = TermField(LabTest, label=_("Test"))
    value = WrittenNumber(
        label=_("Value"),
        required=False,
        max_digits=18,
        decimal_places=6,
        validators=[_above_zero],
    )
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    taken_on = WrittenDate(label=_("Taken on"), required=False)
    columns = {
        "test": "col-sm-6 col-lg-4",
        "value": "col-6 col-sm-3 col-lg-3",
        "unit": "col-6 col-sm-3 col-lg-2",
        "taken_on": "col-sm-6 col-lg-3",
    }

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, terms=terms, **kwargs)
        self.fields["value"].widget = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off"}
        )
        groups = [
            (test.name, [(unit.unit, unit.unit) for unit in test.units.all()])
            for test in terms.active(LabTest)
        ]
        known = {unit for _name, units in groups for unit, _label in units}
        kept = self.initial.get("unit")
        other = [(kept, kept)] if kept and kept not in known else []
        self.fields["unit"].choices = [("", "—"), *groups, *other]  # type: ignore[attr-defined]


class FindingRow(RowForm):
    finding = TermField(AreaFinding, label=_("Finding"))
    area = TermField(Area, label=_("Area"), required=False)
    clears_on = WrittenDate(
        label=_("Clears on"), required=False, help_text=_("When it is known, for an infection.")
    )
    columns = {"finding": "col-sm-6 col-lg-5", "area": "col-sm-6 col-lg-4", "clears_on": "col-lg-3"}


class ProcedureRow(RowForm):
    procedure = TermField(Procedure, label=_("Procedure"))
    area = TermField(Area, label=_("Area"), required=False)
    performed_on = WrittenDate(label=_("Performed on"), required=False)
    columns = {
        "procedure": "col-sm-6 col-lg-5",
        "area": "col-sm-6 col-lg-4",
        "performed_on": "col-lg-3",
    }


class ClosedDayRow(RowForm):
    day = WrittenDate(label=_("Closed on"))
    columns = {"day": "col-sm-6 col-lg-4"}


class ProductRow(RowForm):
    name = forms.CharField(label=_("Product"), max_length=200, validators=[validate_storable])
    separable = YesNo(label=_("Ingredients come apart"))
    parts = TermsField(Ingredient, label=_("Ingredients"), required=False)
    columns = {"name": "col-sm-7", "separable": "col-sm-5", "parts": "col-12 choices-flow"}

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        parts = [part.ingredient.code for part in row.parts.all()]
        return {"name": row.name, "separable": row.separable, "parts": parts}
