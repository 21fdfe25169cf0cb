"""Rows of another clinic answer as if they were not there. Swept over every operation."""

import uuid

import pytest
from django.utils import timezone
from django_scopes import scopes_disabled

from clinic.pagination import Place, link_to
from consultations.models import BlastResult, BlastRun, Plan
from tests.consultations.api import flow, operations
from treatments.models import Draft, Release

KINDS = [
    "patients",
    "consultations",
    "proposals",
    "plans",
    "sessions",
    "amendments",
    "overrides",
    "questions",
    "consents",
    "map-notes",
    "worklist",
    "adverse-events",
]


@pytest.fixture
def there(api_of, other_clinic):
    """A whole flow in another clinic."""
    return rows_of(api_of("physician", at=other_clinic))


def rows_of(api):
    plan = flow.plan(api)
    return {
        "patients": plan["patient"],
        "consultations": plan["consultation"],
        "proposals": plan["proposal"],
        "plans": plan["id"],
        "sessions": plan["sessions"][0]["id"],
        "amendments": flow.amendment(api, on=plan["consultation"])["id"],
        "overrides": flow.override(api)["id"],
        "questions": flow.question(api)["id"],
        "map-notes": flow.note(api, on=flow.consultation(api)["id"])["id"],
        "consents": flow.done(api.get("/api/v1/consents/"))["results"][0]["id"],
        "worklist": work_of(plan["id"]),
        "adverse-events": flow.event(api, of=plan)["id"],
    }


def work_of(plan):
    """As if the release in force had come from a draft that changed this plan."""
    with scopes_disabled():
        plan, release = Plan.objects.get(pk=plan), Release.objects.get()
        draft = Draft.objects.first() or Draft.objects.create(key="2026.2", base=release)
        run = BlastRun.objects.filter(draft=draft).first() or BlastRun.objects.create(
            draft=draft,
            base=release,
            digest=release.digest,
            status="finished",
            finished_at=timezone.now(),
        )
        answer = {"status": "evaluated", "missing": [], "areas": []}
        result = BlastResult.objects.create(
            run=run,
            clinic=plan.clinic,
            plan=plan,
            effect="blocked",
            rank=1,
            effects=" blocked ",
            before=answer,
            after={**answer, "status": "refer"},
            counted_from=timezone.localdate(),
            digest=f"sha256:{plan.pk}",
        )
    return str(result.pk)


def filled(path, rows):
    return path.replace("{id}", rows[path.split("/")[3]])


def test_the_sweep_covers_every_route(db):
    assert operations.described() == operations.routes()
    assert len(operations.of_rows()) >= 14


def test_rows_of_another_clinic_are_not_found(api_of, there):
    api = api_of("physician")
    nowhere = dict.fromkeys(there, str(uuid.uuid4()))

    for name, method, path in operations.of_rows():
        foreign = operations.call(api, name, method, filled(path, there))
        unknown = operations.call(api, name, method, filled(path, nowhere))

        assert (foreign.status_code, unknown.status_code) == (404, 404), name
        assert foreign.content == unknown.content, name


def test_the_sweep_would_find_rows_of_its_own_clinic(api_of):
    """Positive control: the same calls reach the rows where they belong."""
    api = api_of("physician")
    here = rows_of(api)

    statuses = {
        name: operations.call(api, name, method, filled(path, here)).status_code
        for name, method, path in operations.of_rows()
    }

    assert 404 not in statuses.values(), statuses
    assert {401, 403} & set(statuses.values()) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_lists_hold_rows_of_one_clinic(api_of, there, kind):
    api = api_of("physician")
    here = rows_of(api)

    listed = {row["id"] for row in flow.done(api.get(f"/api/v1/{kind}/"))["results"]}

    assert here[kind] in listed
    assert there[kind] not in listed


@pytest.mark.parametrize(
    ("kind", "parameter", "row"),
    [
        ("consultations", "patient", "patients"),
        ("proposals", "consultation", "consultations"),
        ("proposals", "patient", "patients"),
        ("plans", "patient", "patients"),
        ("plans", "consultation", "consultations"),
        ("adverse-events", "plan", "plans"),
        ("adverse-events", "patient", "patients"),
        ("sessions", "plan", "plans"),
        ("sessions", "patient", "patients"),
    ],
)
def test_filters_find_nothing_of_another_clinic(api_of, there, kind, parameter, row):
    api = api_of("physician")
    here = rows_of(api)

    def found(rows):
        return flow.done(api.get(f"/api/v1/{kind}/", {parameter: rows[row]}))["results"]

    assert found(there) == []
    assert here[kind] in {one["id"] for one in found(here)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_cursor_cannot_begin_in_another_clinic(api_of, there, kind):
    api = api_of("physician")

    class Asked:
        query_params = type("Q", (), {"dict": staticmethod(dict)})
        path = f"/api/v1/{kind}/"
        build_absolute_uri = staticmethod(str)

    foreign = api.get(link_to(Asked, Place(there[kind], backwards=False)))
    unknown = api.get(link_to(Asked, Place(str(uuid.uuid4()), backwards=False)))

    assert (foreign.status_code, flow.problems(foreign)) == (400, [("cursor", "invalid")])
    assert foreign.content == unknown.content


def test_a_patient_of_another_clinic_cannot_be_named_in_a_body(api_of, there):
    api = api_of("physician")

    foreign = api.post(flow.CONSULTATIONS, {"patient": there["patients"]})
    unknown = api.post(flow.CONSULTATIONS, {"patient": str(uuid.uuid4())})

    assert (foreign.status_code, flow.problems(foreign)) == (400, [("patient", "does_not_exist")])
    assert foreign.content == unknown.content
    assert flow.done(api.get(flow.CONSULTATIONS))["results"] == []


@pytest.mark.parametrize("key", ["clinic", "clinic_id", "created_by", "id", "version", "status"])
def test_what_the_program_sets_cannot_be_sent(api_of, there, other_clinic, key):
    api = api_of("physician")
    value = str(other_clinic.pk)
    consultation = flow.consultation(api)
    path = f"{flow.CONSULTATIONS}{consultation['id']}/"
    tag = {"If-Match": api.get(path)["ETag"]}

    answers = [
        api.post(flow.PATIENTS, {**flow.PERSON, key: value}),
        api.post(flow.CONSULTATIONS, {"patient": consultation["patient"], key: value}),
        api.patch(path, {key: value}, headers=tag),
        api.patch(path, {"patient": there["patients"]}, headers=tag),
    ]

    assert [one.status_code for one in answers] == [400] * 4
    assert [flow.problems(one)[0][0] for one in answers] == [key, key, key, "patient"]
    assert flow.done(api.get(path)) == consultation


def test_record_numbers_of_two_clinics_do_not_meet(api_of, other_clinic):
    here, there = api_of("physician"), api_of("physician", at=other_clinic)

    numbers = [flow.patient(api)["number"] for api in (here, there, here)]

    assert numbers == ["00001", "00001", "00002"]
