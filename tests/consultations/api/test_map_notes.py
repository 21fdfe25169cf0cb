"""Notes on the map over REST: a consultation's own, each with a version."""

import pytest

from tests.consultations.api import flow


@pytest.fixture
def api(api_of):
    return api_of("physician")


def notes_of(api, consultation):
    return flow.done(api.get(f"{flow.CONSULTATIONS}{consultation['id']}/map-notes/"))


def at(note):
    return f"{flow.MAP_NOTES}{note['id']}/"


def test_a_note_is_pinned_read_moved_and_taken_off(api):
    consultation = flow.consultation(api)
    answer = api.post(f"{flow.CONSULTATIONS}{consultation['id']}/map-notes/", flow.NOTE)
    note = flow.made(answer)

    assert {key: note[key] for key in flow.NOTE} == flow.NOTE
    assert (note["number"], note["created_by"], note["changed_by"]) == (
        1,
        api.user.username,
        None,
    )
    assert (answer["ETag"], answer["Location"]) == ('"1"', f"http://testserver{at(note)}")
    assert notes_of(api, consultation) == [note] == [flow.done(api.get(at(note)))]
    moved = api.patch(at(note), {"x": 0.12345, "area": None}, headers={"If-Match": '"1"'})
    assert (flow.done(moved)["x"], moved.json()["area"], moved["ETag"]) == (0.1234, None, '"2"')
    assert api.delete(at(note), headers={"If-Match": '"2"'}).status_code == 204
    assert notes_of(api, consultation) == []


def test_lists_are_filtered(api):
    first, second = flow.consultation(api), flow.consultation(api)
    note = flow.note(api, on=first["id"])

    def found(**which):
        return [one["id"] for one in flow.done(api.get(flow.MAP_NOTES, which))["results"]]

    assert found(consultation=first["id"]) == found(patient=first["patient"]) == [note["id"]]
    assert found(consultation=second["id"]) == found(patient=second["patient"]) == []


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_write_needs_the_version_that_was_read(api, method):
    note = flow.note(api, on=flow.consultation(api)["id"])
    write = getattr(api, method)

    without = write(at(note), {"text": "Mine"})
    stale = write(at(note), {"text": "Mine"}, headers={"If-Match": '"7"'})

    assert (without.status_code, flow.problems(without)) == (
        428,
        [("If-Match", "if_match_required")],
    )
    assert (stale.status_code, stale["ETag"]) == (412, '"1"')
    assert flow.done(api.get(at(note))) == note


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"x": 1.1}, "x"),
        ({"y": -0.1}, "y"),
        ({"x": "0.4"}, "x"),
        ({"x": True}, "x"),
        ({"x": None}, "x"),
        ({"view": "side"}, "view"),
        ({"area": "nowhere"}, "area"),
        ({"text": ""}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"number": 3}, "number"),
    ],
)
def test_what_cannot_stand_is_refused_by_its_path(api, changes, path):
    consultation = flow.consultation(api)

    answer = api.post(
        f"{flow.CONSULTATIONS}{consultation['id']}/map-notes/", {**flow.NOTE, **changes}
    )

    assert (answer.status_code, [one for one, _code in flow.problems(answer)]) == (400, [path])
    assert notes_of(api, consultation) == []


def test_a_proposal_stays_fresh_and_a_signed_consultation_closed(api):
    proposal = flow.proposal(api)
    flow.decision(api, on=proposal["id"])
    note = flow.note(api, on=proposal["consultation"])
    assert flow.done(api.get(f"{flow.PROPOSALS}{proposal['id']}/"))["stale"] is False
    flow.consents(api, on=proposal["consultation"])

    plan = flow.signed(api, on=proposal["consultation"])

    (signed,) = plan["document"]["map_notes"]
    assert (signed["text"], signed["x"]) == (flow.NOTE["text"], "0.4100")
    late = [
        api.post(f"{flow.CONSULTATIONS}{proposal['consultation']}/map-notes/", flow.NOTE),
        api.patch(at(note), {"text": "Late"}, headers={"If-Match": '"1"'}),
        api.delete(at(note), headers={"If-Match": '"1"'}),
    ]
    assert [(one.status_code, flow.problems(one)) for one in late] == [(409, [("", "closed")])] * 3
