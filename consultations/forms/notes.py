"""A note on the map: where it stands, and what it says."""

from decimal import Decimal
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from consultations.enums import MapView
from consultations.forms.fields import TermField
from consultations.forms.terms import Terms
from consultations.models import MapNote
from consultations.models.notes import LONGEST_NOTE
from treatments.models import Area

_HUNDRED: Final = Decimal(100)
_FINEST: Final = Decimal("0.0001")


def _percent(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=100,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "any", "autocomplete": "off"}),
        error_messages={"required": _("Tap the place on the drawing, or give it in percent.")},
    )


class NoteForm(forms.Form):
    """A place is given in percent of the drawing, from its left edge and from its top.

    Left is the drawing's left in every language: it shows a body, and is not mirrored.
    """

    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        validators=[validate_storable],
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write the note.")},
    )
    view = forms.ChoiceField(label=_("Drawing"), choices=MapView.choices)
    x = _percent(_("From the left, in %"))
    y = _percent(_("From the top, in %"))
    area = TermField(Area, label=_("Area, if it is of one"), required=False)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, terms: Terms, note: MapNote | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.note = note
        field: Any = self.fields["area"]
        terms.fill(field, note.area.code if note and note.area else None)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "version",
            Field("text"),
            Row(
                Column(Field("view"), css_class="col-6 col-md-3"),
                Column(Field("area"), css_class="col-6 col-md-3"),
                Column(Field("x"), css_class="col-6 col-md-3"),
                Column(Field("y"), css_class="col-6 col-md-3"),
            ),
        )

    @property
    def key(self) -> str:
        return str(self.note.pk) if self.note else ""

    def values(self) -> dict[str, Any]:
        """As the services take them. Call it on a valid form."""
        told = {name: self.cleaned_data[name] for name in ("text", "view", "area")}
        place = {
            name: (self.cleaned_data[name] / _HUNDRED).quantize(_FINEST) for name in ("x", "y")
        }
        return told | place


def shown(note: MapNote) -> dict[str, Any]:
    """What the form of a note begins with."""
    return {
        "text": note.text,
        "view": note.view,
        "x": (note.x * _HUNDRED).normalize() + 0,
        "y": (note.y * _HUNDRED).normalize() + 0,
        "area": note.area.code if note.area else "",
        "version": note.version,
    }
