"""The single values of a step, beside its rows."""

from functools import partial
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Layout, LayoutObject, Row
from django import forms
from django.template.loader import render_to_string
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.carried import scalar_mark
from consultations.enums import Combination, Fitzpatrick, Glogau
from consultations.forms.fields import NumberChoice, TermField, WrittenDate, YesNo
from consultations.forms.terms import Terms
from consultations.models import Consultation
from treatments.models import PerformerLevel


class CarriedMark(LayoutObject):  # type: ignore[misc]  # crispy-forms has no types
    """“From 12 March, confirm” below a field whose value came from the last consultation."""

    template = "consultations/partials/carried.html"

    def __init__(self, name: str, *, consultation: Consultation) -> None:
        self.name, self.consultation = name, consultation
        self.fields: list[Any] = []

    def render(self, form: Any, _context: Any, **_options: Any) -> str:
        field = form.fields[self.name]
        if field.carried is None or field.disabled:
            return ""
        words = {"mark": field.carried, "what": field.label, "consultation": self.consultation}
        return render_to_string(self.template, words)


class ScalarsForm(forms.Form):
    """Fields named like the consultation's own."""

    columns: dict[str, str] = {}

    def __init__(self, data: Any, *, consultation: Consultation, terms: Terms) -> None:
        initial = {name: self.stored(consultation, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        self.adapt(consultation)
        for name, field in self.fields.items():
            if isinstance(field, TermField):
                terms.fill(field, self.initial.get(name))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for name, field in self.fields.items():
            field.carried = scalar_mark(consultation, name)  # type: ignore[attr-defined]
        columns = {name: css for name, css in self.columns.items() if name in self.fields}
        mark = partial(CarriedMark, consultation=consultation)
        self.helper.layout = Layout(
            Row(*(Column(Field(name), mark(name), css_class=css) for name, css in columns.items()))
        )

    def adapt(self, consultation: Consultation) -> None:
        """Leave out what this patient is not asked."""

    @staticmethod
    def stored(consultation: Consultation, name: str) -> Any:
        value = getattr(consultation, name)
        return getattr(value, "code", value)

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def _long_text(label: Any, rows: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=4000,
        required=False,
        validators=[validate_storable],
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class GoalsForm(ScalarsForm):
    goals = _long_text(
        _("What the patient hopes for"), 3, _("In the patient's words, for the record.")
    )
    columns = {"goals": "col-12"}


class AllergyForm(ScalarsForm):
    no_known_allergies = YesNo(
        radio=True,
        label=_("Allergies"),
        yes=_("No known allergies"),
        no=_("There are allergies, listed below"),
    )
    columns = {"no_known_allergies": "col-12"}


class MedicationForm(ScalarsForm):
    medications_reviewed = YesNo(
        radio=True,
        label=_("Is this list complete?"),
        yes=_("Yes: what is not listed is not taken"),
        no=_("No: there may be more"),
        help_text=_("Include what was stopped within the last half year, with its last dose."),
    )
    columns = {"medications_reviewed": "col-12"}


class SkinForm(ScalarsForm):
    fitzpatrick = NumberChoice(
        Fitzpatrick.choices, label=_("Skin type (Fitzpatrick)"), widget=forms.RadioSelect
    )
    glogau = NumberChoice(Glogau.choices, label=_("Photoageing (Glogau)"), widget=forms.RadioSelect)
    skin_note = _long_text(_("What was seen"), 4)
    columns = {"fitzpatrick": "col-md-6", "glogau": "col-md-6", "skin_note": "col-12"}


class PreferencesForm(ScalarsForm):
    consulted_on = WrittenDate(label=_("Consultation on"))
    start_on = WrittenDate(
        label=_("Treatment may start on"),
        required=False,
        help_text=_("Left empty: on the day of the consultation."),
    )
    stated_age = forms.IntegerField(
        label=_("Age"),
        min_value=0,
        max_value=130,
        required=False,
        help_text=_("The record has no date of birth."),
    )
    combination = forms.ChoiceField(
        label=_("If both treatments are given"),
        choices=Combination.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    laser = YesNo(radio=True, label=_("Fractional laser wanted"))
    performer = TermField(PerformerLevel, label=_("Who performs"), required=False)
    closed_weekdays = forms.TypedMultipleChoiceField(
        label=_("Closed weekdays"),
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    columns = {
        "consulted_on": "col-sm-6 col-lg-4",
        "start_on": "col-sm-6 col-lg-4",
        "stated_age": "col-sm-6 col-lg-4",
        "combination": "col-md-6 clear-row",
        "laser": "col-md-6",
        "performer": "col-md-6 clear-row",
        "closed_weekdays": "col-12 choices-flow",
    }

    def adapt(self, consultation: Consultation) -> None:
        if consultation.patient.birth_date:
            del self.fields["stated_age"]
