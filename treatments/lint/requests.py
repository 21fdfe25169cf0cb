"""Requests made to fit one alternative of a trigger: every kind of facts that could make it true.

Ages and lab values are taken one from each stretch between the bounds that the rules read, so
that no value in between could tell more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any, Final

from treatments.engine import Catalogue
from treatments.engine.rules import SEXES
from treatments.lint.literals import Alternative, Literal, alternatives, leaves

Row = Mapping[str, Any]
Request = dict[str, Any]
DAY: Final = date(2000, 1, 1)
_TURNED: Final = frozenset({"medication", "allergy", "finding", "procedure"})


@dataclass(frozen=True)
class Candidates:
    """What may stand in a request, read once from a release."""

    catalogue: Catalogue

    @cached_property
    def rules(self) -> list[Row]:
        rows: list[Row] = self.catalogue.document["rules"]
        return [row for row in rows if row["kind"] == "contraindication"]

    @cached_property
    def deciders(self) -> list[Row]:
        """Triggers that can keep anything from being proposed to a patient."""
        rows: list[Row] = [
            row for row in self.rules if row["scope"] == "all" or row["when_unknown"] == "ask"
        ]
        return [row["trigger"] for row in [*rows, *self.catalogue.document["input_conflicts"]]]

    @cached_property
    def all_leaves(self) -> list[Row]:
        rows = [*self.rules, *self.catalogue.document["input_conflicts"]]
        return [leaf for row in rows for leaf in leaves(row["trigger"])]

    @cached_property
    def deciding_tests(self) -> frozenset[str]:
        found = (leaf for trigger in self.deciders for leaf in leaves(trigger))
        return frozenset(leaf["test"] for leaf in found if "test" in leaf)

    @cached_property
    def turned(self) -> bool:
        """Whether a decider asks for the absence of something that is not tried out here."""
        return any(
            line.kind in _TURNED and not line.holds
            for trigger in self.deciders
            for way in alternatives(trigger)
            for line in way
        )

    @cached_property
    def ages(self) -> list[int]:
        vocabulary = self.catalogue.vocabulary
        bounds = {vocabulary.age_min}
        for leaf in self.all_leaves:
            if leaf["kind"] == "age":
                bounds.update(
                    int(leaf[end]) for end in ("from", "below") if leaf.get(end) is not None
                )
        for rule in self.catalogue.rulebook.rules.values():
            bounds.update(
                bound
                for bound in (rule.ask_from, None if rule.ask_to is None else rule.ask_to + 1)
                if bound is not None
            )
        reach = range(vocabulary.age_min, vocabulary.age_max + 1)
        return sorted((one for one in bounds if one in reach), reverse=True)

    def lab_rows(self, test: str) -> list[Row | None]:
        """No value, and one from each stretch between two bounds."""
        known = self.catalogue.vocabulary.lab_tests.get(test)
        if known is None or not known.divisors:
            return [None]
        bounds = sorted(
            {
                Fraction(leaf[end])
                for leaf in self.all_leaves
                if leaf["kind"] == "lab" and leaf["test"] == test
                for end in ("from", "below")
                if leaf.get(end) is not None and Fraction(leaf[end]) > 0
            }
        )
        unit, divisor = next(iter(known.divisors.items()))
        values = [bounds[0] / 2, *bounds] if bounds else [Fraction(1)]
        return [
            None,
            *(
                {"test": test, "unit": unit, "value": plain(one * divisor), "taken_on": str(DAY)}
                for one in values
            ),
        ]

    def medicines(self, leaf: Row) -> list[str]:
        """One medicine for each way in which the rules tell medicines apart."""
        families = self.catalogue.vocabulary.families
        named = {
            code
            for one in self.all_leaves
            if one["kind"] == "medication"
            for code in one.get("medications") or ()
        }
        apart = {
            (family, code if code in named else None): code
            for code, family in families.items()
            if family in (leaf.get("classes") or ()) or code in (leaf.get("medications") or ())
        }
        return list(apart.values())

    def cores(self, way: Alternative) -> Iterator[Request]:
        """All that the lines of the alternative read, but for the answers on conditions."""
        area = next(iter(self.catalogue.vocabulary.areas))
        choices = product(
            self.ages if _speaks_of(way, "age") else self.ages[:1],
            SEXES if _speaks_of(way, "sex") else SEXES[:1],
            _starts(way),
            product(*(self.lab_rows(test) for test in sorted(_tests(way)))),
            product(*(self._doses(line, way) for line in _true(way, "medication"))),
            product(*(sorted(line.leaf["allergens"]) for line in _true(way, "allergy"))),
        )
        for age, sex, start, labs, doses, allergens in choices:
            yield {
                "consulted_on": str(DAY),
                "start_on": str(start),
                "patient": {"sex": sex, "age": age},
                "concerns": [
                    {"concern": code, "area": area} for code in self.catalogue.vocabulary.referrals
                ],
                "no_known_allergies": not allergens,
                "allergies": [{"allergen": code} for code in dict.fromkeys(allergens)],
                "medications_reviewed": True,
                "medications": list(doses),
                "labs": [row for row in labs if row is not None],
                "area_findings": [
                    {"finding": line.leaf["finding"], "area": area}
                    for line in _true(way, "finding")
                ],
                "procedures": [
                    {"procedure": line.leaf["procedure"], "area": area, "performed_on": str(DAY)}
                    for line in _true(way, "procedure")
                ],
            }

    def settings(self, core: Request, way: Alternative) -> Iterator[Request]:
        """The same with all that the lines do not read but that may decide before them."""
        choices = product(
            [core["patient"]["age"]] if _speaks_of(way, "age") else self.ages,
            [core["patient"]["sex"]] if _speaks_of(way, "sex") else SEXES,
            product(*(self.lab_rows(test) for test in sorted(self.deciding_tests - _tests(way)))),
        )
        for age, sex, labs in choices:
            found = [row for row in labs if row is not None]
            yield {
                **core,
                "patient": {"sex": sex, "age": age},
                "labs": [*core["labs"], *found],
            }

    def _doses(self, line: Literal, way: Alternative) -> list[Row]:
        asked = line.leaf.get("prescribed")
        taken: list[Row] = [
            {"ongoing": True},
            *({"last_taken_on": str(DAY - one)} for one in _spans(way)),
        ]
        return [
            {"medication": code, "prescribed": prescribed, **when}
            for code in self.medicines(line.leaf)
            for prescribed in ([False, True] if asked is None else [asked])
            for when in taken
        ]


def plain(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _speaks_of(way: Alternative, kind: str) -> bool:
    return any(line.kind == kind for line in way)


def _tests(way: Alternative) -> frozenset[str]:
    return frozenset(line.leaf["test"] for line in way if "test" in line.leaf)


def _true(way: Alternative, kind: str) -> Iterable[Literal]:
    return [line for line in way if line.kind == kind and line.holds]


def _spans(way: Alternative) -> list[timedelta]:
    """Today, and the last day and the first day too late for each line on a last dose."""
    days = {0}
    for line in way:
        if line.leaf.get("within_days") is not None:
            days |= {line.leaf["within_days"], line.leaf["within_days"] + 1}
    return [timedelta(days=one) for one in sorted(days)]


def _starts(way: Alternative) -> list[date]:
    if any(line.leaf.get("relative_to") == "start" for line in way):
        return [DAY + one for one in _spans(way)]
    return [DAY]
