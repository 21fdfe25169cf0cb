"""Rows of a release as sentences, in the words that the curators' pages use too."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.text import with_commas, with_semicolons
from treatments.diffing import Names, trigger_phrase
from treatments.diffing.triggers import either
from treatments.diffing.wording import value_in_words
from treatments.enums import ClauseKind, EffectKind, Preparation, RuleKind, Scope
from treatments.explanations.wording import leaves

Row = Mapping[str, Any]
ARROW = " → "
WARNINGS = "warning texts"  # a section of names made for sentences: documents name them by codes


def sentence_of(section: str, row: Row, names: Names) -> str:
    """One line on a row, empty where its name says all."""
    write = _SENTENCES.get(section)
    return write(row, names) if write else ""


def rule_sentence(row: Row, names: Names) -> str:
    """“When pregnancy is yes → delay any treatment”."""
    if row["kind"] == RuleKind.BASIS:
        return _("Basis of a protocol, combination or notice")
    return _("When %(trigger)s") % {"trigger": _fires(row, names)} + ARROW + _effect(row, names)


def _rule(row: Row, names: Names) -> str:
    """A rule that fires on nothing says what it is the basis for."""
    return row["message"] if row["kind"] == RuleKind.BASIS else rule_sentence(row, names)


def _fires(row: Row, names: Names) -> str:
    fixed = {
        RuleKind.INGREDIENT_ALLERGY: _("allergy to an ingredient or its class"),
        RuleKind.ACTIVATOR_ALLERGY: _("allergy to an activator"),
    }
    if row["kind"] in fixed:
        return fixed[RuleKind(row["kind"])]
    if row.get("allergens"):
        terms = either(names.name("allergens", code) for code in row["allergens"])
        return _("allergy to %(terms)s") % {"terms": terms}
    return trigger_phrase(row["trigger"], names)


def _effect(row: Row, names: Names) -> str:
    if row["kind"] == RuleKind.ALLERGEN_WARNING:
        return _("warn: %(warning)s") % {"warning": names.name(WARNINGS, row["warning"])}
    if row["kind"] != RuleKind.CONTRAINDICATION:
        ingredient = row.get("ingredient")
        return _("leave %(ingredient)s out of %(treatment)s") % {
            "ingredient": names.name("ingredients", ingredient) if ingredient else _("it"),
            "treatment": names.name("treatments", row["treatment"]),
        }
    by_kind: dict[str, list[str]] = {}
    for one in row["effects"]:
        treatment = one["treatment"]
        name = names.name("treatments", treatment) if treatment else _("any treatment")
        by_kind.setdefault(one["effect"], []).append(name)
    phrases = [_effects_of_kind(row, kind, treated) for kind, treated in by_kind.items()]
    if row["refer_to"]:
        place = names.name("referrals", row["refer_to"])
        phrases.append(_("refer the area to %(place)s") % {"place": place})
    return with_semicolons(phrases)


def _effects_of_kind(row: Row, kind: str, treatments: list[str]) -> str:
    text = _effect_texts()[EffectKind(kind)] % {"treatments": _(" and ").join(treatments)}
    if kind == EffectKind.DELAY and row["wait_days"] is not None:
        text += " " + _wait(row)
    return text + (_(", in that area") if row["scope"] == Scope.AREA else "")


def _wait(row: Row) -> str:
    """How long a delay lasts; from when, only where all its lines tell of the same kind of day."""
    texts = {
        ClauseKind.MEDICATION: (_("until the last dose"), _("%(days)s days after the last dose")),
        ClauseKind.FINDING: (_("until it clears"), _("%(days)s days after it clears")),
        ClauseKind.PROCEDURE: (_("until it is done"), _("%(days)s days after it was done")),
    }
    kinds = {leaf["kind"] for leaf in leaves(row["trigger"])}
    dated = [text for kind, text in texts.items() if kind in kinds]
    at_once, later = dated[0] if len(dated) == 1 else (_("%(days)s days"), _("%(days)s days"))
    return (later if row["wait_days"] else at_once) % {"days": row["wait_days"]}


def _effect_texts() -> dict[EffectKind, str]:
    return {
        EffectKind.EXCLUDE: _("exclude %(treatments)s"),
        EffectKind.EXCLUDE_OVERRIDABLE: _("exclude %(treatments)s (may be overridden)"),
        EffectKind.ASK_PRESCRIBER: _("ask the prescriber before %(treatments)s"),
        EffectKind.DELAY: _("delay %(treatments)s"),
        EffectKind.CAUTION: _("caution with %(treatments)s"),
        EffectKind.REFER: _("refer instead of %(treatments)s"),
    }


def _contradiction(row: Row, names: Names) -> str:
    trigger = trigger_phrase(row["trigger"], names)
    return _("When %(trigger)s") % {"trigger": trigger} + ARROW + _("both are checked first")


def _protocol(row: Row, _names: Names) -> str:
    """“4 sessions, 14 days apart (7 to 14); up to 2 more; maintenance after 90 days”."""
    planned, optional = row["planned"], row["optional"]
    apart = _("%(days)s days apart (%(low)s to %(high)s)") % {
        "days": row["interval_days"],
        "low": row["min_interval_days"],
        "high": row["max_interval_days"],
    }
    sessions = ngettext("%(n)s session", "%(n)s sessions", planned) % {"n": planned}
    parts = [f"{sessions}, {apart}"]
    if optional:
        parts.append(_("up to %(n)s more if needed") % {"n": optional})
    if row["maintenance_days"]:
        parts.append(_("maintenance after %(days)s days") % {"days": row["maintenance_days"]})
    if row["review_days"]:
        parts.append(_("review after %(days)s days") % {"days": row["review_days"]})
    return with_semicolons(parts)


def _combination(row: Row, names: Names) -> str:
    texts = {
        "lead": names.name("treatments", row["lead"]),
        "follow": names.name("treatments", row["follow"]),
        "gap": row["gap_days"],
        "visit": row["visit_days"],
    }
    if row["gap_days"] is not None:
        return _("%(lead)s leads, %(follow)s follows, %(gap)s days apart or more") % texts
    return _("%(lead)s and %(follow)s share visits, %(visit)s days apart") % texts


def _suitability(row: Row, names: Names) -> str:
    rating = value_in_words("rating", row["rating"], names)
    if not row["formula"]:
        return rating
    formula = names.name("formulas", row["formula"])
    return _("%(rating)s, with “%(formula)s”") % {"rating": rating, "formula": formula}


def _formula(row: Row, names: Names) -> str:
    if row["clinician_selects"]:
        return _("The clinician selects the ingredients")
    return with_commas(names.name("ingredients", one["ingredient"]) for one in row["ingredients"])


def _treatment(row: Row, _names: Names) -> str:
    known = row["preparation"] in Preparation.values
    return row.get("summary") or (str(Preparation(row["preparation"]).label) if known else "")


def _consent(row: Row, _names: Names) -> str:
    """In its own language it is read on its own page; here, which of its words count."""
    told = {"version": row["version"], "language": dict(settings.LANGUAGES)[row["language"]]}
    return _("%(language)s, version %(version)d") % told


def _field(name: str) -> Callable[[Row, Names], str]:
    return lambda row, _names: row.get(name) or ""


def _grade(row: Row, names: Names) -> str:
    return value_in_words("grade", row["grade"], names) if row["grade"] else ""


_SENTENCES: dict[str, Callable[[Row, Names], str]] = {
    "rules": _rule,
    "input_conflicts": _contradiction,
    "protocols": _protocol,
    "combinations": _combination,
    "suitabilities": _suitability,
    "formulas": _formula,
    "treatments": _treatment,
    "ingredients": _field("role"),
    "never_proposed": _field("role"),
    "conditions": _field("question"),
    "side_effects": _field("frequency"),
    "care_instructions": _field("text"),
    "consent_texts": _consent,
    "adjuncts": _field("text"),
    "decision_reasons": lambda row, names: value_in_words("reason_for", row["reason_for"], names),
    "techniques": _field("note"),
    "conflicts": _field("resolution"),
    "statements": _grade,
    "sources": _grade,
}
