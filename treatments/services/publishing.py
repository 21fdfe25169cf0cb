"""Is the catalogue fit to publish? Everything found is something that a curator can mend."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from treatments.enums import Claim, EffectKind, Preparation, RuleKind, Scope
from treatments.models import Citation, Statement
from treatments.services.references import Document, dangling, leaves, owner_of

PARAMETERS = ("age_min", "age_max", "open_day_search_days")
NEVER_EMPTY = ("areas", "concerns", "treatments", "performers")
RESERVED_CONFLICTS = {"allergies", "future"}  # the engine finds these without a rule
AREA_FACTS = {"finding", "procedure"}
Row = dict[str, Any]


def faults_of(document: Document) -> list[str]:
    """What keeps a compiled catalogue from being published, each with the row it is about."""
    checks: Iterable[Callable[[Document], Iterator[tuple[str, str]]]] = (
        _parameters,
        _references,
        _areas,
        _lab_tests,
        _formulas,
        _suitabilities,
        _protocols,
        _input_conflicts,
        _rules,
        _sources,
    )
    return [f"{owner}: {fault}" for check in checks for owner, fault in check(document)]


def _parameters(document: Document) -> Iterator[tuple[str, str]]:
    for name in PARAMETERS:
        if name not in document["parameters"]:
            yield name, _("this number of the engine is missing.")
    for section in NEVER_EMPTY:
        if not document[section]:
            yield section, _("at least one must be in use.")


def _references(document: Document) -> Iterator[tuple[str, str]]:
    for owner, _section, code in dangling(document):
        yield owner, _("it names “%(code)s”, which is not in use.") % {"code": code}


def _areas(document: Document) -> Iterator[tuple[str, str]]:
    parents = {row["code"]: row["parent"] for row in document["areas"]}
    for code, parent in parents.items():
        seen, outer = {code}, parent
        while outer in parents and outer not in seen:
            seen.add(outer)
            outer = parents[outer]
        if outer in seen:
            yield code, _("this area lies in itself.")


def _lab_tests(document: Document) -> Iterator[tuple[str, str]]:
    for row in document["lab_tests"]:
        if {"unit": row["unit"], "divisor": "1"} not in row["units"]:
            yield row["code"], _("the unit of the rules must be listed, divided by 1.")


def _formulas(document: Document) -> Iterator[tuple[str, str]]:
    for row in document["formulas"]:
        if row["clinician_selects"] and row["ingredients"]:
            yield row["code"], _("the clinician selects, so it must list no ingredients.")
        if not row["clinician_selects"] and not row["ingredients"]:
            yield row["code"], _("it has no ingredient that is in use.")


def _suitabilities(document: Document) -> Iterator[tuple[str, str]]:
    preparations = {row["code"]: row["preparation"] for row in document["treatments"]}
    for row in document["suitabilities"]:
        compounded = preparations.get(row["treatment"]) == Preparation.FORMULA
        if compounded and row["formula"] is None:
            yield owner_of(row), _("choose the formula.")
        if not compounded and row["formula"] is not None:
            yield owner_of(row), _("this treatment takes no formula.")


def _protocols(document: Document) -> Iterator[tuple[str, str]]:
    standard = Counter(row["treatment"] for row in document["protocols"] if not row["concerns"])
    for row in document["treatments"]:
        if standard[row["code"]] != 1:
            yield row["code"], _("it needs exactly one protocol without concerns, its standard.")


def _input_conflicts(document: Document) -> Iterator[tuple[str, str]]:
    for row in document["input_conflicts"]:
        if row["code"] in RESERVED_CONFLICTS:
            yield row["code"], _("this conflict code is taken.")
        yield from ((row["code"], fault) for fault in _trigger_faults(row["trigger"]))


def _rules(document: Document) -> Iterator[tuple[str, str]]:
    for row in document["rules"]:
        faults = _FAULTS.get(RuleKind(row["kind"]))
        yield from ((row["code"], fault) for fault in (faults(row) if faults else ()))


def _contraindication(row: Row) -> Iterator[str]:
    yield from _trigger_faults(row["trigger"])
    yield from _effect_faults(row)
    kinds = {leaf["kind"] for leaf in leaves(row["trigger"])}
    if row["scope"] == Scope.AREA and not kinds & AREA_FACTS:
        yield _("a rule on an area needs a line on a finding or a past procedure there.")


def _effect_faults(row: Row) -> Iterator[str]:
    whole = row["scope"] == Scope.ALL
    if not row["effects"]:
        yield _("it has no effect.")
    if any((one["treatment"] is None) is not whole for one in row["effects"]):
        yield (
            _("its effects must be on the whole patient, without a treatment.")
            if whole
            else _("each of its effects must name a treatment.")
        )
    effects = {one["effect"] for one in row["effects"]}
    if EffectKind.DELAY in effects and row["wait_days"] is None and not _endless(row):
        yield _("give the days to wait.")
    if EffectKind.REFER in effects and not whole:
        yield _("only a rule on the whole patient can refer the patient.")


def _endless(row: Row) -> bool:
    """A delay that rests on nothing with a date ends when the facts change, not after days."""
    dated = {*AREA_FACTS, "medication"}
    return not any(leaf["kind"] in dated for leaf in leaves(row["trigger"]))


def _trigger_faults(trigger: Row) -> Iterator[str]:
    found = list(leaves(trigger))
    if not found:
        yield _("it has no line that says when it applies.")
    for leaf in found:
        if leaf["kind"] == "medication" and not leaf["classes"] and not leaf["medications"]:
            yield _("a line on medication must name a class or a medication.")
        if leaf["kind"] == "allergy" and not leaf["allergens"]:
            yield _("a line on allergy must name an allergen.")


def _allergens(row: Row) -> Iterator[str]:
    if not row["allergens"]:
        yield _("name at least one allergen.")


_FAULTS: dict[RuleKind, Callable[[Row], Iterator[str]]] = {
    RuleKind.CONTRAINDICATION: _contraindication,
    RuleKind.CROSS_REACTIVITY: _allergens,
    RuleKind.ALLERGEN_WARNING: _allergens,
}


def _sources(document: Document) -> Iterator[tuple[str, str]]:
    """A statement that there is no risk is shown, but no rule stands on it alone."""
    statements = document["statements"]
    weak = _only_machine_written()
    for row in document["rules"]:
        claims = {statements[code]["claim"] for code in row["sources"]}
        if not claims:
            yield row["code"], _("name at least one statement that it rests on.")
        elif claims == {Claim.NO_RISK}:
            yield row["code"], _("it rests only on statements that there is no risk.")
        elif weak.issuperset(row["sources"]):
            yield row["code"], _("it rests only on pages written by a machine.")


def _only_machine_written() -> set[str]:
    written = Citation.objects.filter(statement=OuterRef("pk"))
    rows = Statement.objects.filter(
        Exists(written), ~Exists(written.filter(source__machine_written=False))
    )
    return set(rows.values_list("code", flat=True))
