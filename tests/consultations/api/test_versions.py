"""Two people editing one thing: the second is told, and nobody's work is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from clinic.models import AuditEvent
from tests.consultations.api import flow

EDITORS = 6


def writes(api):
    """(how, where, body) of each write that needs If-Match."""
    consultation = flow.consultation(api)
    where = f"{flow.CONSULTATIONS}{consultation['id']}/"
    return [
        (api.patch, f"{flow.PATIENTS}{consultation['patient']}/", {"given_name": "Ada"}),
        (api.patch, where, {"goals": "Smoother"}),
        (api.put, f"{where}facts/", flow.facts()),
    ]


def test_a_write_without_if_match_is_refused(api_of):
    api = api_of("physician")

    for how, where, body in writes(api):
        for headers in ({}, {"If-Match": "*"}, {"If-Match": " "}):
            answer = how(where, body, headers=headers)
            assert (answer.status_code, flow.problems(answer)) == (
                428,
                [("If-Match", "if_match_required")],
            )


@pytest.mark.parametrize("sent", ["1", '"1', 'W/"1"', '"0"', '"-1"', '"one"', '"1", "2"', '"٣"'])
def test_what_is_no_version_of_ours_is_stale(api_of, sent):
    api = api_of("physician")

    for how, where, body in writes(api):
        current = api.get(where)["ETag"]
        if current == sent:
            continue
        answer = how(where, body, headers={"If-Match": sent.encode().decode("latin-1")})
        assert (answer.status_code, flow.problems(answer)) == (412, [("If-Match", "stale")])
        assert answer["ETag"] == current


def test_the_second_editor_is_told_and_the_first_ones_work_stays(api_of):
    first, second = api_of("physician"), api_of("nurse")
    consultation = flow.consultation(first)
    where = f"{flow.CONSULTATIONS}{consultation['id']}/"
    read = {"If-Match": first.get(where)["ETag"]}

    saved = first.patch(where, {"goals": "Smoother"}, headers=read)
    late = second.patch(where, {"goals": "Rosier"}, headers=read)

    assert saved.status_code == 200
    assert (late.status_code, late["ETag"]) == (412, saved["ETag"])
    assert flow.done(second.get(where))["goals"] == "Smoother"
    again = second.patch(where, {"goals": "Rosier"}, headers={"If-Match": late["ETag"]})
    assert flow.done(again)["goals"] == "Rosier"


def test_each_answer_carries_the_version_that_the_next_write_needs(api_of):
    api = api_of("physician")
    started = api.post(flow.CONSULTATIONS, {"patient": flow.patient(api)["id"]})
    where = started["Location"]

    one = api.put(f"{where}facts/", flow.facts(), headers={"If-Match": started["ETag"]})
    two = api.patch(where, {"laser": True}, headers={"If-Match": one["ETag"]})
    three = api.put(f"{where}facts/", flow.facts(), headers={"If-Match": two["ETag"]})

    assert [one.status_code, two.status_code, three.status_code] == [200, 200, 200]
    assert api.get(where)["ETag"] == api.get(f"{where}facts/")["ETag"] == three["ETag"]


def raced(api):
    """The answers of several editors who read the same version and save at once."""
    consultation = flow.consultation(api)
    where = f"{flow.CONSULTATIONS}{consultation['id']}/"
    read = {"If-Match": api.get(where)["ETag"]}

    def save(number):
        try:
            return api.patch(where, {"goals": f"Goal {number}"}, headers=read).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(EDITORS) as editors:
        return sorted(editors.map(save, range(EDITORS)))


@pytest.mark.django_db(transaction=True)
def test_of_editors_who_save_at_once_one_succeeds(api_of):
    api = api_of("physician")

    assert raced(api) == [200] + [412] * (EDITORS - 1)
    assert AuditEvent.objects.filter(action="consultation-changed").count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_race_would_be_seen_if_versions_were_not_compared(api_of, monkeypatch):
    """Positive control: without the comparison more than one editor succeeds."""

    class Deaf:
        """A version that every number is equal to."""

        __hash__ = None

        def __eq__(self, other):
            return True

        def __ne__(self, other):
            return False

    monkeypatch.setattr("consultations.api.consultations.expected_version", lambda _: Deaf())

    assert raced(api_of("physician")).count(200) == EDITORS
