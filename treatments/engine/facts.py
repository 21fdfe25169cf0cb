"""The facts of one consultation, read and found sound, in the form the rules ask for."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Medication:
    index: int
    code: str
    family: str | None
    prescribed: bool
    ongoing: bool
    last_dose: date


@dataclass(frozen=True, slots=True)
class Lab:
    """A value in the test's own unit."""

    index: int
    value: Fraction
    taken_on: date


@dataclass(frozen=True, slots=True)
class AreaFinding:
    index: int
    area: str
    clears_on: date | None


@dataclass(frozen=True, slots=True)
class Procedure:
    index: int
    area: str
    performed_on: date


@dataclass(frozen=True, slots=True)
class Product:
    name: str
    ingredients: tuple[str, ...]
    separable: bool


@dataclass(frozen=True, slots=True)
class Clinic:
    closed_weekdays: frozenset[int]
    closed_on: frozenset[date]
    performer: str
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`answers` holds what was answered yes or no; anything else about a condition is unknown.

    `labs` holds, per test, the value that counts. `future` holds the paths of facts that are dated
    after the consultation. `digest` names the release whose vocabulary the facts were read with.
    """

    digest: str
    request_json: str
    consulted_on: date
    start_on: date
    sex: str
    age: int
    age_path: str
    areas: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, bool]
    no_known_allergies: bool
    allergies: Mapping[str, tuple[int, ...]]
    medications_reviewed: bool
    medications: tuple[Medication, ...]
    labs: Mapping[str, Lab]
    findings: Mapping[str, tuple[AreaFinding, ...]]
    procedures: Mapping[str, tuple[Procedure, ...]]
    future: tuple[str, ...]
    combination: str | None
    wishes: frozenset[str]
    clinic: Clinic

    @property
    def request(self) -> dict[str, Any]:
        """The request as it came, in a copy of its own."""
        request: dict[str, Any] = json.loads(self.request_json)
        return request

    @property
    def allergies_known(self) -> bool:
        return self.no_known_allergies or bool(self.allergies)

    def tokens(self) -> Iterator[str]:
        """What the facts speak of; a rule that reads none of it keeps its verdict of no facts."""
        yield from (f"condition:{code}" for code in self.answers)
        for medication in self.medications:
            yield f"medication:{medication.code}"
            if medication.family is not None:
                yield f"class:{medication.family}"
        yield from (f"lab:{test}" for test in self.labs)
        yield from (f"finding:{code}" for code in self.findings)
        yield from (f"procedure:{code}" for code in self.procedures)
        yield from (f"allergen:{code}" for code in self.allergies)
