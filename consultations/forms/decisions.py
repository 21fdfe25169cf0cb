"""What the clinician says to a proposal: take an option, change it, decline, override, sign."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.reauthentication import own_password
from clinic.text import is_storable, validate_storable
from consultations.enums import SessionStatus, Verdict
from consultations.models.plans import LONGEST_REASON
from treatments.explanations.options import OptionText

LONGEST_NOTE = 2000
LONGEST_CODE = 80


def note(label: Any, *, required: bool, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_NOTE,
        validators=[validate_storable],
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class SmallForm(forms.Form):
    """Several of one kind stand on a page, so their ids carry a prefix."""

    button: Any = ""
    button_css = "btn-primary"

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_action = action
        self.helper.form_show_errors = True
        submit = Submit("", self.button)
        submit.field_classes = f"btn {self.button_css}"
        self.helper.add_input(submit)


class AcceptForm(SmallForm):
    button = gettext_lazy("Accept")

    verdict = forms.CharField(initial=Verdict.ACCEPTED, widget=forms.HiddenInput)
    option_number = forms.IntegerField(min_value=1, max_value=99, widget=forms.HiddenInput)


class Codes(forms.MultipleChoiceField):
    """What was acknowledged; whether that is all of it is for the service to say."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= LONGEST_CODE and is_storable(str(value))


class DeclineForm(SmallForm):
    button = gettext_lazy("Decline the area")
    button_css = "btn-outline-primary"

    verdict = forms.CharField(initial=Verdict.DECLINED, widget=forms.HiddenInput)
    note = note(gettext_lazy("Why, in a few words"), required=False)


class DecisionForm(forms.Form):
    """What any of the small forms sends, read in one place."""

    verdict = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (Verdict.ACCEPTED, Verdict.DECLINED)]
    )
    option_number = forms.IntegerField(min_value=1, max_value=99, required=False)
    note = note("", required=False)
    acknowledged = Codes(required=False)
    all_of = forms.CharField(
        required=False, max_length=LONGEST_NOTE, validators=[validate_storable]
    )

    def decision(self) -> dict[str, Any]:
        """As `decide` takes it. The one button for all names what stands above it."""
        told = {**self.cleaned_data}
        codes = [*told.pop("acknowledged"), *told.pop("all_of").split()]
        return {**told, "acknowledged": codes}


def points_of(option: OptionText) -> forms.MultipleChoiceField:
    """Nothing is ticked beforehand."""
    return forms.MultipleChoiceField(
        label=_("Acknowledged"),
        choices=[(one.code, one.text) for one in option.points],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Read and acknowledge what has to be minded.")},
    )


class OverrideForm(SmallForm):
    button = gettext_lazy("Override and propose again")

    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    text = note(gettext_lazy("In your words"), required=True, rows=4)

    def __init__(self, *args: Any, reasons: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["reason"]
        chosen.choices = [("", _("Choose…")), *reasons]


class SignForm(SmallForm):
    button = gettext_lazy("Sign")

    password = own_password()
    past_sessions = forms.BooleanField(
        label=gettext_lazy("These days have passed, and they are meant.")
    )

    def __init__(self, *args: Any, asks_past: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_past:
            del self.fields["past_sessions"]
            self.helper.layout = self.helper.build_default_layout(self)


class MarkForm(forms.Form):
    """One session is done."""

    status = forms.ChoiceField(choices=[(SessionStatus.DONE.value, SessionStatus.DONE.label)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].widget = forms.HiddenInput()


class CancelForm(SmallForm):
    button = gettext_lazy("Cancel the session")
    button_css = "btn-danger"

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=LONGEST_REASON,
        validators=[validate_storable],
    )


def first_errors(form: forms.Form) -> str:
    """All that is wrong with a small form, in one line for a message."""
    errors: Mapping[str, Any] = form.errors
    return " ".join(str(message) for messages in errors.values() for message in messages)
