"""Checks that look at one row at a time."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from treatments.diffing.fields import label_of
from treatments.diffing.sections import code_of, references
from treatments.lint.extra import Extra
from treatments.lint.findings import Check, Finding, Severity

Document = Mapping[str, Any]
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "care_instructions": ("name", "text"),
    "conditions": ("name", "question"),
    "consent_texts": ("title", "body", "risks", "alternatives", "declaration"),
    "conflicts": ("topic", "resolution", "why"),
    "input_conflicts": ("message",),
    "notices": ("text",),
    "rules": ("title", "message"),
    "sources": ("title",),
    "statements": ("text",),
    "warnings": ("text",),
    **dict.fromkeys(
        (
            "activators",
            "adjuncts",
            "allergens",
            "areas",
            "comparison",
            "concerns",
            "decision_reasons",
            "devices",
            "findings",
            "formulas",
            "ingredient_classes",
            "ingredients",
            "lab_tests",
            "medication_classes",
            "medications",
            "performers",
            "procedures",
            "protocols",
            "referrals",
            "side_effects",
            "techniques",
            "treatments",
            "variants",
        ),
        ("name",),
    ),
}
# Ingredients of formulas have a check of their own; a conflict may be settled by a rule on
# contradicting facts, which a release does not hold under its code.
_NAMED_FREELY: Final = frozenset({("formulas", "ingredients"), ("conflicts", "rules")})


def coded_rows(document: Document, section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rows of a section with their codes; statements stand under theirs."""
    rows = document.get(section) or ()
    if isinstance(rows, Mapping):
        yield from rows.items()
    else:
        yield from ((code_of(section, row), row) for row in rows)


def names_out_of_use(document: Document, _extra: Extra) -> Iterator[Finding]:
    """What is out of use is not in the document, so nothing in it may name it."""
    held = {
        section: {code for code, _row in coded_rows(document, section)}
        for section, rows in document.items()
        if isinstance(rows, list | Mapping)
    }
    for section in held:
        for code, row in coded_rows(document, section):
            for named, other in references(row):
                if other not in held.get(named, ()) and (section, named) not in _NAMED_FREELY:
                    yield Finding(
                        check=Check.NOT_IN_USE,
                        severity=Severity.ERROR,
                        section=section,
                        code=code,
                        about=(named, other),
                        message=_("It names “%(code)s”, which is not in use.") % {"code": other},
                    )


def protocol_intervals(document: Document, _extra: Extra) -> Iterator[Finding]:
    """No interval can be chosen that the protocol allows, or its own is not among those."""
    for code, row in coded_rows(document, "protocols"):
        lowest, usual = row["min_interval_days"], row["interval_days"]
        highest = row["max_interval_days"]
        texts = {"low": lowest, "high": highest, "usual": usual}
        if lowest > highest:
            message = _("No interval fits: at least %(low)s days, at most %(high)s.") % texts
        elif not lowest <= usual <= highest:
            message = _("Its %(usual)s days do not lie from %(low)s to %(high)s.") % texts
        else:
            continue
        yield Finding(
            check=Check.INTERVAL_EMPTY,
            severity=Severity.ERROR,
            section="protocols",
            code=code,
            message=message,
        )


def uncovered_concerns(document: Document, _extra: Extra) -> Iterator[Finding]:
    """A concern in scope that no treatment in use covers always ends in a referral to nowhere."""
    covered = {row["concern"] for row in document["suitabilities"]}
    for code, row in coded_rows(document, "concerns"):
        if row["refer_to"] is None and code not in covered:
            yield Finding(
                check=Check.CONCERN_NOT_COVERED,
                severity=Severity.WARNING,
                section="concerns",
                code=code,
                message=_("No treatment covers this concern, and it is not referred either."),
            )


def retired_ingredients(document: Document, extra: Extra) -> Iterator[Finding]:
    """Optional ones only the rows tell of: a release leaves them out without a word."""
    proposed = {row["code"] for row in document["ingredients"]}
    named = [
        (code, part["ingredient"])
        for code, row in coded_rows(document, "formulas")
        for part in row["ingredients"]
        if part["ingredient"] not in proposed
    ]
    for formula, ingredient in dict.fromkeys([*named, *extra.retired]):
        yield Finding(
            check=Check.RETIRED_INGREDIENT,
            severity=Severity.ERROR,
            section="formulas",
            code=formula,
            about=(ingredient,),
            message=_("It still holds “%(code)s”, which is out of use.") % {"code": ingredient},
        )


def texts_missing(document: Document, _extra: Extra) -> Iterator[Finding]:
    for section, fields in _TEXTS.items():
        for code, row in coded_rows(document, section):
            for field in fields:
                if not str(row.get(field) or "").strip():
                    yield Finding(
                        check=Check.TEXT_MISSING,
                        severity=Severity.WARNING,
                        section=section,
                        code=code,
                        about=(field,),
                        message=_("Its text is missing: %(field)s.") % {"field": label_of(field)},
                    )
