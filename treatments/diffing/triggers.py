"""The trigger of a release document as a sentence, in the words that a row's sentence uses too."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from clinic.text import lowered, with_commas
from treatments.diffing.names import Names
from treatments.enums import ClauseKind, Prescribed, RelativeTo, Sex

Row = Mapping[str, Any]


def trigger_phrase(trigger: Row, names: Names) -> str:
    """The facts that make a rule fire: “pregnancy is yes and (age is under 18 or …)”."""
    if "all" in trigger or "any" in trigger:
        return _joined(trigger, names)
    if "not" in trigger:
        return _negated(trigger["not"], names)
    return _LEAVES[ClauseKind(trigger["kind"])](trigger, names)


def either(terms: Iterable[str]) -> str:
    """“a, b or c”."""
    named = list(terms) or [_("(nothing yet)")]
    return _(" or ").join([with_commas(named[:-1]), named[-1]] if len(named) > 1 else named)


def _joined(trigger: Row, names: Names) -> str:
    word, parts = (_(" and "), "all") if "all" in trigger else (_(" or "), "any")
    phrases = [_inner(part, names) for part in trigger[parts]]
    return word.join(phrases) or _("(no trigger yet)")


def _inner(part: Row, names: Names) -> str:
    phrase = trigger_phrase(part, names)
    several = len(part.get("all", ())) > 1 or len(part.get("any", ())) > 1
    return f"({phrase})" if several else phrase


def _negated(part: Row, names: Names) -> str:
    """A negated condition or sex reads as its opposite."""
    if part.get("kind") == ClauseKind.CONDITION:
        return _("%(term)s is no") % {"term": _term(part, "condition", "conditions", names)}
    if part.get("kind") == ClauseKind.SEX:
        return _("sex is not %(sex)s") % {"sex": _sexes(part)}
    return _("not (%(fact)s)") % {"fact": trigger_phrase(part, names)}


def _term(leaf: Row, field: str, section: str, names: Names) -> str:
    return names.name(section, leaf[field])


def _terms(leaf: Row, field: str, section: str, names: Names) -> list[str]:
    return [names.name(section, code) for code in leaf.get(field) or ()]


def _condition(leaf: Row, names: Names) -> str:
    return _("%(term)s is yes") % {"term": _term(leaf, "condition", "conditions", names)}


def _sex(leaf: Row, _names: Names) -> str:
    return _("sex is %(sex)s") % {"sex": _sexes(leaf)}


def _sexes(leaf: Row) -> str:
    return either(lowered(Sex(code).label) for code in leaf["sexes"])


def _age(leaf: Row, _names: Names) -> str:
    return _("age is %(span)s") % {"span": span(leaf.get("from"), leaf.get("below"), "")}


def _medication(leaf: Row, names: Names) -> str:
    drugs = [
        *_terms(leaf, "classes", "medication_classes", names),
        *_terms(leaf, "medications", "medications", names),
    ]
    parts = [_("last dose of %(drugs)s") % {"drugs": either(drugs)}]
    if leaf.get("prescribed") is not None:
        chosen = Prescribed.YES if leaf["prescribed"] else Prescribed.NO
        parts.append(lowered(chosen.label))
    if leaf.get("within_days") is not None:
        parts.append(_within(leaf))
    return with_commas(parts)


def _within(leaf: Row) -> str:
    within = (
        _("at most %(days)s days before the start")
        if leaf.get("relative_to") == RelativeTo.START
        else _("at most %(days)s days before the consultation")
    )
    phrase = within % {"days": leaf["within_days"]}
    return phrase if leaf.get("ongoing_counts", True) else phrase + _(", ongoing or not")


def _lab(leaf: Row, names: Names) -> str:
    reach = span(leaf.get("from"), leaf.get("below"), names.unit(leaf["test"]))
    test = _term(leaf, "test", "lab_tests", names)
    return _("%(test)s %(span)s") % {"test": test, "span": reach}


def _lab_missing(leaf: Row, names: Names) -> str:
    return _("no recent value of %(test)s") % {"test": _term(leaf, "test", "lab_tests", names)}


def _finding(leaf: Row, names: Names) -> str:
    return _("%(finding)s in the area") % {"finding": _term(leaf, "finding", "findings", names)}


def _procedure(leaf: Row, names: Names) -> str:
    procedure = _term(leaf, "procedure", "procedures", names)
    return _("%(procedure)s done in the area") % {"procedure": procedure}


def _allergy(leaf: Row, names: Names) -> str:
    return _("allergy to %(terms)s") % {
        "terms": either(_terms(leaf, "allergens", "allergens", names))
    }


def span(low: object, below: object, unit: str) -> str:
    """“under 18”, “50 g or more”, “50 to under 100 g”."""
    texts = {"low": low, "below": below, "unit": unit}
    if low is None:
        return (_("under %(below)s %(unit)s") % texts).strip()
    if below is None:
        return (_("%(low)s %(unit)s or more") % texts).replace("  ", " ")
    return (_("%(low)s to under %(below)s %(unit)s") % texts).strip()


_LEAVES: dict[ClauseKind, Callable[[Row, Names], str]] = {
    ClauseKind.CONDITION: _condition,
    ClauseKind.SEX: _sex,
    ClauseKind.AGE: _age,
    ClauseKind.MEDICATION: _medication,
    ClauseKind.LAB: _lab,
    ClauseKind.LAB_MISSING: _lab_missing,
    ClauseKind.FINDING: _finding,
    ClauseKind.PROCEDURE: _procedure,
    ClauseKind.ALLERGY: _allergy,
}
