"""The API document and its browser: valid, true to its examples, and for members only."""

import re

from jsonschema import Draft202012Validator, FormatChecker
from rest_framework.test import APIClient

from clinic.models import Membership
from tests.consultations.api import flow, operations

SCHEMA, DOCS = "/api/schema/", "/api/docs/"


def test_the_document_is_for_members(api_of, client_of):
    assert APIClient().get(SCHEMA).status_code == 401
    assert api_of("front-desk").get(SCHEMA).status_code == 200
    assert client_of("administrator").get(SCHEMA).status_code == 200


def test_a_person_without_a_clinic_sees_neither(client_of):
    browser = client_of("nurse")
    Membership.objects.filter(user=browser.user).update(is_active=False)

    assert [browser.get(path).status_code for path in (SCHEMA, DOCS)] == [403, 403]


def test_strangers_are_led_from_the_browser_to_the_login(client):
    answer = client.get(DOCS)

    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={DOCS}")


def test_the_browser_runs_no_inline_script_and_loads_nothing_from_elsewhere(client_of):
    browser = client_of("nurse")

    page = browser.get(DOCS)
    script = browser.get(f"{DOCS}?script=")

    text = page.content.decode()
    assert page.status_code == 200
    assert "://" not in text.replace("http://www.w3.org", "")
    assert text.count("<script") == len(re.findall(r"<script(?: defer)? src=", text))
    assert "<style" not in text
    policy = page["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "unsafe-inline" not in browser.get(SCHEMA)["Content-Security-Policy"]
    assert (script.status_code, script["Content-Type"]) == (200, "application/javascript")
    assert SCHEMA in script.content.decode()


def responses():
    return [
        (name, operations.document()["paths"][path][method]["responses"])
        for name, method, path in operations.operations()
    ]


def test_each_operation_says_what_it_refuses(db):
    for name, answers in responses():
        assert {"400", "401", "403"} <= set(answers), name
    by_name = dict(responses())
    assert {"412", "428"} <= set(by_name["consultations_facts_update"])
    assert {"409", "422"} <= set(by_name["consultations_sign_create"])
    assert "429" in by_name["consultations_sign_create"]
    assert "429" not in by_name["patients_create"]
    assert "404" not in by_name["patients_list"]
    assert "404" in by_name["patients_retrieve"]


def examples(name, part="requestBody"):
    path, method = next(
        (path, method) for one, method, path in operations.operations() if one == name
    )
    body = operations.document()["paths"][path][method][part]
    return [one["value"] for one in body["content"]["application/json"]["examples"].values()]


def test_examples_can_be_sent_as_they_stand(api_of):
    api = api_of("physician")
    (person,) = examples("patients_create")
    (facts,) = examples("consultations_facts_update")
    (asked,) = examples("evaluate")
    start = examples("consultations_create")[0]
    accept, modify = examples("proposals_decide_create")

    patient = flow.patient(api, **person)
    started = api.post(flow.CONSULTATIONS, {**start, "patient": patient["id"]})
    consultation = flow.made(started)
    where = f"{flow.CONSULTATIONS}{consultation['id']}/"
    saved = api.put(f"{where}facts/", facts, headers={"If-Match": started["ETag"]})
    proposal = flow.proposal(api, of=flow.done(saved)["id"])
    evaluated = flow.done(api.post("/api/v1/evaluate/", asked))
    decided = api.post(f"{flow.PROPOSALS}{proposal['id']}/decide/", accept)
    changed = api.post(f"{flow.PROPOSALS}{proposal['id']}/decide/", modify)

    assert evaluated["areas"] == proposal["response"]["areas"]
    assert decided.status_code == 200
    assert changed.status_code == 200, changed.content


def bodies():
    """Each operation that takes a body, with the schema of that body and its examples."""
    for name, method, path in operations.operations():
        if body := operations.document()["paths"][path][method].get("requestBody"):
            content = body["content"]["application/json"]
            yield name, content["schema"], content.get("examples", {})


def as_read(part):
    """OpenAPI 3.0 as a JSON schema: `nullable` is a type of its own there."""
    if isinstance(part, list):
        return [as_read(one) for one in part]
    if not isinstance(part, dict):
        return part
    read = {key: as_read(value) for key, value in part.items()}
    return {"anyOf": [read, {"type": "null"}]} if read.pop("nullable", False) is True else read


def faults(value, schema):
    whole = {**schema, "components": as_read(operations.document()["components"])}
    known = Draft202012Validator(whole, format_checker=FormatChecker())
    return [error.message for error in known.iter_errors(value)]


def test_each_body_has_examples_that_fit_it(db):
    told = {name: (schema, examples) for name, schema, examples in bodies()}

    assert len(told) >= 25
    assert [name for name, (_schema, examples) in told.items() if not examples] == []
    for name, (schema, examples) in told.items():
        for title, example in examples.items():
            assert faults(example["value"], schema) == [], (name, title)


def test_an_example_that_does_not_fit_would_be_seen(db):
    schema = next(schema for name, schema, _examples in bodies() if name == "patients_create")

    assert faults({"family_name": 7}, schema)


def test_examples_of_changes_can_be_sent_as_they_stand(api_of):
    api = api_of("physician")
    (details,), (scalars,) = (
        examples("patients_partial_update"),
        examples("consultations_partial_update"),
    )
    plan = flow.plan(api)
    other = flow.consultation(api, of=plan["patient"])

    for path, body in [
        (f"{flow.PATIENTS}{plan['patient']}/", details),
        (f"{flow.CONSULTATIONS}{other['id']}/", scalars),
    ]:
        changed = flow.done(api.patch(path, body, headers={"If-Match": api.get(path)["ETag"]}))
        assert {key: changed[key] for key in body} == body
    for session, body in zip(plan["sessions"], examples("sessions_mark_create"), strict=False):
        assert flow.done(api.post(f"{flow.SESSIONS}{session['id']}/mark/", body)) | body


def test_the_browser_stands_in_the_programs_frame(client_of):
    text = client_of("nurse").get(DOCS).content.decode()

    assert "Back to the program" in text
    assert 'id="main-nav"' in text
