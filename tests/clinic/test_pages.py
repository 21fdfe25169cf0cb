"""Login, account, clinics, languages, and the pages that say what went wrong."""

# ruff: noqa: RUF001 - names as people write them

import time

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from clinic.middleware import SEEN
from clinic.models import Membership
from tests.conftest import PASSWORD

LOGIN = reverse("login")


def test_login_leads_to_today(make_member):
    user = make_member("nurse")
    client = Client()

    response = client.post(LOGIN, {"username": user.username, "password": PASSWORD}, follow=True)

    assert response.redirect_chain[-1][0] == "/"
    assert "Today" in response.content.decode()


def test_a_wrong_password_keeps_the_name_and_says_so(make_member):
    user = make_member("nurse")

    page = Client().post(LOGIN, {"username": user.username, "password": "wrong"})

    text = page.content.decode()
    assert f'value="{user.username}"' in text
    assert "Please enter a correct username and password" in text


def test_login_pauses_after_five_wrong_passwords(make_member):
    user = make_member("nurse")
    client = Client()

    for _ in range(5):
        page = client.post(LOGIN, {"username": user.username, "password": "wrong"})

    assert page.status_code == 429
    assert "Login is paused" in page.content.decode()


def test_a_fragment_that_needs_a_login_moves_the_whole_page(db):
    client = Client(headers={"HX-Request": "true"})

    response = client.post(reverse("consultations:patients"), {"q": "x"}, follow=True)

    assert response["HX-Redirect"] == LOGIN


def test_logout_is_a_post(client_of):
    client = client_of("nurse")

    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout"))["Location"] == LOGIN


def test_password_is_changed_and_weak_ones_are_refused(client_of):
    client = client_of("nurse")
    url = reverse("password_change")

    def send(new):
        data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        return client.post(url, data)

    assert "too short" in send("short").content.decode()
    assert send("another long and quiet river")["Location"] == reverse("account")


def test_switching_clinics(client_of, other_clinic):
    client = client_of("nurse")
    second = Membership.objects.create(user=client.user, clinic=other_clinic, role="curator")

    client.post(reverse("switch-clinic"), {"membership": str(second.pk)})

    page = client.get("/")
    assert page.context["clinic"] == other_clinic
    assert page.context["membership"].role == "curator"


@pytest.mark.parametrize("wanted", ["", "x", "theirs"])
def test_switching_to_a_membership_of_somebody_else_is_no_way_in(
    wanted, client_of, make_member, other_clinic
):
    other = make_member("nurse", at=other_clinic)
    client = client_of("nurse")
    key = str(other.memberships.get().pk) if wanted == "theirs" else wanted

    assert client.post(reverse("switch-clinic"), {"membership": key}).status_code == 404
    assert client.get("/").context["clinic"] != other_clinic


@pytest.mark.parametrize(
    ("language", "direction", "sheet"),
    [("en", "ltr", "bootstrap.min.css"), ("tr", "ltr", "bootstrap.min.css"),
     ("el", "ltr", "bootstrap.min.css"), ("fa", "rtl", "bootstrap.rtl.min.css")],
)  # fmt: skip
def test_language_turns_the_page(language, direction, sheet, db):
    client = Client()
    client.post(reverse("set_language"), {"language": language, "next": LOGIN})

    page = client.get(LOGIN).content.decode()

    assert f'lang="{language}"' in page
    assert f'dir="{direction}"' in page
    assert sheet in page


def test_somebody_without_a_clinic_is_told_so(django_user_model, db):
    client = Client()
    client.force_login(django_user_model.objects.create_user("new", password=PASSWORD))

    assert "no role in a clinic yet" in client.get("/").content.decode()
    assert "no role in a clinic yet" in client.get(reverse("account")).content.decode()


def test_a_form_without_its_token_gives_back_what_was_typed(client_of):
    user = client_of("nurse").user
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    data = {"family_name": "Yılmaz", "goal": "Rested", "password": "secret", "version": "7"}

    response = client.post(reverse("consultations:new-patient"), data)

    page = response.content.decode()
    assert response.status_code == 403
    assert "This was not saved" in page
    assert "Rested" in page
    assert "secret" not in page


def test_refused_and_missing_pages_speak_plainly(client_of):
    client = client_of("curator")

    refused = client.get(reverse("consultations:patients"))
    missing = client.get("/nowhere/")

    assert (refused.status_code, missing.status_code) == (403, 404)
    assert "not part of your role" in refused.content.decode()
    assert "There is nothing here" in missing.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_for_failures_need_nothing_from_the_request(name):
    assert "<h1>" in get_template(name).render()


def test_no_page_carries_script_or_style_of_its_own(client_of):
    client = client_of("medical-lead")

    for address in ("/", reverse("consultations:patients"), reverse("account"), LOGIN):
        page = client.get(address, follow=True).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert "onclick" not in page
        assert all("src=" in tag for tag in page.split("<script")[1:])


@pytest.fixture
def left_alone(client_of, settings):
    """A browser that nobody has touched for longer than a session lasts."""
    client = client_of("physician")
    session = client.session
    session[SEEN] = int(time.time()) - settings.SESSION_IDLE_SECONDS - 1
    session.save()
    return client


def test_a_session_left_alone_ends_at_the_login(left_alone):
    page = left_alone.get("/", follow=True)

    assert page.redirect_chain[0][0].startswith(LOGIN)
    assert "logged out after a while" in page.content.decode()
    assert "_auth_user_id" not in left_alone.session


def test_what_is_sent_after_the_session_ended_can_still_be_copied(left_alone):
    response = left_alone.post(reverse("consultations:new-patient"), {"family_name": "Yılmaz"})

    assert response.status_code == 403
    assert "Yılmaz" in response.content.decode()


def test_a_fragment_after_the_session_ended_moves_the_whole_page(left_alone):
    url = reverse("consultations:patients")

    response = left_alone.post(url, {"q": "x"}, headers={"HX-Request": "true"}, follow=True)

    assert response["HX-Redirect"] == LOGIN


def test_a_session_in_use_goes_on(left_alone):
    session = left_alone.session
    session[SEEN] = int(time.time()) - 120
    session.save()

    assert left_alone.get("/").status_code == 200
    assert left_alone.session[SEEN] >= int(time.time()) - 5
