"""A clinic to try the program in: one login a role, a few invented patients. Safe to repeat."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django_scopes import scope

from clinic.models import Clinic, Membership, User
from consultations import demonstration as demo
from consultations.consents import needed_for
from consultations.models import Consultation, Patient, Plan
from consultations.services import consents, decisions, intake, patients, plans, proposals
from treatments.engine import digest_of
from treatments.explanations.minding import to_acknowledge


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--with-known-password",
            action="store_true",
            help="Also outside of DEBUG, where logins with a printed password are a risk.",
        )

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        if not (settings.DEBUG or options["with_known_password"]):
            raise CommandError("The demo logins have a known password; see --with-known-password.")
        clinic, _made = Clinic.objects.get_or_create(code=demo.CLINIC["code"], defaults=demo.CLINIC)
        people = {name: _person(clinic, name, *rest) for name, *rest in demo.PEOPLE}
        with scope(clinic=clinic):
            rows = [_patient(clinic, people["frontdesk"], values) for values in demo.PATIENTS]
            _consultations(rows, people["physician"])
        self._print_logins()

    def _print_logins(self) -> None:
        self.stdout.write(f"  {'Role':<16}{'Login':<14}Password")
        for name, _first, _last, role, _performs in demo.PEOPLE:
            self.stdout.write(f"  {role.label!s:<16}{name:<14}{demo.PASSWORD}")


def _person(clinic: Clinic, name: str, first: str, last: str, *rest: Any) -> User:
    role, performs_as = rest
    user = User.objects.filter(username=name).first()
    if user is None:
        user = User.objects.create_user(name, password=demo.PASSWORD)
        user.first_name, user.last_name = first, last
        user.save()
    Membership.objects.get_or_create(
        user=user, clinic=clinic, defaults={"role": role, "performer": performs_as}
    )
    return user


def _patient(clinic: Clinic, by: User, values: tuple[str, ...]) -> Patient:
    number, family_name, given_name, sex, born, phone = values
    known = Patient.objects.filter(number=number).first()
    return known or patients.register_patient(
        by=by,
        clinic=clinic,
        number=number,
        family_name=family_name,
        given_name=given_name,
        sex=sex,
        birth_date=date.fromisoformat(born) if born else None,
        phone=phone,
    )


def _consultations(rows: list[Patient], by: User) -> None:
    """Two open consultations and a signed plan, once."""
    if Consultation.objects.exists():
        return
    today = rows[0].clinic.today()
    painkiller = {
        "medication": "ibuprofen",
        "prescribed": False,
        "ongoing": False,
        "last_taken_on": str(today - timedelta(days=1)),
    }
    count = {
        "test": "platelets",
        "value": 80_000,
        "unit": "/uL",
        "taken_on": str(today - timedelta(days=6)),
    }
    _told(rows[0], demo.rejuvenation() | {"medications": [painkiller]}, by)
    _told(rows[3], demo.low_platelets() | {"labs": [count]}, by)
    _sign(_told(rows[2], demo.healthy(), by), by)


def _told(patient: Patient, document: dict[str, Any], by: User) -> Consultation:
    consultation = intake.start_consultation(patient, by=by)
    facts = {"consulted_on": str(consultation.consulted_on), **document}
    told = intake.replace_facts(consultation, facts, by=by, version=consultation.version)
    return intake.update_consultation(
        told, by=by, version=told.version, fitzpatrick=3, glogau=2, goals="Look rested."
    )


def _sign(consultation: Consultation, by: User) -> Plan:
    proposal = proposals.propose(consultation, by=by)
    response = proposals.data_of(proposal)
    for area in response["areas"]:
        decisions.decide(
            proposal,
            area=area["area"],
            verdict="accepted",
            by=by,
            option_number=1,
            acknowledged=to_acknowledge(response, area, area["options"][0]),
        )
    for needed in needed_for(proposal):
        document = consents.document_to_sign(proposal, needed.treatment, "en")
        consents.give_consent(
            consultation,
            treatment=needed.treatment,
            language="en",
            read=digest_of(document),
            signature=consents.Signature(name=str(consultation.patient)),
            by=by,
        )
    return plans.sign(consultation, by=by)
