"""A rule as one sentence, so that a list of rules can be read without opening any.

Pure functions over a row whose clauses, effects and their terms were fetched beforehand.
"""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from clinic.text import lowered, with_commas, with_semicolons
from treatments.enums import ClauseKind, EffectKind, Prescribed, RelativeTo, RuleKind, Scope
from treatments.models import Rule, RuleClause, RuleEffect

ARROW = " → "
GAP = "…"  # what a form has not been told yet


def rule_sentence(rule: Rule) -> str:
    """What the rule reads and what follows: “When pregnancy is yes → delay any treatment”."""
    if rule.kind == RuleKind.BASIS:
        return _("Basis of a protocol, combination or notice")
    return _("When %(trigger)s") % {"trigger": trigger_phrase(rule)} + ARROW + effect_phrase(rule)


def trigger_phrase(rule: Rule) -> str:
    """The facts that make the rule fire."""
    fixed = {
        RuleKind.INGREDIENT_ALLERGY: _("allergy to an ingredient or its class"),
        RuleKind.ACTIVATOR_ALLERGY: _("allergy to an activator"),
    }
    if rule.kind in fixed:
        return str(fixed[RuleKind(rule.kind)])
    if rule.kind in {RuleKind.CROSS_REACTIVITY, RuleKind.ALLERGEN_WARNING}:
        return _("allergy to %(terms)s") % {"terms": either(rule.allergens.all())}
    groups = trigger_groups(rule)
    if not groups:
        return _("(no trigger yet)")
    return _join(_(" and "), [_bracketed(group, alone=len(groups) == 1) for group in groups])


def trigger_groups(rule: Rule) -> list[list[str]]:
    """The trigger lines by group: all groups must hold, of each group one line."""
    clauses = sorted(rule.clauses.all(), key=lambda clause: clause.group)
    return [
        [clause_phrase(clause) for clause in group]
        for _key, group in groupby(clauses, key=lambda clause: clause.group)
    ]


def effect_phrase(rule: Rule) -> str:
    """What follows when the rule fires."""
    write = _CONSEQUENCES.get(RuleKind(rule.kind), _treatment_effects)
    return write(rule)


def clause_phrase(clause: RuleClause) -> str:
    """One trigger line; a negated condition or sex reads as its opposite."""
    if clause.kind not in ClauseKind.values:
        return GAP
    if clause.kind == ClauseKind.SEX:
        sex = _("sex is not %(sex)s") if clause.negated else _("sex is %(sex)s")
        return sex % {"sex": lowered(clause.get_sex_display()) or GAP}
    if clause.kind == ClauseKind.CONDITION:
        answer = _("%(term)s is no") if clause.negated else _("%(term)s is yes")
        return answer % {"term": clause.condition or GAP}
    phrase = _CLAUSES[ClauseKind(clause.kind)](clause)
    return _("not (%(fact)s)") % {"fact": phrase} if clause.negated else phrase


def either(terms: Iterable[object]) -> str:
    """“a, b or c”."""
    names = [str(term) for term in terms] or [_("(nothing yet)")]
    return _join(_(" or "), [with_commas(names[:-1]), names[-1]] if len(names) > 1 else names)


def _join(word: str, parts: list[str]) -> str:
    return word.join(parts)


def _bracketed(alternatives: list[str], *, alone: bool) -> str:
    phrase = _join(_(" or "), alternatives)
    return phrase if alone or len(alternatives) == 1 else f"({phrase})"


def _span(low: Any, below: Any, unit: str) -> str:
    texts = {"low": low, "below": below, "unit": unit}
    if low is None and below is None:
        return GAP
    if low is None:
        return (_("under %(below)s %(unit)s") % texts).strip()
    if below is None:
        return (_("%(low)s %(unit)s or more") % texts).replace("  ", " ")
    return (_("%(low)s to under %(below)s %(unit)s") % texts).strip()


def _plain(number: Any) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def _age(clause: RuleClause) -> str:
    return _("age is %(span)s") % {"span": _span(clause.age_from, clause.age_below, "")}


def _medication(clause: RuleClause) -> str:
    drugs = either([*clause.medication_classes.all(), *clause.medications.all()])
    parts = [_("last dose of %(drugs)s") % {"drugs": drugs}]
    if clause.prescribed != Prescribed.ANY:
        parts.append(lowered(clause.get_prescribed_display()))
    if clause.within_days is not None:
        within = (
            _("at most %(days)s days before the start")
            if clause.relative_to == RelativeTo.START
            else _("at most %(days)s days before the consultation")
        )
        parts.append(within % {"days": clause.within_days})
        if not clause.ongoing_counts:
            parts.append(_("ongoing or not"))
    return with_commas(parts)


