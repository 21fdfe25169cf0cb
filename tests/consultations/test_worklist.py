"""After publishing: who is concerned, what changed for them, and who has seen it."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from clinic.models import AuditEvent
from clinic.roles import Action, Role, allows
from consultations import policies
from consultations.models import BlastResult, Plan, SeenResult, SessionItem
from consultations.services import decisions, intake, proposals
from consultations.services.events import Told, correct_event, record_event
from consultations.services.worklist import mark_seen
from consultations.worklists import to_look_at
from tests.consultations import changing
from tests.consultations.made import LOW_PLATELETS, accept, again, proposed, sign
from tests.consultations.views.test_query_counts import queries
from treatments.models import Release, Rule
from treatments.services.releases import activate_release

pytestmark = pytest.mark.django_db
URL = "/worklist/"


@pytest.fixture
def draft(make_member):
    return changing.draft_by(make_member("curator"))


@pytest.fixture
def lead(make_member):
    return make_member("medical-lead")


@pytest.fixture
def elsewhere(make_member, other_clinic):
    return make_member("physician", at=other_clinic)


@pytest.fixture
def mine(client_of, clinic):
    """A physician's browser, with a smoker's plan and proposal, both healthy and not."""
    browser = client_of("physician")
    browser.plan = changing.plan(clinic, browser.user, **changing.SMOKER)
    browser.proposal = proposed(clinic, browser.user, **changing.SMOKER)
    browser.healthy = changing.plan(clinic, browser.user)
    return browser


@pytest.fixture
def published(mine, draft, lead):
    changing.exclude_smokers()
    changing.run_to_the_end(draft)
    return changing.publish(draft, lead)


def rows(browser, **query):
    return [row for row, _groups in browser.get(URL, query).context["rows"]]


def subjects(browser, **query):
    return {row.plan_id or row.proposal_id for row in rows(browser, **query)}


def results(clinic):
    with scope(clinic=clinic):
        return list(to_look_at())


def test_what_a_release_changes_stands_in_the_worklist(mine, published):
    page = mine.get(URL)

    assert subjects(mine) == {mine.plan.pk, mine.proposal.pk}
    text = page.content.decode()
    assert mine.plan.patient.family_name in text
    assert "Ruled out" in text
    assert mine.healthy.patient.family_name not in text


def test_nothing_stands_there_before_publishing(mine, draft):
    changing.exclude_smokers()
    changing.run_to_the_end(draft)

    assert rows(mine) == []


def test_today_says_how_many(mine, published, client_of):
    assert "2 of your patients" in mine.get("/").content.decode()

    other = client_of("physician").get("/").content.decode()
    assert "2 in the whole clinic" in other
    assert f"{URL}?of=all" in other


def test_today_says_nothing_when_nothing_changed(mine):
    assert URL not in mine.get("/").content.decode()


def test_one_sees_ones_own_patients_first_and_the_clinics_on_request(mine, published, client_of):
    colleague = client_of("physician")

    assert subjects(colleague) == set()
    assert subjects(colleague, of="all") == {mine.plan.pk, mine.proposal.pk}


def test_another_clinic_sees_nothing_of_it(published, client_of, other_clinic, mine):
    stranger = client_of("physician", at=other_clinic)
    (row, *_more) = results(mine.plan.clinic)

    assert subjects(stranger, of="all") == set()
    answer = stranger.post(reverse("consultations:seen", args=[row.pk]))
    unknown = stranger.post(reverse("consultations:seen", args=[uuid.uuid4()]))
    assert (answer.status_code, unknown.status_code) == (404, 404)


def test_seen_takes_a_row_off_and_stays_on_record(mine, published):
    row = next(one for one in results(mine.plan.clinic) if one.plan_id)

    answer = mine.post(reverse("consultations:seen", args=[row.pk]), follow=True)

    assert "Marked as seen." in answer.content.decode()
    assert subjects(mine) == {mine.proposal.pk}
    event = AuditEvent.objects.get(action="catalogue-change-seen")
    assert (event.actor, event.patient) == (mine.user.pk, mine.plan.patient_id)
    assert event.detail["effects"] == ["blocked"]


def test_the_first_who_saw_it_stays_named(mine, published, physician):
    row = results(mine.plan.clinic)[0]
    with scope(clinic=mine.plan.clinic):
        first = mark_seen(row, by=mine.user)
        again_ = mark_seen(row, by=physician)

    assert (first.pk, first.seen_by) == (again_.pk, mine.user)


def test_what_was_seen_cannot_be_undone(mine, published):
    row = results(mine.plan.clinic)[0]
    with scope(clinic=mine.plan.clinic):
        mark_seen(row, by=mine.user)

    table = "consultations_seenresult"
    for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET seen_at = seen_at"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_result_names_the_clinic_of_its_plan(mine, published, other_clinic):
    row = results(mine.plan.clinic)[0]
    with scopes_disabled(), pytest.raises(DatabaseError), transaction.atomic():
        BlastResult.objects.filter(pk=row.pk).update(clinic=other_clinic)


def test_the_same_change_is_not_shown_again_by_the_next_release(mine, published, make_member, lead):
    for row in results(mine.plan.clinic):
        with scope(clinic=row.clinic):
            mark_seen(row, by=mine.user)
    next_draft = changing.draft_by(make_member("curator"))
    Rule.objects.filter(code="S-07").update(wait_days=9)
    changing.run_to_the_end(next_draft)
    changing.publish(next_draft, lead)

    assert subjects(mine) == set()
    with scopes_disabled():
        assert SeenResult.objects.count() == 2


def test_a_patient_who_was_dealt_with_leaves_the_worklist(mine, published):
    with scope(clinic=mine.proposal.clinic):
        proposals.propose(mine.proposal.consultation, by=mine.user)
    changing.cancel_rest(mine.plan, mine.user)

    assert subjects(mine) == set()


def test_rolling_back_ends_the_worklist_of_the_release_that_was_left(mine, published):
    """What was made under the one before is as it was; what was made since: test_catching_up."""
    activate_release(Release.objects.get(key="2026.1"), by=None)
    assert subjects(mine) == set()

    activate_release(published, by=None)
    assert subjects(mine) == {mine.plan.pk, mine.proposal.pk}


def test_signed_records_stay_as_they_were(mine, draft, lead):
    with scopes_disabled():
        before = list(Plan.objects.order_by("pk").values_list())
    changing.exclude_smokers()
    changing.run_to_the_end(draft)
    changing.publish(draft, lead)

    with scopes_disabled():
        assert list(Plan.objects.order_by("pk").values_list()) == before


@pytest.mark.parametrize("role", Role.values)
def test_worklist_is_for_those_who_see_consultations(client_of, role, published):
    browser = client_of(role)

    status = browser.get(URL).status_code
    marked = browser.post(reverse("consultations:seen", args=[uuid.uuid4()])).status_code

    assert status == (200 if allows(role, Action.VIEW_CONSULTATION) else 403)
    assert marked == (404 if allows(role, Action.EDIT_CONSULTATION) else 403)


def test_worklist_asks_the_same_for_any_number_of_rows(client_of, clinic, draft, lead):
    browser, asked, made = client_of("physician"), [], 0
    changing.exclude_smokers()

    for count in (1, 3, 30):
        while made < count:
            proposed(clinic, browser.user, **changing.SMOKER)
            made += 1
        changing.run_to_the_end(draft)
        if count == 1:
            changing.publish(draft, lead)
            draft.refresh_from_db()
            with scope(clinic=clinic):
                assert len(results(clinic)) == 1
        number, response = queries(browser, URL)
        asked.append((number, len(response.context["rows"])))

    assert len({number for number, _rows in asked}) == 1, asked


# An open consultation and a plan, by themselves


def test_a_proposal_says_what_changed_since(mine, published):
    row = mine.proposal
    page = page_of(mine, row)

    assert "The catalogue changed since" in page
    assert "Facts changed since" not in page
    assert changed_url(row) in page
    with scope(clinic=row.clinic):
        fresh = again(row)
        assert policies.catalogue_changed(fresh)
        assert not policies.facts_changed(fresh)
        assert policies.is_stale(fresh)


def test_a_proposal_says_when_only_facts_changed(mine):
    row = mine.proposal
    with scope(clinic=row.clinic):
        intake.update_consultation(
            row.consultation, by=mine.user, version=row.consultation.version, goals="Smoother"
        )

    page = page_of(mine, row)

    assert "Facts changed since" in page
    assert "The catalogue changed since" not in page


def page_of(browser, proposal):
    url = reverse("consultations:proposal-number", args=[proposal.consultation_id, proposal.number])
    return browser.get(url).content.decode()


def changed_url(proposal):
    return reverse(
        "consultations:proposal-changed", args=[proposal.consultation_id, proposal.number]
    )


def test_what_changed_for_one_patient(mine, published):
    page = mine.get(changed_url(mine.proposal)).content.decode()

    assert "An option is gone" in page
    assert "Release 2026.1" in page
    assert f"Release {published.key}" in page
    event = AuditEvent.objects.filter(action="proposal-opened").latest("pk")
    assert event.patient == mine.proposal.consultation.patient_id


def test_a_plan_says_what_changed_for_what_is_left_of_it(mine, published):
    url = reverse("consultations:plan", args=[mine.plan.pk])
    changed = reverse("consultations:plan-changed", args=[mine.plan.pk])
    healthy = reverse("consultations:plan-changed", args=[mine.healthy.pk])

    assert changed in mine.get(url).content.decode()
    assert "Blocked" in mine.get(changed).content.decode()
    assert "Nothing changes for this patient." in mine.get(healthy).content.decode()

    changing.cancel_rest(mine.plan, mine.user)
    assert changed not in mine.get(url).content.decode()


def test_open_consultations_say_it_in_the_list_of_today(mine, published):
    assert mine.get("/").content.decode().count("catalogue changed since") == 1

    with scope(clinic=mine.proposal.clinic):
        proposals.propose(mine.proposal.consultation, by=mine.user)
    assert "catalogue changed since" not in mine.get("/").content.decode()


@pytest.mark.parametrize("role", Role.values)
def test_what_changed_is_for_those_who_see_the_record(client_of, mine, published, role):
    browser = client_of(role)
    plan = reverse("consultations:plan-changed", args=[mine.plan.pk])

    statuses = browser.get(changed_url(mine.proposal)).status_code, browser.get(plan).status_code

    assert statuses == (
        200 if allows(role, Action.VIEW_CONSULTATION) else 403,
        200 if allows(role, Action.VIEW_PLAN) else 403,
    )


def test_what_changed_is_nobody_elses_business(client_of, mine, published, other_clinic):
    stranger = client_of("physician", at=other_clinic)

    assert stranger.get(changed_url(mine.proposal)).status_code == 404
    plan = reverse("consultations:plan-changed", args=[mine.plan.pk])
    assert stranger.get(plan).status_code == 404


# Overrides, for whoever curates the rules


def override(clinic, by, rule="L-08b", reason="condition-stable", **facts):
    proposal = proposed(clinic, by, **(facts or LOW_PLATELETS))
    with scope(clinic=clinic):
        return decisions.override_rule(
            proposal.consultation,
            rule=rule,
            area="face",
            treatment="prp",
            reason=reason,
            text="Only the clinician reads this.",
            by=by,
        )


def test_overrides_are_counted_by_rule_reason_and_release(
    client_of, clinic, physician, other_clinic, elsewhere
):
    override(clinic, physician)
    override(clinic, physician)
    changing.wait_longer()
    changing.publish_as("2026.2")
    override(clinic, physician, reason="patient-informed")
    override(other_clinic, elsewhere)
    changing_diabetes(clinic, physician)

    page = client_of("curator").get("/overrides/")

    first, second = page.context["rules"]
    assert (first.code, first.total) == ("L-08b", 3)
    assert crossed(first) == [
        ("2026.2", "The informed patient accepts the risk", 1),
        ("2026.1", "The condition is stable and under treatment", 2),
    ]
    assert (second.code, second.total) == ("L-14", 1)
    assert crossed(second) == [("2026.2", "The condition is stable and under treatment", 1)]
    text = page.content.decode()
    assert "Only the clinician reads this." not in text
    rule = Rule.objects.get(code="L-08b")
    assert reverse("admin:treatments_rule_change", args=[rule.pk]) in text


def crossed(rule):
    return [(one.release, one.label, one.number) for one in rule.crosses]


def overridden_plan(clinic, by):
    """A plan that was signed although L-08b advised against it."""
    proposal = override(clinic, by)
    accept(proposal, by)
    return sign(proposal, by)


def happened(plan, by, **changes):
    with scope(clinic=plan.clinic):
        item = SessionItem.objects.filter(session__plan=plan).first()
        told = {
            "treatment": item.treatment.code,
            "area": item.area.code,
            "what": "Only the clinician reads this.",
            "seriousness": "mild",
            "onset_on": timezone.localdate(),
            "outcome": "recovered",
        }
        return record_event(plan, Told(**{**told, **changes}), by=by)


def test_what_happened_afterwards_is_counted_where_the_rule_was_overridden(
    client_of, clinic, physician, other_clinic, elsewhere
):
    plan = overridden_plan(clinic, physician)
    override(clinic, physician)  # was not signed
    healthy = changing.plan(clinic, physician)
    theirs = overridden_plan(other_clinic, elsewhere)
    mistaken = happened(plan, physician, seriousness="serious")
    worse = happened(plan, physician)
    for row in (plan, plan, healthy, theirs):
        happened(row, elsewhere if row is theirs else physician)
    with scope(clinic=clinic):
        told = Told(
            treatment=worse.treatment.code,
            area=worse.area.code,
            what="It lasted.",
            seriousness="moderate",
            onset_on=worse.onset_on,
            outcome="lasting",
        )
        correct_event(worse, told, by=physician)
        correct_event(mistaken, told, by=physician, withdrawn=True)

    page = client_of("curator").get("/overrides/")

    (rule,) = page.context["rules"]
    (cross,) = rule.crosses
    assert (cross.number, cross.serious) == (2, 0)
    assert cross.events == {"Other, mild": 2, "Other, moderate": 1}
    text = page.content.decode()
    assert "Only the clinician reads this." not in text
    assert "It lasted." not in text


def changing_diabetes(clinic, by):
    """Another rule, overridden once."""
    return override(clinic, by, rule="L-14", conditions=keloid())


def keloid():
    return {"pregnancy": "no", "breastfeeding": "no", "keloid-tendency": "yes"}


def test_an_override_that_was_taken_back_does_not_count(client_of, clinic, physician):
    proposal = override(clinic, physician)
    with scope(clinic=clinic):
        decisions.withdraw_override(proposal.consultation.overrides.get(), by=physician)

    assert client_of("curator").get("/overrides/").context["rules"] == []


@pytest.mark.parametrize("role", Role.values)
def test_report_is_for_those_who_curate(client_of, role):
    status = client_of(role).get("/overrides/").status_code

    assert status == (200 if allows(role, Action.EDIT_CATALOGUE) else 403)


def test_report_asks_the_same_for_any_number_of_rows(client_of, clinic, physician):
    browser, asked, made = client_of("curator"), [], 0

    for count in (1, 3, 30):
        while made < count:
            override(clinic, physician)
            made += 1
        number, response = queries(browser, "/overrides/")
        assert response.context["rules"][0].total == count
        asked.append(number)

    assert len(set(asked)) == 1, asked
