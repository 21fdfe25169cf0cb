"""What would change an answer, asked of the program's door: it comes out as told."""

import pytest

from tests.engine.cases import answer, vignettes
from treatments.engine import InvalidRequest
from treatments.explanations import explain

EVALUATE = "/api/v1/evaluate/"


def told(catalogue):
    """Each change of the worked cases that facts alone make, with its area and treatment."""
    for case in vignettes():
        try:
            explanation = explain(catalogue, case["request"], answer(catalogue, case["request"]))
        except InvalidRequest:
            continue
        for area in explanation.areas:
            for one in area.treatments:
                for change in one.changes:
                    if not (change.overrides or change.agreements):
                        yield case["id"], area.code, one.code, change


@pytest.mark.parametrize("part", range(4))
def test_every_change_of_the_worked_cases_holds_at_the_door(part, api_of, catalogue):
    api = api_of("integration")

    tried = list(told(catalogue))[part::4]

    assert len(tried) > 20
    for case, area, treatment, change in tried:
        reply = api.post(EVALUATE, change.request).json()
        (found,) = [one for one in reply["areas"] if one["area"] == area]
        now = next(one for one in found["treatments"] if one["treatment"] == treatment)
        expected = (case, "eligible", change.outcome.on.isoformat())
        assert (case, now["status"], now["not_before"]) == expected
