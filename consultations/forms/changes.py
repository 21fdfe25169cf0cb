"""An option taken with changes: sessions, technique, ingredients, parts of the area."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crispy_forms.layout import HTML, Column, Div, Field, Fieldset, Layout, Row, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.forms.decisions import SmallForm, note, points_of
from consultations.forms.fields import WrittenDate
from consultations.planning import Limits, Range, laid
from treatments.explanations.options import CourseText, OptionText

Choices = Sequence[tuple[str, str]]
MORE_SESSIONS: Final = 2
LONGEST_INTERVAL: Final = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosable:
    """What there is to choose from: techniques by treatment, parts of the area, reasons."""

    limits: Limits
    techniques: Mapping[str, Choices]
    parts: Choices
    reasons: Choices


class ChangeForm(SmallForm):
    """The sessions, technique and ingredients of one option. An emptied session is dropped.

    ``start`` is the option as it was taken before, or as it is offered: plain JSON.
    """

    button = gettext_lazy("Accept with these changes")

    def __init__(
        self,
        *args: Any,
        option: OptionText,
        start: Mapping[str, Any],
        choosable: Choosable,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.option, self.choosable = option, choosable
        self.places: dict[str, str] = {}
        rows = {row["treatment"]: row for row in start["courses"]}
        groups = [self._add_course(one, rows[one.treatment]) for one in option.courses]
        departure = Row(Column(Field("departure"), css_class="col-12 col-md-8 col-xl-6"))
        last = [*self._add_parts(start.get("parts", [])), departure, Field("note")]
        self.fields["departure"] = forms.ChoiceField(
            label=_("Why the dates leave the range of the protocol"),
            choices=[("", _("They do not")), *choosable.reasons],
            initial=start.get("departure_reason", ""),
            required=False,
        )
        self.fields["note"] = note(_("Why it is changed"), required=True)
        self.helper.layout = Layout(*groups, *last)
        if option.points:
            self.fields["acknowledged"] = points_of(option)
            self.helper.layout.append(Field("acknowledged"))

    def _add_course(self, course: CourseText, start: Mapping[str, Any]) -> Fieldset:
        names = []
        for kind in ("planned", "optional"):
            for number, day in enumerate(start[kind], start=1):
                names.append(_field(course.treatment, kind, number))
                self.fields[names[-1]] = _session(kind, number, date.fromisoformat(day))
        for number in range(1, MORE_SESSIONS + 1):
            names.append(_field(course.treatment, "more", number))
            self.fields[names[-1]] = WrittenDate(label=_("One more session"), required=False)
        dates = Row(*(Column(Field(name), css_class="col-6 col-md-4 col-xl-3") for name in names))
        return Fieldset(
            escape(course.name),
            HTML(f'<p class="soft">{escape(in_words(self._range(course)))}</p>'),
            self._add_laying(course, start),
            dates,
            *self._add_technique(course, start),
            *self._add_formulas(course, start),
        )

    def _range(self, course: CourseText) -> Range:
        return self.choosable.limits.ranges[course.treatment]

    def _add_laying(self, course: CourseText, start: Mapping[str, Any]) -> Row:
        """The dates again from a first day and an interval, without a script."""
        first, interval = (_field(course.treatment, name) for name in ("first", "interval"))
        days = [date.fromisoformat(day) for day in start["planned"]]
        self.fields[first] = WrittenDate(label=_("First session"), initial=days[0], required=False)
        self.fields[interval] = forms.IntegerField(
            label=_("Days between sessions"),
            initial=(days[1] - days[0]).days if len(days) > 1 else None,
            required=False,
            min_value=1,
            max_value=LONGEST_INTERVAL,
        )
        again = Submit(_field(course.treatment, "lay"), _("Lay the dates again"))
        again.field_classes = "btn btn-outline-primary"
        again.attrs = {"formnovalidate": True}
        return Row(
            Column(Field(first), css_class="col-6 col-md-4 col-xl-3"),
            Column(Field(interval), css_class="col-6 col-md-4 col-xl-3"),
            Column(again, css_class="col-12 col-md-4 lay-again"),
            css_class="laying",
        )

    def _add_technique(self, course: CourseText, start: Mapping[str, Any]) -> Iterator[Row]:
        techniques = self.choosable.techniques[course.treatment]
        if techniques:
            name = _field(course.treatment, "technique")
            self.fields[name] = forms.ChoiceField(
                label=_("Technique"),
                choices=[("", _("Left open")), *techniques],
                initial=start.get("technique", ""),
                required=False,
            )
            yield Row(Column(Field(name), css_class="col-12 col-md-8 col-xl-6"))

    def _add_formulas(self, course: CourseText, start: Mapping[str, Any]) -> Iterator[Div]:
        for number, formula in enumerate(course.formulas, start=1):
            if len(formula.ingredients) > 1:
                name = _field(course.treatment, "formula", number)
                self.fields[name] = forms.MultipleChoiceField(
                    label=_("%(formula)s: untick what is left out") % {"formula": formula.name},
                    choices=formula.ingredients,
                    initial=start["formulas"][number - 1]["ingredients"],
                    widget=forms.CheckboxSelectMultiple,
                    error_messages={"required": _("Keep at least one ingredient.")},
                )
                yield Div(Field(name), css_class="choices-flow")

    def _add_parts(self, chosen: list[str]) -> Iterator[Div]:
        if self.choosable.parts:
            self.fields["parts"] = forms.MultipleChoiceField(
                label=_("Only in these parts"),
                help_text=_("None ticked: the whole area."),
                choices=self.choosable.parts,
                initial=chosen,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            yield Div(Field("parts"), css_class="choices-flow")

    def changes(self) -> dict[str, Any]:
        """As `decide` takes them. Call it on a valid form."""
        courses = [self._course(index, one) for index, one in enumerate(self.option.courses)]
        said = {name: self.cleaned_data.get(name) for name in ("parts", "departure")}
        return {"courses": courses, **{name: value for name, value in said.items() if value}}

    def _course(self, index: int, course: CourseText) -> dict[str, Any]:
        changed: dict[str, Any] = {"treatment": course.treatment}
        for kind, days in self._days(course).items():
            changed[kind] = [day.isoformat() for day, _name in days]
            for place, (_day, name) in enumerate(days):
                self.places[f"changes.courses[{index}].{kind}[{place}]"] = name
        if technique := self.cleaned_data.get(_field(course.treatment, "technique")):
            changed["technique"] = technique
        formulas = list(self._formulas(index, course))
        return changed | ({"formulas": formulas} if formulas else {})

    def _days(self, course: CourseText) -> dict[str, list[tuple[date, str]]]:
        """In the order of time, each with its field. A further session joins those around it."""
        found: dict[str, list[tuple[date, str]]] = {"planned": [], "optional": [], "more": []}
        for name, kind in self._of_course(course):
            if day := self.cleaned_data.get(name):
                found[kind].append((day, name))
        first_optional = min((day for day, _name in found["optional"]), default=date.max)
        for day, name in found.pop("more"):
            found["planned" if day < first_optional else "optional"].append((day, name))
        return {kind: sorted(days) for kind, days in found.items()}

    def _of_course(self, course: CourseText) -> Iterator[tuple[str, str]]:
        for kind in ("planned", "optional", "more"):
            start = _field(course.treatment, kind, "")
            yield from ((name, kind) for name in self.fields if name.startswith(start))

    def _formulas(self, index: int, course: CourseText) -> Iterator[dict[str, Any]]:
        number = 0
        for place, formula in enumerate(course.formulas, start=1):
            name = _field(course.treatment, "formula", place)
            if name in self.cleaned_data:
                path = f"changes.courses[{index}].formulas[{number}].ingredients"
                self.places[path] = name
                number += 1
                yield {
                    "formula": formula.code,
                    "product": formula.product,
                    "ingredients": self.cleaned_data[name],
                }

    def refuse(self, error: ValidationError) -> None:
        """Show what the service refused at the fields that it is about."""
        known = {"changes.parts": "parts", "changes.departure": "departure"} | self.places
        told = getattr(error, "message_dict", None) or {"": error.messages}
        for path, messages in told.items():
            name = known.get(path, path)
            self.add_error(name if name in self.fields else None, messages)

    def laid_again(self) -> Any:
        """What was sent, with the dates of the course whose button was pressed laid anew. None
        when another button was."""
        for course in self.option.courses:
            if _field(course.treatment, "lay") in self.data:
                return self._laid(course)
        return None

    def _laid(self, course: CourseText) -> Any:
        data: Any = self.data  # of a request: it knows several values of one name
        sent = data.copy()
        names = [name for name, kind in self._of_course(course) if kind != "more"]
        more = [name for name, kind in self._of_course(course) if kind == "more"]
        names += [name for name in more if sent.get(name)]
        filled = [name for name in names if sent.get(name)] or names
        wanted, limits = self._range(course), self.choosable.limits
        days = laid(
            len(filled),
            first=self._read(_field(course.treatment, "first")) or course.planned[0],
            interval=self._read(_field(course.treatment, "interval")) or wanted.shortest,
            limits=limits,
            clear_of=list(self._others(course)),
        )
        for name, day in zip(filled, days, strict=False):
            sent[name] = day.isoformat()
        return sent

    def _others(self, course: CourseText) -> Iterator[date]:
        others = (one for one in self.option.courses if one.treatment != course.treatment)
        for name, _kind in (pair for one in others for pair in self._of_course(one)):
            if day := self._read(name):
                yield day

    def _read(self, name: str) -> Any:
        try:
            return self.fields[name].clean(self.data.get(name, ""))
        except ValidationError:
            return None


def in_words(wanted: Range) -> str:
    """The range of a protocol, as the form says it."""
    words = _(
        "The protocol: %(fewest)d to %(most)d sessions, %(shortest)d to %(longest)d days apart."
    )
    if wanted.fewest == wanted.most:
        words = _("The protocol: %(most)d sessions, %(shortest)d to %(longest)d days apart.")
    return words % {
        "fewest": wanted.fewest,
        "most": wanted.most,
        "shortest": wanted.shortest,
        "longest": wanted.longest,
    }


def _field(treatment: str, kind: str, which: object = None) -> str:
    return f"{treatment}-{kind}" if which is None else f"{treatment}-{kind}-{which}"


def _session(kind: str, number: int, day: date) -> WrittenDate:
    label = _("Optional session %(number)d") if kind == "optional" else _("Session %(number)d")
    return WrittenDate(label=label % {"number": number}, initial=day, required=False)
