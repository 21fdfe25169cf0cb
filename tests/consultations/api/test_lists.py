"""Lists: pages by key, filters, search and order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.consultations.api import flow

NAMES = ["Aydîn", "Aydîn", "Aydîn", "Berk", "Çelik", "Çelik", "Demir"]


def walked(api, path, **query):
    """The ids of all pages, forward, and of the way back from the last."""
    page = flow.done(api.get(path, query))
    pages, last = [page], None
    while page["next"]:
        last = page
        page = flow.done(api.get(page["next"]))
        pages.append(page)
    back = [page]
    while page["previous"]:
        page = flow.done(api.get(page["previous"]))
        back.insert(0, page)
    assert pages[0]["previous"] is None
    assert last is not None
    return ([row["id"] for one in way for row in one["results"]] for way in (pages, back))


@pytest.fixture
def people(api_of):
    api = api_of("integration")
    for number, name in enumerate(NAMES):
        flow.patient(api, family_name=name, given_name="A" if number % 2 else "B")
    return api


@pytest.mark.parametrize("limit", [1, 2, 3, 6])
@pytest.mark.parametrize(
    "ordering", ["family_name", "-family_name", "number", "-number", "created_at", "-created_at"]
)
def test_each_row_stands_on_one_page_forward_and_back(people, ordering, limit):
    whole = [row["id"] for row in page(people, ordering=ordering)]

    forward, back = walked(people, flow.PATIENTS, ordering=ordering, limit=limit)

    assert forward == back == whole
    assert len(set(whole)) == len(NAMES)


def page(api, **query):
    return flow.done(api.get(flow.PATIENTS, query))["results"]


def test_descending_is_ascending_turned_around(people):
    for key in ("family_name", "number", "created_at"):
        up = [row["id"] for row in page(people, ordering=key)]
        down = [row["id"] for row in page(people, ordering=f"-{key}")]
        assert up == down[::-1]


def test_rows_that_come_in_between_disturb_no_page(people):
    first = flow.done(people.get(flow.PATIENTS, {"limit": 3, "ordering": "number"}))
    flow.patient(people, family_name="Aaa", number="00000")

    second = flow.done(people.get(first["next"]))

    seen = [row["number"] for row in first["results"] + second["results"]]
    assert seen == [f"{number:05d}" for number in range(1, 7)]


def test_a_cursor_names_nobody(people):
    link = flow.done(people.get(flow.PATIENTS, {"limit": 1}))["next"]

    assert "Ayd" not in link
    assert "cursor=" in link


def test_a_page_has_fifty_rows_unless_told(api_of):
    api = api_of("integration")
    for number in range(52):
        flow.patient(api, number=str(number))

    assert len(page(api)) == 50
    assert len(page(api, limit=100)) == 52


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "aydin"}, 3),
        ({"search": "AYDIN b"}, 2),
        ({"search": "b aydin"}, 2),
        ({"search": "celik"}, 2),
        ({"search": "00004"}, 1),
        ({"search": "1980-05-04"}, 7),
        ({"search": "04.05.1980 demir"}, 1),
        ({"search": "%"}, 0),
        ({"search": "_"}, 0),
        ({"search": "' OR 1=1"}, 0),
        ({"search": "nobody"}, 0),
        ({"search": ""}, 7),
        ({"number": "00002"}, 1),
        ({"birth_date": "1980-05-04"}, 7),
        ({"birth_date": "1980-05-05"}, 0),
    ],
)
def test_patients_are_found(people, query, found):
    assert len(page(people, **query)) == found


def test_consultations_are_filtered_by_patient_state_and_day(api_of):
    api = api_of("physician")
    today = timezone.localdate()
    yesterday = (today - timedelta(days=1)).isoformat()
    signed = flow.plan(api)["consultation"]
    other = flow.consultation(api, consulted_on=yesterday)

    def found(**query):
        return [row["id"] for row in flow.done(api.get(flow.CONSULTATIONS, query))["results"]]

    assert found() == [signed, other["id"]]
    assert found(ordering="consulted_on") == [other["id"], signed]
    assert found(patient=other["patient"]) == [other["id"]]
    assert found(status="signed") == [signed]
    assert found(status="open") == [other["id"]]
    assert found(consulted_on=yesterday) == [other["id"]]
    assert found(consulted_from=today.isoformat()) == [signed]
    assert found(consulted_to=yesterday) == [other["id"]]


def test_sessions_are_listed_by_day(api_of):
    api = api_of("physician")
    plan = flow.plan(api)
    days = [one["planned_on"] for one in plan["sessions"]]

    def found(**query):
        return [row["planned_on"] for row in flow.done(api.get(flow.SESSIONS, query))["results"]]

    assert found() == sorted(days)
    assert found(ordering="-planned_on") == sorted(days, reverse=True)
    assert found(planned_on=days[1]) == [days[1]]
    assert found(planned_from=days[1], planned_to=days[2]) == days[1:3]
    assert found(plan=plan["id"], status="scheduled") == days
    assert found(status="done") == []
    forward, back = walked(api, flow.SESSIONS, limit=2)
    assert forward == back == [one["id"] for one in plan["sessions"]]
