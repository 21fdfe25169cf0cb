"""Synthetic patients by the thousand, one in five with a consultation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Max
from django_scopes import scope

from clinic import audit
from clinic.models import Clinic, Membership, User
from consultations.models import ConcernEntry, ConditionAnswer, Consultation, Patient
from consultations.synthetic import PREFIX, Crowd

BATCH = 2000
BAR = 40


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", type=int, default=1000, help="how many patients to add")
        parser.add_argument("--clinic", default="demo", help="the clinic's code")

    def handle(self, *args: Any, **options: Any) -> None:
        size = options["size"]
        if size < 1:
            raise CommandError("--size is a number above zero.")
        clinic = Clinic.objects.filter(code=options["clinic"]).first()
        member = Membership.objects.filter(clinic=clinic).order_by("pk").first()
        if clinic is None or member is None:
            raise CommandError("There is no such clinic with people in it; see load_demo.")
        with scope(clinic=clinic):
            self._seed(clinic, member.user, size)

    def _seed(self, clinic: Clinic, by: User, size: int) -> None:
        first = _first_free()
        crowd = Crowd(clinic, by, seed=first)
        for done in range(0, size, BATCH):
            count = min(BATCH, size - done)
            _add(crowd, crowd.patients(first + done, count))
            self._show(done + count, size)
        audit.record("patients-seeded", by=by, clinic=clinic.pk, detail={"count": size})
        self.stdout.write(f"\n{size} patients added to {clinic}.")

    def _show(self, done: int, size: int) -> None:
        full = BAR * done // size
        bar = "█" * full + "░" * (BAR - full)
        self.stdout.write(f"\r{bar} {done:>9,} of {size:,}", ending="")
        self.stdout.flush()


@transaction.atomic
def _add(crowd: Crowd, patients: list[Patient]) -> None:
    Patient.objects.bulk_create(patients, batch_size=BATCH)
    consultations = list(crowd.consultations(patients))
    Consultation.objects.bulk_create(consultations, batch_size=BATCH)
    ConcernEntry.objects.bulk_create(map(crowd.concern_of, consultations), batch_size=BATCH)
    ConditionAnswer.objects.bulk_create(map(crowd.answer_of, consultations), batch_size=BATCH)


def _first_free() -> int:
    """After the last synthetic number; they are all equally long, so they sort as text."""
    seeded = Patient.objects.filter(number__startswith=PREFIX, number__regex=rf"^{PREFIX}\d{{7}}$")
    last: str | None = seeded.aggregate(last=Max("number"))["last"]
    return int(last.removeprefix(PREFIX)) + 1 if last else 1