def _lab(clause: RuleClause) -> str:
    unit = clause.lab_test.unit if clause.lab_test else ""
    span = _span(_plain(clause.value_from), _plain(clause.value_below), unit)
    return _("%(test)s %(span)s") % {"test": clause.lab_test or GAP, "span": span}


def _lab_missing(clause: RuleClause) -> str:
    return _("no recent value of %(test)s") % {"test": clause.lab_test or GAP}


def _finding(clause: RuleClause) -> str:
    return _("%(finding)s in the area") % {"finding": clause.finding or GAP}


def _procedure(clause: RuleClause) -> str:
    return _("%(procedure)s done in the area") % {"procedure": clause.procedure or GAP}


def _allergy(clause: RuleClause) -> str:
    return _("allergy to %(terms)s") % {"terms": either(clause.allergens.all())}


_CLAUSES: dict[ClauseKind, Callable[[RuleClause], str]] = {
    ClauseKind.AGE: _age,
    ClauseKind.MEDICATION: _medication,
    ClauseKind.LAB: _lab,
    ClauseKind.LAB_MISSING: _lab_missing,
    ClauseKind.FINDING: _finding,
    ClauseKind.PROCEDURE: _procedure,
    ClauseKind.ALLERGY: _allergy,
}


def _treatment_effects(rule: Rule) -> str:
    """Effects of one kind stand together: “delay mesotherapy and PRP 7 days”."""
    by_kind: dict[str, list[RuleEffect]] = {}
    for effect in rule.effects.all():
        by_kind.setdefault(effect.effect, []).append(effect)
    phrases = [_effects_of_kind(rule, kind, effects) for kind, effects in by_kind.items()]
    if rule.refer_to:
        phrases.append(_("refer the area to %(place)s") % {"place": rule.refer_to})
    return with_semicolons(phrases) or _("(no effect yet)")


def _effects_of_kind(rule: Rule, kind: str, effects: list[RuleEffect]) -> str:
    names = [str(effect.treatment or _("any treatment")) for effect in effects]
    if kind not in EffectKind.values:
        return GAP
    text = str(_effect_texts()[EffectKind(kind)]) % {"treatments": _join(_(" and "), names)}
    if kind == EffectKind.DELAY and rule.wait_days is not None:
        text += " " + _wait(rule)
    return text + (_(", in that area") if rule.scope == Scope.AREA else "")


def _wait(rule: Rule) -> str:
    """How long a delay lasts; from when, only where all its lines tell of the same kind of day."""
    texts = {
        ClauseKind.MEDICATION: (_("until the last dose"), _("%(days)s days after the last dose")),
        ClauseKind.FINDING: (_("until it clears"), _("%(days)s days after it clears")),
        ClauseKind.PROCEDURE: (_("until it is done"), _("%(days)s days after it was done")),
    }
    kinds = {clause.kind for clause in rule.clauses.all()}
    dated = [text for kind, text in texts.items() if kind in kinds]
    at_once, later = dated[0] if len(dated) == 1 else (_("%(days)s days"), _("%(days)s days"))
    return (later if rule.wait_days else at_once) % {"days": rule.wait_days}


def _effect_texts() -> dict[EffectKind, str]:
    return {
        EffectKind.EXCLUDE: _("exclude %(treatments)s"),
        EffectKind.EXCLUDE_OVERRIDABLE: _("exclude %(treatments)s (may be overridden)"),
        EffectKind.ASK_PRESCRIBER: _("ask the prescriber before %(treatments)s"),
        EffectKind.DELAY: _("delay %(treatments)s"),
        EffectKind.CAUTION: _("caution with %(treatments)s"),
        EffectKind.REFER: _("refer instead of %(treatments)s"),
    }


def _leave_out(rule: Rule) -> str:
    text = _("leave %(ingredient)s out of %(treatment)s")
    return text % {"ingredient": rule.ingredient or _("it"), "treatment": rule.treatment}


def _warn(rule: Rule) -> str:
    return _("warn: %(warning)s") % {"warning": rule.warning}


def _contradiction(rule: Rule) -> str:
    return _("the facts contradict each other (%(code)s)") % {"code": rule.conflict_code}


_CONSEQUENCES: dict[RuleKind, Callable[[Rule], str]] = {
    RuleKind.INGREDIENT_ALLERGY: _leave_out,
    RuleKind.ACTIVATOR_ALLERGY: _leave_out,
    RuleKind.CROSS_REACTIVITY: _leave_out,
    RuleKind.ALLERGEN_WARNING: _warn,
    RuleKind.INPUT_CONFLICT: _contradiction,
}
