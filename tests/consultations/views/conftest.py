import pytest

from tests.consultations.views.rows import add_consultation, add_patient


@pytest.fixture
def physician(client_of):
    """A physician's physician."""
    return client_of("physician")


@pytest.fixture
def patient(clinic, physician):
    return add_patient(clinic, physician.user)


@pytest.fixture
def consultation(clinic, physician, patient):
    return add_consultation(clinic, physician.user, patient)


@pytest.fixture
def nurse(client_of):
    return client_of("nurse")
