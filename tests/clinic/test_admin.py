"""People, clinics, tokens and the audit trail in the admin, each clinic for itself."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic import audit
from clinic.models import ApiToken, AuditEvent, Clinic, ClosedDay, Membership, User
from clinic.roles import Role
from clinic.tokens import issue_token
from tests.treatments.admin.pages import faults, page, saved, submitted, told

PAGES = [User, Membership, Clinic, ApiToken, AuditEvent]
STRONG = "a calm and slow river 7"


def label(model):
    return model._meta.model_name


@pytest.fixture
def administrator(client_of):
    return client_of("administrator")


def events(action):
    return AuditEvent.objects.filter(action=action)


def add_person(client, **fields):
    return submitted(
        client,
        page(User, "add"),
        {"memberships": [{"role": "nurse"}]},
        **{"username": "nora", "password1": STRONG, "password2": STRONG, **fields},
    )


@pytest.mark.parametrize("model", PAGES, ids=label)
def test_pages_open_for_administrators(administrator, model, make_member, clinic):
    issue_token(make_member("integration"), clinic=clinic, name="Lab", by=None)
    audit.record("looked", clinic=clinic.pk)
    row = model._default_manager.filter(**own(model, clinic)).first()

    assert administrator.get(page(model)).status_code == 200
    assert administrator.get(page(model), {"q": "a b"}).status_code == 200
    assert administrator.get(page(model, "change", row.pk)).status_code == 200


def own(model, clinic):
    return {
        User: {"memberships__clinic": clinic},
        Clinic: {"pk": clinic.pk},
        AuditEvent: {"clinic": clinic.pk},
    }.get(model, {"clinic": clinic})


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_other_roles_manage_nobody(client_of, role, clinic):
    client = client_of(role)

    for model in (User, Membership, Clinic, ApiToken):
        assert client.get(page(model)).status_code in {302, 403}
    assert client.post(page(ApiToken, "add"), {}).status_code in {302, 403}
    assert client.post(page(User, "add"), {}).status_code in {302, 403}


@pytest.mark.parametrize("role", [Role.MEDICAL_LEAD, Role.ADMINISTRATOR])
def test_the_audit_trail_opens_to_those_who_may_see_it(client_of, role):
    assert client_of(role).get(page(AuditEvent)).status_code == 200


def test_curators_do_not_see_the_audit_trail(client_of):
    assert client_of("curator").get(page(AuditEvent)).status_code == 403


def test_a_new_person_gets_a_role_and_can_log_in(administrator, clinic):
    assert "success" in {m.level_tag for m in add_person(administrator).context["messages"]}

    person = User.objects.get(username="nora")
    assert person.check_password(STRONG)
    assert (person.is_staff, person.is_superuser) == (False, False)
    assert [(row.clinic, row.role) for row in person.memberships.all()] == [(clinic, "nurse")]
    assert events("user-added").get().actor == administrator.user.pk
    assert events("membership-added").get().detail["role"] == "nurse"
    assert STRONG not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    "fields",
    [
        {"password1": "short1", "password2": "short1"},
        {"password1": "password1234", "password2": "password1234"},
        {"password2": "another calm river 7"},
        {"password1": "", "password2": ""},
        {"username": "with space"},
        {"username": ""},
        {"memberships-0-role": "king"},
        {"memberships-TOTAL_FORMS": "0"},
    ],
)
def test_a_person_that_does_not_fit_is_refused(administrator, fields):
    answer = add_person(administrator, **fields)

    assert answer.status_code == 200
    assert faults(answer)
    assert not User.objects.filter(username__in=["nora", "with space"]).exists()
    assert not events("user-added").exists()


def test_a_person_can_be_closed_out_and_given_another_role(administrator, make_member):
    nurse = make_member("nurse")
    key = nurse.memberships.get().pk

    changes = {"is_active": "", "memberships-0-role": "physician", "memberships-0-id": key}
    saved(administrator, page(User, "change", nurse.pk), **changes)

    nurse.refresh_from_db()
    assert not nurse.is_active
    assert nurse.memberships.get().role == "physician"
    assert events("user-changed").get().detail == {"fields": ["is_active"]}


def test_a_new_password_is_set_and_audited(administrator, make_member):
    nurse = make_member("nurse")
    browser = Client()
    browser.force_login(nurse)
    assert get_user(browser).is_authenticated
    url = f"{page(User)}{nurse.pk}/password/"

    assert administrator.get(url).status_code == 200
    answer = administrator.post(url, {"password1": STRONG, "password2": STRONG})

    nurse.refresh_from_db()
    assert answer.status_code == 302
    assert nurse.check_password(STRONG)
    assert events("password-set").get().subject == str(nurse.pk)
    assert not get_user(browser).is_authenticated, "their sessions have ended"


def test_nobody_changes_their_own_role_or_closes_their_own_account(administrator):
    me = administrator.user

    answer = submitted(
        administrator, page(User, "change", me.pk), **{"memberships-0-role": "medical-lead"}
    )
    assert told(answer) == ["Somebody else has to change your own role."]
    answer = submitted(administrator, page(User, "change", me.pk), is_active="")
    assert told(answer) == ["Somebody else has to close your own account."]
    mine = me.memberships.get()
    submitted(administrator, page(Membership, "change", mine.pk), role="medical-lead")

    me.refresh_from_db()
    mine.refresh_from_db()
    assert (me.is_active, mine.role) == (True, "administrator")


def test_people_of_other_clinics_answer_like_unknown_ones(administrator, make_member, other_clinic):
    stranger = make_member("nurse", at=other_clinic)
    theirs = stranger.memberships.get()
    token, _text = issue_token(stranger, clinic=other_clinic, name="Theirs", by=None)
    audit.record("looked", clinic=other_clinic.pk)
    rows = [stranger, theirs, other_clinic, token, AuditEvent.objects.first()]

    for row in rows:
        listed = administrator.get(page(type(row))).content.decode()
        answer = administrator.get(page(type(row), "change", row.pk))
        assert str(row.pk) not in listed or type(row) is AuditEvent
        assert answer.status_code == 302
    password = f"{page(User)}{stranger.pk}/password/"
    assert administrator.get(password).status_code == 404
    administrator.post(password, {"password1": STRONG, "password2": STRONG})
    stranger.refresh_from_db()
    assert not stranger.check_password(STRONG)


def test_an_account_that_opens_another_clinic_is_not_taken_over(
    administrator, make_member, other_clinic
):
    shared = make_member("nurse")
    shared.memberships.create(clinic=other_clinic, role="physician")

    assert administrator.get(page(User, "change", shared.pk)).status_code == 200
    password = f"{page(User)}{shared.pk}/password/"
    answer = administrator.post(password, {"password1": STRONG, "password2": STRONG})
    assert answer.status_code == 403
    posted = administrator.post(page(User, "change", shared.pk), {"username": "mine"})
    assert posted.status_code == 403

    here = shared.memberships.exclude(clinic=other_clinic).get()
    saved(administrator, page(Membership, "change", here.pk), is_active="")
    here.refresh_from_db()
    assert not here.is_active
    assert shared.memberships.get(clinic=other_clinic).is_active


def test_somebody_with_an_account_joins_by_username(administrator, make_member, other_clinic):
    guest = make_member("physician", at=other_clinic)
    url = page(Membership, "add")

    assert faults(submitted(administrator, url, username="nobody", role="nurse")) == [
        "Nobody has this username."
    ]
    saved(administrator, url, username=guest.username, role="nurse")
    assert guest.memberships.count() == 2
    answer = submitted(administrator, url, username=guest.username, role="physician")
    assert "already has a role in this clinic" in told(answer)[0]
    assert guest.memberships.count() == 2


def test_a_clinic_keeps_its_hours_and_closed_days(administrator, clinic):
    saved(
        administrator,
        page(Clinic, "change", clinic.pk),
        {"closed_days": [{"day": "2026-05-01", "reason": "Holiday"}]},
        name="Harbour",
        timezone="Europe/Istanbul",
        closed_weekdays=["6", "7"],
    )

    clinic.refresh_from_db()
    assert (clinic.name, clinic.timezone) == ("Harbour", "Europe/Istanbul")
    assert clinic.closed_weekdays == [6, 7]
    assert ClosedDay.objects.get().clinic == clinic
    assert events("closed-day-set").get().detail == {"day": "2026-05-01"}

    saved(administrator, page(Clinic, "change", clinic.pk), **{"closed_days-0-DELETE": "on"})
    assert not ClosedDay.objects.exists()
    assert events("closed-day-removed").count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"closed_weekdays": list("1234567")},
        {"closed_weekdays": ["8"]},
        {"timezone": "Nowhere/Land"},
        {"name": ""},
    ],
)
def test_a_clinic_that_does_not_fit_is_refused(administrator, clinic, fields):
    answer = submitted(administrator, page(Clinic, "change", clinic.pk), **fields)

    assert faults(answer)
    assert not events("clinic-changed").exists()


def test_the_same_closed_day_twice_is_refused(administrator, clinic):
    twice = [{"day": "2026-05-01"}, {"day": "2026-05-01"}]

    answer = submitted(administrator, page(Clinic, "change", clinic.pk), {"closed_days": twice})

    assert faults(answer)
    assert not ClosedDay.objects.exists()


def test_a_token_is_shown_once_and_can_be_revoked(administrator, make_member, clinic):
    program = make_member("integration")

    answer = submitted(
        administrator, page(ApiToken, "add"), name="Lab", user=program.pk, access="read", days="7"
    )
    text = re.search(r"csl_[\w-]+", answer.content.decode())[0]
    token = ApiToken.objects.get()
    assert (token.user, token.clinic, token.access) == (program, clinic, "read")
    assert timedelta(days=6) < token.expires_at - timezone.now() <= timedelta(days=7)
    assert events("token-issued").get().actor == administrator.user.pk

    for url in (page(ApiToken), page(ApiToken, "change", token.pk)):
        assert text not in administrator.get(url).content.decode()
    chosen = {"action": "revoke", "_selected_action": [str(token.pk)]}
    assert told(administrator.post(page(ApiToken), chosen, follow=True)) == [
        "The chosen tokens are revoked."
    ]
    token.refresh_from_db()
    assert token.revoked_at
    assert events("token-revoked").count() == 1


@pytest.mark.parametrize(
    "fields", [{"days": "0"}, {"days": "367"}, {"days": "1e400"}, {"name": ""}, {"access": "all"}]
)
def test_a_token_that_does_not_fit_is_refused(administrator, make_member, fields):
    given = {"name": "Lab", "user": make_member("integration").pk, "access": "read", "days": "7"}

    answer = submitted(administrator, page(ApiToken, "add"), **{**given, **fields})

    assert faults(answer)
    assert not ApiToken.objects.exists()


def test_a_token_is_for_a_member_of_the_own_clinic(administrator, make_member, other_clinic):
    stranger = make_member("integration", at=other_clinic)
    given = {"name": "Lab", "user": stranger.pk, "access": "read", "days": "7"}

    assert faults(submitted(administrator, page(ApiToken, "add"), **given))
    assert not ApiToken.objects.exists()


def test_audit_events_are_found_and_never_changed(administrator, make_member, clinic):
    audit.record("looked", clinic=clinic.pk, by=make_member("nurse", username="nell"))
    event = events("looked").get()

    def found(**query):
        rows = administrator.get(page(AuditEvent), query).context["cl"].queryset
        return {row.action for row in rows}

    assert "looked" in found(q="nell")
    assert found(action="looked") == {"looked"}
    assert found(q="not-a-request-id") == set()
    assert "looked" in found(outcome__exact="success", at__year=str(event.at.year))
    assert administrator.get(page(AuditEvent, "add")).status_code == 403
    change = page(AuditEvent, "change", event.pk)
    assert administrator.post(change, {"action": "x"}).status_code == 403
    delete = page(AuditEvent, "delete", event.pk)
    assert administrator.post(delete, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "query", ["at__year=99999", "at__year=x", "at__day=40&at__month=2&at__year=2026"]
)
def test_odd_dates_in_the_audit_trail_are_no_error(administrator, query):
    assert administrator.get(f"{page(AuditEvent)}?{query}").status_code in {200, 302, 400}


@pytest.mark.parametrize("model", [User, Membership, ApiToken, AuditEvent], ids=label)
def test_lists_cost_the_same_with_1_3_and_30_rows(administrator, make_member, clinic, model):
    administrator.get(page(model))
    costs = []
    for more in (1, 2, 27):
        for _n in range(more):
            member = make_member("nurse")
            issue_token(member, clinic=clinic, name="Lab", by=None)
        with CaptureQueriesContext(connection) as captured:
            administrator.get(page(model))
        costs.append(len(captured))

    assert len(set(costs)) == 1, costs


def test_there_is_no_way_past_the_roles_for_a_superuser(db):
    root = User.objects.create_superuser("root", password=STRONG)
    browser = Client()
    browser.force_login(root)

    for model in PAGES:
        assert browser.get(page(model)).status_code == 302


@pytest.mark.parametrize("role", ["nurse", "physician", "front-desk"])
def test_who_has_no_door_here_is_told_so_and_not_sent_around(client_of, role):
    answer = client_of(role).get("/admin/", follow=True)

    assert answer.status_code == 403
    assert len(answer.redirect_chain) == 1
