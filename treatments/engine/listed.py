"""The lists of a request: allergies, medicines, laboratory values, findings, procedures."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from treatments.engine.facts import AreaFinding, Lab, Medication, Procedure
from treatments.engine.reading import Reader, Row
from treatments.engine.vocabulary import Vocabulary

Fact = TypeVar("Fact")


def read_allergies(reader: Reader, vocabulary: Vocabulary, row: Row) -> dict[str, tuple[int, ...]]:
    listed = []
    for index, path, one in reader.rows(row, "allergies", ("allergen",)):
        code = reader.code(one, "allergen", path, vocabulary.allergens)
        if code is not None:
            listed.append((code, index))
    return _by_code(listed)


def read_medications(
    reader: Reader, vocabulary: Vocabulary, row: Row, consulted_on: date
) -> tuple[tuple[Medication, ...], list[str]]:
    """The medicines, and the paths of those taken after the consultation."""
    medications: list[Medication] = []
    later: list[str] = []
    keys = ("medication", "prescribed", "ongoing", "last_taken_on")
    for index, path, one in reader.rows(row, "medications", keys):
        code = reader.code(one, "medication", path, vocabulary.families)
        prescribed = reader.flag(one, "prescribed", path, required=True)
        ongoing = reader.flag(one, "ongoing", path)
        taken_on = reader.day(one, "last_taken_on", path)
        if taken_on is not None and taken_on > consulted_on:
            later.append(path)
        if code is not None:
            last_dose = consulted_on if ongoing or taken_on is None else taken_on
            family = vocabulary.families[code]
            medications.append(Medication(index, code, family, prescribed, ongoing, last_dose))
    return tuple(medications), later


def read_labs(
    reader: Reader, vocabulary: Vocabulary, row: Row, consulted_on: date
) -> tuple[dict[str, Lab], list[str]]:
    """The newest value of each test, the last listed on a tie; and the paths of later ones."""
    newest: dict[str, Lab] = {}
    later: list[str] = []
    for index, path, one in reader.rows(row, "labs", ("test", "value", "unit", "taken_on")):
        test = reader.code(one, "test", path, vocabulary.lab_tests)
        value = reader.amount(one, "value", path)
        divisors = vocabulary.lab_tests[test].divisors if test else {}
        unit = _unit(reader, one, path, divisors if test else None)
        taken_on = reader.day(one, "taken_on", path, required=True)
        if taken_on is not None and taken_on > consulted_on:
            later.append(path)
        elif test and value is not None and unit and taken_on is not None:
            known = newest.get(test)
            if known is None or taken_on >= known.taken_on:
                newest[test] = Lab(index, value / divisors[unit], taken_on)
    return newest, later


def _unit(reader: Reader, row: Row, path: str, units: Mapping[str, object] | None) -> str | None:
    """Of a test that is not known, any unit will do: the test is the fault."""
    value = row.get("unit")
    known = (value,) if units is None and isinstance(value, str) else units or ()
    return reader.code(row, "unit", path, known)


def read_findings(
    reader: Reader, vocabulary: Vocabulary, row: Row
) -> dict[str, tuple[AreaFinding, ...]]:
    listed = []
    for index, path, one in reader.rows(row, "area_findings", ("finding", "area", "clears_on")):
        code = reader.code(one, "finding", path, vocabulary.clearing)
        area = reader.code(one, "area", path, vocabulary.areas)
        clears_on = reader.day(one, "clears_on", path)
        if "clears_on" in one and code is not None and not vocabulary.clearing[code]:
            reader.fault(f"{path}.clears_on", "This finding has no such date.", "unexpected")
        if code is not None and area is not None:
            listed.append((code, AreaFinding(index, area, clears_on)))
    return _by_code(listed)


def read_procedures(
    reader: Reader, vocabulary: Vocabulary, row: Row, consulted_on: date
) -> tuple[dict[str, tuple[Procedure, ...]], list[str]]:
    """The procedures, and the paths of those performed after the consultation."""
    listed = []
    later: list[str] = []
    for index, path, one in reader.rows(row, "procedures", ("procedure", "area", "performed_on")):
        code = reader.code(one, "procedure", path, vocabulary.procedures)
        area = reader.code(one, "area", path, vocabulary.areas)
        performed_on = reader.day(one, "performed_on", path, required=True)
        if performed_on is not None and performed_on > consulted_on:
            later.append(path)
        if code is not None and area is not None and performed_on is not None:
            listed.append((code, Procedure(index, area, performed_on)))
    return _by_code(listed), later


def _by_code(listed: Iterable[tuple[str, Fact]]) -> dict[str, tuple[Fact, ...]]:
    found: dict[str, list[Fact]] = {}
    for code, one in listed:
        found.setdefault(code, []).append(one)
    return {code: tuple(facts) for code, facts in found.items()}
