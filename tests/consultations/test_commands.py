"""The demonstration clinic and the synthetic crowd."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django_scopes import scope

from clinic.models import AuditEvent, Clinic, Membership, User
from clinic.roles import Role
from consultations import demonstration
from consultations.models import Consultation, Patient, Plan


def load_demo():
    out = StringIO()
    call_command("load_demo", "--with-known-password", stdout=out)
    return out.getvalue()


@pytest.fixture
def demo(db):
    load_demo()
    return Clinic.objects.get(code="demo")


def test_demo_has_a_login_for_each_role(demo):
    rows = Membership.objects.filter(clinic=demo)

    assert sorted(row.role for row in rows) == sorted(Role.values)
    for name, *_ in demonstration.PEOPLE:
        assert User.objects.get(username=name).check_password(demonstration.PASSWORD)


def test_demo_prints_its_logins(db):
    printed = load_demo()

    for name, *_ in demonstration.PEOPLE:
        assert name in printed
    assert printed.count(demonstration.PASSWORD) == len(demonstration.PEOPLE)


def test_demo_holds_open_consultations_and_a_signed_plan(demo):
    with scope(clinic=demo):
        statuses = sorted(Consultation.objects.values_list("status", flat=True))
        assert statuses == ["open", "open", "signed"]
        assert Plan.objects.count() == 1
        assert Patient.objects.count() == len(demonstration.PATIENTS)
    assert (demo.closed_weekdays, demo.closed_days.count()) == ([], 0)


def test_demo_is_safe_to_repeat(demo):
    with scope(clinic=demo):
        Patient.objects.filter(number="00001").update(phone="1")
    before = (User.objects.count(), AuditEvent.objects.count())

    load_demo()

    assert (User.objects.count(), AuditEvent.objects.count()) == before
    with scope(clinic=demo):
        assert Patient.objects.get(number="00001").phone == "1"


def test_demo_refuses_where_patients_are_real(db):
    with pytest.raises(CommandError, match="known password"):
        call_command("load_demo")

    assert not Clinic.objects.filter(code="demo").exists()


def test_seed_adds_synthetic_patients_and_goes_on_counting(demo):
    out = StringIO()

    call_command("seed", "--size", "11", stdout=out)
    call_command("seed", "--size", "4", stdout=out)

    with scope(clinic=demo):
        seeded = Patient.objects.filter(number__startswith="S")
        assert seeded.count() == 15
        assert sorted(seeded.values_list("number", flat=True))[-1] == "S0000015"
        assert Consultation.objects.filter(patient__in=seeded).count() == 4
        assert all(row.search_key.startswith(" ") for row in seeded)
    assert "11 of 11" in out.getvalue()
    assert AuditEvent.objects.filter(action="patients-seeded").count() == 2


@pytest.mark.parametrize("options", [["--size", "0"], ["--clinic", "nowhere"]])
def test_seed_refuses_what_makes_no_sense(options, demo):
    with pytest.raises(CommandError):
        call_command("seed", *options)
