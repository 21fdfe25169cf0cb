"""Who signs and who writes below, at the same moment: one waits for the other."""

from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import DatabaseError, connection, transaction
from django_scopes import scope, scopes_disabled

from clinic.guards import guards_of, lay, lift
from consultations.models import ConcernEntry
from consultations.services import plans
from tests.consultations.made import again, ready

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 0.7  # seconds after which somebody who has not been let through is taken to wait
LONG = 15


class Other:
    """Somebody else's connection, which does one thing."""

    def __init__(self, act):
        self.act, self.error, self.thread = act, None, Thread(target=self._run)
        self.thread.start()

    def _run(self):
        try:
            with scopes_disabled():
                self.act()
        except DatabaseError as error:
            self.error = str(error)
        finally:
            connection.close()

    def is_done(self, within=SOON):
        self.thread.join(within)
        return not self.thread.is_alive()

    def result(self):
        self.thread.join(20)
        assert not self.thread.is_alive()
        return self.error


@contextmanager
def writing_below(consultation):
    """A transaction of another connection that has changed a concern and is still open."""
    written, finish = Event(), Event()

    def change():
        with transaction.atomic():
            ConcernEntry.objects.filter(consultation=consultation).update(goal="Other")
            written.set()
            assert finish.wait(20)

    other = Other(change)
    assert written.wait(20)
    try:
        yield
    finally:
        finish.set()
        assert other.result() is None


def signing(proposal, by):
    def sign():
        with scope(clinic=proposal.clinic):
            plans.sign(proposal.consultation, by=by, past_sessions=True)

    return Other(sign)


def test_a_signature_waits_for_a_write_that_is_under_way(clinic, physician):
    proposal = ready(clinic, physician)

    with writing_below(proposal.consultation):
        signature = signing(proposal, physician)
        assert not signature.is_done()

    assert signature.result() is None
    assert again(proposal.consultation).signed_at


def test_a_write_waits_for_a_signature_that_is_under_way_and_is_refused(clinic, physician):
    proposal = ready(clinic, physician)
    with scope(clinic=clinic):
        concerns = ConcernEntry.objects.filter(consultation=proposal.consultation)

    with scope(clinic=clinic), transaction.atomic():
        plans.sign(proposal.consultation, by=physician, past_sessions=True)
        write = Other(lambda: concerns.update(goal="Other"))
        assert not write.is_done()

    assert "a closed consultation never changes" in write.result()
    assert {row.goal for row in concerns.all()} == {""}


def test_without_the_guard_a_signature_would_not_wait(clinic, physician):
    """The positive control. SQLite lets only one write at a time anyway."""
    proposal = ready(clinic, physician)
    guards = [one for one in guards_of("consultations") if one.table == ConcernEntry._meta.db_table]
    lift(guards, using="default")

    try:
        with writing_below(proposal.consultation):
            signature = signing(proposal, physician)
            goes_on = connection.vendor == "postgresql"
            assert signature.is_done(LONG if goes_on else SOON) == goes_on
        assert signature.result() is None
    finally:
        lay(guards, using="default")
