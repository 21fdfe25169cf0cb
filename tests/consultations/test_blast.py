"""What a draft changes for the patients of all clinics, counted by hand on ten plans."""

import json

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django_scopes import scope, scopes_disabled

from clinic.models import AuditEvent
from clinic.roles import Action, Role, allows
from consultations.enums import RunStatus
from consultations.models import BlastResult, BlastRun
from consultations.services import blast, proposals
from consultations.services.blast import (
    cancel_run,
    continue_run,
    missing_run,
    resume_run,
    start_run,
)
from tests.consultations import changing
from tests.consultations.made import decided, proposed
from tests.consultations.views.test_query_counts import queries
from treatments.compiler import compile_document
from treatments.engine import digest_of
from treatments.services.review import PRECONDITIONS, review_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator(make_member):
    return make_member("curator")


@pytest.fixture
def elsewhere(make_member, other_clinic):
    return make_member("physician", at=other_clinic)


@pytest.fixture
def draft(curator):
    return changing.draft_by(curator)


@pytest.fixture
def ten(clinic, physician, other_clinic, elsewhere):
    return changing.ten_plans(clinic, physician, other_clinic, elsewhere)


def url(name, pk):
    return reverse(f"consultations:{name}", args=[pk])


def test_ten_plans_counted_by_hand(ten, draft):
    changing.change_everything()

    run = changing.run_to_the_end(draft)

    assert changing.effects(run) == {
        ten["painkiller, both"].pk: ["too-early", "dates-changed"],
        ten["smoker, both"].pk: ["blocked"],
        ten["smoker, plasma"].pk: ["blocked"],
        ten["smoker, plasma is over"].pk: ["option-lost"],
        ten["autoimmune"].pk: ["new-option"],
        ten["spots"].pk: ["ingredients-changed", "warnings-changed"],
    }
    assert run.counts == {
        "proposals": 0,
        "plans": 10,
        "plans.changed": 6,
        "plans.too-early": 1,
        "plans.blocked": 2,
        "plans.option-lost": 1,
        "plans.dates-changed": 1,
        "plans.ingredients-changed": 1,
        "plans.warnings-changed": 1,
        "plans.new-option": 1,
    }
    assert (run.total, run.done) == (10, 10)


def test_before_and_after_hold_what_the_draft_says(ten, draft):
    changing.wait_longer()

    run = changing.run_to_the_end(draft)

    with scopes_disabled():
        (row,) = BlastResult.objects.filter(run=run)
    assert row.plan_id == ten["painkiller, both"].pk
    assert meso(row.before)["not_before"] == "2026-03-08"
    assert meso(row.after)["not_before"] == "2026-03-11"
    assert row.effect == "too-early"


def meso(view):
    (area,) = view["areas"]
    return next(one for one in area["treatments"] if one["treatment"] == "mesotherapy")


def test_open_proposals_are_evaluated_as_they_stand(clinic, physician, draft):
    changing.exclude_smokers()
    smoker = proposed(clinic, physician, **changing.SMOKER)
    proposed(clinic, physician)
    with scope(clinic=clinic):
        newest = proposals.propose(smoker.consultation, by=physician)

    run = changing.run_to_the_end(draft)

    assert changing.effects(run) == {newest.pk: ["option-lost"]}
    assert (run.counts["proposals"], run.counts["plans"]) == (2, 0)


def test_plans_that_are_over_are_left_out(ten, draft, physician, elsewhere):
    for row in ten.values():
        changing.cancel_rest(row, physician)
    changing.change_everything()

    run = changing.run_to_the_end(draft)

    assert (run.total, run.counts["plans"], changing.effects(run)) == (0, 0, {})


def test_nothing_but_the_run_is_written(ten, draft, clinic, physician):
    decided(clinic, physician, **changing.SMOKER)
    changing.change_everything()
    before = everything()

    changing.run_to_the_end(draft)

    after = everything()
    assert {name for name in after if before[name] != after[name]} == {
        "consultations.blastrun",
        "consultations.blastresult",
        "clinic.auditevent",
    }
    events = AuditEvent.objects.filter(subject_type="consultations.blastrun")
    assert {row.action for row in events} == {"blast-radius-started", "blast-radius-finished"}


def everything():
    with scopes_disabled():
        return {
            model._meta.label_lower: sorted(map(repr, model.objects.values_list()))
            for model in apps.get_models()
            if model._meta.app_label in {"clinic", "treatments", "consultations"}
        }


