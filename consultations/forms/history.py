"""Questions about health: yes, no or not known, and nothing ticked beforehand."""

from collections.abc import Collection, Iterator
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from consultations.carried import Mark, row_mark
from consultations.enums import Answer
from consultations.facts import SECTIONS
from consultations.forms.terms import Terms
from consultations.models import Consultation
from treatments.enums import ClauseKind, WhenUnknown
from treatments.models import Condition, RuleClause


def _with_the_rest(data: Any, known: Collection[str]) -> Any:
    """A button may say “no” for the questions that it names; what is answered stays as it is."""
    named = data.get("no", "").split() if data else []
    if not named:
        return data
    filled = data.copy()
    for code in named:
        if code in known and not data.get(f"condition-{code}"):
            filled[f"condition-{code}"] = Answer.NO
    return filled


class Question(forms.ChoiceField):
    carried: Mark | None = None


class Questions(forms.Form):
    """One group of radio buttons a condition; what is not answered is not stored."""

    def __init__(self, data: Any, *, consultation: Consultation, terms: Terms) -> None:
        stored = {row.condition.code: row.answer for row in consultation.condition_answers.all()}
        self._rows: dict[str, Condition] = {
            code: row for code, row in terms.rows(Condition).items() if row.active or code in stored
        }
        super().__init__(_with_the_rest(data, self._rows), initial=stored, prefix="condition")
        for code, row in self._rows.items():
            self.fields[code] = Question(
                label=row.question,
                help_text=row.hint,
                choices=Answer.choices,
                required=False,
                widget=forms.RadioSelect,
            )
        for index, told in enumerate(consultation.condition_answers.all()):
            field: Any = self.fields[told.condition.code]
            field.carried = row_mark(SECTIONS["conditions"], told, index)
        self._idle: frozenset[str] = frozenset()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def fold(self, idle: frozenset[str]) -> None:
        """Name the questions whose answer can no longer change anything for this patient."""
        self._idle = idle

    def needed(self) -> list[Any]:
        """Questions that the catalogue wants answered before anything is proposed."""
        return [self[code] for code in self._rows if code in self._asked() - self._idle]

    def others(self) -> list[Any]:
        return [self[code] for code in self._rows if code not in self._asked() | self._idle]

    def folded(self) -> list[Any]:
        return [self[code] for code in self._rows if code in self._idle]

    def answers(self) -> Iterator[dict[str, Any]]:
        for code, answer in self.cleaned_data.items():
            if answer:
                yield {"condition": self._rows[code], "answer": answer}

    def values(self) -> dict[str, Any]:
        return {}

    def _asked(self) -> frozenset[str]:
        if not hasattr(self, "_asked_codes"):
            clauses = RuleClause.objects.filter(
                kind=ClauseKind.CONDITION, rule__active=True, rule__when_unknown=WhenUnknown.ASK
            )
            self._asked_codes = frozenset(clauses.values_list("condition__code", flat=True))
        return self._asked_codes
