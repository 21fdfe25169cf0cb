from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is cancelled"),
        max_length=2000,
        validators=[validate_storable],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It stands with the consultation and cannot be changed later."),
    )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.add_input(Submit("", _("Cancel this consultation"), css_class="btn-danger"))
        return helper
