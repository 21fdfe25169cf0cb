"""The patient's signature under a consent, and how one is taken back."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.text import validate_storable
from consultations import drawing
from consultations.forms.decisions import SignForm, SmallForm
from consultations.models.consents import LONGEST_NAME, LONGEST_REASON
from consultations.services.consents import Signature

LONGEST_DRAWING = drawing.MOST_POINTS * 10  # “[600,200],” and a little


class ConsentForm(SmallForm):
    """A drawing is optional: without one the typed name stands for the signature."""

    button = gettext_lazy("Sign the consent")

    read = forms.CharField(max_length=80, widget=forms.HiddenInput)
    drawing = forms.CharField(
        required=False, max_length=LONGEST_DRAWING, strip=False, widget=forms.HiddenInput
    )
    name = forms.CharField(
        label=gettext_lazy("Name of who signs"),
        max_length=LONGEST_NAME,
        validators=[validate_storable],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    witness = forms.CharField(
        label=gettext_lazy("Name of the witness"),
        max_length=LONGEST_NAME,
        validators=[validate_storable],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("I have read and understood this text, and I agree."),
    )

    def __init__(self, *args: Any, witness: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not witness:
            del self.fields["witness"]
            self.helper.layout.fields.remove("witness")

    def clean_drawing(self) -> Any:
        """Numbers, or None where nothing was drawn."""
        text = self.cleaned_data["drawing"]
        if text in {"", "[]"}:
            return None
        try:
            return drawing.checked(json.loads(text))
        except (ValueError, RecursionError):
            raise ValidationError(_("This drawing cannot be read. Draw it again.")) from None

    def signature(self) -> Signature:
        """As `give_consent` takes it. Call it on a valid form."""
        data = self.cleaned_data
        return Signature(name=data["name"], drawn=data["drawing"], witness=data.get("witness", ""))


class PrepareForm(SignForm):
    button = gettext_lazy("Sign the preparation")


class WithdrawForm(SmallForm):
    button = gettext_lazy("Record the withdrawal")
    button_css = "btn-danger"

    told_by = forms.CharField(
        label=gettext_lazy("Who told it"),
        max_length=LONGEST_NAME,
        validators=[validate_storable],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=LONGEST_REASON,
        validators=[validate_storable],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The patient need not give one."),
    )
