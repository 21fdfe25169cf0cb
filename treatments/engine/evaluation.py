"""From a consultation's facts to a proposal: the same facts and release, the same answer."""

from typing import Any, Final

from treatments.engine import findings
from treatments.engine.areas import area_answer, area_standing
from treatments.engine.calendar import Calendar
from treatments.engine.canonical import canonical_json, object_of, receipt_of
from treatments.engine.catalogue import Catalogue
from treatments.engine.facts import Facts
from treatments.engine.faults import Fault, InvalidRequest, NoOpenDay
from treatments.engine.judgement import Judgement, judge
from treatments.engine.patient import patient_level
from treatments.engine.standing import Agreement, Override, Scene

Response = dict[str, Any]

NOT_EVALUATED: Final = "not_evaluated"
NO_OPEN_DAY: Final = Fault(
    "clinic", "The clinic has no open day where a date is needed.", "no_open_day"
)


def evaluate(
    catalogue: Catalogue,
    facts: Facts,
    *,
    overrides: frozenset[Override] = frozenset(),
    agreements: frozenset[Agreement] = frozenset(),
) -> Response:
    """The response to a request, in plain JSON types that belong to the caller alone.

    `overrides` names overridable exclusions that the clinician has decided to go against,
    `agreements` questions that whoever prescribes the medicine has agreed to.
    Raises InvalidRequest where a date is needed and the clinic has no open day.
    """
    if facts.digest != catalogue.digest:
        raise ValueError("These facts were read with another release.")
    judgement = judge(catalogue, facts)
    response = _answer(catalogue, facts, judgement, overrides, agreements)
    response["release"] = {"key": catalogue.key, "digest": catalogue.digest}
    overridden, agreed = _sorted(overrides), _sorted(agreements)
    response["receipt"] = receipt_of(
        catalogue.digest,
        facts.request_json,
        _text(response, judgement),
        [list(one) for one in overridden],
        [list(one) for one in agreed],
    )
    for key, lifted in (("overridden", overridden), ("agreed", agreed)):
        if lifted:
            response[key] = [
                {"rule": rule, "area": area, "treatment": treatment}
                for rule, area, treatment in lifted
            ]
    return response


def _sorted(decided: frozenset[Override]) -> list[Override]:
    return sorted(decided, key=lambda one: (one[0], one[1] or "", one[2]))


def _answer(
    catalogue: Catalogue,
    facts: Facts,
    judgement: Judgement,
    overrides: frozenset[Override],
    agreements: frozenset[Agreement],
) -> Response:
    patient = patient_level(catalogue, facts, judgement)
    areas: list[Response] = []
    if patient.status == "evaluated":
        removed = catalogue.allergy_rules.removed(facts)
        scene = Scene(catalogue, facts, judgement, overrides, agreements, removed)
        areas, rows = _areas(scene)
    else:
        rows = findings.of_patient(patient.deciding, facts)
    return {
        "status": patient.status,
        "conflicts": [{"code": one.code, "facts": list(one.facts)} for one in patient.conflicts],
        "missing": list(patient.missing),
        "areas": areas,
        "findings": sorted(rows, key=lambda row: str(row["rule"])),
        NOT_EVALUATED: [
            {"rule": one.rule, "needs": list(one.needs)} for one in judgement.unknown.values()
        ],
    }


def _text(response: Response, judgement: Judgement) -> str:
    """The response in canonical form. Its longest list is mostly at hand."""
    parts = {key: canonical_json(value) for key, value in response.items() if key != NOT_EVALUATED}
    listed = ",".join(one.text for one in judgement.unknown.values())
    return object_of(parts | {NOT_EVALUATED: f"[{listed}]"})


def _areas(scene: Scene) -> tuple[list[Response], list[Response]]:
    vocabulary, facts = scene.catalogue.vocabulary, scene.facts
    calendar = Calendar.of(facts.clinic, vocabulary.search_days)
    standings = [area_standing(scene, area) for area in facts.areas]
    listed = scene.catalogue.allergy_rules.by_treatment(
        facts, [one.code for one in vocabulary.treatments]
    )
    try:
        answers = [area_answer(scene, calendar, one, listed) for one in standings]
    except NoOpenDay:
        raise InvalidRequest((NO_OPEN_DAY,)) from None
    return answers, findings.of_areas(scene, standings)
