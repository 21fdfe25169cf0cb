"""A database that starts with the starter catalogue; a clinic and its people."""

from datetime import date
from itertools import count

import pytest
from django.core.cache import cache
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient

from clinic.models import Clinic, Membership, User
from clinic.tokens import issue_token
from tests import starter
from tests.engine.cases import DAY
from treatments.compiler import catalogue_of
from treatments.models import Release

# How long an example takes is the machine's affair: timings live in the benchmarks.
settings.register_profile(
    "untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")

PASSWORD = "a long and quiet river"
_numbers = count(1)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """The default database is always made, also when only tests without `db` read `catalogue`."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases=["default"])
        starter.prepare()
    starter.restore_after_transactional_tests()
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def catalogue(django_db_setup, django_db_blocker):
    """The starter release as the engine reads it. Tests that use it need no database."""
    with django_db_blocker.unblock():
        return catalogue_of(Release.objects.get(key="2026.1"))


@pytest.fixture(autouse=True)
def _empty_cache():
    """Rates and replies kept from one test must not reach the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language():
    """A page asked for in another language leaves that language behind."""
    with translation.override("en"):
        yield


@pytest.fixture
def clinic(db):
    return Clinic.objects.create(code="harbour", name="Harbour Clinic")


@pytest.fixture
def other_clinic(db):
    return Clinic.objects.create(code="hillside", name="Hillside Clinic")


@pytest.fixture
def make_member(clinic):
    """`make_member("physician")` is a new person with that role; `at` names another clinic."""

    def make(role, *, at=None, **fields):
        username = fields.pop("username", f"{role}-{next(_numbers)}")
        user = User.objects.create_user(username, password=PASSWORD, **fields)
        Membership.objects.create(user=user, clinic=at or clinic, role=role)
        return user

    return make


@pytest.fixture
def client_of(make_member):
    """`client_of("nurse")` is a browser with that person logged in, who is its `user`."""

    def log_in(role, **where):
        client = Client()
        client.user = make_member(role, **where)
        client.force_login(client.user)
        return client

    return log_in


@pytest.fixture
def api_of(make_member, clinic):
    """`api_of("integration")` is a program with that person's token, who is its `user`."""

    def connect(role, *, at=None, access="write"):
        client = APIClient()
        client.user = make_member(role, at=at)
        _token, text = issue_token(
            client.user, clinic=at or clinic, name="tests", by=None, access=access
        )
        client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
        return client

    return connect


@pytest.fixture
def on_the_day(monkeypatch):
    """It is the day on which the worked cases consult: their sessions are still to come."""
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date.fromisoformat(DAY))
