"""Who came, who was turned away, who left; and when a session ends by itself."""

import time

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinic.middleware import BEGUN, SEEN
from clinic.models import AuditEvent
from tests.conftest import PASSWORD

LOGIN = reverse("login")


def trail(user):
    rows = AuditEvent.objects.filter(subject=str(user.pk)).order_by("pk")
    return [(row.action, row.outcome, row.actor, row.clinic) for row in rows]


def test_coming_and_going_are_in_the_trail(make_member, clinic):
    user = make_member("nurse")
    client = Client()

    client.post(LOGIN, {"username": user.username, "password": "wrong"})
    client.post(LOGIN, {"username": user.username, "password": PASSWORD})
    client.post(reverse("logout"))
    client.post(reverse("logout"))

    assert trail(user) == [
        ("login", "refused", None, clinic.pk),
        ("login", "success", user.pk, clinic.pk),
        ("logout", "success", user.pk, clinic.pk),
    ]


@pytest.mark.parametrize("name", ["nobody at all", "a" * 151, ""])
def test_a_name_that_nobody_has_is_not_kept(db, name):
    Client().post(LOGIN, {"username": name, "password": "wrong"})

    event = AuditEvent.objects.get(action="login")
    assert (event.subject, event.actor, event.actor_name, event.detail) == ("", None, "", {})


@pytest.mark.parametrize("name", [b"\xed\xa0\x80", b"a\x00b"])
def test_a_name_that_cannot_be_stored_is_refused(db, name):
    page = Client().post(LOGIN, {"username": name, "password": "wrong"})

    assert page.status_code in {200, 400}
    logins = AuditEvent.objects.filter(action="login")
    assert set(logins.values_list("subject", "actor_name")) <= {("", "")}


def test_a_password_changed_by_its_owner_is_in_the_trail_and_ends_other_sessions(client_of):
    client = client_of("nurse")
    other = Client()
    other.force_login(client.user)
    new = "another long and quiet river"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    answer = client.post(reverse("password_change"), data)

    assert answer["Location"] == reverse("account")
    assert [row[:3] for row in trail(client.user)] == [("password-set", "success", client.user.pk)]
    assert client.get(reverse("account")).status_code == 200
    assert other.get(reverse("account")).status_code == 302


def test_a_busy_session_ends_after_its_longest_time(client_of):
    client = client_of("nurse")
    client.get(reverse("account"))
    session = client.session
    now = int(time.time())
    session[BEGUN], session[SEEN] = now - settings.SESSION_COOKIE_AGE - 1, now
    session.save()

    assert client.get(reverse("account"))["Location"] == f"{LOGIN}?ended=yes"
    assert client.get(reverse("account"))["Location"].startswith(LOGIN)


def test_use_does_not_move_the_beginning_of_a_session(client_of):
    client = client_of("nurse")
    client.get(reverse("account"))
    session = client.session
    session[BEGUN] = begun = int(time.time()) - settings.SESSION_COOKIE_AGE + 60
    session[SEEN] = session[SEEN] - 600
    session.save()

    assert client.get(reverse("account")).status_code == 200
    assert client.session[BEGUN] == begun
    assert client.session[SEEN] > begun
