"""The worklist holds everybody whom the release in force concerns, whenever they came."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, transaction
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from clinic.models import AuditEvent
from consultations.enums import RunStatus
from consultations.models import BlastResult, BlastRun, Plan, Proposal
from consultations.services import blast, catching_up, proposals
from consultations.services.catching_up import LONGEST_WRITE, catch_up, catch_up_at_first_sight
from consultations.worklists import to_look_at
from tests.consultations import changing
from tests.consultations.made import proposed
from treatments.models import Release
from treatments.services.going_back import go_to_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(make_member):
    row = changing.draft_by(make_member("curator"))
    changing.exclude_smokers()
    return row


@pytest.fixture
def lead(make_member):
    return make_member("medical-lead")


@pytest.fixture
def mine(client_of):
    return client_of("physician")


def smoker(clinic, by):
    return proposed(clinic, by, **changing.SMOKER)


def smokers_plan(clinic, by):
    return changing.plan(clinic, by, **changing.SMOKER)


def subjects(clinic):
    with scope(clinic=clinic):
        return {row.plan_id or row.proposal_id for row in to_look_at()}


def later(monkeypatch, **delta):
    moment = timezone.now() + timedelta(**delta)
    monkeypatch.setattr(timezone, "now", lambda: moment)


def records():
    """Everything that a release must not touch."""
    with scopes_disabled():
        return [list(model.objects.order_by("pk").values_list()) for model in (Plan, Proposal)]


def test_a_proposal_that_is_newer_than_the_run_stands_in_the_worklist(mine, clinic, draft, lead):
    old = smoker(clinic, mine.user)
    changing.run_to_the_end(draft)
    with scope(clinic=clinic):
        new = proposals.propose(old.consultation, by=mine.user)
    changing.publish(draft, lead)

    page = mine.get("/").content.decode()

    assert "catalogue changed since" in page
    assert "1 of your patients" in page
    assert subjects(clinic) == {new.pk}


def test_plans_signed_before_a_scheduled_release_starts_are_looked_at_when_it_does(
    mine, clinic, draft, lead, monkeypatch
):
    before = smokers_plan(clinic, mine.user)
    changing.run_to_the_end(draft)
    tomorrow = timezone.now() + timedelta(days=1)
    changing.publish(draft, lead, effective_at=tomorrow)
    between, healthy = smokers_plan(clinic, mine.user), changing.plan(clinic, mine.user)
    assert subjects(clinic) == set()
    assert catch_up() is None, "it is not in force yet"
    kept = records()

    later(monkeypatch, days=2)
    call_command("catch_up_worklist", stdout=StringIO())

    assert subjects(clinic) == {before.pk, between.pk}
    assert healthy.pk not in subjects(clinic)
    assert records() == kept


def test_a_rollback_has_a_worklist_of_its_own(mine, clinic, draft, lead):
    before = smokers_plan(clinic, mine.user)
    changing.run_to_the_end(draft)
    published = changing.publish(draft, lead)
    under_it = smoker(clinic, mine.user)

    go_to_release(Release.objects.get(key="2026.1"), by=lead)
    text = mine.get("/worklist/").content.decode()

    assert subjects(clinic) == {under_it.pk}, "the release now says something else to it"
    assert under_it.consultation.patient.family_name in text
    assert before.patient.family_name not in text
    go_to_release(published, by=lead)
    mine.get("/worklist/")
    assert subjects(clinic) == {before.pk}


def test_what_the_run_before_publishing_saw_is_not_evaluated_again(
    mine, clinic, draft, lead, monkeypatch
):
    smokers_plan(clinic, mine.user)
    later(monkeypatch, hours=1)
    changing.run_to_the_end(draft)
    later(monkeypatch, hours=1)
    new = smoker(clinic, mine.user)
    changing.publish(draft, lead)

    catch_up()

    run = BlastRun.objects.get(release__isnull=False)
    assert (run.total, run.done, run.status) == (1, 1, RunStatus.FINISHED)
    with scopes_disabled():
        assert BlastResult.objects.get(run=run).proposal_id == new.pk
        assert BlastResult.objects.count() == 2


def test_late_writes_are_looked_at_once_more(mine, clinic, draft, lead, monkeypatch):
    """A proposal that was begun with the release of before, and stored after the decision."""
    late = smoker(clinic, mine.user)
    with scopes_disabled():
        hidden = Proposal.objects.filter(pk=late.pk)
        monkeypatch.setattr(blast, "open_proposals", hidden.none)
        changing.run_to_the_end(draft)
        changing.publish(draft, lead)
        catch_up()
    assert subjects(clinic) == set()
    monkeypatch.undo()

    assert catch_up() is None
    assert BlastRun.objects.filter(release__isnull=False).count() == 1, "not before they are in"
    later(monkeypatch, seconds=LONGEST_WRITE.total_seconds() + 1)
    catch_up()

    assert subjects(clinic) == {late.pk}
    catch_up()
    assert BlastRun.objects.filter(release__isnull=False).count() == 2, "and then it is done"


def test_it_goes_on_where_it_was_stopped(mine, clinic, draft, lead, monkeypatch):
    monkeypatch.setattr(blast, "BATCH", 1)
    changing.run_to_the_end(draft)
    made = {smoker(clinic, mine.user).pk for _n in range(3)}
    changing.publish(draft, lead)

    run = catch_up(budget=0)
    assert (run.done, run.total, run.status) == (1, 3, RunStatus.RUNNING)
    monkeypatch.setattr(catching_up, "AT_FIRST_SIGHT", 0)
    page = mine.get("/worklist/").content.decode()
    assert "2 of 3 plans and proposals have been looked at so far" in page
    assert catch_up() is None

    assert subjects(clinic) == made
    assert BlastRun.objects.filter(release__isnull=False).count() == 1


def test_it_follows_a_decision_by_itself(
    mine, clinic, draft, lead, django_capture_on_commit_callbacks
):
    changing.run_to_the_end(draft)
    new = smoker(clinic, mine.user)

    with django_capture_on_commit_callbacks(execute=True):
        changing.publish(draft, lead)

    assert subjects(clinic) == {new.pk}
    actions = AuditEvent.objects.filter(action__startswith="worklist-run")
    assert [one.action for one in actions.order_by("pk")] == [
        "worklist-run-started",
        "worklist-run-finished",
    ]


def test_nothing_is_done_while_there_is_but_one_release(mine, clinic):
    smoker(clinic, mine.user)

    mine.get("/")

    assert not BlastRun.objects.exists()


def test_it_is_never_in_the_way_of_whoever_looks(mine, monkeypatch):
    def busy(**_kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(catching_up, "catch_up", busy)
    assert catch_up_at_first_sight() is None
    assert mine.get("/").status_code == 200

    def broken(**_kwargs):
        raise OperationalError("no such table")

    monkeypatch.setattr(catching_up, "catch_up", broken)
    with pytest.raises(OperationalError):
        catch_up_at_first_sight()


def test_two_who_begin_together_share_one_run(mine, clinic, draft, lead):
    changing.run_to_the_end(draft)
    smoker(clinic, mine.user)
    release = changing.publish(draft, lead)
    first = BlastRun.objects.create(release=release, digest=release.digest)

    assert catching_up._begin(release, since=None) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        BlastRun.objects.create(release=release, digest=release.digest)


def test_a_run_is_of_a_draft_or_of_a_release(draft):
    release = Release.objects.get()
    for whose in ({}, {"draft": draft, "release": release}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BlastRun.objects.create(digest="x", **whose)


def test_curators_do_not_steer_the_runs_of_a_release(client_of):
    release = Release.objects.get()
    run = BlastRun.objects.create(release=release, digest=release.digest)

    curator = client_of("curator")
    for step in ("continue", "cancel", "resume"):
        url = f"consultations:{step}-blast"
        assert curator.post(reverse(url, args=[run.pk])).status_code == 404


def test_another_clinic_has_its_own(mine, clinic, other_clinic, make_member, draft, lead):
    changing.run_to_the_end(draft)
    own = smoker(clinic, mine.user)
    theirs = smoker(other_clinic, make_member("physician", at=other_clinic))
    changing.publish(draft, lead)

    catch_up()

    assert subjects(clinic) == {own.pk}
    assert subjects(other_clinic) == {theirs.pk}
