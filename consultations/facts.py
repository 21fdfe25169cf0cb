"""Rows → the engine's request, and back. The one bridge; it reads and never decides."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from consultations.errors import Fault, InvalidFacts
from consultations.models import (
    AllergyEntry,
    ClosedDayEntry,
    ConcernEntry,
    ConditionAnswer,
    Consultation,
    FindingEntry,
    LabEntry,
    MedicationEntry,
    ProcedureEntry,
    ProductEntry,
)
from treatments.models import (
    Allergen,
    Area,
    AreaFinding,
    Concern,
    Condition,
    Ingredient,
    LabTest,
    Medication,
    PerformerLevel,
    Procedure,
)

# Of any list, at every door. Each line is a row: a list without an end would hold the database for
# minutes, and a page that showed fewer than are stored would take the rest away when it is saved.
MOST_ROWS = 300
Document = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A list of facts: its rows, where they hang, and what each of its terms is."""

    key: str
    model: type[Model]
    related: str
    terms: Mapping[str, type[Model]]
    fields: tuple[str, ...] = ()


SECTIONS: Mapping[str, Section] = {
    section.key: section
    for section in (
        Section(
            key="concerns",
            model=ConcernEntry,
            related="concerns",
            terms={"concern": Concern, "area": Area},
            fields=("severity",),
        ),
        Section(
            key="conditions",
            model=ConditionAnswer,
            related="condition_answers",
            terms={"condition": Condition},
            fields=("answer",),
        ),
        Section(
            key="allergies",
            model=AllergyEntry,
            related="allergies",
            terms={"allergen": Allergen},
        ),
        Section(
            key="medications",
            model=MedicationEntry,
            related="medications",
            terms={"medication": Medication},
            fields=("prescribed", "ongoing", "last_taken_on"),
        ),
        Section(
            key="labs",
            model=LabEntry,
            related="labs",
            terms={"test": LabTest},
            fields=("value", "unit", "taken_on"),
        ),
        Section(
            key="area_findings",
            model=FindingEntry,
            related="findings",
            terms={"finding": AreaFinding, "area": Area},
            fields=("clears_on",),
        ),
        Section(
            key="procedures",
            model=ProcedureEntry,
            related="procedures",
            terms={"procedure": Procedure, "area": Area},
            fields=("performed_on",),
        ),
        Section(key="closed_days", model=ClosedDayEntry, related="closed_days", terms={}),
        Section(key="products", model=ProductEntry, related="products", terms={}),
    )
}
_LISTS = ("allergies", "medications", "labs", "area_findings", "procedures")
DATES = frozenset({"last_taken_on", "taken_on", "clears_on", "performed_on"})


def too_long() -> str:
    return _("A list has at most %(most)d lines.") % {"most": MOST_ROWS}


def request_of(consultation: Consultation) -> Document:
    """What ``POST /api/v1/evaluate/`` would take for this consultation; gaps are left out.

    Load it with ``Consultation.objects.with_facts()``: this function makes no query then.
    """
    request: Document = {
        "consulted_on": consultation.consulted_on.isoformat(),
        "patient": _patient(consultation),
        "concerns": _rows(consultation, SECTIONS["concerns"]),
        "conditions": {
            row.condition.code: row.answer for row in consultation.condition_answers.all()
        },
    }
    optional: Document = {
        "start_on": _plain(consultation.start_on),
        "no_known_allergies": consultation.no_known_allergies,
        "medications_reviewed": consultation.medications_reviewed,
        **{key: _rows(consultation, SECTIONS[key]) or None for key in _LISTS},
        "preferences": _given(
            combination=consultation.combination or None, laser=consultation.laser
        ),
        "clinic": _clinic(consultation),
    }
    return request | {key: value for key, value in optional.items() if value is not None}


def _patient(consultation: Consultation) -> Document:
    born = consultation.patient.birth_date
    known = {"birth_date": _plain(born)} if born else {"age": consultation.stated_age}
    return {"sex": consultation.patient.sex} | {k: v for k, v in known.items() if v is not None}


def _rows(consultation: Consultation, section: Section) -> list[Document]:
    return [
        {term: _code(getattr(row, term)) for term in section.terms if getattr(row, term)}
        | {
            name: _plain(getattr(row, name))
            for name in section.fields
            if getattr(row, name) not in (None, "")
        }
        for row in getattr(consultation, section.related).all()
    ]


