from datetime import date

import pytest
from django.utils import timezone
from django_scopes import scope

from tests.engine.cases import DAY


@pytest.fixture
def physician(make_member):
    """A person who may do all that a patient's care needs."""
    return make_member("physician")


@pytest.fixture
def open_clinic(clinic):
    """The clinic's rows can be read and written within the test."""
    with scope(clinic=clinic):
        yield clinic


@pytest.fixture
def on_the_day(monkeypatch):
    """It is the day on which the worked cases consult: their sessions are still to come."""
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date.fromisoformat(DAY))
