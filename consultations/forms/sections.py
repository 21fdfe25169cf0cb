"""A section: the rows of one kind of fact, as many as were told."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from consultations.carried import row_mark
from consultations.facts import MOST_ROWS, SECTIONS, too_long
from consultations.forms import rows
from consultations.forms.terms import Terms
from consultations.models import Consultation

_ROW = re.compile(r"(?P<section>\w+)\[(?P<index>\d+)\](?:\.(?P<field>\w+))?")

KINDS: dict[str, tuple[type[rows.RowForm], Any, Any]] = {
    "concerns": (rows.ConcernRow, gettext_lazy("Concerns"), gettext_lazy("Add a concern")),
    "allergies": (rows.AllergyRow, gettext_lazy("Allergies"), gettext_lazy("Add an allergy")),
    "medications": (
        rows.MedicationRow,
        gettext_lazy("Medication"),
        gettext_lazy("Add a medication"),
    ),
    "labs": (rows.LabRow, gettext_lazy("Lab values"), gettext_lazy("Add a lab value")),
    "area_findings": (rows.FindingRow, gettext_lazy("Findings"), gettext_lazy("Add a finding")),
    "procedures": (
        rows.ProcedureRow,
        gettext_lazy("Past procedures"),
        gettext_lazy("Add a procedure"),
    ),
    "closed_days": (rows.ClosedDayRow, gettext_lazy("Closed days"), gettext_lazy("Add a day")),
    "products": (
        rows.ProductRow,
        gettext_lazy("Products at hand"),
        pgettext_lazy("catalogue", "Add a product"),
    ),
}
_SELDOM = {"closed_days", "products"}  # these begin without an empty row
# Facts that may stand in a section only once.
_ONCE = {"concerns": ("concern", "area"), "products": ("name",), "closed_days": ("day",)}


class RowSet(BaseFormSet):
    """The formset of a section. Rows that are empty or were taken away do not count.

    No row is an “initial” one to Django: what arrives replaces the section as a whole.
    """

    key = ""
    title: Any = ""
    add_label: Any = ""

    def initial_form_count(self) -> int:
        return 0

    def told(self) -> list[Any]:
        """The forms that hold something, in their order."""
        return [
            form for form in self.forms if form.has_changed() and not self._should_delete_form(form)
        ]

    def shown(self) -> list[Any]:
        """What the page shows: everything stored, or what was sent and not taken away."""
        if not self.is_bound:
            return self.forms
        return [form for form in self.forms if form.has_changed() or form.is_new]

    def add_blank(self, *, area: str = "") -> Any:
        """One more empty row behind those that were sent; it may know its area already."""
        number = len(self.forms)
        options = {"data": None, "files": None, "initial": {"area": area} if area else {}}
        make: Any = self._construct_form  # type: ignore[attr-defined]
        form = make(number, **self.get_form_kwargs(number), **options)
        form.is_new = True
        self.forms.append(form)
        return form

    def values(self) -> list[dict[str, Any]]:
        return [form.values() for form in self.told()]

    def clean(self) -> None:
        if self.total_form_count() < 0:
            raise ValidationError(_("The page did not arrive whole. Load it again."))
        if len(self.told()) > MOST_ROWS:
            raise ValidationError(too_long(), code="length")
        seen: set[tuple[Any, ...]] = set()
        for form in self.told():
            key = tuple(form.cleaned_data.get(name) for name in _ONCE.get(self.key, ()))
            if key and None not in key and key in seen:
                form.add_error(None, _("This is already listed above."))
            seen.add(key)

    def blame(self, index: int, field: str | None, errors: Any) -> None:
        """Put a service's refusal on the row and field that it names."""
        form = self.told()[index]
        form.add_error(field if field in form.fields else None, errors)

    def _should_delete_form(self, form: Any) -> bool:
        return bool(getattr(form, "cleaned_data", {}).get("DELETE"))


def section_form(key: str, data: Any, consultation: Consultation, terms: Terms) -> RowSet:
    """The formset of a section, filled from what was sent, else from what is stored."""
    form, title, add_label = KINDS[key]
    stored = getattr(consultation, SECTIONS[key].related).all()
    initial = [form.initial_of(row) for row in stored]
    factory: Any = formset_factory(
        form,
        formset=type("Rows", (RowSet,), {"key": key, "title": title, "add_label": add_label}),
        extra=len(initial) or int(key not in _SELDOM),
        can_delete=True,
        max_num=max(MOST_ROWS, len(initial)),  # what is stored is shown, whatever it is
        absolute_max=2 * max(MOST_ROWS, len(initial)),
    )
    made: RowSet = factory(data, prefix=key, initial=initial, form_kwargs={"terms": terms})
    for index, (row, shown) in enumerate(zip(stored, made.forms, strict=False)):
        if not (made.is_bound and shown.changed_data):
            shown.carried = row_mark(SECTIONS[key], row, index)
    return made


def spread(error: ValidationError, sections: dict[str, RowSet], scalars: Any) -> list[str]:
    """Hand a service's refusal to the fields it names; what is left belongs to the whole page."""
    rest: list[str] = []
    if not hasattr(error, "error_dict"):
        return error.messages
    for path, errors in error.error_dict.items():
        found = _ROW.fullmatch(path)
        if found and found["section"] in sections:
            sections[found["section"]].blame(int(found["index"]), found["field"], errors)
        elif scalars is not None and path in scalars.fields:
            scalars.add_error(path, errors)
        else:
            rest += [message for one in errors for message in one.messages]
    return rest
