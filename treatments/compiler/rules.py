"""Rules of a release, with their clauses as one nested trigger."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from treatments.compiler.rows import Row, code_of, codes, number, sorted_codes
from treatments.enums import ClauseKind, Prescribed, RuleKind
from treatments.models import Rule, RuleClause

_READ = (
    "statements",
    "effects__treatment",
    "allergens",
    "clauses__condition",
    "clauses__lab_test",
    "clauses__finding",
    "clauses__procedure",
    "clauses__medication_classes",
    "clauses__medications",
    "clauses__allergens",
)


def rule_rows() -> list[Row]:
    """All rules in use but those on contradicting facts, by code."""
    rows = (
        Rule.objects.active()
        .exclude(kind=RuleKind.INPUT_CONFLICT)
        .select_related("treatment", "ingredient", "warning", "refer_to")
        .prefetch_related(*_READ)
    )
    return [
        {**_common(row), **_PARTS[RuleKind(row.kind)](row)}
        for row in sorted(rows, key=lambda row: row.code)
        if _speaks_of_something(row)
    ]


def input_conflict_rows() -> list[Row]:
    """Rules with one conflict code are alternatives of one conflict."""
    rows = Rule.objects.active().filter(kind=RuleKind.INPUT_CONFLICT).prefetch_related(*_READ)
    ordered = sorted(rows, key=lambda row: (row.conflict_code, row.code))
    return [
        _input_conflict(code, list(group))
        for code, group in groupby(ordered, key=lambda row: row.conflict_code)
    ]


def _input_conflict(code: str, rules: list[Any]) -> Row:
    messages = dict.fromkeys(rule.message for rule in rules)
    return {
        "code": code,
        "message": " ".join(messages),
        "trigger": _joined("any", [trigger(rule.clauses.all()) for rule in rules]),
    }


def _speaks_of_something(rule: Any) -> bool:
    """False when all that a rule bears on is out of use."""
    effects = rule.effects.all()
    return (
        (not effects or any(one.treatment is None or one.treatment.active for one in effects))
        and (rule.treatment is None or rule.treatment.active)
        and (rule.ingredient is None or _proposed(rule.ingredient))
    )


def _proposed(ingredient: Any) -> bool:
    return bool(ingredient.active and not ingredient.never_proposed)


def _common(rule: Any) -> Row:
    return {
        "code": rule.code,
        "kind": rule.kind,
        "title": rule.title,
        "message": rule.message,
        "care": rule.care,
        "sources": sorted_codes(rule.statements.all()),
    }


def _contraindication(rule: Any) -> Row:
    return {
        "scope": rule.scope,
        "trigger": trigger(rule.clauses.all()),
        "wait_days": rule.wait_days,
        "ongoing_end": rule.ongoing_end,
        "effects": [
            {"treatment": code_of(one.treatment), "effect": one.effect}
            for one in rule.effects.all()
            if one.treatment is None or one.treatment.active
        ],
        "refer_to": code_of(rule.refer_to),
        "when_unknown": rule.when_unknown,
        "ask_age_from": rule.ask_age_from,
        "ask_age_to": rule.ask_age_to,
    }


def _of_treatment(rule: Any) -> Row:
    return {"treatment": code_of(rule.treatment)}


def _cross_reactivity(rule: Any) -> Row:
    return {
        "treatment": code_of(rule.treatment),
        "allergens": codes(rule.allergens.all()),
        "ingredient": code_of(rule.ingredient),
    }


def _allergen_warning(rule: Any) -> Row:
    return {
        "treatment": code_of(rule.treatment),
        "allergens": codes(rule.allergens.all()),
        "warning": code_of(rule.warning),
    }


_PARTS: dict[RuleKind, Callable[[Any], Row]] = {
    RuleKind.CONTRAINDICATION: _contraindication,
    RuleKind.INGREDIENT_ALLERGY: _of_treatment,
    RuleKind.CROSS_REACTIVITY: _cross_reactivity,
    RuleKind.ACTIVATOR_ALLERGY: _of_treatment,
    RuleKind.ALLERGEN_WARNING: _allergen_warning,
    RuleKind.BASIS: lambda _rule: {},
}


def trigger(clauses: Iterable[RuleClause]) -> Row:
    """Clauses of one group are alternatives; all groups must hold."""
    ordered = sorted(clauses, key=lambda clause: (clause.group, clause.pk))
    groups = groupby(ordered, key=lambda clause: clause.group)
    return _joined("all", [_joined("any", [_leaf(one) for one in group]) for _, group in groups])


def _joined(word: str, parts: list[Row]) -> Row:
    return parts[0] if len(parts) == 1 else {word: parts}


def _leaf(clause: Any) -> Row:
    leaf = {"kind": clause.kind, **_LEAVES[ClauseKind(clause.kind)](clause)}
    return {"not": leaf} if clause.negated else leaf


def _medication(clause: Any) -> Row:
    prescribed = {Prescribed.YES: True, Prescribed.NO: False}.get(clause.prescribed)
    return {
        "classes": codes(clause.medication_classes.all()),
        "medications": codes(clause.medications.all()),
        "prescribed": prescribed,
        "within_days": clause.within_days,
        "relative_to": clause.relative_to,
        "ongoing_counts": clause.ongoing_counts,
    }


def _lab(clause: Any) -> Row:
    return {
        "test": clause.lab_test.code,
        "from": number(clause.value_from),
        "below": number(clause.value_below),
    }


_LEAVES: dict[ClauseKind, Callable[[Any], Row]] = {
    ClauseKind.CONDITION: lambda clause: {"condition": clause.condition.code},
    ClauseKind.SEX: lambda clause: {"sexes": [clause.sex]},
    ClauseKind.AGE: lambda clause: {"from": clause.age_from, "below": clause.age_below},
    ClauseKind.MEDICATION: _medication,
    ClauseKind.LAB: _lab,
    ClauseKind.LAB_MISSING: lambda clause: {"test": clause.lab_test.code},
    ClauseKind.FINDING: lambda clause: {"finding": clause.finding.code},
    ClauseKind.PROCEDURE: lambda clause: {"procedure": clause.procedure.code},
    ClauseKind.ALLERGY: lambda clause: {"allergens": codes(clause.allergens.all())},
}
