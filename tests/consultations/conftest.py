import pytest
from django_scopes import scope


@pytest.fixture
def physician(make_member):
    """A person who may do all that a patient's care needs."""
    return make_member("physician")


@pytest.fixture
def open_clinic(clinic):
    """The clinic's rows can be read and written within the test."""
    with scope(clinic=clinic):
        yield clinic
