"""The worked cases, entered as consultations and proposed."""

import pytest

from tests.consultations.api import flow
from tests.engine.cases import vignettes
from tests.engine.test_worked_cases import reduced
from treatments.engine import canonical_json

EVALUATE = "/api/v1/evaluate/"
CASES = vignettes()


def entered(api, request):
    """The case's patient and facts, by the way a program takes."""
    told = dict(request["patient"])
    known = {key: told[key] for key in ("sex", "birth_date") if key in told}
    person = {"family_name": "Worked", "given_name": "Case", **known}
    patient = flow.made(api.post(flow.PATIENTS, person))
    facts = {key: value for key, value in request.items() if key != "patient"}
    if "age" in told:
        facts["patient"] = {"age": told["age"]}
    started = flow.made(api.post(flow.CONSULTATIONS, {"patient": patient["id"]}))
    path = f"{flow.CONSULTATIONS}{started['id']}/"
    version = api.get(path)["ETag"]
    flow.done(api.put(f"{path}facts/", facts, headers={"If-Match": version}))
    return path


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_worked_case_entered_as_a_consultation_comes_out_equal(api_of, case):
    api = api_of("integration")
    path = entered(api, case["request"])

    proposal = flow.made(api.post(f"{path}propose/"))
    kept = api.get(f"{flow.PROPOSALS}{proposal['id']}/").json()
    asked = api.post(EVALUATE, case["request"]).json()
    again = api.post(EVALUATE, proposal["request"])

    assert kept == proposal
    assert reduced(proposal["response"]) == case["expected"]
    without_receipt = [
        canonical_json({**one, "receipt": None}) for one in (proposal["response"], asked)
    ]
    assert without_receipt[0] == without_receipt[1]
    assert canonical_json(proposal["response"]).encode() == again.content
    assert proposal["receipt"] == again.json()["receipt"]


@pytest.mark.parametrize("case", CASES[:20], ids=[case["id"] for case in CASES[:20]])
def test_facts_that_are_read_can_be_put_back_unchanged(api_of, case):
    api = api_of("integration")
    path = entered(api, case["request"])

    read = api.get(f"{path}facts/")
    flow.done(api.put(f"{path}facts/", read.json(), headers={"If-Match": read["ETag"]}))

    assert api.get(f"{path}facts/").json() == read.json()
