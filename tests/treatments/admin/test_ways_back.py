"""Releases are left and come back in one click, and the rows of the catalogue go with them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import AuditEvent
from tests.conftest import PASSWORD
from tests.consultations.changing import IBUPROFEN
from tests.engine.cases import request
from tests.treatments.admin.drafting import approve_rules, done, publish, refusals, shown, step
from tests.treatments.admin.drafting import submit as hand_in
from tests.treatments.admin.pages import page, saved, told
from treatments.compiler import compile_document, current_release
from treatments.models import (
    CatalogueChange,
    Draft,
    GoldenCase,
    Release,
    ReleaseActivation,
    Rule,
)
from treatments.services.cases import keep_anonymous

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator(client_of):
    return client_of("curator")


@pytest.fixture
def lead(client_of):
    return client_of("medical-lead")


@pytest.fixture(autouse=True)
def only_a_few_cases(db):
    """Every case is tried on every page of a draft; these are what the tests are about."""
    GoldenCase.objects.exclude(code__in=list(first_codes())).update(active=False)


def first_codes():
    return GoldenCase.objects.order_by("code").values_list("code", flat=True)[:2]


def change(curator, code="S-07", **fields):
    rule = Rule.objects.get(code=code)
    saved(curator, page(Rule, "change", rule.pk), **(fields or {"wait_days": "10"}))


def accept_outcomes(client):
    for one in shown(client)["outcomes"]:
        if not one.outcome.settled:
            done(client, "accept", case=one.outcome.case.code, reason="Meant so.")


def release(curator, lead, when=None, **fields):
    """The way of a change over the pages, from the rule's form to its release."""
    change(curator, **fields)
    hand_in(curator)
    approve_rules(lead)
    accept_outcomes(lead)
    moment = {"effective_at": f"{timezone.localtime(when):%Y-%m-%dT%H:%M}"} if when else {}
    publish(lead, **moment)
    return Release.objects.order_by("-pk").first()


def go_to(client, key, **fields):
    """The one click, with what the button's form holds."""
    found = Release.objects.get(key=key)
    fields = {"put_rows_back": "on", "note": "", "password": PASSWORD, **fields}
    return client.post(page(Release, "activate", found.pk), fields, follow=True)


def wait_days(code="S-07"):
    return Rule.objects.get(code=code).wait_days


def tomorrow():
    return timezone.now() + timedelta(days=1)


def keys_of(client):
    return client.get(page(Release)).content.decode()


def test_the_list_of_releases_offers_the_way_back_to_the_lead_alone(curator, lead):
    assert "Go to release" not in keys_of(lead), "there is nowhere to go back to"
    release(curator, lead)

    assert "Go to release 2026.1" in keys_of(lead)
    assert "Go to release" not in keys_of(curator)
    first = Release.objects.get(key="2026.1")
    assert "Go to release 2026.1" in lead.get(page(Release, "change", first.pk)).content.decode()
    draft = Draft.objects.get()
    assert "Go to release 2026.1" in lead.get(page(Draft, "change", draft.pk)).content.decode()


def test_one_click_goes_back_and_says_what_happened(curator, lead):
    new = release(curator, lead)

    answer = go_to(lead, "2026.1", note="Too strict.")

    assert current_release().key == "2026.1"
    (text,) = told(answer)
    assert f"Release 2026.1 is in force now; until now it was {new.key}." in text
    assert "The rows that curators edit are put back to it: 1 change." in text
    assert f"the same click on release {new.key} undoes it" in text
    assert f"Go to release {new.key}" in answer.content.decode()


def test_a_slip_is_undone_by_the_same_click(curator, lead):
    new = release(curator, lead)
    before = compile_document("x")

    go_to(lead, "2026.1")
    assert wait_days() == 7
    go_to(lead, new.key)

    assert current_release() == new
    assert compile_document("x") == before
    assert not Draft.objects.open().exists()
    go_to(lead, "2026.1")
    assert wait_days() == 7


def test_a_draft_after_going_back_holds_its_own_edits_alone(curator, lead):
    release(curator, lead)
    go_to(lead, "2026.1")

    change(curator, code="S-08", title="Something else")

    context = shown(curator)
    assert [one.code for one in context["comparison"].changes] == ["S-08"]
    assert context["draft"].base.key == "2026.1"
    assert not context["inherited"]


