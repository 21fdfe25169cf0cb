"""Whoever reads a patient's rows over REST leaves a trace, before they get to see them."""

import pytest
from django.db import DatabaseError, connection
from django_scopes import scope

from clinic.models import AuditEvent
from consultations.api.urls import router
from consultations.services.proposals import latest
from tests.consultations.api import flow, operations
from tests.consultations.records import full_record, signed_record

# What a run found is for curators, numbers alone; the worklist is tested beside its releases.
ELSEWHERE = {"blast-radius", "worklist"}
NUMBERS_ONLY = {"overrides_report_list"}
RESOURCES = {prefix for prefix, _view_set, _name in router.registry} - ELSEWHERE
OPEN_ONLY = {"consultations_consent_text_retrieve": "?treatment=mesotherapy&language=en"}


@pytest.fixture
def api(api_of):
    return api_of("physician")


@pytest.fixture
def records(clinic, api):
    """Ids of a signed record's rows and of an open one's, by resource."""
    with scope(clinic=clinic):
        plan = signed_record(clinic, api.user)
        return ids_of(plan.consultation), ids_of(full_record(clinic, api.user).consultation)


def ids_of(consultation):
    plan = getattr(consultation, "plan", None)
    found = {
        "patients": consultation.patient,
        "consultations": consultation,
        "proposals": latest(consultation),
        "plans": plan,
        "sessions": plan and plan.sessions.first(),
        "amendments": consultation.amendments.first(),
        "overrides": consultation.overrides.first(),
        "questions": consultation.prescriber_questions.first(),
        "consents": consultation.consents.first(),
        "map-notes": consultation.map_notes.first(),
        "adverse-events": plan and plan.adverse_events.first(),
    }
    return {name: str(row.pk) for name, row in found.items() if row}


def readings(records):
    """(operation, address) of every GET that gives rows of patients."""
    signed, still_open = records
    for name, method, path in operations.operations():
        resource = path.split("/")[3]
        if method == "get" and resource in RESOURCES and name not in NUMBERS_ONLY:
            rows = still_open if name in OPEN_ONLY else signed
            yield name, path.replace("{id}", rows[resource]) + OPEN_ONLY.get(name, "")


def shown_in(content, records):
    """Patients of whom the answer holds a row's id, or whose row was asked for by its id."""
    return {rows["patients"] for rows in records if any(one in content for one in rows.values())}


def test_every_reading_of_a_patients_rows_leaves_an_event(api, records):
    read = dict(readings(records))
    assert {path.split("/")[3] for path in read.values()} == RESOURCES

    silent = []
    for name, path in read.items():
        last = AuditEvent.objects.latest("pk").pk
        response = api.get(path)
        assert response.status_code == 200, (name, response.content)
        shown = shown_in(path + response.content.decode("latin-1"), records)
        events = AuditEvent.objects.filter(pk__gt=last, channel="rest", actor=api.user.pk)
        noted = {str(one.patient) for one in events}
        if not shown or noted != shown:
            silent.append(name)

    assert silent == []


def test_nothing_is_shown_that_cannot_be_noted(api, records):
    api.raise_request_exception = False

    with connection.execute_wrapper(no_events):
        told = {
            name: shown_in(api.get(path).content.decode("latin-1"), records)
            for name, path in readings(records)
        }

    assert {name for name, shown in told.items() if shown} == set()


def no_events(execute, sql, params, many, context):
    if sql.startswith('INSERT INTO "clinic_auditevent"'):
        raise DatabaseError("The trail is full.")
    return execute(sql, params, many, context)


def test_a_search_notes_each_patient_it_shows_and_not_what_was_typed(api, clinic):
    shown = {flow.patient(api)["id"], flow.patient(api)["id"]}
    flow.patient(api, family_name="Somebody")
    last = AuditEvent.objects.latest("pk").pk

    flow.done(api.get("/api/v1/patients/?search=aksoy&limit=10"))

    events = list(AuditEvent.objects.filter(pk__gt=last))
    assert {str(one.patient) for one in events} == shown
    assert {(one.action, one.outcome, one.clinic) for one in events} == {
        ("patient-listed", "success", clinic.pk)
    }
    assert [one.detail for one in events] == [{"filters": ["limit", "search"]}] * 2
    assert len({one.request_id for one in events}) == 1


def test_a_search_that_finds_nobody_is_noted(api):
    flow.done(api.get("/api/v1/patients/?search=nobody"))

    event = AuditEvent.objects.get(action="patient-listed")
    assert (event.patient, event.detail) == (None, {"filters": ["search"]})


def test_a_write_that_a_tokens_access_forbids_is_noted(api_of):
    api = api_of("physician", access="read")

    assert api.post(flow.PATIENTS, flow.PERSON).status_code == 403

    event = AuditEvent.objects.get(outcome="refused")
    assert (event.action, event.actor, event.channel) == ("edit-patient", api.user.pk, "rest")
