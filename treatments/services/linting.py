"""The lint of the working rows: what a release made of them now would be told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from treatments.compiler import NoReleaseInForce, compile_document, current_catalogue
from treatments.lint import Check, Extra, Figure, Finding, RetiredPart, Severity, Wait, lint
from treatments.lint.findings import MODEL_OF
from treatments.lint.rows import coded_rows
from treatments.models import FormulaIngredient, Rule, Source, Statement
from treatments.services.published_texts import published_texts
from treatments.services.publishing import faults_of


def lint_rows(key: str = "draft") -> tuple[Finding, ...]:
    """Everything found in the catalogue as it stands, errors first. It only reads."""
    return lint_document(compile_document(key))


def lint_document(document: dict[str, Any]) -> tuple[Finding, ...]:
    """The same for rows that are compiled already."""
    found = lint(document, extra_facts())
    return (*errors_of(found), *_unfit(document, found), *warnings_of(found))


def in_words(finding: Finding) -> str:
    """The message with the row in front, so that it can stand alone."""
    if not finding.code or finding.message.startswith(finding.code):
        return finding.message
    return f"{finding.code}: {finding.message}"


def errors_of(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity is Severity.ERROR]


def warnings_of(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity is Severity.WARNING]


def extra_facts() -> Extra:
    """What the lint needs to know of rows that a release document does not hold."""
    figures = Statement.objects.exclude(low=None, high=None)
    retired = FormulaIngredient.objects.filter(
        Q(ingredient__active=False) | Q(ingredient__never_proposed=True), formula__active=True
    )
    return Extra(
        figures={row.code: Figure(row.low, row.high, row.unit) for row in figures},
        retired=tuple(
            RetiredPart(formula, ingredient)
            for formula, ingredient in retired.order_by(
                "formula__code", "ingredient__code"
            ).values_list("formula__code", "ingredient__code")
        ),
        consents=published_texts(),
        waits=_waits_in_force(),
        ungraded=frozenset(Source.objects.filter(grade="").values_list("code", flat=True)),
    )


def _waits_in_force() -> dict[str, Wait]:
    """None before the first release."""
    try:
        rules = current_catalogue().document["rules"]
    except NoReleaseInForce:
        return {}
    waiting = (row for row in rules if row.get("wait_days"))
    return {row["code"]: Wait(row["wait_days"], frozenset(row["sources"])) for row in waiting}


def rows_to_mend(findings: Iterable[Finding]) -> dict[str, Model]:
    """The row of each finding by the finding's id; without one for what concerns no single row."""
    rows: dict[str, Model] = {}
    by_section: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.model:
            by_section[finding.section].append(finding)
    for section, found in by_section.items():
        known = _rows_by_code(section, {one.code for one in found})
        rows.update({one.id: known[one.code] for one in found if one.code in known})
    return rows


def _rows_by_code(section: str, codes: set[str]) -> Mapping[str, Model]:
    model: Any = apps.get_model(MODEL_OF[section])
    if section == "input_conflicts":  # several rules may stand behind one conflict: the first
        rules = Rule.objects.filter(conflict_code__in=codes).order_by("-code")
        return {rule.conflict_code: rule for rule in rules}
    if section == "suitabilities":
        rows = model.objects.select_related("concern", "treatment")
        return {f"{row.concern.code} / {row.treatment.code}": row for row in rows}
    field = "mode" if section == "combinations" else "code"
    return {getattr(row, field): row for row in model.objects.filter(**{f"{field}__in": codes})}


def _unfit(document: dict[str, Any], found: Iterable[Finding]) -> list[Finding]:
    """What publishing would refuse, where no error was found on the same row."""
    known = {one.code for one in found if one.severity is Severity.ERROR}
    unfit = []
    for number, fault in enumerate(faults_of(document), start=1):
        owner, _colon, message = fault.partition(": ")
        if owner not in known:
            unfit.append(
                Finding(
                    check=Check.NOT_PUBLISHABLE,
                    severity=Severity.ERROR,
                    section=_section_of(document, owner),
                    code=owner,
                    about=(str(number),),
                    message=f"{owner}: {message}",
                )
            )
    return unfit


def _section_of(document: dict[str, Any], owner: str) -> str:
    """Ingredients go before the allergens that stand under their codes."""
    sections = sorted(MODEL_OF.keys() & document.keys(), key=lambda one: (one == "allergens", one))
    return next(
        (
            section
            for section in sections
            if owner in {code for code, _row in coded_rows(document, section)}
        ),
        "",
    )
