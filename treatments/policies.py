"""What makes a rule whole: which lines, effects and numbers its kind needs; and a conflict.

Plain values in, sentences for the curator out, so that a form can ask before anything is stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from treatments.enums import Claim, ClauseKind, EffectKind, Grade, Principle, RuleKind, Scope

AREA_FACTS = frozenset({ClauseKind.FINDING, ClauseKind.PROCEDURE})
DATED_FACTS = AREA_FACTS | {ClauseKind.MEDICATION}
WITH_TRIGGER = frozenset({RuleKind.CONTRAINDICATION, RuleKind.INPUT_CONFLICT})
WITH_ALLERGENS = frozenset({RuleKind.CROSS_REACTIVITY, RuleKind.ALLERGEN_WARNING})


class Place(StrEnum):
    """Where on the form a fault is shown."""

    CLAUSES = "clauses"
    EFFECTS = "effects"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectShape:
    effect: str
    on_treatment: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShape:
    """A rule as far as its wholeness goes."""

    kind: str
    scope: str
    wait_days: int | None = None
    clauses: tuple[str, ...] = ()
    effects: tuple[EffectShape, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFault:
    place: Place
    message: str | Promise


def faults_of_rule(rule: RuleShape) -> Iterator[RuleFault]:
    """Everything that keeps the rule from being whole."""
    yield from _trigger_faults(rule)
    if rule.kind == RuleKind.CONTRAINDICATION:
        yield from _effect_faults(rule)
    elif rule.effects:
        yield _fault(Place.EFFECTS, _("A rule of this kind has no effects; remove them."))


def _trigger_faults(rule: RuleShape) -> Iterator[RuleFault]:
    if rule.kind not in WITH_TRIGGER:
        if rule.clauses:
            text = _("A rule of this kind reads no trigger lines; remove them.")
            yield _fault(Place.CLAUSES, text)
        return
    if not rule.clauses:
        yield _fault(Place.CLAUSES, _("Add at least one trigger line: the fact that it reads."))
    elif rule.scope == Scope.AREA and not AREA_FACTS & set(rule.clauses):
        text = _("A rule on an area needs a line about that area: a finding or a past procedure.")
        yield _fault(Place.CLAUSES, text)


def _effect_faults(rule: RuleShape) -> Iterator[RuleFault]:
    if not rule.effects:
        yield _fault(Place.EFFECTS, _("Add at least one effect: what follows for a treatment."))
    yield from _scope_faults(rule)
    delays = any(effect.effect == EffectKind.DELAY for effect in rule.effects)
    if delays and rule.wait_days is None and DATED_FACTS & set(rule.clauses):
        text = _("A delay needs its days under “wait, days”; 0 when it ends with the fact itself.")
        yield _fault(Place.EFFECTS, text)
    if rule.wait_days is not None and rule.effects and not delays:
        text = _("“Wait, days” is for a delay only; leave it empty or add that effect.")
        yield _fault(Place.EFFECTS, text)


def _scope_faults(rule: RuleShape) -> Iterator[RuleFault]:
    whole_patient = rule.scope == Scope.ALL
    if whole_patient and any(effect.on_treatment for effect in rule.effects):
        text = _("A rule on the whole patient names no treatment in its effects.")
        yield _fault(Place.EFFECTS, text)
    if not whole_patient and not all(effect.on_treatment for effect in rule.effects):
        yield _fault(Place.EFFECTS, _("Name the treatment of each effect."))
    if not whole_patient and any(effect.effect == EffectKind.REFER for effect in rule.effects):
        text = _(
            "“Refer” is for a rule on the whole patient; an area is referred by its own field."
        )
        yield _fault(Place.EFFECTS, text)


def _fault(place: Place, message: str | Promise) -> RuleFault:
    return RuleFault(place=place, message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideShape:
    """One side of a conflict: whether it is followed, and what its statement is worth."""

    followed: bool
    claim: str
    grade: str | None


def faults_of_conflict(principle: str, sides: tuple[SideShape, ...]) -> Iterator[str | Promise]:
    """Where the sides that are followed do not fit the principle that they are followed by."""
    followed = [side for side in sides if side.followed]
    others = [side for side in sides if not side.followed]
    if len(sides) < 2:  # noqa: PLR2004 - it takes two to disagree
        yield _("A conflict has at least two sides.")
    elif principle != Principle.CURATOR and not (followed and others):
        yield _("By this principle one side is followed and another is not. Mark which.")
    elif principle == Principle.GRADE and not _outranked(followed, others):
        yield _(
            "By this principle each side that is followed has a better grade than every other. "
            "Look at the grades of the sources, or name another principle."
        )
    elif principle == Principle.CAUTIOUS and any(one.claim == Claim.NO_RISK for one in followed):
        yield _("That there is no risk is never the more cautious side.")


def _outranked(followed: list[SideShape], others: list[SideShape]) -> bool:
    ranks = list(Grade.values)
    best = min((ranks.index(one.grade) for one in others if one.grade), default=len(ranks))
    return all(
        one.grade and one.grade != Grade.P and ranks.index(one.grade) < best for one in followed
    )
