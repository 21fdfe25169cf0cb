"""After publishing, over REST: the worklist of a clinician, and what they have seen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent
from tests.consultations import changing
from tests.consultations.api.flow import done, problems
from tests.consultations.made import proposed

WORK = "/api/v1/worklist/"


@pytest.fixture
def mine(api_of, clinic):
    api = api_of("physician")
    api.plan = changing.plan(clinic, api.user, **changing.SMOKER)
    api.proposal = proposed(clinic, api.user, **changing.SMOKER)
    api.healthy = changing.plan(clinic, api.user)
    return api


@pytest.fixture
def published(mine, make_member):
    draft = changing.draft_by(make_member("curator"))
    changing.exclude_smokers()
    changing.run_to_the_end(draft)
    return changing.publish(draft, make_member("medical-lead"))


def rows(api, **query):
    return done(api.get(WORK, query))["results"]


def test_nothing_stands_there_before_publishing(mine):
    assert rows(mine) == rows(mine, of="all") == []


def test_what_changed_is_told_before_and_after(mine, published):
    found = {row["plan"] or row["proposal"]: row for row in rows(mine)}

    assert set(found) == {str(mine.plan.pk), str(mine.proposal.pk)}
    row = found[str(mine.plan.pk)]
    assert (row["patient"], row["clinician"], row["seen"]) == (
        str(mine.plan.patient_id),
        mine.user.username,
        None,
    )
    lines = [line for group in row["changes"] for line in group["lines"]]
    assert "Ruled out" in " ".join(line["after"] for line in lines)
    assert done(mine.get(f"{WORK}{row['id']}/")) == row
    opened = AuditEvent.objects.filter(action="consultation-opened").latest("pk")
    assert opened.patient == mine.plan.patient_id


def test_ones_own_patients_first_and_the_clinics_on_request(mine, published, api_of):
    colleague = api_of("physician")

    assert rows(colleague) == []
    assert len(rows(colleague, of="all")) == 2
    wrong = colleague.get(WORK, {"of": "theirs"})
    assert (wrong.status_code, problems(wrong)) == (400, [("of", "unknown_value")])


def test_seen_takes_a_row_off_and_the_first_stays_named(mine, published, api_of):
    (one, other) = rows(mine)

    seen = done(mine.post(f"{WORK}{one['id']}/seen/"))
    again = done(api_of("nurse").post(f"{WORK}{one['id']}/seen/"))

    assert seen["seen"]["seen_by"] == again["seen"]["seen_by"] == mine.user.username
    assert [row["id"] for row in rows(mine)] == [other["id"]]
    assert AuditEvent.objects.filter(action="catalogue-change-seen").count() == 1


def test_rows_cost_the_same_however_many(mine, published):
    rows(mine)  # whoever looks first lets the run for newcomers begin
    with CaptureQueriesContext(connection) as one:
        assert len(rows(mine, limit=1)) == 1
    with CaptureQueriesContext(connection) as two:
        assert len(rows(mine)) == 2

    assert len(one) == len(two)
