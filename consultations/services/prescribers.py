"""Asking whoever prescribes a medicine, and going on with the answer."""

import json
from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import User
from consultations import policies
from consultations.agreements import grounds_of
from consultations.errors import IncompleteFacts
from consultations.models import Consultation, PrescriberQuestion, Proposal
from consultations.services.proposals import data_of, latest, propose
from consultations.validators import validate_told_day
from treatments.models import Area, Treatment

# Area and treatment.
Place = tuple[str, str]


@transaction.atomic
def ask_prescriber(
    consultation: Consultation, *, rule: str, places: Iterable[Place], text: str, by: User
) -> list[PrescriberQuestion]:
    """Note that the prescriber is asked whether these treatments can be given in these areas."""
    Consultation.objects.select_for_update().get(pk=consultation.pk)
    proposal = latest(consultation)
    if proposal is None:
        raise ValidationError(_("Nothing has been proposed yet."), code="nothing-proposed")
    places = list(dict.fromkeys(places))
    if not places:
        raise ValidationError({"places": _("Say for which treatment you ask.")})
    return [
        _asked_at(index, proposal, rule, place, text=text.strip(), by=by)
        for index, place in enumerate(places)
    ]


def _asked_at(
    index: int, proposal: Proposal, rule: str, place: Place, *, text: str, by: User
) -> PrescriberQuestion:
    """A refusal of a place names it by its number among them."""
    try:
        return _asked(proposal, rule, *place, text=text, by=by)
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        raise ValidationError(
            {
                f"places[{index}].{name}" if name in {"area", "treatment"} else name: found
                for name, found in error.error_dict.items()
            }
        ) from None


def _asked(
    proposal: Proposal, rule: str, area: str, treatment: str, *, text: str, by: User
) -> PrescriberQuestion:
    policies.check_can_ask(proposal, rule, area, treatment)
    finding = next(one for one in data_of(proposal)["findings"] if one["rule"] == rule)
    question = PrescriberQuestion(
        clinic_id=proposal.clinic_id,
        consultation=proposal.consultation,
        rule=rule,
        area=Area.objects.get(code=area),
        treatment=Treatment.objects.get(code=treatment),
        grounds=" ".join(grounds_of(json.loads(proposal.request), finding["because"])),
        text=text,
        asked_by=by,
    )
    question.full_clean(exclude=["clinic"])
    question.save()
    _record("prescriber-asked", question, by, area=area, treatment=treatment)
    return question


@transaction.atomic
def record_answer(  # noqa: PLR0913 - an answer and who gave it
    question: PrescriberQuestion,
    *,
    answer: str,
    prescriber: str,
    answered_on: date,
    conditions: str = "",
    also: Iterable[PrescriberQuestion] = (),
    by: User,
) -> Proposal | None:
    """Keep what the prescriber said, and propose anew with it.

    ``also`` are open questions on the same rule with the same answer. Answers None where the
    facts do not make a request at the moment; the answer counts for the next proposal then.
    """
    consultation = Consultation.objects.select_for_update().get(pk=question.consultation_id)
    same = (question.consultation_id, question.rule)
    for row in dict.fromkeys([question, *also]):
        if (row.consultation_id, row.rule) != same:
            raise ValidationError({"also": _("This is a question about something else.")})
        _answer(row, answer, prescriber.strip(), answered_on, conditions.strip(), by)
    try:
        return propose(consultation, by=by)
    except IncompleteFacts:
        return None


def _answer(
    question: PrescriberQuestion,
    answer: str,
    prescriber: str,
    answered_on: date,
    conditions: str,
    by: User,
) -> None:
    row = _locked(question)
    if not answer:
        raise ValidationError({"answer": _("Say what the prescriber answered.")})
    if answered_on > row.clinic.today():
        raise ValidationError({"answered_on": _("This day is still to come.")})
    try:
        validate_told_day(answered_on, born=row.consultation.patient.birth_date)
    except ValidationError as error:
        raise ValidationError({"answered_on": error}) from None
    row.answer, row.prescriber, row.answered_on = answer, prescriber, answered_on
    row.conditions, row.recorded_by, row.recorded_at = conditions, by, timezone.now()
    row.full_clean(exclude=["clinic"])
    row.save()
    _record("prescriber-answered", row, by, answer=answer)


@transaction.atomic
def withdraw_question(question: PrescriberQuestion, *, by: User) -> None:
    """Take back a question that was not answered: it is no longer needed, or was a mistake."""
    Consultation.objects.select_for_update().get(pk=question.consultation_id)
    row = _locked(question)
    _record("prescriber-question-withdrawn", row, by)
    row.delete()


def _locked(question: PrescriberQuestion) -> PrescriberQuestion:
    """As it is now. It may be gone since it was read."""
    rows = PrescriberQuestion.objects.select_for_update(of=("self",)).select_related("clinic")
    row = rows.filter(pk=question.pk).first()
    if row is None:
        raise ValidationError(_("This question is taken back already."), code="withdrawn")
    policies.check_can_answer(row)
    return row


def _record(action: str, question: PrescriberQuestion, by: User, **detail: object) -> None:
    patient = question.consultation.patient_id
    audit.record(action, question, by=by, patient=patient, detail={"rule": question.rule, **detail})
