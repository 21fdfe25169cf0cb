"""Exactly one release is current at any instant, whatever is put in force and when."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.problems import is_busy
from tests.treatments.drafted import in_review
from treatments.compiler import current_release
from treatments.models import Draft, Release, ReleaseActivation
from treatments.services import activate_release, drafts
from treatments.services.drafts import publish_draft

MINUTES = st.integers(0, 500)
STEPS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 2), st.one_of(st.none(), MINUTES)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, asked=st.lists(st.integers(-10, 900), min_size=1, max_size=6))
def test_one_release_is_current_and_the_past_never_moves(db, steps, asked):
    with transaction.atomic():
        live_through(steps, asked)
        transaction.set_rollback(True)


def live_through(steps, asked):
    first = Release.objects.get()
    releases = [first, *(_copy(first, f"2090.{n}") for n in (1, 2))]
    start = ReleaseActivation.objects.get().effective_at + timedelta(days=1)
    said = [(ReleaseActivation.objects.get().effective_at, 0, first)]
    now, seen = start, {}
    for number, (wait, chosen, later) in enumerate(steps, start=1):
        now += timedelta(minutes=wait)
        effective = None if later is None else now + timedelta(minutes=later)
        mine = (effective or now, number, releases[chosen])
        with at(now):
            activate_release(releases[chosen], by=None, effective_at=effective)
            assert current_release() == newest([*said, mine], now)
        said.append(mine)
        for moment, release in seen.items():
            with at(moment):
                assert current_release() == release, "a decision never changes what was in force"
        seen[now - timedelta(microseconds=1)] = newest(said, now - timedelta(microseconds=1))
    for minutes in asked:
        moment = max(start + timedelta(minutes=minutes), said[0][0])
        with at(moment):
            assert len(ReleaseActivation.objects.in_force()[:1]) == 1
            assert current_release() == newest(said, moment)


def newest(said, moment):
    """The model: of everything that has taken effect, the latest, and of those the last said."""
    return max((row for row in said if row[0] <= moment), key=lambda row: row[:2])[2]


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
