"""Asking the prescriber, and writing down the answer."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.scoping import clinic_today
from clinic.text import validate_storable
from consultations.enums import PrescriberAnswer
from consultations.forms.fields import WrittenDate
from consultations.models import PrescriberQuestion

LONGEST_TEXT = 2000


def _text(label: Any, *, required: bool, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_TEXT,
        validators=[validate_storable],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=help_text,
    )


def _with_button(form: forms.Form, label: Any) -> FormHelper:
    helper = FormHelper(form)
    submit = Submit("", label)
    submit.field_classes = "btn btn-primary"
    helper.add_input(submit)
    return helper


class AskForm(forms.Form):
    """One call to the prescriber may be about several treatments and areas."""

    places = forms.MultipleChoiceField(
        label=_("Asked for"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Say for which treatment you ask."),
        },
    )
    text = _text(
        _("What is asked"),
        required=True,
        help_text=_("As you say or write it to whoever prescribes the medicine."),
    )

    def __init__(self, *args: Any, places: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["places"].choices = list(places)  # type: ignore[attr-defined]
        self.helper = _with_button(self, _("Keep the question"))


class AnswerForm(forms.Form):
    """What was said, by whom and when. Nothing is chosen beforehand but today's date."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=PrescriberAnswer.choices,
        widget=forms.RadioSelect,
    )
    prescriber = forms.CharField(
        label=_("Name of whoever answered"),
        max_length=200,
        validators=[validate_storable],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    answered_on = WrittenDate(label=_("Answered on"))
    conditions = _text(
        _("Conditions or remarks"),
        required=False,
        help_text=_("They stand beside the plan, at every session and on the printout."),
    )
    also = forms.MultipleChoiceField(
        label=_("The same answer holds for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, others: Iterable[PrescriberQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {str(one.pk): one for one in others}
        self.fields["answered_on"].initial = clinic_today()
        if self.others:
            self.fields["also"].choices = [  # type: ignore[attr-defined]
                (key, f"{one.treatment}, {one.area}") for key, one in self.others.items()
            ]
        else:
            del self.fields["also"]
        self.helper = _with_button(self, _("Keep the answer and go on"))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        needs = told.get("answer") == PrescriberAnswer.CONDITIONS
        if needs and not told.get("conditions", "").strip():
            self.add_error("conditions", _("Write the conditions of the agreement."))
        return told

    def answered(self) -> dict[str, Any]:
        """As the service takes it. Call it on a valid form."""
        told = dict(self.cleaned_data)
        told["also"] = [self.others[key] for key in told.get("also", ())]
        return told
