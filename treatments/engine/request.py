"""From a request to facts: everything wrong with it is said at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from treatments.engine.canonical import canonical_json
from treatments.engine.catalogue import Catalogue
from treatments.engine.facts import Facts, Lab
from treatments.engine.faults import InvalidRequest
from treatments.engine.listed import (
    read_allergies,
    read_findings,
    read_labs,
    read_medications,
    read_procedures,
)
from treatments.engine.practice import read_clinic, read_preferences
from treatments.engine.reading import Reader, Row
from treatments.engine.rules import SEXES

_ANSWERS: Final[Mapping[str, bool | None]] = {"yes": True, "no": False, "unknown": None}
_WORST_SEVERITY: Final = 3
_KEYS: Final = frozenset(
    {
        "consulted_on",
        "start_on",
        "patient",
        "concerns",
        "conditions",
        "no_known_allergies",
        "allergies",
        "medications_reviewed",
        "medications",
        "labs",
        "area_findings",
        "procedures",
        "preferences",
        "clinic",
    }
)


@dataclass(frozen=True, slots=True)
class _Patient:
    sex: str
    age: int
    age_path: str


def parse_facts(catalogue: Catalogue, request: object) -> Facts:
    """The facts of a request, in the words of this release.

    Raises InvalidRequest with every fault of it.
    """
    reader = Reader()
    row = reader.row(request, "", _KEYS)
    facts = None if row is None else _read(reader, catalogue, row)
    if reader.faults or facts is None:
        raise InvalidRequest(tuple(reader.faults))
    return facts


def _read(reader: Reader, catalogue: Catalogue, row: Row) -> Facts | None:
    vocabulary = catalogue.vocabulary
    consulted_on = reader.day(row, "consulted_on", "", required=True)
    start_on = _start(reader, row, consulted_on)
    patient = _patient(reader, catalogue, row, consulted_on)
    areas = _concerns(reader, catalogue, row)
    answers = _answers(reader, catalogue, row)
    no_known_allergies = reader.flag(row, "no_known_allergies", "")
    allergies = read_allergies(reader, vocabulary, row)
    medications_reviewed = reader.flag(row, "medications_reviewed", "")
    # A day is needed to go on; where there is none, that is a fault already.
    day = consulted_on or date.max
    medications, stopped_later = read_medications(reader, vocabulary, row, day)
    labs, taken_later = read_labs(reader, vocabulary, row, day)
    findings = read_findings(reader, vocabulary, row)
    procedures, performed_later = read_procedures(reader, vocabulary, row, day)
    combination, wishes = read_preferences(reader, catalogue.plans, row)
    clinic = read_clinic(reader, vocabulary, row)
    if reader.faults or start_on is None or patient is None:
        return None
    return Facts(
        digest=catalogue.digest,
        request_json=canonical_json(row),
        consulted_on=day,
        start_on=start_on,
        sex=patient.sex,
        age=patient.age,
        age_path=patient.age_path,
        areas=areas,
        answers=answers,
        no_known_allergies=no_known_allergies,
        allergies=allergies,
        medications_reviewed=medications_reviewed,
        medications=medications,
        labs=_that_count(labs, catalogue, day),
        findings=findings,
        procedures=procedures,
        future=(*stopped_later, *taken_later, *performed_later),
        combination=combination,
        wishes=wishes,
        clinic=clinic,
    )


def _start(reader: Reader, row: Row, consulted_on: date | None) -> date | None:
    if "start_on" not in row:
        return consulted_on
    start_on = reader.day(row, "start_on", "")
    if start_on is not None and consulted_on is not None and start_on < consulted_on:
        reader.fault("start_on", "The start cannot be before the consultation.", "order")
    return start_on


def _patient(
    reader: Reader, catalogue: Catalogue, row: Row, consulted_on: date | None
) -> _Patient | None:
    if not reader.present(row, "patient", "", required=True):
        return None
    patient = reader.row(row["patient"], "patient", ("sex", "birth_date", "age"))
    if patient is None:
        return None
    sex = reader.code(patient, "sex", "patient", SEXES)
    if ("age" in patient) == ("birth_date" in patient):
        reader.fault("patient", "Give either a birth date or an age.", "age")
    key = "age" if "age" in patient else "birth_date"
    age = _age(reader, catalogue, patient, consulted_on)
    return None if sex is None or age is None else _Patient(sex, age, f"patient.{key}")


def _age(
    reader: Reader, catalogue: Catalogue, patient: Row, consulted_on: date | None
) -> int | None:
    lowest, highest = catalogue.vocabulary.age_min, catalogue.vocabulary.age_max
    born = reader.day(patient, "birth_date", "patient")
    age = None
    if born is not None and consulted_on is not None:
        if born > consulted_on:
            reader.fault("patient.birth_date", "The birth is after the consultation.", "order")
        else:
            years = age_on(born, consulted_on)
            age = reader.number(years, "patient.birth_date", lowest, highest)
    if "age" in patient:
        age = reader.number(patient["age"], "patient.age", lowest, highest)
    return age


def age_on(born: date, day: date) -> int:
    """Full years; whoever was born on 29 February is a year older on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _concerns(reader: Reader, catalogue: Catalogue, row: Row) -> dict[str, tuple[str, ...]]:
    if reader.present(row, "concerns", "", required=True) and row["concerns"] == []:
        reader.fault("concerns", "At least one concern is needed.", "empty")
    areas: dict[str, tuple[str, ...]] = {}
    for _, path, one in reader.rows(row, "concerns", ("concern", "area", "severity")):
        concern = reader.code(one, "concern", path, catalogue.vocabulary.referrals)
        area = reader.code(one, "area", path, catalogue.vocabulary.areas)
        if "severity" in one:
            reader.number(one["severity"], f"{path}.severity", 1, _WORST_SEVERITY)
        if concern is None or area is None:
            continue
        if concern in areas.get(area, ()):
            reader.fault(path, "This concern is listed in this area already.", "duplicate")
        areas[area] = (*areas.get(area, ()), concern)
    return areas


def _answers(reader: Reader, catalogue: Catalogue, row: Row) -> dict[str, bool]:
    if "conditions" not in row:
        return {}
    conditions = reader.row(row["conditions"], "conditions", catalogue.vocabulary.conditions)
    answers: dict[str, bool] = {}
    for code, value in (conditions or {}).items():
        if code not in catalogue.vocabulary.conditions:
            continue
        answer = _ANSWERS.get(value) if isinstance(value, str) else None
        if answer is not None:
            answers[code] = answer
        else:
            reader.known(value, f"conditions.{code}", _ANSWERS)
    return answers


def _that_count(
    labs: Mapping[str, Lab], catalogue: Catalogue, consulted_on: date
) -> dict[str, Lab]:
    """The newest value of a test counts, while it is fresh."""
    tests = catalogue.vocabulary.lab_tests
    return {
        test: lab
        for test, lab in labs.items()
        if (consulted_on - lab.taken_on).days <= tests[test].valid_days
    }
