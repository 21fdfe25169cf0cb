"""The facts of a consultation as entries of its record: every section, in words."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clinic.dates import long_day
from clinic.text import isolated
from consultations.enums import Combination
from consultations.facts import request_of
from consultations.models import Consultation
from consultations.sheets import Printed, lines_of
from treatments.explanations import Wording
from treatments.explanations.told import fact
from treatments.texts import listed, said

Entry = Printed


def entry(
    title: str = "", *, aside: str = "", lines: Iterable[str] = (), items: Iterable[str] = ()
) -> Entry:
    return {"title": title, "aside": aside, "lines": list(lines), "items": list(items)}


def section(title: str, entries: Iterable[Entry]) -> Printed:
    return {"title": title, "entries": [one for one in entries if _says_something(one)]}


def fact_sections(wording: Wording, consultation: Consultation) -> Iterator[Printed]:
    """Load the consultation with `with_facts()`."""
    request = request_of(consultation)
    yield section(_("Concerns and goals"), _wished(wording, consultation))
    yield section(_("Health history"), _history(wording, request, consultation))
    yield section(_("Skin"), [entry(items=_skin(consultation))])
    yield section(_("Preferences"), [entry(items=_preferences(wording, consultation))])


def _says_something(one: Entry) -> bool:
    return bool(one["lines"] or one["items"] or one["aside"])


def _wished(wording: Wording, consultation: Consultation) -> Iterator[Entry]:
    yield entry(items=[_concern(wording, row) for row in consultation.concerns.all()])
    yield entry(_("Goals"), lines=lines_of(consultation.goals))


def _concern(wording: Wording, row: Any) -> str:
    names = [wording.name("concerns", row.concern.code)]
    if row.area:
        names.append(wording.name("areas", row.area.code))
    if row.severity:
        names.append(row.get_severity_display())
    return listed(names)


def _history(wording: Wording, request: Any, consultation: Consultation) -> Iterator[Entry]:
    def told(key: str) -> list[str]:
        return [
            fact(wording, request, f"{key}[{index}]").text
            for index in range(len(request.get(key, ())))
        ]

    conditions = [
        fact(wording, request, f"conditions.{code}").text for code in request["conditions"]
    ]
    yield entry(_("Questions"), items=conditions)
    allergies = told("allergies")
    if consultation.no_known_allergies:
        allergies.append(_("No known allergies"))
    yield entry(_("Allergies"), items=allergies)
    medications = told("medications")
    if consultation.medications_reviewed:
        medications.append(_("All medicines were asked for"))
    yield entry(_("Medicines"), items=medications)
    yield entry(_("Laboratory values"), items=told("labs"))
    yield entry(_("Findings on the skin"), items=told("area_findings"))
    yield entry(_("Earlier procedures"), items=told("procedures"))


def _skin(consultation: Consultation) -> Iterator[str]:
    if consultation.fitzpatrick:
        told = {"type": consultation.get_fitzpatrick_display()}
        yield _("Skin type by its reaction to sun: %(type)s") % told
    if consultation.glogau:
        yield _("Photoageing: %(type)s") % {"type": consultation.get_glogau_display()}
    yield from lines_of(consultation.skin_note)


def _preferences(wording: Wording, row: Consultation) -> Iterator[str]:
    if row.start_on:
        yield _("Treatment may start on %(day)s") % {"day": long_day(row.start_on)}
    if row.combination:
        yield _("Both treatments: %(wish)s") % {"wish": Combination(row.combination).label}
    if row.laser is not None:
        yield _("Fractional laser wanted") if row.laser else _("No fractional laser wanted")
    if row.performer:
        name = wording.name("performers", row.performer.code)
        yield said(_("Performed by: %(level)s"), {"level": name})
    if row.closed_weekdays:
        days = listed(str(WEEKDAYS[number - 1]) for number in row.closed_weekdays)
        yield _("Closed weekdays: %(days)s") % {"days": days}
    closed = [long_day(one.day) for one in row.closed_days.all()]
    if closed:
        between = pgettext("between phrases", "; ")
        yield _("Closed on: %(days)s") % {"days": between.join(closed)}
    for product in row.products.all():
        parts = [wording.name("ingredients", one.ingredient.code) for one in product.parts.all()]
        told = {"product": isolated(product.name), "parts": listed(parts)}
        yield said(_("Product %(product)s: %(parts)s"), told)