def test_history_says_why_rows_were_put_back(curator, lead):
    release(curator, lead)
    go_to(lead, "2026.1", note="Too strict.")

    back = CatalogueChange.objects.order_by("-pk").first()
    assert (back.draft, back.restores.key, back.why) == (None, "2026.1", "Too strict.")
    assert back.by == lead.user
    shown_page = curator.get(page(Rule, "history", back.row)).content.decode()
    assert "when the rows were put back to release 2026.1" in shown_page
    assert "Too strict." in shown_page
    event = AuditEvent.objects.get(action="catalogue-put-back")
    assert (event.actor, event.detail["key"]) == (lead.user.pk, "2026.1")


def test_golden_cases_expect_again_what_the_release_gives(curator, lead):
    case = keep_anonymous(request(**IBUPROFEN), by=curator.user)[0]
    expected = case.expected
    new = release(curator, lead)
    case.refresh_from_db()
    assert case.expected != expected, "the longer wait was accepted for it"

    go_to(lead, "2026.1")
    case.refresh_from_db()
    assert case.expected == expected
    go_to(lead, new.key)
    case.refresh_from_db()
    assert case.expected != expected


def test_without_the_rows_the_next_draft_says_what_it_inherits(curator, lead):
    new = release(curator, lead)
    answer = go_to(lead, "2026.1", put_rows_back="")

    assert wait_days() == 10
    assert "still hold what release" in answer.content.decode()
    change(curator, code="S-08", title="Something else")

    context = shown(curator)
    assert context["draft"].base == new
    marks = {
        (one.code, field.field): field.inherited
        for one in context["comparison"].changes
        for field in one.fields
    }
    told = {("S-07", name): True for name in ("wait_days", "message", "care")}
    assert marks == {**told, ("S-08", "title"): False}
    text = curator.get(page(Draft, "change", context["draft"].pk)).content.decode()
    assert f"from release {new.key}, not from this draft" in text


def test_withdrawing_undoes_the_drafts_own_edits_and_the_rest_can_follow(curator, lead):
    release(curator, lead)
    go_to(lead, "2026.1", put_rows_back="")
    title = Rule.objects.get(code="S-08").title
    change(curator, code="S-08", title="Something else")

    done(curator, "withdraw", sure="on")
    assert (Rule.objects.get(code="S-08").title, wait_days()) == (title, 10)
    answer = curator.post(page(Release, "put_rows_back"), {"note": "As decided."}, follow=True)

    assert told(answer) == ["The rows that curators edit are put back to it: 1 change."]
    assert wait_days() == 7
    assert current_release().key == "2026.1"
    assert "still hold what release" not in answer.content.decode()


def test_rows_stay_while_somebody_works_on_a_draft(curator, lead):
    release(curator, lead)
    change(curator, code="S-08", title="Something else")

    answer = go_to(lead, "2026.1")

    assert current_release().key == "2026.1"
    assert wait_days() == 10
    assert any("draft 2026.3 is being worked on" in text for text in told(answer))


def test_a_history_that_does_not_lead_back_leaves_the_rows_alone(curator, lead):
    new = release(curator, lead)
    Rule.objects.filter(code="S-08").update(title="Nobody recorded this")

    answer = go_to(lead, "2026.1")

    assert current_release().key == "2026.1", "what is in force comes first"
    assert wait_days() == 10
    assert any("does not lead back to release 2026.1" in text for text in told(answer))
    assert not AuditEvent.objects.filter(action="catalogue-put-back").exists()
    assert new.key == "2026.2"


