"""What the clinician says to a proposal: take an option, change it, decline, override, sign."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Field, Fieldset, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.text import validate_storable
from consultations.enums import SessionStatus, Verdict
from consultations.forms.fields import WrittenDate
from treatments.explanations.options import CourseText, OptionText

LONGEST_NOTE = 2000


def _note(label: Any, *, required: bool, rows: int = 2) -> forms.CharField:
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


class DeclineForm(SmallForm):
    button = gettext_lazy("Decline the area")
    button_css = "btn-outline-primary"

    verdict = forms.CharField(initial=Verdict.DECLINED, widget=forms.HiddenInput)
    note = _note(gettext_lazy("Why, in a few words"), required=False)


class DecisionForm(forms.Form):
    """What any of the small forms sends, read in one place."""

    verdict = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (Verdict.ACCEPTED, Verdict.DECLINED)]
    )
    option_number = forms.IntegerField(min_value=1, max_value=99, required=False)
    note = _note("", required=False)


class ChangeForm(SmallForm):
    """The sessions and ingredients of one option. An emptied optional session is dropped."""

    button = gettext_lazy("Accept with these changes")

    def __init__(self, *args: Any, option: OptionText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.option = option
        groups = [self._add_course(course) for course in option.courses]
        self.fields["note"] = _note(_("Why it is changed"), required=True)
        self.helper.layout = Layout(*groups, Field("note"))

    def _add_course(self, course: CourseText) -> Fieldset:
        names = []
        for kind, days in (("planned", course.planned), ("optional", course.optional)):
            for number, day in enumerate(days, start=1):
                name = _field(course.treatment, kind, number)
                self.fields[name] = _session(kind, number, day)
                names.append(name)
        dates = Row(*(Column(Field(name), css_class="col-6 col-md-4 col-xl-3") for name in names))
        return Fieldset(course.name, dates, *self._add_formulas(course))

    def _add_formulas(self, course: CourseText) -> Iterator[Div]:
        for formula in course.formulas:
            if len(formula.ingredients) > 1:
                name = _field(course.treatment, "formula", formula.code)
                self.fields[name] = forms.MultipleChoiceField(
                    label=_("%(formula)s: untick what is left out") % {"formula": formula.name},
                    choices=formula.ingredients,
                    initial=[code for code, _name in formula.ingredients],
                    widget=forms.CheckboxSelectMultiple,
                    error_messages={"required": _("Keep at least one ingredient.")},
                )
                yield Div(Field(name), css_class="choices-flow")

    def changes(self) -> dict[str, Any]:
        """As `decide` takes them. Call it on a valid form."""
        return {"courses": [self._course(course) for course in self.option.courses]}

    def _course(self, course: CourseText) -> dict[str, Any]:
        changed: dict[str, Any] = {"treatment": course.treatment}
        for kind, days in (("planned", course.planned), ("optional", course.optional)):
            names = (_field(course.treatment, kind, one) for one in range(1, len(days) + 1))
            kept = [day for name in names if (day := self.cleaned_data[name])]
            changed[kind] = [day.isoformat() for day in kept]
        lists = {one.code: _field(course.treatment, "formula", one.code) for one in course.formulas}
        formulas = [
            {"formula": code, "ingredients": self.cleaned_data[name]}
            for code, name in lists.items()
            if name in self.cleaned_data
        ]
        return changed | ({"formulas": formulas} if formulas else {})


def _field(treatment: str, kind: str, which: object) -> str:
    return f"{treatment}-{kind}-{which}"


def _session(kind: str, number: int, day: date) -> WrittenDate:
    optional = kind == "optional"
    label = _("Optional session %(number)d") if optional else _("Session %(number)d")
    return WrittenDate(label=label % {"number": number}, initial=day, required=not optional)


class OverrideForm(SmallForm):
    button = gettext_lazy("Override and propose again")

    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    text = _note(gettext_lazy("In your words"), required=True, rows=4)

    def __init__(self, *args: Any, reasons: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["reason"]
        chosen.choices = [("", _("Choose…")), *reasons]


class SignForm(SmallForm):
    button = gettext_lazy("Sign")

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("It stands for your signature."),
    )


class MarkForm(forms.Form):
    """One session is done or cancelled."""

    status = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (SessionStatus.DONE, SessionStatus.CANCELLED)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].widget = forms.HiddenInput()


def first_errors(form: forms.Form) -> str:
    """All that is wrong with a small form, in one line for a message."""
    errors: Mapping[str, Any] = form.errors
    return " ".join(str(message) for messages in errors.values() for message in messages)
