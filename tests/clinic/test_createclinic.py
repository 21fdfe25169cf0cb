import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from clinic.models import AuditEvent, Clinic, Membership, User

ARGUMENTS = ("--code", "bay", "--name", "Bay Clinic", "--admin", "irene")


def create(monkeypatch, password, *more):
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    call_command("createclinic", *ARGUMENTS, *more, stdout=io.StringIO())


def test_createclinic_opens_a_clinic_whose_administrator_can_log_in(db, monkeypatch):
    create(monkeypatch, "a long and quiet river")

    answer = Client().post("/login/", {"username": "irene", "password": "a long and quiet river"})
    assert answer.status_code == 302
    membership = Membership.objects.get()
    assert (membership.clinic.code, membership.role) == ("bay", "administrator")
    assert AuditEvent.objects.filter(action="clinic-opened", channel="command").count() == 1


@pytest.mark.parametrize(
    ("password", "more"),
    [("short", ()), ("a long and quiet river", ("--timezone", "Moon/Sea"))],
)
def test_createclinic_refuses_and_stores_nothing(db, monkeypatch, password, more):
    with pytest.raises(CommandError):
        create(monkeypatch, password, *more)

    assert not Clinic.objects.exists()
    assert not User.objects.exists()
