"""Whatever a program sends, sound or not, the API answers as its document says; never a 500."""

import json

import pytest
import schemathesis
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from tests.consultations.api import flow, operations

EXAMPLES = 25
NAMES = [
    "catalogue_rows",
    "amendments_list",
    "consultations_list",
    "consultations_amend_create",
    "consultations_create",
    "consultations_partial_update",
    "consultations_facts_update",
    "consultations_override_create",
    "evaluate",
    "patients_list",
    "patients_create",
    "patients_partial_update",
    "proposals_decide_create",
    "releases_list",
    "sessions_list",
    "sessions_mark_create",
]


def operation_called(name):
    schema = schemathesis.openapi.from_dict(operations.document())
    return next(
        one.ok()
        for one in schema.get_all_operations()
        if one.ok().definition.raw["operationId"] == name
    )


def raw(body):
    """Bytes go as they are: they are no JSON, on purpose."""
    if isinstance(body, bytes):
        return body
    return b"" if isinstance(body, NotSet) else json.dumps(body)


def sent(api, case, here):
    """The case on a row that is there, so that more than the 404 is reached."""
    path = case.path.replace("{id}", here[case.path.split("/")[3]] if "{id}" in case.path else "")
    for name, value in (case.path_parameters or {}).items():
        path = path.replace(f"{{{name}}}", str(value).replace("/", "") or "x")
    query = "&".join(f"{name}={value}" for name, value in (case.query or {}).items())
    headers = {"If-Match": api.get(path)["ETag"]} if "If-Match" in (case.headers or {}) else {}
    return api.generic(
        case.method,
        path,
        raw(case.body),
        content_type="application/json",
        headers=headers,
        QUERY_STRING=query.encode("utf-8", "surrogatepass").decode("latin-1"),
    )


@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_one_that_the_document_names(api_of, name, mode):
    api = api_of("medical-lead")
    proposal = flow.proposal(api)
    other = flow.plan(api)
    here = {
        "patients": other["patient"],
        "consultations": proposal["consultation"],
        "proposals": proposal["id"],
        "sessions": other["sessions"][0]["id"],
    }
    operation = operation_called(name)
    documented = {int(code) for code in operation.definition.raw["responses"]}
    cases = operation.as_strategy(generation_mode=mode)

    @given(case=cases)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def fuzz(case):
        answer = sent(api, case, here)

        assert answer.status_code in documented, (answer.status_code, answer.content)
        if answer.status_code >= 400:
            assert flow.problems(answer)

    fuzz()
    for kind in ("patients", "consultations", "proposals", "plans", "sessions"):
        flow.done(api.get(f"/api/v1/{kind}/"))


def test_the_document_is_valid_and_has_no_warnings(capfd):
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json")

    assert json.loads(capfd.readouterr().out)["openapi"].startswith("3.")