def test_a_killed_run_goes_on_where_it_was(ten, draft, monkeypatch):
    changing.change_everything()
    whole = changing.effects(changing.run_to_the_end(draft))
    monkeypatch.setattr(blast, "BATCH", 3)
    run = start_run(draft, by=None)
    keep, calls = blast._keep, []

    def dies(current, rows, found):
        calls.append(len(rows))
        keep(current, rows, found)
        if len(calls) == 3:
            raise KeyboardInterrupt  # after it wrote, before it committed

    monkeypatch.setattr(blast, "_keep", dies)
    with pytest.raises(KeyboardInterrupt):
        continue_run(run)
    run.refresh_from_db()
    assert (run.status, run.done) == (RunStatus.RUNNING, 3)

    monkeypatch.setattr(blast, "_keep", keep)
    finished = continue_run(start_run(draft, by=None))

    assert finished.pk == run.pk
    assert (finished.status, finished.done) == (RunStatus.FINISHED, 10)
    assert changing.effects(finished) == whole


def test_two_who_drive_a_run_count_nothing_twice(ten, draft, monkeypatch):
    changing.change_everything()
    monkeypatch.setattr(blast, "BATCH", 4)
    run = continue_run(start_run(draft, by=None), budget=0)
    catalogue = blast._catalogue(draft)

    one = blast._next_batch(run, catalogue)
    other = blast._next_batch(run, catalogue)  # began where the first began

    assert (run.done, one.done, other.done) == (0, 4, 4)
    finished = continue_run(run)
    assert (finished.done, len(changing.effects(finished))) == (10, 6)


def test_a_run_stops_and_goes_on(ten, draft, curator, monkeypatch):
    monkeypatch.setattr(blast, "BATCH", 3)
    changing.change_everything()
    run = continue_run(start_run(draft, by=curator), budget=0)

    stopped = cancel_run(run, by=curator)
    assert stopped.status == RunStatus.CANCELLED
    assert continue_run(stopped).done == stopped.done < 10
    resumed = continue_run(resume_run(stopped, by=curator))

    assert (resumed.status, resumed.done) == (RunStatus.FINISHED, 10)
    assert len(changing.effects(resumed)) == 6
    actions = AuditEvent.objects.filter(subject=str(run.pk)).values_list("action", flat=True)
    assert {"blast-radius-cancelled", "blast-radius-resumed"} <= set(actions)


def test_a_budget_ends_a_stretch(ten, draft, monkeypatch):
    monkeypatch.setattr(blast, "BATCH", 3)
    run = start_run(draft, by=None)

    stretches = []
    while run.status == RunStatus.RUNNING:
        run = continue_run(run, budget=0)
        stretches.append(run.done)

    assert stretches == [0, 3, 6, 9, 10]


def test_an_edit_makes_a_run_count_no_more(ten, draft, curator):
    run = start_run(draft, by=curator)
    changing.wait_longer()

    with pytest.raises(ValidationError, match="changed since"):
        continue_run(run)
    with pytest.raises(ValidationError, match="changed since"):
        resume_run(cancel_run(run, by=curator), by=curator)

    fresh = start_run(draft, by=curator)
    assert fresh.pk != run.pk
    assert fresh.digest == digest_of(compile_document(draft.key)) != run.digest


def test_publishing_asks_for_a_finished_run_of_this_very_document(ten, draft):
    digest = digest_of(compile_document(draft.key))
    assert len(missing_run(draft, digest)) == 1

    run = start_run(draft, by=None)
    assert len(missing_run(draft, digest)) == 1
    continue_run(run)
    assert missing_run(draft, digest) == []

    changing.wait_longer()
    assert len(missing_run(draft, digest_of(compile_document(draft.key)))) == 1


def test_nothing_is_asked_for_when_nobody_is_treated(draft):
    assert missing_run(draft, "sha256:any") == []


def test_the_review_of_a_draft_asks(ten, draft):
    assert missing_run in PRECONDITIONS
    assert review_of(draft).unmet == tuple(missing_run(draft, "sha256:any"))

    changing.run_to_the_end(draft)
    assert review_of(draft).unmet == ()


def test_a_draft_that_the_engine_cannot_read_is_refused(ten, draft):
    changing.make_unreadable()

    with pytest.raises(ValidationError, match="cannot be evaluated yet"):
        start_run(draft, by=None)


def test_command_shows_the_way_and_the_numbers(ten, draft, capsys):
    changing.exclude_smokers()

    call_command("blast_radius", draft.key)

    out = capsys.readouterr().out
    assert "10 of 10" in out
    assert "2 plans.blocked" in out


def test_command_wants_a_draft(db):
    with pytest.raises(CommandError, match="no such draft"):
        call_command("blast_radius", "2099.1")


# In the browser


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("get", "blast-radius"),
        ("post", "start-blast"),
        ("post", "continue-blast"),
        ("post", "cancel-blast"),
        ("post", "resume-blast"),
    ],
)
def test_pages_are_for_those_who_curate(client_of, draft, role, method, name):
    run = start_run(draft, by=None)
    pk = draft.pk if name in {"blast-radius", "start-blast"} else run.pk

    status = getattr(client_of(role), method)(url(name, pk)).status_code

    assert status == ((200 if method == "get" else 302) if curates(role) else 403)


