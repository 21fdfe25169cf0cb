"""Forms of a rule: what is missing is said beside the field, before anything is stored."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from treatments.enums import ClauseKind, WhenUnknown
from treatments.models import Rule, RuleClause, RuleEffect
from treatments.policies import (
    WITH_ALLERGENS,
    EffectShape,
    Place,
    RuleShape,
    faults_of_rule,
)

FIELDS_OF_FACT: dict[str, tuple[str, ...]] = {
    ClauseKind.CONDITION: ("condition",),
    ClauseKind.SEX: ("sex",),
    ClauseKind.AGE: ("age_from", "age_below"),
    ClauseKind.MEDICATION: (
        "medication_classes",
        "medications",
        "prescribed",
        "within_days",
        "relative_to",
        "ongoing_counts",
    ),
    ClauseKind.LAB: ("lab_test", "value_from", "value_below"),
    ClauseKind.LAB_MISSING: ("lab_test",),
    ClauseKind.FINDING: ("finding",),
    ClauseKind.PROCEDURE: ("procedure",),
    ClauseKind.ALLERGY: ("allergens",),
}
NEEDED: dict[str, tuple[tuple[str, ...], Any]] = {
    ClauseKind.CONDITION: (("condition",), _("Name the condition.")),
    ClauseKind.SEX: (("sex",), _("Name the sex.")),
    ClauseKind.AGE: (("age_from", "age_below"), _("Give an age, from or below or both.")),
    ClauseKind.MEDICATION: (
        ("medication_classes", "medications"),
        _("Name at least one class or one medication."),
    ),
    ClauseKind.LAB: (("value_from", "value_below"), _("Give a value, from or below or both.")),
    ClauseKind.FINDING: (("finding",), _("Name the finding.")),
    ClauseKind.PROCEDURE: (("procedure",), _("Name the procedure.")),
    ClauseKind.ALLERGY: (("allergens",), _("Name at least one allergen.")),
}
BOUNDS = (("age_from", "age_below"), ("value_from", "value_below"))


class RuleForm(forms.ModelForm):
    class Meta:
        model = Rule
        exclude = ()  # noqa: DJ006 - the admin page names the fields

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") in WITH_ALLERGENS and not data.get("allergens"):
            self.add_error("allergens", _("Name at least one allergen that the rule reads."))
        if data.get("when_unknown") == WhenUnknown.NOTE:
            for name in ("ask_age_from", "ask_age_to"):
                if data.get(name) is not None:
                    text = _("Ages belong to “Ask before proposing”; leave them empty otherwise.")
                    self.add_error(name, text)
        return data


class ClauseForm(forms.ModelForm):
    """One trigger line. Fields of other kinds of fact than the chosen one are emptied."""

    class Meta:
        model = RuleClause
        exclude = ()  # noqa: DJ006 - the inline names the fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = {str(kind): names for kind, names in FIELDS_OF_FACT.items()}
        self.fields["kind"].widget.attrs["data-fields"] = json.dumps(shown)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        if kind:
            self._empty_others(kind)
            self._ask_for_needed(kind)
        for low, below in BOUNDS:
            first, second = data.get(low), data.get(below)
            if first is not None and second is not None and first >= second:
                self.add_error(below, _("The upper limit must lie above the lower one."))
        return data

    def _empty_others(self, kind: str) -> None:
        every = {name for names in FIELDS_OF_FACT.values() for name in names}
        for name in every.difference(FIELDS_OF_FACT[kind]):
            field = RuleClause._meta.get_field(name)
            self.cleaned_data[name] = field.get_default()  # type: ignore[union-attr]
            self.errors.pop(name, None)

    def _ask_for_needed(self, kind: str) -> None:
        names, text = NEEDED.get(kind, ((), ""))
        if names and not self._given(names):
            self.add_error(names[0], text)
        if "lab_test" in FIELDS_OF_FACT[kind] and not self._given(("lab_test",)):
            self.add_error("lab_test", _("Name the lab test."))

    def _given(self, names: Iterable[str]) -> bool:
        """Something stands in one of the fields, be it a value that is wrong by itself."""
        values = [self.cleaned_data.get(name) for name in names if name not in self.errors]
        return len(values) < len(tuple(names)) or any(value == 0 or bool(value) for value in values)


class RuleLines(forms.BaseInlineFormSet):
    """Lines of a rule, looked at together with the rule and its other lines."""

    place: Place
    siblings: list[forms.BaseInlineFormSet]

    def clean(self) -> None:
        super().clean()
        if any(form.errors for formset in self.siblings for form in formset.forms):
            return
        faults = faults_of_rule(self._shape())
        texts: list[Any] = [fault.message for fault in faults if fault.place == self.place]
        if texts:
            raise ValidationError([ValidationError(text) for text in texts])

    def _shape(self) -> RuleShape:
        rule: Any = self.instance
        rows = [row for formset in self.siblings for row in kept_rows(formset)]
        return RuleShape(
            kind=rule.kind,
            scope=rule.scope,
            wait_days=rule.wait_days,
            clauses=tuple(row.kind for row in rows if isinstance(row, RuleClause)),
            effects=tuple(
                EffectShape(effect=row.effect, on_treatment=row.treatment_id is not None)
                for row in rows
                if isinstance(row, RuleEffect)
            ),
        )


class ClauseLines(RuleLines):
    place = Place.CLAUSES


class EffectLines(RuleLines):
    place = Place.EFFECTS

    def clean(self) -> None:
        """Two effects on the whole patient are equal to the database, not to a formset."""
        rows = [row for row in kept_rows(self) if isinstance(row, RuleEffect)]
        if sum(row.treatment_id is None for row in rows) > 1:
            raise ValidationError(_("A rule has one effect on the whole patient, not several."))
        super().clean()


def kept_rows(formset: forms.BaseInlineFormSet) -> Iterator[Any]:
    """The rows that there will be after saving."""
    for form in formset.forms:
        removed = form.cleaned_data.get("DELETE", False) if form.is_valid() else True
        if not removed and (form.has_changed() or form.instance.pk):
            yield form.instance
