"""The starter catalogue against the full lists of facts, conflicts and rules."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from django.db import transaction

from tests.treatments.codes import (
    ARTICLE_LINES,
    CONFLICTS,
    FACTS,
    FIGURES,
    NO_RISK_FACTS,
    RULES,
)
from treatments.enums import CarePhase, Claim, SourceKind
from treatments.models import (
    Activator,
    CareInstruction,
    ComparisonAspect,
    ComparisonEntry,
    Concern,
    Conflict,
    Device,
    Ingredient,
    Rule,
    SideEffect,
    Statement,
    Suitability,
    Technique,
    Treatment,
)
from treatments.services.importing import import_catalogue

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "catalogue"
DOCUMENTS = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")
}
FOREIGN_CODES = {
    "SNOMED CT": re.compile(r"(?<![\d.])\d{6,18}(?![\d.])"),
    "ICD-10": re.compile(r"\b[A-Z]\d{2}\.\d{1,4}\b"),
    "ATC": re.compile(r"\b[A-Z]\d{2}[A-Z]{2}\d{2}\b"),
    "code system": re.compile(r"snomed|whocc|icd-?1[01]|sid/icd", re.IGNORECASE),
}


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _starter(django_db_setup, django_db_blocker):
    """Imported once for the module and rolled back after it; its tests only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        import_catalogue(DOCUMENTS, by=None)
        yield
        transaction.set_rollback(True)


def facts():
    return Statement.objects.filter(code__startswith="A").prefetch_related("citations__source")


def test_every_fact_of_the_articles_is_a_statement():
    assert sorted(facts().values_list("code", flat=True)) == FACTS


def test_every_fact_names_the_lines_of_its_articles():
    cited = {fact.code: list(fact.citations.all()) for fact in facts()}

    assert [code for code, citations in cited.items() if not citations] == []
    for code, citations in cited.items():
        for citation in citations:
            article, _, lines = citation.locator.partition(":")
            numbers = [int(number) for number in re.split("[,-]", lines)]
            assert (code, citation.source.code) == (code, f"seed-{article}")
            assert (code, numbers) == (code, sorted(numbers))
            assert 1 <= numbers[0] <= numbers[-1] <= ARTICLE_LINES[article], code


def test_articles_for_the_public_are_graded_lowest():
    graded = {
        citation.source.code: (citation.source.kind, citation.source.grade)
        for fact in facts()
        for citation in fact.citations.all()
    }

    assert graded == {f"seed-{article}": ("article", "D") for article in ARTICLE_LINES}


@pytest.mark.parametrize(("code", "low", "high", "unit"), FIGURES)
def test_fact_keeps_its_figures(code, low, high, unit):
    fact = Statement.objects.get(code=code)

    assert (fact.low, fact.high, fact.unit) == (low, high, unit)


def test_claims_of_no_risk_are_marked():
    marked = facts().filter(claim=Claim.NO_RISK).values_list("code", flat=True)

    assert set(marked) == NO_RISK_FACTS


def test_no_claim_of_no_risk_is_followed():
    followed = Conflict.objects.filter(sides__followed=True, sides__statement__claim=Claim.NO_RISK)
    pairs = {
        (conflict.code, side.statement.code)
        for conflict in followed
        for side in conflict.sides.filter(followed=True, statement__claim=Claim.NO_RISK)
    }

    assert pairs == set()
    assert Conflict.objects.filter(sides__statement__claim=Claim.NO_RISK).exists()


def test_no_fact_lies_unused():
    """Each one stands behind something: a rule, a treatment, a concern, a side of a conflict."""
    relations = [
        relation.get_accessor_name()
        for relation in Statement._meta.related_objects
        if relation.get_accessor_name() != "citations"
    ]

    unused = [
        fact.code
        for fact in facts().prefetch_related(*relations)
        if not any(getattr(fact, relation).all() for relation in relations)
    ]

    assert len(relations) > 10
    assert unused == []


def test_rules_are_exactly_those_of_the_list():
    assert sorted(Rule.objects.values_list("code", flat=True)) == sorted(RULES)


def test_no_rule_is_an_orphan():
    """A claim that there is no risk carries no rule."""
    carried = Rule.objects.exclude(statements=None).filter(
        statements__in=Statement.objects.exclude(claim=Claim.NO_RISK)
    )

    assert set(RULES) - set(carried.values_list("code", flat=True)) == set()


