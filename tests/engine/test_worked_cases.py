"""Every worked case comes out equal."""

import json

import pytest

from tests.engine.cases import answer, vignettes

CASES = vignettes()


def reduced(response):
    """What a worked case fixes of a response."""
    return {
        "status": response["status"],
        "missing": response["missing"],
        "areas": response["areas"],
        "conflicts": sorted(one["code"] for one in response["conflicts"]),
        "findings": sorted(one["rule"] for one in response["findings"]),
        "not_evaluated": sorted(one["rule"] for one in response["not_evaluated"]),
    }


def test_no_worked_case_is_lost():
    assert len({case["id"] for case in CASES}) == 151


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_worked_case_comes_out_equal(catalogue, case):
    response = answer(catalogue, case["request"])

    assert reduced(response) == case["expected"]
    assert json.loads(json.dumps(response)) == response


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_lists_stand_in_the_order_of_their_codes(catalogue, case):
    response = answer(catalogue, case["request"])

    for key, code in (("conflicts", "code"), ("findings", "rule"), ("not_evaluated", "rule")):
        assert response[key] == sorted(response[key], key=lambda one, code=code: one[code])
    for entry in response["not_evaluated"]:
        assert entry["needs"]
        assert entry["needs"] == sorted(set(entry["needs"]))
    for finding in response["findings"]:
        assert finding["because"]
        assert finding["message"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_findings_and_treatments_tell_the_same(catalogue, case):
    response = answer(catalogue, case["request"])

    standing = {
        (code, area["area"])
        for area in response["areas"]
        for treatment in area["treatments"]
        for code in treatment["findings"]
    }
    listed = {(one["rule"], area) for one in response["findings"] for area in one["areas"]}
    assert standing == listed
