"""Exactly one release is current at any instant, whatever is put in force and when."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.models import AuditEvent
from clinic.problems import is_busy
from tests.treatments.drafted import in_review
from treatments.compiler import Fate, current_release, reigns_of
from treatments.models import Draft, Release, ReleaseActivation
from treatments.services import activate_release, drafts
from treatments.services.drafts import publish_draft
from treatments.services.releases import take_back_activation

MINUTES = st.integers(0, 500)
DECISIONS = st.tuples(st.just("decide"), st.integers(0, 2), st.one_of(st.none(), MINUTES))
CANCELLATIONS = st.tuples(st.just("take back"), st.integers(0, 11), st.none())
STEPS = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(DECISIONS, DECISIONS, CANCELLATIONS)),
    min_size=1,
    max_size=12,
)


@dataclass(eq=False, kw_only=True)
class Said:
    """The model of a decision: when it takes effect, and whether it was taken back."""

    effective: datetime
    release: Release
    row: ReleaseActivation
    gone: bool = False


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, asked=st.lists(st.integers(-10, 900), min_size=1, max_size=6))
def test_one_release_is_current_and_the_past_never_moves(db, steps, asked):
    with transaction.atomic():
        live_through(steps, asked)
        transaction.set_rollback(True)


def live_through(steps, asked):
    """Publishing and rolling back are both a decision that a release comes into force."""
    first = Release.objects.get()
    releases = [first, *(_copy(first, f"2090.{n}") for n in (1, 2))]
    start = ReleaseActivation.objects.get().effective_at + timedelta(days=1)
    row = ReleaseActivation.objects.get()
    said = [Said(effective=row.effective_at, release=first, row=row)]
    now, seen = start, {}
    for wait, (what, chosen, later) in steps:
        now += timedelta(minutes=wait)
        with at(now):
            if what == "decide":
                said.append(decided(releases[chosen], now, later))
            else:
                taken_back(said[chosen % len(said)], said, now)
            assert current_release() == newest(said, now)
        for moment, release in seen.items():
            with at(moment):
                assert current_release() == release, "a decision never changes what was in force"
        seen[now - timedelta(microseconds=1)] = newest(said, now - timedelta(microseconds=1))
    for minutes in asked:
        look(said, max(start + timedelta(minutes=minutes), said[0].effective))


def decided(release, now, later):
    effective = None if later is None else now + timedelta(minutes=later)
    row = activate_release(release, by=None, effective_at=effective)
    return Said(effective=effective or now, release=release, row=row)


def taken_back(one, said, now):
    if one in waiting(said, now):
        take_back_activation(one.row, by=None)
        one.gone = True
    else:
        with pytest.raises(ValidationError):
            take_back_activation(one.row, by=None)


def look(said, moment):
    """What the database says and what is told of the history is one and the same."""
    told = reigns_of(ReleaseActivation.objects.all(), moment)
    with at(moment):
        assert len(ReleaseActivation.objects.in_force()[:1]) == 1
        assert current_release() == newest(said, moment)
        to_come = set(ReleaseActivation.objects.to_come())
    assert to_come == {one.row for one in waiting(said, moment)}
    assert to_come == {one.activation for one in told if one.fate == Fate.TO_COME}
    (current,) = [one.activation.release for one in told if one.fate == Fate.CURRENT]
    assert current == newest(said, moment)


def newest(said, moment):
    """The model: of everything that has taken effect, what was said last."""
    return [one for one in said if one.effective <= moment and not one.gone][-1].release


def waiting(said, moment):
    """Decisions that will take effect: nothing that was said later does so before them."""
    standing = [one for one in said if not one.gone]
    return [
        one
        for number, one in enumerate(standing)
        if one.effective > moment
        and all(later.effective > one.effective for later in standing[number + 1 :])
    ]


def test_an_urgent_release_is_not_undone_by_one_that_was_scheduled_before(db):
    first, now = Release.objects.get(), timezone.now()
    scheduled, urgent = (_copy(first, f"2090.{n}") for n in (3, 4))
    tomorrow = now + timedelta(days=1)
    activate_release(scheduled, by=None, effective_at=tomorrow)

    activate_release(urgent, by=None)

    with at(now + timedelta(days=2)):
        assert current_release() == urgent
    assert not ReleaseActivation.objects.to_come().exists()
    event = AuditEvent.objects.filter(action="release-activated").latest("pk")
    assert event.detail["supersedes"] == [scheduled.key]


def test_a_rollback_today_does_not_end_when_a_scheduled_release_starts(db):
    first, now = Release.objects.get(), timezone.now()
    second, scheduled = (_copy(first, f"2090.{n}") for n in (2, 3))
    activate_release(second, by=None)
    activate_release(scheduled, by=None, effective_at=now + timedelta(days=1))

    activate_release(first, by=None)

    with at(now + timedelta(days=2)):
        assert current_release() == first


def test_one_that_was_scheduled_later_follows_the_one_before(db):
    """Positive control: decisions that do not cross take effect one after the other."""
    first, now = Release.objects.get(), timezone.now()
    soon, later = (_copy(first, f"2090.{n}") for n in (3, 4))
    activate_release(soon, by=None, effective_at=now + timedelta(days=1))
    activate_release(later, by=None, effective_at=now + timedelta(days=2))

    found = []
    for hours in (0, 30, 54):
        with at(now + timedelta(hours=hours)):
            found.append(current_release())

    assert found == [first, soon, later]


def test_what_has_started_is_not_taken_back(db):
    row = ReleaseActivation.objects.get()

    with pytest.raises(ValidationError) as refused:
        take_back_activation(row, by=None)

    assert refused.value.code == "state"
    assert ReleaseActivation.objects.count() == 1


def test_a_decision_is_taken_back_once(db):
    row = activate_release(
        Release.objects.get(), by=None, effective_at=timezone.now() + timedelta(days=1)
    )
    take_back_activation(row, by=None)

    with pytest.raises(ValidationError):
        take_back_activation(row, by=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReleaseActivation.objects.create(
            release=row.release, effective_at=timezone.now(), takes_back=row
        )


def at(moment):
    return mock.patch.object(timezone, "now", return_value=moment)


def _copy(release, key):
    return Release.objects.create(key=key, digest=release.digest, body=release.body)


def raced(draft, leads, arrived):
    """What becomes of several who publish one draft at the same moment."""
    together = threading.Barrier(len(leads))
    real = drafts.publish_release

    def slow(*args, **kwargs):
        arrived.append(1)
        with suppress(threading.BrokenBarrierError):
            together.wait(timeout=1)
        return real(*args, **kwargs)

    def publish(lead):
        try:
            return publish_draft(draft, by=lead, note="Read.").key
        except ValidationError as error:
            return error.messages
        except OperationalError as error:  # the lock was held for as long as one may wait
            return ["busy"] if is_busy(error) else [str(error)]
        finally:
            connection.close()

    with (
        mock.patch.object(drafts, "publish_release", slow),
        ThreadPoolExecutor(len(leads)) as pool,
    ):
        return list(pool.map(publish, leads))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_does(make_member):
    draft = in_review(make_member("curator"))
    arrived = []

    answers = raced(draft, [make_member("medical-lead") for _n in range(2)], arrived)

    refused = [answer for answer in answers if answer != draft.key]
    assert refused in ([["This draft is no longer in that state: published."]], [["busy"]])
    assert len(arrived) == 1, "the second one never gets as far"
    assert Release.objects.count() == ReleaseActivation.objects.count() == 2
    assert Draft.objects.get().status == "published"


@pytest.mark.django_db(transaction=True)
def test_the_race_would_be_seen_without_the_lock(make_member, monkeypatch):
    """Positive control: unlocked, and outside one transaction, both get to publishing."""
    draft = in_review(make_member("curator"))
    arrived = []
    monkeypatch.setattr(drafts, "locked", lambda row, *_states: Draft.objects.get(pk=row.pk))
    monkeypatch.setattr(f"{__name__}.publish_draft", drafts.publish_draft.__wrapped__)

    raced(draft, [make_member("medical-lead") for _n in range(2)], arrived)

    assert len(arrived) == 2