def test_no_rule_rests_on_unread_or_machine_written_pages_alone():
    carried = {
        rule.code
        for rule in Rule.objects.prefetch_related("statements__citations__source")
        for statement in rule.statements.all()
        for citation in statement.citations.all()
        if statement.claim != Claim.NO_RISK
        and not citation.source.machine_written
        and (citation.source.verified or citation.source.grade == "P")
        and citation.source.code != "general-knowledge"
    }

    assert set(RULES) - carried == set()
    assert Rule.objects.filter(statements__citations__source__machine_written=True).exists()


def test_every_statement_is_cited():
    uncited = Statement.objects.filter(citations=None)

    assert list(uncited) == []


def test_literature_can_be_opened():
    """Every page has an address, or says why it has none."""
    unopened = [
        source.code
        for statement in Statement.objects.filter(code__startswith="B")
        for source in (citation.source for citation in statement.citations.all())
        if not source.url and not source.note
    ]

    assert [code for code in unopened if code != "general-knowledge"] == []


def test_policy_is_its_own_source_and_stands_behind_something():
    policy = Statement.objects.filter(code__startswith="P-")
    kinds = policy.values_list("claim", "citations__source__kind").distinct()

    assert set(kinds) == {(Claim.POLICY, SourceKind.POLICY)}
    assert list(policy.filter(rules=None, ingredients=None, conditions=None)) == []


def test_conflicts_are_exactly_those_of_the_list():
    assert set(Conflict.objects.values_list("code", flat=True)) == set(CONFLICTS)


@pytest.mark.parametrize("code", CONFLICTS)
def test_conflict_shows_every_side(code):
    conflict = Conflict.objects.get(code=code)
    sides = list(conflict.sides.select_related("statement"))
    positions = [side.position for side in sides]

    assert Counter(CONFLICTS[code]) <= Counter(side.statement.code for side in sides)
    assert len(positions) >= 2
    assert len({position.casefold() for position in positions}) == len(positions)
    assert all([conflict.topic, conflict.resolution, conflict.why, *positions])


def test_the_doubtful_concern_stays_out_of_use():
    sides = Conflict.objects.get(code="C16").sides.values_list("statement__code", flat=True)
    concern = Concern.objects.get(code="excess-sebum")

    assert concern.active is False
    assert set(sides) & set(concern.statements.values_list("code", flat=True)) == set(sides)


@pytest.mark.parametrize(
    "model",
    [
        Activator,
        CareInstruction,
        ComparisonEntry,
        Concern,
        Device,
        Ingredient,
        SideEffect,
        Suitability,
        Technique,
        Treatment,
    ],
)
def test_whatever_is_shown_has_a_statement(model):
    assert model.objects.exists()
    assert list(model.objects.filter(statements=None)) == []


def test_comparison_speaks_of_every_treatment_in_every_row():
    treatments = set(Treatment.objects.values_list("code", flat=True))
    rows = {
        aspect.code: set(aspect.entries.values_list("treatment__code", flat=True))
        for aspect in ComparisonAspect.objects.all()
    }

    wanted = ["origin", "mechanism", "applications", "sessions", "risks", "duration", "evidence"]
    assert [code for code in [*wanted, "cost"] if code not in rows] == []
    assert [code for code, entries in rows.items() if entries != treatments] == []


def test_both_treatments_have_instructions_before_and_after():
    told = CareInstruction.objects.values_list("treatment__code", "phase").distinct()

    assert set(told) == {
        (treatment, phase) for treatment in ("mesotherapy", "prp") for phase in CarePhase.values
    }


def texts(value, key=""):
    """Every text of the files but addresses and the names of sources, which hold numbers."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from texts(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part, key)
    elif key not in {"url", "source"}:
        yield f"{key}: {value}"


def foreign(text):
    return [system for system, pattern in FOREIGN_CODES.items() if pattern.search(text)]


def test_files_hold_no_code_of_a_licensed_system():
    """Coded mappings are the one place for codes: tests/treatments/test_mappings.py lists them."""
    rows = [
        (label, {name: value for name, value in row.items() if name != "code"})
        if label == "treatments.source"
        else (label, row)
        for document in DOCUMENTS.values()
        for label, listed in document.items()
        for row in listed
        if label != "treatments.codemapping"
    ]

    found = {text: foreign(text) for _, row in rows for text in texts(row) if foreign(text)}

    assert len(rows) > 500
    assert found == {}


@pytest.mark.parametrize(
    ("text", "system"),
    [("73211009", "SNOMED CT"), ("hair loss L64.9", "ICD-10"), ("aspirin B01AC06", "ATC")],
)
def test_a_code_of_a_licensed_system_would_be_found(text, system):
    assert foreign(text) == [system]
