"""Wrong passwords pause the login for whoever sends them, and for nobody else."""

import pytest
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.urls import reverse

from clinic.addresses import client_address
from clinic.models import AuditEvent
from tests.conftest import PASSWORD

LOGIN = reverse("login")
PROXY, ATTACKER, VICTIM = "10.0.0.2", "203.0.113.9", "198.51.100.7"


def login(username, password, *, through, peer=PROXY):
    """Sent to our proxy, which adds its caller at the end of the header."""
    data = {"username": username, "password": password}
    return Client(REMOTE_ADDR=peer).post(LOGIN, data, headers={"X-Forwarded-For": through})


@pytest.fixture
def user(make_member):
    return make_member("nurse")


@pytest.fixture
def _one_proxy(settings):
    settings.PROXY_COUNT = 1


@pytest.mark.usefixtures("_one_proxy")
def test_inventing_addresses_does_not_help_who_guesses(user):
    answers = [
        login(user.username, "wrong", through=f"192.0.2.{number}, {ATTACKER}").status_code
        for number in range(6)
    ]

    assert answers[-1] == 429
    assert login(user.username, PASSWORD, through=f"192.0.2.77, {ATTACKER}").status_code == 429


@pytest.mark.usefixtures("_one_proxy")
def test_the_person_whose_password_is_guessed_still_gets_in(user):
    for _ in range(6):
        login(user.username, "wrong", through=ATTACKER)

    assert login(user.username, PASSWORD, through=VICTIM)["Location"] == "/"


def test_without_a_proxy_the_header_counts_for_nothing(user):
    for number in range(6):
        answer = login(user.username, "wrong", through=f"192.0.2.{number}", peer=ATTACKER)

    assert answer.status_code == 429
    assert login(user.username, PASSWORD, through=ATTACKER, peer=VICTIM)["Location"] == "/"


@pytest.mark.parametrize(
    ("count", "named", "peer", "expected"),
    [
        (0, ATTACKER, PROXY, PROXY),
        (1, ATTACKER, PROXY, ATTACKER),
        (1, f"{VICTIM}, {ATTACKER}", PROXY, ATTACKER),
        (2, f"{VICTIM}, {ATTACKER}", PROXY, VICTIM),
        (3, f"{VICTIM}, {ATTACKER}", PROXY, PROXY),  # not through our proxies
        (1, "", PROXY, PROXY),
        (1, "unknown", PROXY, PROXY),
        (1, f"{ATTACKER}:4711", PROXY, ATTACKER),
        (1, "[2001:db8::1]:4711", PROXY, "2001:db8::1"),
        (1, "2001:DB8:0:0::1", PROXY, "2001:db8::1"),
        (1, f"::ffff:{ATTACKER}", PROXY, ATTACKER),
        (1, "fe80::1%eth0", PROXY, "fe80::1"),
        (0, "", "", None),  # a socket file has no address
    ],
)
def test_the_address_is_what_our_own_proxies_saw(settings, count, named, peer, expected):
    settings.PROXY_COUNT = count
    request = RequestFactory().post(LOGIN, REMOTE_ADDR=peer, headers={"X-Forwarded-For": named})

    assert client_address(request) == expected


@pytest.mark.parametrize("peer", ["", "@"])
def test_a_wrong_password_over_a_socket_file_is_written_down(user, peer):
    page = login(user.username, "wrong", through=ATTACKER, peer=peer)

    assert page.status_code == 200
    assert AccessAttempt.objects.get().ip_address is None


@pytest.mark.parametrize("length", [151, 100_000])
def test_a_name_longer_than_any_is_refused_at_its_field(db, length):
    page = Client().post(LOGIN, {"username": "a" * length, "password": "wrong"})

    assert page.status_code == 200
    assert "username" in page.context["form"].errors
    assert not AccessAttempt.objects.exists()


def test_a_password_longer_than_any_is_refused_at_its_field(user):
    page = Client().post(LOGIN, {"username": user.username, "password": "a" * 100_000})

    assert "password" in page.context["form"].errors


def test_the_longest_name_is_tried_and_written_down(db):
    Client().post(LOGIN, {"username": "a" * 150, "password": "wrong"})

    assert AccessAttempt.objects.get().username == "a" * 150


def test_headers_without_end_are_cut_before_they_are_written_down(user):
    headers = dict.fromkeys(["User-Agent", "Accept", "X-Request-ID", "Accept-Language"], "a" * 9000)

    page = Client().post(LOGIN, {"username": user.username, "password": "no"}, headers=headers)

    assert page.status_code == 200
    assert len(page["X-Request-ID"]) == 36


@pytest.mark.usefixtures("_one_proxy")
def test_one_password_tried_on_many_names_rests_for_that_address(user, settings):
    settings.LOGIN_FAILURES_PER_ADDRESS = 7
    answers = [
        login(f"nobody-{number}", "wrong", through=ATTACKER).status_code for number in range(7)
    ]

    assert answers == [*[200] * 6, 429]
    assert login(user.username, PASSWORD, through=ATTACKER).status_code == 429
    assert login(user.username, PASSWORD, through=VICTIM)["Location"] == "/"


def test_over_a_socket_file_not_everybody_is_one_address(user, settings):
    settings.LOGIN_FAILURES_PER_ADDRESS = 3
    for number in range(4):
        login(f"nobody-{number}", "wrong", through=ATTACKER, peer="")

    assert login(user.username, PASSWORD, through=VICTIM, peer="")["Location"] == "/"


def test_a_login_that_rests_adds_nothing_to_the_trail(user):
    for _ in range(8):
        login(user.username, "wrong", through=ATTACKER)

    assert AuditEvent.objects.filter(action="login", outcome="refused").count() == 5
