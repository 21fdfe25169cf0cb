from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import AmendmentReason
from consultations.forms.decisions import SignForm
from consultations.models.amendments import LONGEST_TEXT


class AmendForm(SignForm):
    """An amendment is signed like the record that it amends."""

    button = _("Sign the amendment")
    field_order = ("reason", "text", "password")

    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("Choose…")), *AmendmentReason.choices]
    )
    text = forms.CharField(
        label=_("What is amended"),
        max_length=LONGEST_TEXT,
        validators=[validate_storable],
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Say what stands in the record and what it should say."),
    )
