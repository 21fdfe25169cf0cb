"""Is the catalogue fit to publish? Everything found is something that a curator can mend."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from treatments.enums import Claim, ClauseKind, Preparation, RuleKind, Scope
from treatments.models import Citation, Statement
from treatments.policies import WITH_ALLERGENS, EffectShape, RuleShape, faults_of_rule
from treatments.services.references import Document, dangling, leaves, owner_of

PARAMETERS = ("age_min", "age_max", "open_day_search_days")
NEVER_EMPTY = ("areas", "concerns", "treatments", "performers")
Row = dict[str, Any]


def faults_of(document: Document) -> list[str]:
    """What keeps a compiled catalogue from being published, each with the row it is about."""
    return structural_faults_of(document) + _faults(document, (_sources,))


def structural_faults_of(document: Document) -> list[str]:
    """What keeps a compiled catalogue from being evaluated at all."""
    checks = (
        _parameters,
        _references,
        _areas,
        _lab_tests,
        _formulas,
        _suitabilities,
        _protocols,
        _rules,
    )
    return _faults(document, checks)


def _faults(
    document: Document, checks: Iterable[Callable[[Document], Iterator[tuple[str, str]]]]
) -> list[str]:
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


def _rules(document: Document) -> Iterator[tuple[str, str]]:
    conflicts = [{**row, "kind": RuleKind.INPUT_CONFLICT} for row in document["input_conflicts"]]
    for row in [*document["rules"], *conflicts]:
        yield from ((row["code"], str(fault.message)) for fault in faults_of_rule(_shape(row)))
        yield from ((row["code"], fault) for fault in _unnamed(row))


def _shape(row: Row) -> RuleShape:
    return RuleShape(
        kind=row["kind"],
        scope=row.get("scope", Scope.ALL),
        wait_days=row.get("wait_days"),
        clauses=tuple(leaf["kind"] for leaf in leaves(row.get("trigger") or {})),
        effects=tuple(
            EffectShape(effect=one["effect"], on_treatment=one["treatment"] is not None)
            for one in row.get("effects", ())
        ),
    )


def _unnamed(row: Row) -> Iterator[str]:
    """Lists that must name something."""
    if row["kind"] in WITH_ALLERGENS and not row["allergens"]:
        yield _("name at least one allergen.")
    for leaf in leaves(row.get("trigger") or {}):
        if leaf["kind"] == ClauseKind.MEDICATION and not leaf["classes"] + leaf["medications"]:
            yield _("a line on medication must name a class or a medication.")
        if leaf["kind"] == ClauseKind.ALLERGY and not leaf["allergens"]:
            yield _("a line on allergy must name an allergen.")


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
