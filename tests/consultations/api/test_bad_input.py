"""What cannot be: answered with a 4xx that names the place, and nothing is stored."""

# ruff: noqa: RUF001 - names as people write them

import json
import uuid

import pytest
from django.apps import apps
from django.db import connection

from tests.consultations.api import flow

DEEP = "\N{BULLET}"  # stands for an array 1,000 levels deep: json.dumps could not write one
HUGE = 10**400
BAD_TEXTS = ["\x00", "a\ud800b", "\udfff", "a\u202eb", "a\x07b"]
WRONG = [None, True, 7, 1.5, "text", "", [], ["x"], {}, {"x": 1}, [[]], HUGE, -1, "2026-02-30"]


@pytest.fixture
def api(api_of):
    return api_of("physician")


def counts():
    """How many rows each table holds."""
    tables = [model._meta.db_table for model in apps.get_models()]
    each = " UNION ALL ".join(f"SELECT '{one}', COUNT(*) FROM {one}" for one in tables)
    with connection.cursor() as cursor:
        cursor.execute(each)
        return dict(cursor.fetchall())


def sent(api, method, path, body, **headers):
    text = json.dumps(body).replace(json.dumps(DEEP), "[" * 1_000 + "]" * 1_000)
    text = text.replace('"1e400"', "1e400")
    return api.generic(method.upper(), path, text, content_type="application/json", headers=headers)


def refuse(api, method, path, body, **headers):
    """The problems of a refusal that changed no table."""
    before = counts()
    answer = sent(api, method, path, body, **headers)
    assert 400 <= answer.status_code < 500, (answer.status_code, body)
    assert flow.problems(answer)
    assert all(one["message"] for one in answer.json()["errors"])
    assert counts() == before
    return [path for path, _code in flow.problems(answer)]


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"family_name": ""}, ["family_name"]),
        ({"family_name": "x" * 101}, ["family_name"]),
        ({"family_name": None}, ["family_name"]),
        ({"family_name": 7}, ["family_name"]),
        ({"family_name": ["x"]}, ["family_name"]),
        *[({"given_name": text}, ["given_name"]) for text in BAD_TEXTS],
        ({"given_name": DEEP}, ["given_name" + "[0]" * 19]),
        ({"sex": "unknown"}, ["sex"]),
        ({"sex": True}, ["sex"]),
        ({"sex": ["female"]}, ["sex"]),
        ({"birth_date": "2026-02-30"}, ["birth_date"]),
        ({"birth_date": "1980-5-4"}, ["birth_date"]),
        ({"birth_date": "04.05.1980"}, ["birth_date"]),
        ({"birth_date": "9999-12-31"}, ["birth_date"]),
        ({"birth_date": "0001-01-01"}, ["birth_date"]),
        ({"birth_date": 19800504}, ["birth_date"]),
        ({"birth_date": "1980-05-04T10:00"}, ["birth_date"]),
        ({"phone": "call me"}, ["phone"]),
        ({"phone": "+90"}, ["phone"]),
        ({"phone": "+90 532\n111"}, ["phone"]),
        ({"email": "nobody"}, ["email"]),
        ({"email": 7}, ["email"]),
        ({"family_name": "\u200b\u200b"}, ["family_name"]),
        ({"family_name": "Ak\nsoy"}, ["family_name"]),
        ({"given_name": "A\tda"}, ["given_name"]),
        ({"given_name": "A\u2028da"}, ["given_name"]),
        ({"given_name": "-"}, ["given_name"]),
        ({"number": "x" * 21}, ["number"]),
        ({"number": HUGE}, ["number"]),
        ({"number": "1e400"}, ["number"]),
        ({"shoe_size": 40}, ["shoe_size"]),
        ({"family_name": "", "sex": "x", "shoe_size": 1}, ["family_name", "sex", "shoe_size"]),
    ],
)
def test_unsound_patients_are_refused(api, change, paths):
    body = {**flow.PERSON, **change}

    assert refuse(api, "post", flow.PATIENTS, body) == paths