def curates(role):
    return allows(role, Action.EDIT_CATALOGUE)


def test_page_drives_a_run_to_its_end(client_of, ten, draft, monkeypatch):
    monkeypatch.setattr(blast, "BATCH", 6)
    monkeypatch.setattr("consultations.views.blast.SECONDS", 0)
    changing.exclude_smokers()
    browser = client_of("curator")
    assert "has not been evaluated" in browser.get(url("blast-radius", draft.pk)).content.decode()

    browser.post(url("start-blast", draft.pk))
    run = BlastRun.objects.get()
    page = browser.get(url("blast-radius", draft.pk)).content.decode()
    assert url("continue-blast", run.pk) in page
    answers = [
        browser.post(url("continue-blast", run.pk), headers={"HX-Request": "true"})
        for _step in range(3)
    ]

    assert ["HX-Refresh" in answer for answer in answers] == [False, False, True]
    assert "6 of 10" in answers[1].content.decode()
    done = browser.get(url("blast-radius", draft.pk)).content.decode()
    assert "3 of 10 unfinished plans change" in done
    assert url("continue-blast", run.pk) not in done


def test_page_says_when_the_draft_was_edited_meanwhile(client_of, ten, draft):
    browser = client_of("curator")
    run = start_run(draft, by=None)
    changing.wait_longer()

    step = browser.post(url("continue-blast", run.pk), headers={"HX-Request": "true"})
    page = browser.get(url("blast-radius", draft.pk)).content.decode()

    assert "hx-post" not in step.content.decode()
    assert "edited after this evaluation" in page


def test_a_curator_sees_no_patient(client_of, ten, draft):
    changing.change_everything()
    changing.run_to_the_end(draft)

    page = client_of("curator").get(url("blast-radius", draft.pk)).content.decode()

    assert "6 of 10 unfinished plans change" in page
    assert "day 9" in page
    for row in ten.values():
        assert row.patient.family_name not in page
        assert str(row.pk) not in page
    assert " March 2026" not in page


def test_a_lead_sees_the_patients_of_their_own_clinic(client_of, clinic, other_clinic, ten, draft):
    changing.change_everything()
    changing.run_to_the_end(draft)

    page = client_of("medical-lead").get(url("blast-radius", draft.pk)).content.decode()

    assert " March 2026" in page
    assert other_clinic.name not in page
    for name, row in ten.items():
        changes = name not in {"healthy", "painkiller, plasma"}
        own = row.clinic_id == clinic.pk and changes
        assert (row.patient.family_name in page) == own, name
        assert (url("plan", row.pk) in page) == own, name


def test_results_can_be_narrowed(client_of, ten, draft):
    changing.change_everything()
    changing.run_to_the_end(draft)
    browser = client_of("curator")

    def shown(query):
        return len(browser.get(url("blast-radius", draft.pk), query).context["rows"])

    assert shown({}) == 6
    assert shown({"effect": "blocked"}) == 2
    assert shown({"effect": "dates-changed", "kind": "plans"}) == 1
    assert shown({"kind": "proposals"}) == 0
    assert shown({"effect": "nonsense", "kind": "x", "after": "9999999999:x"}) == 6


def test_page_asks_the_same_for_any_number_of_rows(
    client_of, clinic, physician, draft, monkeypatch
):
    changing.exclude_smokers()
    browser = client_of("medical-lead")
    asked, made = [], 0

    for count in (1, 3, 30):
        while made < count:
            proposed(clinic, physician, **changing.SMOKER)
            made += 1
        changing.run_to_the_end(draft)
        number, response = queries(browser, url("blast-radius", draft.pk))
        assert len(response.context["rows"]) == min(count, 25)
        asked.append(number)

    assert len(set(asked)) == 1, asked


def test_pages_follow_each_other(client_of, clinic, physician, draft, monkeypatch):
    monkeypatch.setattr("consultations.worklists.PAGE", 2)
    changing.exclude_smokers()
    made = {proposed(clinic, physician, **changing.SMOKER).pk for _number in range(5)}
    changing.run_to_the_end(draft)
    browser, seen, after = client_of("curator"), [], ""

    while True:
        context = browser.get(url("blast-radius", draft.pk), {"after": after}).context
        seen += [row.result.proposal_id for row in context["rows"]]
        after = context["more"]
        if not after:
            break

    assert len(seen) == 5
    assert set(seen) == made


def test_results_are_plain_data(ten, draft):
    changing.change_everything()
    run = changing.run_to_the_end(draft)

    with scopes_disabled():
        kept = json.dumps([[row.before, row.after] for row in BlastResult.objects.filter(run=run)])

    for row in ten.values():
        assert row.patient.family_name not in kept
    assert "conditions" not in kept