def _clinic(consultation: Consultation) -> Document | None:
    products = [
        {
            "product": row.name,
            "ingredients": [part.ingredient.code for part in row.parts.all()],
            **({} if row.separable is None else {"separable": row.separable}),
        }
        for row in consultation.products.all()
    ]
    return _given(
        closed_weekdays=consultation.closed_weekdays or None,
        closed_on=[_plain(row.day) for row in consultation.closed_days.all()] or None,
        performer=_code(consultation.performer),
        products=products or None,
    )


def _given(**values: Any) -> Document | None:
    return {key: value for key, value in values.items() if value is not None} or None


def _code(row: Any) -> str | None:
    return row.code if row else None


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A request's facts as values for rows: scalars of the consultation, rows of its sections."""

    scalars: Row
    sections: Mapping[str, list[Row]]


def stored_from(document: Mapping[str, Any]) -> Stored:
    """The rows of a request whose present values have been found sound (codes known, types right).

    What is missing stays empty: drafts may have gaps.
    """
    terms = _Terms(document)
    preferences, clinic = document.get("preferences", {}), document.get("clinic", {})
    sections: dict[str, list[Row]] = {
        key: [terms.row(SECTIONS[key], row) for row in document.get(key, ())]
        for key in ("concerns", *_LISTS)
    }
    sections["conditions"] = [
        {"condition": terms.get(Condition, code), "answer": answer}
        for code, answer in document.get("conditions", {}).items()
    ]
    if "clinic" in document:
        sections["closed_days"] = [
            {"day": date.fromisoformat(day)} for day in clinic.get("closed_on", ())
        ]
        sections["products"] = [terms.product(row) for row in clinic.get("products", ())]
    scalars: Row = {
        "consulted_on": _date(document.get("consulted_on")),
        "start_on": _date(document.get("start_on")),
        "stated_age": document.get("patient", {}).get("age"),
        "no_known_allergies": document.get("no_known_allergies"),
        "medications_reviewed": document.get("medications_reviewed"),
        "combination": preferences.get("combination", ""),
        "laser": preferences.get("laser"),
    }
    if "clinic" in document:
        scalars["closed_weekdays"] = list(dict.fromkeys(clinic.get("closed_weekdays", ())))
        scalars["performer"] = terms.performer(clinic.get("performer"))
    return Stored(scalars=scalars, sections=sections)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class _Terms:
    """The vocabulary rows that a document names, one query a vocabulary."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        named: dict[type[Model], set[str]] = {}
        for key in ("concerns", *_LISTS):
            for row in document.get(key, ()):
                for term, model in SECTIONS[key].terms.items():
                    named.setdefault(model, set()).add(row.get(term))
        named[Condition] = set(document.get("conditions", {}))
        products = document.get("clinic", {}).get("products", ())
        named[Ingredient] = {code for row in products for code in row.get("ingredients", ())}
        self._rows = {model: _by_code(model, codes) for model, codes in named.items() if codes}

    def get(self, model: type[Model], code: str | None) -> Any:
        if code is None:
            return None
        row = self._rows[model].get(code)
        if row is None:  # the release in force names it, but a curator has deleted the term since
            message = _("“%(code)s” is no longer in the catalogue.") % {"code": code}
            raise InvalidFacts([Fault(path=self._path_of(model), code="gone", message=message)])
        return row

    def _path_of(self, model: type[Model]) -> str:
        return next((key for key, one in SECTIONS.items() if model in one.terms.values()), "clinic")

    def row(self, section: Section, values: Mapping[str, Any]) -> Row:
        terms = {term: self.get(model, values.get(term)) for term, model in section.terms.items()}
        plain = {name: values[name] for name in section.fields if name in values}
        return terms | {
            name: _date(value) if name in DATES else _number(value) for name, value in plain.items()
        }

    def product(self, values: Mapping[str, Any]) -> Row:
        parts = [self.get(Ingredient, code) for code in values.get("ingredients", ())]
        return {
            "name": values.get("product", ""),
            "separable": values.get("separable"),
            "parts": parts,
        }

    def performer(self, code: str | None) -> Any:
        return PerformerLevel.objects.get(code=code) if code else None


def _number(value: Any) -> Any:
    return Decimal(repr(value)) if isinstance(value, float) else value


def _by_code(model: Any, codes: Iterable[str | None]) -> dict[str, Model]:
    known: Callable[..., Any] = model.objects.filter
    return {row.code: row for row in known(code__in=[code for code in codes if code])}