def test_no_address_is_told_apart_from_no_text(api):
    told = {}
    for value in ("x", 7):
        answer = sent(api, "post", flow.PATIENTS, {**flow.PERSON, "email": value})
        (problem,) = answer.json()["errors"]
        told[value] = problem["message"]

    assert told == {"x": "Enter a valid email address.", 7: "A text is expected here."}


@pytest.mark.parametrize(
    "name", ["O’Brien", "van der Berg-Çelik", "Ωνάσης", "می\u200cرضا", "李", "José María", "J."]
)
def test_names_as_people_have_them_may_stand(api, name):
    assert flow.patient(api, family_name=name)["family_name"] == name


@pytest.mark.parametrize("typed", ["\u200e+90 532 111 22 33", "+90\u00a0532\u2011111 22 33"])
def test_a_phone_number_is_kept_without_what_was_copied_along(api, typed):
    assert flow.patient(api, phone=typed)["phone"].replace("-", " ") == "+90 532 111 22 33"


def test_a_record_number_is_given_once(api):
    flow.patient(api, number="A-1")

    assert refuse(api, "post", flow.PATIENTS, {**flow.PERSON, "number": "A-1"}) == ["number"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"consulted_on": "2026-02-30"}, "consulted_on"),
        ({"consulted_on": "20260112"}, "consulted_on"),
        ({"consulted_on": None}, "consulted_on"),
        ({"start_on": "2000-01-01"}, "start_on"),
        ({"concerns": [{"concern": "bad-luck", "area": "face"}]}, "concerns[0].concern"),
        ({"concerns": [{"concern": "fine-lines", "area": "moon"}]}, "concerns[0].area"),
        ({"concerns": [flow.facts()["concerns"][0]] * 2}, "concerns[1]"),
        (
            {"concerns": [{"concern": "fine-lines", "area": "face", "severity": 4}]},
            "concerns[0].severity",
        ),
        ({"concerns": {}}, "concerns"),
        ({"conditions": {"pregnancy": "maybe"}}, "conditions.pregnancy"),
        ({"conditions": {"bad-luck": "yes"}}, "conditions.bad-luck"),
        ({"allergies": [{"allergen": "cats"}]}, "allergies[0].allergen"),
        ({"allergies": [{"allergen": ["soy"]}]}, "allergies[0].allergen"),
        ({"medications": [{"medication": "tea", "prescribed": True}]}, "medications[0].medication"),
        (
            {"medications": [{"medication": "ibuprofen", "prescribed": "no"}]},
            "medications[0].prescribed",
        ),
        ({"labs": [{"test": "platelets", "unit": "stone"}]}, "labs[0].unit"),
        ({"labs": [{"test": "platelets", "value": 0}]}, "labs[0].value"),
        ({"labs": [{"test": "platelets", "value": "1e400"}]}, "labs[0].value"),
        ({"labs": [{"test": "platelets", "value": HUGE}]}, "labs[0].value"),
        ({"labs": [{"test": "platelets", "value": 1e300}]}, "labs[0].value"),
        ({"labs": [{"test": "platelets", "value": 1e-9}]}, "labs[0].value"),
        ({"area_findings": [{"finding": "aura", "area": "face"}]}, "area_findings[0].finding"),
        (
            {"procedures": [{"procedure": "chemical-peel", "area": "face", "performed_on": 5}]},
            "procedures[0].performed_on",
        ),
        ({"preferences": {"combination": "both"}}, "preferences.combination"),
        ({"preferences": {"massage": True}}, "preferences.massage"),
        ({"clinic": {"closed_weekdays": [8]}}, "clinic.closed_weekdays[0]"),
        ({"clinic": {"closed_weekdays": [1, 2, 3, 4, 5, 6, 7]}}, "clinic"),
        ({"clinic": {"performer": "barber"}}, "clinic.performer"),
        ({"clinic": {"products": [{"product": "x" * 201}]}}, "clinic.products[0].product"),
        ({"clinic": {"products": [{"product": "a\x00"}]}}, "clinic.products[0].product"),
        ({"patient": {"sex": "male"}}, "patient.sex"),
        ({"patient": {"birth_date": "1981-01-01"}}, "patient.birth_date"),
        ({"patient": {"name": "Ada"}}, "patient.name"),
        ({"horoscope": "aries"}, "horoscope"),
        ({"allergies": [{"allergen": "soy"}] * 301}, "allergies"),
        ({"clinic": {"closed_on": ["2026-05-01"] * 301}}, "clinic.closed_on"),
        ({"medications": DEEP}, "medications" + "[0]" * 19),
    ],
)
def test_unsound_facts_are_refused(api, change, path):
    consultation = flow.consultation(api)
    where = f"{flow.CONSULTATIONS}{consultation['id']}/"
    tag = {"If-Match": api.get(where)["ETag"]}
    body = {**flow.facts(), **change}

    assert path in refuse(api, "put", f"{where}facts/", body, **tag)
    started = {"patient": consultation["patient"], "facts": body}
    deep = path.endswith("[0]" * 19)
    assert (f"facts.{path}"[:-3] if deep else f"facts.{path}") in refuse(
        api, "post", flow.CONSULTATIONS, started
    )
    assert flow.done(api.get(where)) == consultation


