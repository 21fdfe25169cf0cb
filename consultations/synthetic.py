"""Invented patients in bulk. Their names are drawn from common ones; nobody real is meant."""

# ruff: noqa: RUF001 - names as people write them

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from clinic.models import Clinic, User
from clinic.text import search_key
from consultations.enums import Answer, Severity
from consultations.models import ConcernEntry, ConditionAnswer, Consultation, Patient
from treatments.models import Area, Concern, Condition


def _words(text: str) -> list[str]:
    return text.split()


FAMILY = _words(
    "Yılmaz Kaya Demir Çelik Şahin Öztürk Aydın Güneş Işık Arslan Koç Doğan Παπαδόπουλος Γεωργίου"
    " Νικολάου Δημητρίου Ιωάννου Κωνσταντίνου محمدی حسینی رضایی کریمی احمدی موسوی Müller Schmidt"
    " Weber Smith Brown Taylor Rossi Ferrari Novák García Martín Silva Jensen Åberg Łukasik"
)
GIVEN = {
    "female": _words(
        "Ayşe Fatma Zeynep Elif Gülşen İpek Özlem Ελένη Μαρία Κατερίνα Σοφία مریم زهرا فاطمه سارا"
        " Anna Charlotte Emma Giulia Lucía Zoë"
    ),
    "male": _words(
        "Mehmet Ahmet İsmail Çağrı Uğur Γιώργος Νίκος Κώστας Γιάννης علی حسین رضا محمد"
        " Thomas Søren José Luca Jan"
    ),
}
ONE_IN_WITH_CONSULTATION = 5
PREFIX = "S"


class Crowd:
    """Makes patients one after another; the same seed makes the same people."""

    def __init__(self, clinic: Clinic, by: User, *, seed: int) -> None:
        self.clinic, self.by = clinic, by
        self.random = random.Random(seed)  # noqa: S311 - invented names, no secret
        self.today = date.today()  # noqa: DTZ011 - any day will do
        self.concerns = list(Concern.objects.active())
        self.areas = list(Area.objects.active())
        self.conditions = list(Condition.objects.active())

    def patients(self, first: int, count: int) -> list[Patient]:
        return [self._patient(number) for number in range(first, first + count)]

    def consultations(self, patients: list[Patient]) -> Iterator[Consultation]:
        for patient in patients[::ONE_IN_WITH_CONSULTATION]:
            yield Consultation(
                clinic=self.clinic,
                patient=patient,
                clinician=self.by,
                consulted_on=self.today - timedelta(days=self.random.randrange(900)),
            )

    def concern_of(self, consultation: Consultation) -> ConcernEntry:
        return ConcernEntry(
            clinic=self.clinic,
            consultation=consultation,
            concern=self.random.choice(self.concerns),
            area=self.random.choice(self.areas),
            severity=self.random.choice(Severity.values),
        )

    def answer_of(self, consultation: Consultation) -> ConditionAnswer:
        return ConditionAnswer(
            clinic=self.clinic,
            consultation=consultation,
            condition=self.random.choice(self.conditions),
            answer=self.random.choice(Answer.values),
        )

    def _patient(self, number: int) -> Patient:
        sex = self.random.choice(("female", "female", "male"))
        values: dict[str, Any] = {
            "number": f"{PREFIX}{number:07d}",
            "family_name": self.random.choice(FAMILY),
            "given_name": self.random.choice(GIVEN[sex]),
            "phone": f"+90 5{self.random.randrange(10**9):09d}",
        }
        names = (values["family_name"], values["given_name"], values["number"])
        return Patient(
            clinic=self.clinic,
            created_by=self.by,
            sex=sex,
            birth_date=self.today - timedelta(days=self.random.randrange(18 * 365, 85 * 365)),
            search_key=f" {search_key(*names)}",
            phone_digits="".join(char for char in values["phone"] if char.isdigit()),
            **values,
        )
