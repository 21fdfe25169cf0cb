"""Query sets with the words of the clinic, and what each page needs loaded."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from clinic.text import search_key
from consultations.dates import parse_date
from consultations.enums import SessionStatus

_DIGITS_FOR_PHONE = 3


def _runs(words: list[str]) -> Iterator[list[str]]:
    """Each word by itself, but words of digits that follow each other together: “532 111 22”."""
    for is_digits, run in groupby(words, key=lambda word: not word.strip("0123456789+()/-")):
        group = list(run)
        yield from [group] if is_digits else [[word] for word in group]


class PatientQuerySet(models.QuerySet):
    def matching(self, text: str) -> Self:
        """Patients whose name, number, phone or date of birth fits every word of the text.

        Words may stand in any order and count from their beginning; accents and case do not
        matter. A date of birth is written 1980-05-04 or 04.05.1980.
        """
        found = self
        for words in _runs(search_key(text).split()):
            fits = Q()
            for word in words:
                fits &= self._fits(word)
            if len(words) > 1:
                fits |= self._has_phone("".join(words))
            found = found.filter(fits)
        return found

    def _fits(self, word: str) -> Q:
        # The stored key begins with a space, so “ word” finds beginnings of words only.
        fits = Q(search_key__contains=f" {word}")
        if born := parse_date(word):
            return fits | Q(birth_date=born)
        return fits | self._has_phone(word)

    def _has_phone(self, text: str) -> Q:
        """A part of the number. Zeros before it are left off: they differ with the caller."""
        digits = "".join(char for char in text if char.isdigit()).lstrip("0")
        if len(digits) < _DIGITS_FOR_PHONE:
            return Q(pk__in=[])
        return Q(phone_digits__contains=digits)


class ConsultationQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(status="open")

    def last_signed(self, patient: models.Model) -> Any:
        """The consultation that a returning patient's next one starts from."""
        signed = self.filter(patient=patient, signed_at__isnull=False)
        return signed.order_by("-consulted_on", "-signed_at", "id").first()

    def for_list(self) -> Self:
        """What a row of a list shows, without a query a row."""
        row = self.select_related("patient", "clinician")
        return row.prefetch_related(self._rows("concerns", "concern", "area"))

    def with_facts(self) -> Self:
        """Everything the engine's request is made of, in a fixed number of queries."""
        row = self.select_related("patient", "clinic", "performer", "copied_from")
        return row.prefetch_related(
            "copied_from__amendments",
            self._rows("concerns", "concern", "area"),
            self._rows("condition_answers", "condition"),
            self._rows("allergies", "allergen"),
            self._rows("medications", "medication"),
            self._rows("labs", "test"),
            self._rows("findings", "finding", "area"),
            self._rows("procedures", "procedure", "area"),
            "closed_days",
            "products__parts__ingredient",
        )

    def _rows(self, related: str, *terms: str) -> models.Prefetch:
        """A section's rows together with their terms, in one query."""
        model: Any = self.model._meta.get_field(related).related_model
        return models.Prefetch(related, queryset=model.objects.select_related(*terms))


class PlanQuerySet(models.QuerySet):
    def for_list(self) -> Self:
        return self.select_related("patient", "signed_by").prefetch_related("sessions")

    def with_sessions(self) -> Self:
        """The plan as it is shown and printed."""
        return self.select_related(
            "patient", "clinic", "consultation", "proposal__release", "signed_by"
        ).prefetch_related(
            models.Prefetch("sessions__items", queryset=self._items()),
            "consultation__amendments__by",
            "consultation__map_notes__area",
            "consultation__map_notes__created_by",
            "consultation__map_notes__changed_by",
        )

    def _items(self) -> Any:
        item: Any = self.model._meta.apps.get_model("consultations", "SessionItem")
        return item.objects.with_withdrawals()


class SessionItemQuerySet(models.QuerySet):
    def due_by(self, day: date) -> Self:
        """What was to be given by a day, whatever became of it."""
        return self.filter(session__planned_on__lte=day).order_by("session__planned_on", "id")

    def given_by(self, day: date) -> Self:
        """What can have been given by a day: not of sessions that were cancelled, nor left out."""
        held = self.due_by(day).exclude(session__status=SessionStatus.CANCELLED)
        return held.filter(not_given__isnull=True)

    def with_withdrawals(self) -> Self:
        """Each with its terms, and when the consent to it was taken back, if it was.

        Of several consents to a treatment the newest counts.
        """
        consent: Any = self.model._meta.apps.get_model("consultations", "Consent")
        counts = consent.objects.filter(
            consultation=OuterRef("session__plan__consultation"), treatment=OuterRef("treatment")
        ).order_by("-signed_at", "-id")
        row = self.select_related("area", "treatment", "clinic", "not_given__withdrawal")
        return row.annotate(taken_back_at=Subquery(counts.values("withdrawal__at")[:1]))