@pytest.mark.parametrize("key", [*flow.facts(), "start_on", "patient", "labs", "clinic", "", "x"])
def test_facts_of_wrong_types_never_break_anything(api, key):
    consultation = flow.consultation(api)
    where = f"{flow.CONSULTATIONS}{consultation['id']}/facts/"

    for wrong in WRONG:
        body = {**flow.facts(), key: wrong}
        answer = sent(api, "put", where, body, **{"If-Match": api.get(where)["ETag"]})
        evaluated = sent(api, "post", "/api/v1/evaluate/", {**body, "patient": wrong})

        assert answer.status_code in {200, 400}, wrong
        assert evaluated.status_code == 400, wrong
    assert api.get(where).status_code == 200
    assert api.get(flow.CONSULTATIONS).status_code == 200


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"consulted_on": "2026-02-30"}, "consulted_on"),
        ({"consulted_on": None}, "consulted_on"),
        ({"stated_age": -1}, "stated_age"),
        ({"stated_age": 10**6}, "stated_age"),
        ({"stated_age": "44"}, "stated_age"),
        ({"stated_age": 44.5}, "stated_age"),
        ({"stated_age": True}, "stated_age"),
        ({"no_known_allergies": "yes"}, "no_known_allergies"),
        ({"no_known_allergies": 1}, "no_known_allergies"),
        ({"fitzpatrick": 7}, "fitzpatrick"),
        ({"fitzpatrick": "1"}, "fitzpatrick"),
        ({"fitzpatrick": True}, "fitzpatrick"),
        ({"glogau": 1.0}, "glogau"),
        ({"skin_note": "x" * 4001}, "skin_note"),
        *[({"goals": text}, "goals") for text in BAD_TEXTS],
        ({"goals": {"a": 1}}, "goals"),
        ({"combination": "both"}, "combination"),
        ({"combination": None}, "combination"),
        ({"performer": "barber"}, "performer"),
        ({"performer": 1}, "performer"),
        ({"performer": {}}, "performer"),
        ({"closed_weekdays": "1"}, "closed_weekdays"),
        ({"closed_weekdays": [0]}, "closed_weekdays[0]"),
        ({"closed_weekdays": [1, 1]}, "closed_weekdays"),
        ({"closed_weekdays": [1, 2, 3, 4, 5, 6, 7]}, "closed_weekdays"),
        ({"signed_at": "2026-01-01"}, "signed_at"),
        ({"horoscope": "aries"}, "horoscope"),
    ],
)
def test_unsound_scalars_are_refused(api, change, path):
    consultation = flow.consultation(api)
    where = f"{flow.CONSULTATIONS}{consultation['id']}/"
    tag = {"If-Match": api.get(where)["ETag"]}

    assert refuse(api, "patch", where, change, **tag) == [path]
    assert flow.done(api.get(where)) == consultation