def test_a_scheduled_release_is_taken_back_with_its_rows(curator, lead):
    scheduled = release(curator, lead, when=tomorrow())
    text = keys_of(lead)
    assert f"Release {scheduled.key} comes into force on" in text
    row = ReleaseActivation.objects.get(release=scheduled)

    url = page(Release, "take_back", row.pk)
    sent = {"put_rows_back": "on", "note": "Not yet.", "password": PASSWORD}
    wrong = lead.post(url, {**sent, "password": "a guess"}, follow=True)
    assert told(wrong) == ["Your password: This is not your password."]
    assert ReleaseActivation.objects.to_come().exists()
    answer = lead.post(url, sent, follow=True)

    (text,) = told(answer)
    assert f"Release {scheduled.key} does not come into force on" in text
    assert wait_days() == 7
    assert not ReleaseActivation.objects.to_come().exists()
    back = ReleaseActivation.objects.order_by("-pk").first()
    assert (back.takes_back, back.activated_by, back.note) == (row, lead.user, "Not yet.")
    event = AuditEvent.objects.get(action="release-taken-back")
    assert event.detail["key"] == scheduled.key
    again = lead.post(url, sent, follow=True)
    assert told(again) == ["This release is not waiting to come into force any more."]
    history = lead.get(page(Release, "change", scheduled.pk)).content.decode()
    assert "and was taken back" in history
    assert "Not yet." in history


def test_curators_do_not_take_back_what_the_lead_decided(curator, lead):
    scheduled = release(curator, lead, when=tomorrow())
    row = ReleaseActivation.objects.get(release=scheduled)

    assert curator.post(page(Release, "take_back", row.pk)).status_code == 403
    assert list(ReleaseActivation.objects.to_come()) == [row]
    refused = AuditEvent.objects.filter(outcome="refused", actor=curator.user.pk)
    assert [event.action for event in refused] == ["publish-release"]


def test_a_draft_on_top_of_a_waiting_release_says_so(curator, lead):
    scheduled = release(curator, lead, when=tomorrow())

    change(curator, code="S-08", title="Something else")

    context = shown(curator)
    assert context["draft"].base == scheduled
    assert context["base_starts"]
    text = curator.get(page(Draft, "change", context["draft"].pk)).content.decode()
    assert f"Release {scheduled.key} comes into force on" in text
    assert f"brings the changes of {scheduled.key} into force as well" in text


def test_an_urgent_release_keeps_the_one_that_waited_from_starting(curator, lead, monkeypatch):
    scheduled = release(curator, lead, when=tomorrow())
    urgent = release(curator, lead, code="S-08", title="Urgent")

    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    lead.force_login(lead.user)  # by then the session is over

    assert current_release() == urgent
    history = lead.get(page(Release, "change", scheduled.pk)).content.decode()
    assert "a newer decision came first" in history
    assert "never in force" in history


def test_what_a_release_is_stands_in_words(lead):
    first = Release.objects.get()

    text = lead.get(page(Release, "change", first.pk)).content.decode()

    assert "+00:00" not in text
    assert "never_proposed" not in text
    assert "Ingredients that are never proposed: 2" in text
    assert "by a command" not in text
    assert "in force since" in text


def test_after_submitting_the_page_says_until_when(curator):
    change(curator)
    warnings = [one.finding.id for one in shown(curator)["warnings"]]

    answer = step(curator, "submit", acknowledged=warnings)

    assert told(answer) == [
        "The draft is in review. Until it is published or sent back, no row can be changed."
    ]


def test_who_edited_still_does_not_publish(curator, lead):
    """Going back changes nothing about the two people of a publication."""
    release(curator, lead)
    go_to(lead, "2026.1")
    change(lead, code="S-08", title="By the lead")
    hand_in(lead)

    answer = step(lead, "publish", note="My own.")

    assert any("Somebody else has to approve it" in text for text in refusals(answer))


@pytest.mark.parametrize("password", ["", "a guess"])
def test_a_way_back_is_gone_with_ones_own_password(curator, lead, password):
    new = release(curator, lead)
    assert '<input type="password"' in keys_of(lead)

    answer = go_to(lead, "2026.1", password=password)

    (text,) = told(answer)
    why = "This is not your password." if password else "This field is required."
    assert text == f"Your password: {why}"
    assert current_release() == new
    assert wait_days() == 10


def test_after_too_many_guesses_no_way_back_is_open(curator, lead):
    new = release(curator, lead)

    answers = [go_to(lead, "2026.1", password="a guess").status_code for _ in range(6)]

    assert answers[-1] == 429
    assert go_to(lead, "2026.1").status_code == 429
    assert current_release() == new
