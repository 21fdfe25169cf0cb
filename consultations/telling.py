"""What is stored, said in a line a fact: for reviews, conflicts and records that are closed.

Load the consultation with its facts; nothing here makes a query.
"""

from datetime import date
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from clinic.dates import short_day
from clinic.text import with_commas
from consultations.models import Consultation


def _line(head: Any, *rest: Any) -> str:
    """“Fine lines · Face · Mild”, without what is empty."""
    return " · ".join(str(part) for part in (head, *rest) if part not in (None, ""))


def _day(label: str, value: date | None) -> str:
    return f"{label} {short_day(value)}" if value else ""


def _yes_no(label: str, value: bool | None) -> str:  # noqa: FBT001 - a stored answer
    if value is None:
        return ""
    return f"{label}: {_('yes') if value else _('no')}"


def concerns(consultation: Consultation) -> list[str]:
    lines = [
        _line(
            row.concern,
            row.area or _("no area yet"),
            row.severity and row.get_severity_display(),
            row.goal,
        )
        for row in consultation.concerns.all()
    ]
    return [*lines, *([consultation.goals] if consultation.goals else [])]


def conditions(consultation: Consultation) -> list[str]:
    return [
        f"{row.condition}: {row.get_answer_display()}"
        for row in consultation.condition_answers.all()
    ]


def allergies(consultation: Consultation) -> list[str]:
    lines = [_line(row.allergen, row.reaction) for row in consultation.allergies.all()]
    return [_("No known allergies"), *lines] if consultation.no_known_allergies else lines


def medications(consultation: Consultation) -> list[str]:
    lines = [
        _line(
            row.medication,
            _yes_no(_("prescribed"), row.prescribed),
            _yes_no(_("still taken"), row.ongoing),
            _day(_("last dose"), row.last_taken_on),
        )
        for row in consultation.medications.all()
    ]
    complete = _yes_no(_("The list is complete"), consultation.medications_reviewed)
    return [*lines, *([complete] if complete else [])]


def labs(consultation: Consultation) -> list[str]:
    return [
        _line(
            row.test,
            _line_of_value(row),
            _day(_("taken"), row.taken_on),
        )
        for row in consultation.labs.all()
    ]


def _line_of_value(row: Any) -> str:
    value = "" if row.value is None else number_format(row.value.normalize())
    return f"{value} {row.unit}".strip()


def findings(consultation: Consultation) -> list[str]:
    seen = [
        _line(row.finding, row.area, _day(_("clears"), row.clears_on))
        for row in consultation.findings.all()
    ]
    before = [
        _line(row.procedure, row.area, _day(_("on"), row.performed_on))
        for row in consultation.procedures.all()
    ]
    return seen + before


def skin(consultation: Consultation) -> list[str]:
    found = [
        consultation.fitzpatrick and f"Fitzpatrick {consultation.get_fitzpatrick_display()}",
        consultation.glogau and f"Glogau {consultation.get_glogau_display()}",
        consultation.skin_note,
    ]
    return [str(part) for part in found if part]


def preferences(consultation: Consultation) -> list[str]:
    closed = [str(WEEKDAYS[day - 1]) for day in consultation.closed_weekdays]
    days = [short_day(row.day) for row in consultation.closed_days.all()]
    products = [
        _line(row.name, with_commas(str(part.ingredient) for part in row.parts.all()))
        for row in consultation.products.all()
    ]
    lines = [
        _day(_("Consultation on"), consultation.consulted_on),
        _day(_("Treatment from"), consultation.start_on),
        consultation.stated_age is not None and _("Age %(age)d") % {"age": consultation.stated_age},
        consultation.get_combination_display(),
        _yes_no(_("Fractional laser"), consultation.laser),
        consultation.performer and str(consultation.performer),
        closed and _("Closed: %(days)s") % {"days": with_commas(closed)},
        days and _("Closed on: %(days)s") % {"days": with_commas(days)},
        *products,
    ]
    return [str(line) for line in lines if line]
