"""The catalogue's vocabulary as a form offers it: read once a request, not once a field."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import Model

from consultations.forms.fields import CHOOSE, TermField, TermsField
from treatments.models import Area, LabTest, Medication

_RELATED = {Medication: "medication_class", Area: "parent"}
_DEEPER = "\u2003"


class Terms:
    """Each vocabulary that is asked for is fetched with one query and kept for the request."""

    def __init__(self) -> None:
        self._rows: dict[type[Model], dict[str, Any]] = {}

    def rows(self, model: Any) -> dict[str, Any]:
        if model not in self._rows:
            query = model.objects.all()
            if model in _RELATED:
                query = query.select_related(_RELATED[model])
            if model is LabTest:
                query = query.prefetch_related("units")
            self._rows[model] = {row.code: row for row in query}
        return self._rows[model]

    def active(self, model: Any) -> list[Any]:
        return [row for row in self.rows(model).values() if row.active]

    def fill(self, field: TermField, kept: Any = None) -> None:
        """Offer the terms in use, and those already chosen even when they are retired."""
        chosen = set(kept if isinstance(kept, list) else [kept])
        rows = self.rows(field.model)
        offered = [row for row in rows.values() if row.active or row.code in chosen]
        field.rows = rows
        blank = [] if isinstance(field, TermsField) else [CHOOSE]
        field.choices = [*blank, *_choices(field.model, offered)]


def _choices(model: Any, rows: Iterable[Any]) -> list[Any]:
    if model is Area:
        return [(row.code, f"{_DEEPER if row.parent_id else ''}{row.name}") for row in rows]
    if model is Medication:
        groups = groupby(rows, key=lambda row: row.medication_class)
        return [
            (group.name if group else "…", [(row.code, row.name) for row in members])
            for group, members in groups
        ]
    return [(row.code, row.name) for row in rows]
