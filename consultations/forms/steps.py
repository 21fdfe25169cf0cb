"""What one step of a consultation asks: single values and sections of rows, saved together."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from consultations.carried import Mark
from consultations.forms.history import Questions
from consultations.forms.sections import RowSet, section_form, spread
from consultations.forms.terms import Terms
from consultations.models import Consultation

Rows = list[dict[str, Any]]


class StepForm:
    """The base of the steps: ``scalars`` is a form class or None, ``sections`` are keys."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        consultation: Consultation,
        scalars: Any,
        keys: Any,
        terms: Terms | None = None,
    ) -> None:
        self.data = data
        self.terms = terms or Terms()
        self.refusals: list[str] = []
        self.scalars = scalars and scalars(data, consultation=consultation, terms=self.terms)
        self.sections: dict[str, RowSet] = {
            key: section_form(key, data, consultation, self.terms) for key in keys
        }

    def is_valid(self) -> bool:
        """Every part is looked at, so that all faults show at once."""
        parts = [*self.sections.values(), *([self.scalars] if self.scalars else [])]
        verdicts = [part.is_valid() for part in parts]
        return all(verdicts)

    def rows(self) -> dict[str, Rows]:
        """The rows of each section that the step replaces."""
        rows = {key: section.values() for key, section in self.sections.items()}
        if isinstance(self.scalars, Questions):
            rows["conditions"] = list(self.scalars.answers())
        return rows

    def names(self) -> list[str]:
        """What the step saves, each by the name that stands on its control or section."""
        form = self.scalars
        return [*self.sections, *(form.add_prefix(name) for name in (form.fields if form else ()))]

    def values(self) -> dict[str, Any]:
        return self.scalars.values() if self.scalars else {}

    def carried(self) -> list[Mark]:
        """What of the step came from the last consultation and waits for a word."""
        fields = self.scalars.fields.values() if self.scalars else ()
        rows = [row.carried for one in self.sections.values() for row in one.forms]
        return [mark for mark in [*rows, *(field.carried for field in fields)] if mark]

    def refuse(self, error: ValidationError) -> None:
        """Show what a service refused, at the field it is about."""
        self.refusals += spread(error, self.sections, self.scalars)