COURSES = [{"treatment": "prp", "planned": ["2026-01-01"]}]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"area": "moon"}, "area"),
        ({"area": None}, "area"),
        ({"area": ["face"]}, "area"),
        ({"verdict": "perhaps"}, "verdict"),
        ({"verdict": 1}, "verdict"),
        ({"option_number": 0}, "option_number"),
        ({"option_number": 99}, "option_number"),
        ({"option_number": "1"}, "option_number"),
        ({"option_number": True}, "option_number"),
        ({"option_number": None}, "option_number"),
        ({"option_number": HUGE}, "option_number"),
        ({"changes": None}, "changes"),
        ({"changes": []}, "changes"),
        ({"changes": {"courses": COURSES}}, "changes"),
        ({"verdict": "modified"}, "changes"),
        ({"verdict": "modified", "changes": {"courses": "prp"}}, "changes.courses"),
        ({"verdict": "modified", "changes": {"courses": []}}, "changes.courses"),
        ({"verdict": "modified", "changes": {"courses": [7]}}, "changes.courses[0]"),
        (
            {"verdict": "modified", "changes": {"courses": [{"treatment": ["prp"]}]}},
            "changes.courses[0].treatment",
        ),
        (
            {
                "verdict": "modified",
                "changes": {"courses": [{"treatment": "prp", "planned": ["2026-02-30"]}]},
            },
            "changes.courses[0].planned[0]",
        ),
        (
            {
                "verdict": "modified",
                "changes": {"courses": [{"treatment": "prp", "formulas": [{"formula": {}}]}]},
            },
            "changes.courses[0].formulas[0].formula",
        ),
        ({"note": "\x00"}, "note"),
        ({"note": "x" * 2001}, "note"),
        ({"who": "me"}, "who"),
    ],
)
def test_unsound_decisions_are_refused(api, change, path):
    proposal = flow.proposal(api)
    body = {"area": "face", "verdict": "accepted", "option_number": 1, **change}

    found = refuse(api, "post", f"{flow.PROPOSALS}{proposal['id']}/decide/", body)

    assert path in found


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"courses": [{"treatment": "prp", "planned": ["2026-01-01"]}]}, "courses[0].planned[0]"),
        ({"courses": [{"treatment": "magic"}]}, "courses[0].treatment"),
        ({"courses": [{"treatment": "prp", "technique": "magic"}]}, "courses[0].technique"),
        ({"courses": [{"treatment": "prp", "planned": []}]}, "courses[0].planned"),
        ({"parts": ["moon"]}, "parts"),
        ({"parts": []}, "parts"),
        ({"departure": 7, "parts": ["cheeks"]}, "departure"),
        ({"courses": [{"treatment": "prp", "optional": ["9999-12-31"]}]}, "courses[0].optional[0]"),
    ],
)
def test_faults_inside_changes_are_named_by_their_place(api, changes, path):
    proposal = flow.proposal(api)
    option = {"area": "face", "verdict": "modified", "option_number": 2, "note": "Moved."}

    found = refuse(
        api, "post", f"{flow.PROPOSALS}{proposal['id']}/decide/", {**option, "changes": changes}
    )

    assert f"changes.{path}" in found


@pytest.mark.parametrize("day", ["0001-01-01", "2026-01-01", "9999-12-31"])
def test_changed_dates_at_the_ends_of_time_are_refused(api, day):
    proposal = flow.proposal(api)
    changes = {"courses": [{"treatment": "prp", "planned": [day, day]}]}
    option = {"area": "face", "verdict": "modified", "option_number": 1, "note": "Moved."}

    refuse(api, "post", f"{flow.PROPOSALS}{proposal['id']}/decide/", {**option, "changes": changes})


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, ["patient"]),
        ({"patient": None}, ["patient"]),
        ({"patient": 7}, ["patient"]),
        ({"patient": "x"}, ["patient"]),
        ({"patient": {}}, ["patient"]),
        ({"patient": str(uuid.UUID(int=0))}, ["patient"]),
        ({"patient": f"{{{uuid.UUID(int=0)}}}"}, ["patient"]),
        ({"patient": uuid.UUID(int=0).hex}, ["patient"]),
        ({"patient": f"urn:uuid:{uuid.UUID(int=0)}"}, ["patient"]),
        ({"patient": str(uuid.uuid4()), "copy_from": 7}, ["copy_from"]),
        ([], [""]),
        (None, [""]),
        ("x", [""]),
    ],
)
def test_unsound_starts_are_refused(api, body, paths):
    assert refuse(api, "post", flow.CONSULTATIONS, body) == paths


