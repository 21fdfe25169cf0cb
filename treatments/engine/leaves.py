"""The leaves of triggers: one fact each."""

import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeVar

from treatments.engine.document import TriggerRow
from treatments.engine.facts import AreaFinding, Facts, Medication, Procedure
from treatments.engine.terms import Near, Trigger, Verdict, Wait

Fact = TypeVar("Fact", AreaFinding, Procedure)


def later(day: date, days: int) -> date:
    """The calendar's last day stands for any day beyond it."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max


def _lacks(need: str) -> Callable[[Facts, Near], set[str]]:
    return lambda _facts, _near: {need}


def _condition(row: TriggerRow, _wait: Wait | None) -> Trigger:
    code = row["condition"]
    path = f"conditions.{code}"
    return Trigger(
        judge=lambda facts, _near: facts.answers.get(code),
        grounds=lambda facts, _near: {path} if code in facts.answers else set(),
        reads=frozenset({f"condition:{code}"}),
        needs=_lacks(path),
    )


def _sex(row: TriggerRow, _wait: Wait | None) -> Trigger:
    sexes = frozenset(row["sexes"])
    return Trigger(
        judge=lambda facts, _near: facts.sex in sexes,
        grounds=lambda _facts, _near: {"patient.sex"},
    )


def _age(row: TriggerRow, _wait: Wait | None) -> Trigger:
    lowest, below = _years(row.get("from"), 0), _years(row.get("below"), sys.maxsize)
    return Trigger(
        judge=lambda facts, _near: lowest <= facts.age < below,
        grounds=lambda facts, _near: {facts.age_path},
        ageing=True,
    )


def _years(number: str | int | None, otherwise: int) -> int:
    return otherwise if number is None else int(number)


def _bound(number: str | int | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def _within(value: Fraction, lowest: Fraction | None, below: Fraction | None) -> bool:
    return (lowest is None or value >= lowest) and (below is None or value < below)


def _lab(row: TriggerRow, _wait: Wait | None) -> Trigger:
    test, lowest, below = row["test"], _bound(row.get("from")), _bound(row.get("below"))

    def judge(facts: Facts, _near: Near) -> Verdict:
        lab = facts.labs.get(test)
        return None if lab is None else _within(lab.value, lowest, below)

    return Trigger(
        judge=judge,
        grounds=_lab_grounds(test),
        needs=_lacks(f"labs.{test}"),
        reads=frozenset({f"lab:{test}"}),
    )


def _lab_missing(row: TriggerRow, _wait: Wait | None) -> Trigger:
    test = row["test"]
    return Trigger(
        judge=lambda facts, _near: test not in facts.labs,
        grounds=_lab_grounds(test),
        reads=frozenset({f"lab:{test}"}),
    )


def _lab_grounds(test: str) -> Callable[[Facts, Near], set[str]]:
    def grounds(facts: Facts, _near: Near) -> set[str]:
        lab = facts.labs.get(test)
        return set() if lab is None else {f"labs[{lab.index}]"}

    return grounds


def _allergy(row: TriggerRow, _wait: Wait | None) -> Trigger:
    allergens = frozenset(row["allergens"])

    def grounds(facts: Facts, _near: Near) -> set[str]:
        found = allergens.intersection(facts.allergies)
        return {f"allergies[{index}]" for code in found for index in facts.allergies[code]}

    def judge(facts: Facts, _near: Near) -> Verdict:
        return not allergens.isdisjoint(facts.allergies) if facts.allergies_known else None

    return Trigger(
        judge=judge,
        grounds=grounds,
        needs=_lacks("allergies"),
        reads=frozenset(f"allergen:{code}" for code in allergens),
    )


def _medication(row: TriggerRow, wait: Wait | None) -> Trigger:
    families, codes = frozenset(row.get("classes") or ()), frozenset(row.get("medications") or ())
    prescribed, in_time = row.get("prescribed"), _in_time(row)

    def matches(facts: Facts, medication: Medication) -> bool:
        return (
            (medication.family in families or medication.code in codes)
            and (prescribed is None or medication.prescribed is prescribed)
            and in_time(facts, medication)
            and (wait is None or _lasts(facts, medication, wait))
        )

    def judge(facts: Facts, _near: Near) -> Verdict:
        if any(matches(facts, medication) for medication in facts.medications):
            return True
        return False if facts.medications_reviewed else None

    def grounds(facts: Facts, _near: Near) -> set[str]:
        return {f"medications[{one.index}]" for one in facts.medications if matches(facts, one)}

    def ends(facts: Facts, _near: Near) -> list[date | None]:
        return [_dose_end(one, wait) for one in facts.medications if matches(facts, one)]

    named = {f"class:{family}" for family in families} | {f"medication:{code}" for code in codes}
    return Trigger(
        judge=judge,
        grounds=grounds,
        needs=_lacks("medications"),
        ends=ends,
        reads=frozenset(named),
    )


def _in_time(row: TriggerRow) -> Callable[[Facts, Medication], bool]:
    days, ongoing_counts = row.get("within_days"), bool(row.get("ongoing_counts"))
    from_start = row.get("relative_to") == "start"

    def in_time(facts: Facts, medication: Medication) -> bool:
        if days is None or (ongoing_counts and medication.ongoing):
            return True
        seen_from = facts.start_on if from_start else facts.consulted_on
        return (seen_from - medication.last_dose).days <= days

    return in_time


def _lasts(facts: Facts, medication: Medication, wait: Wait) -> bool:
    """An ongoing medicine has to be stopped, however late the start."""
    return medication.ongoing or later(medication.last_dose, wait.days) > facts.start_on


def _dose_end(medication: Medication, wait: Wait | None) -> date | None:
    if wait is None or (medication.ongoing and not wait.ongoing_is_dated):
        return None
    return later(medication.last_dose, wait.days)


def _finding(row: TriggerRow, wait: Wait | None) -> Trigger:
    code = row["finding"]

    def end(finding: AreaFinding) -> date | None:
        if wait is None or finding.clears_on is None:
            return None
        return later(finding.clears_on, wait.days)

    return _in_area("finding", "area_findings", code, lambda facts: facts.findings, end)


def _procedure(row: TriggerRow, wait: Wait | None) -> Trigger:
    code = row["procedure"]

    def end(procedure: Procedure) -> date | None:
        return None if wait is None else later(procedure.performed_on, wait.days)

    return _in_area("procedure", "procedures", code, lambda facts: facts.procedures, end)


def _in_area(
    token: str,
    path: str,
    code: str,
    listed: Callable[[Facts], Mapping[str, tuple[Fact, ...]]],
    end: Callable[[Fact], date | None],
) -> Trigger:
    """True where one is listed in an area that meets the one in question, else false."""

    def matching(facts: Facts, near: Near) -> list[Fact]:
        return [
            one
            for one in listed(facts).get(code, ())
            if (near is None or one.area in near) and _still(end(one), facts)
        ]

    return Trigger(
        judge=lambda facts, near: bool(matching(facts, near)),
        grounds=lambda facts, near: {f"{path}[{one.index}]" for one in matching(facts, near)},
        reads=frozenset({f"{token}:{code}"}),
        ends=lambda facts, near: [end(one) for one in matching(facts, near)],
        local=True,
    )


def _still(end: date | None, facts: Facts) -> bool:
    return end is None or end > facts.start_on


LEAVES: Mapping[str, Callable[[TriggerRow, Wait | None], Trigger]] = {
    "condition": _condition,
    "sex": _sex,
    "age": _age,
    "lab": _lab,
    "lab-missing": _lab_missing,
    "allergy": _allergy,
    "medication": _medication,
    "finding": _finding,
    "procedure": _procedure,
}
