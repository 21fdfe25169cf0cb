"""Before publishing, over REST: a run is started, driven, stopped, resumed, and read."""

import pytest

from clinic.models import AuditEvent
from consultations.models import BlastRun
from tests.consultations import changing
from tests.consultations.api.flow import done, made, problems

RUNS = "/api/v1/blast-radius/"


@pytest.fixture
def curator(api_of):
    return api_of("curator")


@pytest.fixture
def elsewhere(make_member, other_clinic):
    return make_member("physician", at=other_clinic)


@pytest.fixture
def draft(curator):
    return changing.draft_by(curator.user)


@pytest.fixture
def ten(clinic, physician, other_clinic, elsewhere):
    return changing.ten_plans(clinic, physician, other_clinic, elsewhere)


@pytest.fixture
def in_small_steps(monkeypatch):
    monkeypatch.setattr("consultations.services.blast.BATCH", 2)
    monkeypatch.setattr("consultations.api.blast.SECONDS", 0)


def path_of(run, step=""):
    return f"{RUNS}{run['id']}/{step}"


def started(api, draft):
    return made(api.post(RUNS, {"draft": draft.pk}))


def driven(api, run):
    for _round in range(20):
        if run["status"] != "running":
            return run
        run = done(api.post(path_of(run, "continue/")))
    raise AssertionError(run)


def test_a_run_is_driven_to_its_end_and_its_numbers_are_those_of_the_page(
    curator, ten, draft, in_small_steps
):
    changing.change_everything()

    run = started(curator, draft)
    assert (run["status"], run["done"], run["total"]) == ("running", 0, 10)
    further = done(curator.post(path_of(run, "continue/")))
    assert (further["status"], further["done"]) == ("running", 0)  # no proposal is open
    further = done(curator.post(path_of(run, "continue/")))
    assert further["done"] == 2
    end = driven(curator, further)

    assert (end["status"], end["done"], end["up_to_date"]) == ("finished", 10, True)
    (plans, _proposals) = end["counts"]
    assert (plans["kind"], plans["evaluated"], plans["changed"]) == ("plans", 10, 6)
    assert sum(plans["effects"].values()) >= plans["changed"]
    stored = BlastRun.objects.get()
    assert stored.counts["plans.changed"] == plans["changed"]
    assert done(curator.get(RUNS, {"draft": draft.pk}))["results"][0]["id"] == run["id"]


def test_results_are_paged_told_in_words_and_can_be_narrowed(curator, ten, draft):
    changing.change_everything()
    run = driven(curator, started(curator, draft))

    first = done(curator.get(path_of(run, "results/"), {"limit": 4}))
    rest = done(curator.get(first["next"]))

    rows = [*first["results"], *rest["results"]]
    assert len({row["id"] for row in rows}) == len(rows) == 6
    assert {row["subject"] for row in rows} == {"plan"}
    blocked = done(curator.get(path_of(run, "results/"), {"effect": "blocked"}))["results"]
    assert blocked
    assert {row["effect"] for row in blocked} == {"blocked"}
    assert all("blocked" in row["effects"] for row in blocked)
    (line, *_more) = blocked[0]["changes"][0]["lines"]
    assert line["before"] != line["after"]
    assert done(curator.get(path_of(run, "results/"), {"kind": "proposals"}))["results"] == []
    wrong = curator.get(path_of(run, "results/"), {"effect": "x"})
    assert (wrong.status_code, problems(wrong)) == (400, [("effect", "invalid_choice")])


def test_a_curator_sees_no_patient_and_no_date(curator, ten, draft):
    changing.change_everything()
    run = driven(curator, started(curator, draft))

    answer = curator.get(path_of(run, "results/"))

    rows = done(answer)["results"]
    assert {row["consultation"] for row in rows} == {None}
    told = answer.content.decode()
    assert "day " in told
    assert "2026" not in told.replace("2026.", "")
    for plan in ten.values():
        assert str(plan.consultation_id) not in told
        assert plan.patient.family_name not in told


def test_a_lead_is_led_to_the_patients_of_their_own_clinic(api_of, ten, draft, clinic):
    changing.change_everything()
    lead = api_of("medical-lead")
    run = driven(lead, started(lead, draft))

    rows = done(lead.get(path_of(run, "results/")))["results"]

    own = {str(plan.consultation_id) for plan in ten.values() if plan.clinic_id == clinic.pk}
    named = {row["consultation"] for row in rows} - {None}
    assert named
    assert named < own


def test_a_run_is_stopped_and_resumed(curator, ten, draft, in_small_steps):
    run = started(curator, draft)

    stopped = done(curator.post(path_of(run, "cancel/")))
    still = done(curator.post(path_of(run, "continue/")))
    again = done(curator.post(path_of(run, "resume/")))

    assert [one["status"] for one in (stopped, still, again)] == [
        "cancelled",
        "cancelled",
        "running",
    ]
    assert driven(curator, again)["status"] == "finished"
    actions = AuditEvent.objects.filter(action__startswith="blast-radius-").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "blast-radius-started",
        "blast-radius-cancelled",
        "blast-radius-resumed",
        "blast-radius-finished",
    ]


def test_an_edit_meanwhile_is_a_conflict(curator, ten, draft):
    run = started(curator, draft)
    changing.wait_longer()

    answer = curator.post(path_of(run, "continue/"))

    assert (answer.status_code, problems(answer)) == (409, [("", "changed")])
    assert done(curator.get(path_of(run)))["up_to_date"] is False


@pytest.mark.parametrize("sent", [{}, {"draft": "1"}, {"draft": 0}, {"draft": 2**31}])
def test_a_draft_is_named_by_its_id(curator, sent):
    answer = curator.post(RUNS, sent)

    assert answer.status_code == 400
    assert problems(answer)[0][0] == "draft"
    unknown = curator.post(RUNS, {"draft": 999})
    assert (unknown.status_code, problems(unknown)) == (400, [("draft", "invalid")])


@pytest.mark.parametrize("key", ["0", "x", "-1", "99999999999999999999"])
def test_a_run_that_is_not_there_is_not_found(curator, key):
    for path in (f"{RUNS}{key}/", f"{RUNS}{key}/results/"):
        assert curator.get(path).status_code == 404