@pytest.mark.parametrize("facts", [None, [], "x", 7])
def test_facts_that_are_no_object_are_refused_and_nothing_is_started(api, facts):
    patient = flow.patient(api)

    body = {"patient": patient["id"], "facts": facts}

    assert refuse(api, "post", flow.CONSULTATIONS, body) == ["facts"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"rule": "X-99"}, "rule"),
        ({"rule": None}, "rule"),
        ({"rule": "far too long"}, "rule"),
        ({"area": "moon"}, "area"),
        ({"treatment": "magic"}, "treatment"),
        ({"reason": "because"}, "reason"),
        ({"text": ""}, "text"),
        ({"text": "\x00"}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"by": "me"}, "by"),
    ],
)
def test_unsound_overrides_are_refused(api, change, path):
    proposal = flow.proposal(api)
    plain = {
        "rule": "L-01",
        "area": "face",
        "treatment": "prp",
        "reason": "specialist-agrees",
        "text": "Why not",
    }

    where = f"{flow.CONSULTATIONS}{proposal['consultation']}/override/"

    assert refuse(api, "post", where, {**plain, **change}) == [path]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("?colour=red", "colour"),
        ("?status=lost", "status"),
        ("?patient=7", "patient"),
        ("?consulted_on=2026-02-30", "consulted_on"),
        ("?consulted_from=tomorrow", "consulted_from"),
        ("?ordering=patient__family_name", "ordering"),
        ("?ordering=", "ordering"),
        ("?limit=0", "limit"),
        ("?limit=101", "limit"),
        ("?limit=-1", "limit"),
        ("?limit=ten", "limit"),
        ("?limit=\u0661", "limit"),
        ("?limit=" + "9" * 500, "limit"),
        ("?cursor=", "cursor"),
        ("?cursor=xyz", "cursor"),
        ("?cursor=" + "W1tb" * 100, "cursor"),
        ("?cursor=WyJ4IixmYWxzZV0=", "cursor"),
        ("?cursor=W251bGwsbnVsbF0=", "cursor"),
        ("?status=open&status=open", "status"),
    ],
)
def test_unsound_queries_are_refused(api, query, path):
    answer = api.get(f"{flow.CONSULTATIONS}{query}")

    assert (answer.status_code, [one for one, _ in flow.problems(answer)]) == (400, [path])


@pytest.mark.parametrize("query", ["?search=%00", "?search=%ED%A0%80", "?search=a%07", "?%00=1"])
def test_unsound_characters_in_queries_are_refused(api, query):
    answer = api.get(f"{flow.PATIENTS}{query}")

    assert (answer.status_code, flow.problems(answer)[0][1]) == (400, "unstorable")


def test_long_searches_are_refused(api):
    answer = api.get(flow.PATIENTS, {"search": "a " * 51})

    assert (answer.status_code, flow.problems(answer)) == (400, [("search", "max_length")])


@pytest.mark.parametrize("path", ["patients", "consultations", "proposals", "plans", "sessions"])
def test_details_take_no_parameters(api, path):
    answer = api.get(f"/api/v1/{path}/{uuid.uuid4()}/?expand=all")

    assert (answer.status_code, flow.problems(answer)) == (400, [("expand", "unknown_parameter")])


@pytest.mark.parametrize("key", ["", "x" * 101, "a\x7fb", "caf\xe9"])
def test_unsound_idempotency_keys_are_refused(api, key):
    assert refuse(api, "post", flow.PATIENTS, flow.PERSON, **{"Idempotency-Key": key}) == [
        "Idempotency-Key"
    ]
