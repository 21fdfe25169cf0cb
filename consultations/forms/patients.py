from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import Sex
from consultations.forms.fields import WrittenDate
from consultations.models import Patient
from consultations.models.patients import validate_birth_date


class PatientForm(forms.ModelForm):
    birth_date = WrittenDate(
        label=_("Date of birth"), required=False, validators=[validate_birth_date]
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Record number"),
        max_length=20,
        required=False,
        validators=[validate_storable],
        help_text=_("Left empty, the next free number is given."),
    )

    class Meta:
        model = Patient
        fields = ["family_name", "given_name", "birth_date", "sex", "phone", "email", "number"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        self.fields["phone"].widget.attrs["inputmode"] = "tel"
        if self.instance.pk and not self.instance._state.adding:
            self.fields["number"].required = True
            self.fields["number"].help_text = ""
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        columns = {
            "family_name": "col-sm-6",
            "given_name": "col-sm-6",
            "birth_date": "col-sm-6 col-lg-4",
            "sex": "col-sm-6 col-lg-8 choices-flow",
            "phone": "col-sm-6",
            "email": "col-sm-6",
            "number": "col-sm-6 col-lg-4",
        }
        self.helper.layout = Layout(
            Row(*(Column(Field(name), css_class=css) for name, css in columns.items()))
        )

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class StartForm(forms.Form):
    """The day of a consultation that begins; left empty, it is today."""

    consulted_on = WrittenDate(label=_("Consultation on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
