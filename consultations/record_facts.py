"""The facts of a consultation as entries of its record: every section, in words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clinic.dates import long_day
from clinic.text import isolated
from consultations.carried import marks
from consultations.enums import Combination
from consultations.facts import DATES, SECTIONS, request_of
from consultations.models import AllergyEntry, Consultation, MedicationEntry, ProductEntry
from consultations.sheets import Printed, lines_of
from treatments.explanations import Wording
from treatments.explanations.told import fact
from treatments.texts import listed, said

Entry = Printed
# What the words of a fact are made of, and where the names of its terms are.
_WHOLE: Final = {
    "labs": frozenset({"value", "unit", "taken_on"}),
    "area_findings": frozenset({"area"}),
    "procedures": frozenset({"area", "performed_on"}),
}
_NAMED: Final = {
    "test": "lab_tests",
    "finding": "findings",
    "procedure": "procedures",
    "area": "areas",
}


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
    waiting = _waiting(consultation)
    rows = enumerate(consultation.concerns.all())
    told = [_concern(wording, row, waiting.get(f"concerns[{index}]", "")) for index, row in rows]
    yield entry(items=told)
    goals = [*lines_of(consultation.goals), *filter(None, [waiting.get("goals")])]
    yield entry(_("Goals"), lines=goals)


def _concern(wording: Wording, row: Any, waits: str) -> str:
    names = [wording.name("concerns", row.concern.code)]
    if row.area:
        names.append(wording.name("areas", row.area.code))
    if row.severity:
        names.append(row.get_severity_display())
    return _with(listed(names), row.goal, waits)


def _history(wording: Wording, request: Any, consultation: Consultation) -> Iterator[Entry]:
    waiting = _waiting(consultation)

    def told(key: str) -> list[str]:
        return list(_told(wording, request, consultation, key, waiting))

    conditions = [f"conditions.{code}" for code in request["conditions"]]
    yield entry(
        _("Questions"),
        items=[_with(fact(wording, request, one).text, waiting.get(one)) for one in conditions],
    )
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


def _told(
    wording: Wording,
    request: Any,
    consultation: Consultation,
    key: str,
    waiting: Mapping[str, str],
) -> Iterator[str]:
    """The rows of a section with what the engine does not read of them. A draft may hold rows that
    are not whole yet: of those, what they have."""
    rows = getattr(consultation, SECTIONS[key].related).all()
    for index, (row, given) in enumerate(zip(rows, request.get(key, ()), strict=True)):
        path = f"{key}[{index}]"
        whole = _WHOLE.get(key, frozenset()) <= given.keys()
        text = fact(wording, request, path).text if whole else _part(wording, given)
        yield _with(text, *_besides(row), waiting.get(path))


def _part(wording: Wording, given: Mapping[str, Any]) -> str:
    """“Platelets, 80” where neither unit nor day was told."""
    days = (long_day(date.fromisoformat(given[name])) for name in given if name in DATES)
    plain = (str(given[name]) for name in ("value", "unit") if name in given)
    named = (wording.name(_NAMED[name], given[name]) for name in given if name in _NAMED)
    return listed([*named, *plain, *days])


def _besides(row: Any) -> Iterator[str]:
    if isinstance(row, AllergyEntry):
        yield row.reaction
    elif isinstance(row, MedicationEntry) and row.ongoing and row.last_taken_on:
        yield _("last taken on %(day)s") % {"day": long_day(row.last_taken_on)}


def _with(text: str, *more: str | None) -> str:
    """A fact and what was said of it, each running in its own direction."""
    for one in filter(None, more):
        text = said("%(fact)s. %(more)s", {"fact": text, "more": isolated(one)})
    return text


def _waiting(consultation: Consultation) -> dict[str, str]:
    """What was taken over from an earlier consultation and is not confirmed, by its path."""
    return {
        mark.path: _("From %(day)s, to be confirmed.") % {"day": long_day(mark.day)}
        for mark in marks(consultation)
    }


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
        yield _with(said(_("Product %(product)s: %(parts)s"), told), _separable(product))


def _separable(product: ProductEntry) -> str:
    if product.separable is None:
        return ""
    told = {
        "question": _("ingredients come apart"),
        "answer": _("yes") if product.separable else _("no"),
    }
    return _("%(question)s: %(answer)s") % told
