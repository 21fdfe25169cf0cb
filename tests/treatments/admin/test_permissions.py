"""The catalogue in the admin: curators edit, administrators look, other roles stay out."""

import pytest

from clinic.models import AuditEvent
from clinic.roles import Role
from tests.treatments.admin.pages import page
from tests.treatments.admin.rows import PAGES
from treatments.models import (
    Draft,
    Release,
    ReleaseActivation,
    ReleaseApproval,
    Rule,
    Statement,
)
from treatments.services.editing import RowEdit, save_edit

EDITORS = {Role.CURATOR, Role.MEDICAL_LEAD}
LOOKERS = {Role.ADMINISTRATOR}
OTHERS = set(Role) - EDITORS - LOOKERS


def release_steps():
    """What only the medical lead does to a release."""
    release = Release.objects.get()
    return [page(Release, view, release.pk) for view in ("activate", "approve")]


@pytest.mark.parametrize("role", sorted(OTHERS))
def test_other_roles_stay_out(client_of, role):
    client = client_of(role)

    for model in PAGES:
        answer = client.get(page(model))
        assert answer.status_code == 302, model
        assert "/login/" in answer.url
    assert client.post(page(Rule, "add"), {}).status_code == 302
    for url in release_steps():
        assert client.post(url, {"note": "x"}).status_code == 302
    assert ReleaseActivation.objects.count() == 1
    assert not ReleaseApproval.objects.exists()


def test_strangers_are_sent_to_the_login(client, db):
    answer = client.get(page(Rule))

    assert answer.status_code == 302
    assert "/login/" in answer.url


@pytest.mark.parametrize("role", sorted(LOOKERS))
def test_administrators_look_without_touching(client_of, role):
    client, rule = client_of(role), Rule.objects.get(code="S-07")

    assert client.get(page(Rule)).status_code == 200
    assert client.get(page(Rule, "history", rule.pk)).status_code == 200
    shown = client.get(page(Rule, "change", rule.pk))
    assert shown.status_code == 200
    assert "_save" not in shown.content.decode()
    assert client.get(page(Rule, "add")).status_code == 403
    assert client.post(page(Rule, "change", rule.pk), {"title": "x"}).status_code == 403
    assert client.post(page(Rule, "delete", rule.pk), {"post": "yes"}).status_code == 403
    for url in release_steps():
        assert client.get(url).status_code == client.post(url, {"note": "x"}).status_code == 403
    rule.refresh_from_db()
    assert rule.title != "x"
    refused = AuditEvent.objects.filter(actor=client.user.pk, outcome="refused")
    assert {event.action for event in refused} == {
        "admin-rule",
        "publish-release",
        "approve-release",
    }


@pytest.mark.parametrize("role", sorted(EDITORS))
def test_curators_edit(client_of, role):
    assert client_of(role).get(page(Statement, "add")).status_code == 200


def test_a_curator_puts_no_release_in_force_and_approves_none(client_of):
    curator = client_of("curator")

    for url in release_steps():
        assert curator.get(url).status_code == curator.post(url, {"note": "x"}).status_code == 403
    assert ReleaseActivation.objects.count() == 1
    assert not ReleaseApproval.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MEDICAL_LEAD}))
@pytest.mark.parametrize(
    "do", ["submit", "send-back", "publish", "withdraw", "approve-rule", "accept"]
)
def test_a_step_needs_the_right_whatever_the_page_offers(client_of, make_member, role, do):
    rule = Rule.objects.get(code="S-07")
    rule.wait_days = 10
    save_edit(RowEdit(row=rule), by=make_member("curator"))
    draft = Draft.objects.get()

    answer = client_of(role).post(page(Draft, "change", draft.pk), {"do": do, "note": "x"})

    outside, mine = role in OTHERS, role in EDITORS and do not in {"publish", "approve-rule"}
    assert answer.status_code == (302 if outside else 200 if mine else 403)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_release_can_be_neither_added_by_hand_nor_changed_nor_deleted(client_of):
    curator, release = client_of("curator"), Release.objects.get()

    assert curator.get(page(Release, "add")).status_code == 403
    assert curator.post(page(Release, "change", release.pk), {"note": "x"}).status_code == 403
    assert curator.post(page(Release, "delete", release.pk), {"post": "yes"}).status_code == 403
    shown = curator.get(page(Release, "change", release.pk)).content.decode()
    assert release.digest in shown
    assert "Rules: " in shown


def test_the_role_counts_that_the_request_speaks_for(client_of, other_clinic):
    """A curator of another clinic who works here as a nurse stays out while they work here."""
    nurse = client_of("nurse")
    nurse.user.memberships.create(clinic=other_clinic, role="curator")

    assert nurse.get(page(Rule)).status_code == 302

    session = nurse.session
    session["clinic"] = str(other_clinic.pk)
    session.save()
    assert nurse.get(page(Rule)).status_code == 200


def test_pages_keep_to_the_content_policy(client_of, make_member):
    curator = client_of("medical-lead")
    rule = Rule.objects.get(code="S-07")
    rule.wait_days = 10
    save_edit(RowEdit(row=rule), by=make_member("curator"))
    draft = page(Draft, "change", Draft.objects.get().pk)

    for url in (page(Rule), page(Rule, "add"), draft, *release_steps()):
        answer = curator.get(url)
        text = answer.content.decode()
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert " onclick=" not in text
        assert " style=" not in text
        assert "<script>" not in text
