"""What makes a rule whole, told of plain values."""

import pytest

from treatments.enums import ClauseKind, EffectKind, RuleKind, Scope
from treatments.models import Rule
from treatments.policies import EffectShape, Place, RuleShape, faults_of_rule

EXCLUDE = EffectShape(effect=EffectKind.EXCLUDE, on_treatment=True)
DELAY = EffectShape(effect=EffectKind.DELAY, on_treatment=True)


def rule(*clauses, effects=(EXCLUDE,), kind=RuleKind.CONTRAINDICATION, **fields):
    fields = {"scope": Scope.TREATMENT, **fields}
    return RuleShape(kind=kind, clauses=clauses, effects=tuple(effects), **fields)


@pytest.mark.parametrize(
    "whole",
    [
        rule(ClauseKind.CONDITION),
        rule(ClauseKind.FINDING, scope=Scope.AREA, effects=[DELAY], wait_days=0),
        rule(ClauseKind.CONDITION, effects=[DELAY]),
        rule(
            ClauseKind.AGE,
            scope=Scope.ALL,
            effects=[EffectShape(effect=EffectKind.REFER, on_treatment=False)],
        ),
        rule(ClauseKind.SEX, kind=RuleKind.INPUT_CONFLICT, effects=[]),
        rule(kind=RuleKind.BASIS, effects=[]),
    ],
)
def test_a_whole_rule_has_no_faults(whole):
    assert list(faults_of_rule(whole)) == []


@pytest.mark.parametrize(
    ("lacking", "places"),
    [
        (rule(effects=[]), [Place.CLAUSES, Place.EFFECTS]),
        (rule(ClauseKind.CONDITION, scope=Scope.AREA), [Place.CLAUSES]),
        (rule(ClauseKind.CONDITION, scope=Scope.ALL), [Place.EFFECTS]),
        (rule(ClauseKind.PROCEDURE, effects=[DELAY]), [Place.EFFECTS]),
        (rule(ClauseKind.CONDITION, wait_days=3), [Place.EFFECTS]),
        (rule(kind=RuleKind.INPUT_CONFLICT, effects=[]), [Place.CLAUSES]),
        (rule(ClauseKind.SEX, kind=RuleKind.INPUT_CONFLICT), [Place.EFFECTS]),
        (rule(ClauseKind.SEX, kind=RuleKind.BASIS), [Place.CLAUSES, Place.EFFECTS]),
    ],
)
def test_what_lacks_is_told_where_it_is_mended(lacking, places):
    assert [fault.place for fault in faults_of_rule(lacking)] == places


def test_every_rule_of_the_starter_catalogue_is_whole(db):
    for row in Rule.objects.prefetch_related("clauses", "effects"):
        shape = RuleShape(
            kind=row.kind,
            scope=row.scope,
            wait_days=row.wait_days,
            clauses=tuple(clause.kind for clause in row.clauses.all()),
            effects=tuple(
                EffectShape(effect=one.effect, on_treatment=one.treatment_id is not None)
                for one in row.effects.all()
            ),
        )
        assert list(faults_of_rule(shape)) == [], row.code
