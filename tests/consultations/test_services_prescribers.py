"""Asking the prescriber: the question, the answer by name and date, and how it goes on."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from clinic.models import AuditEvent
from consultations import policies
from consultations.documents import plan_document
from consultations.models import Plan, PrescriberQuestion
from consultations.services import consents, intake, prescribers, proposals
from tests.consultations.made import accept, again, consented, proposed, sign
from tests.engine.cases import answer, medicine, release, request, treatment

pytestmark = pytest.mark.usefixtures("open_clinic")
WARFARIN = medicine("warfarin", prescribed=True, ongoing=True)
CLOPIDOGREL = medicine("clopidogrel", prescribed=True, ongoing=True)
SAID = {"prescriber": "Dr Levent Arslan", "conditions": ""}


def asked(proposal, by, *, rule="S-08", places=(("face", "mesotherapy"),)):
    return prescribers.ask_prescriber(
        proposal.consultation, rule=rule, places=places, text="Anything against it?", by=by
    )


def answered(question, by, answer="agreed", **more):
    said = {"answered_on": timezone.localdate(), **SAID, **more}
    return prescribers.record_answer(question, answer=answer, by=by, **said)


def status(proposal, treatment="mesotherapy"):
    (area,) = proposals.data_of(proposal)["areas"]
    return next(one["status"] for one in area["treatments"] if one["treatment"] == treatment)


def refused(code):
    return pytest.raises(ValidationError, check=lambda error: codes(error) == {code})


def codes(error):
    lists = getattr(error, "error_dict", {"": getattr(error, "error_list", [])}).values()
    return {one.code for errors in lists for one in errors}


def test_a_yes_makes_the_treatment_available_and_is_told(clinic, physician):
    first = proposed(clinic, physician, medications=[WARFARIN])
    assert status(first) == "needs-prescriber"

    (question,) = asked(first, physician)
    second = answered(question, physician, "conditions", conditions="INR below 3.")

    kept = again(question)
    assert (kept.answer, kept.prescriber, kept.grounds) == (
        "conditions",
        "Dr Levent Arslan",
        "medications:warfarin",
    )
    assert (kept.answered_on, kept.recorded_by) == (timezone.localdate(), physician)
    assert (second.number, second.agreements) == (2, [["S-08", "face", "mesotherapy"]])
    assert status(second) == "eligible"
    assert proposals.replayed(again(second)) == proposals.data_of(second)
    assert second.receipt != first.receipt


def test_a_no_leaves_the_treatment_waiting(clinic, physician):
    first = proposed(clinic, physician, medications=[WARFARIN])
    (question,) = asked(first, physician)

    second = answered(question, physician, "declined")

    assert (status(second), second.agreements) == ("needs-prescriber", [])


def test_a_yes_to_one_medicine_is_no_yes_to_the_next(clinic, physician):
    first = proposed(clinic, physician, medications=[WARFARIN])
    (question,) = asked(first, physician)
    row = answered(question, physician).consultation
    row = again(row)
    both = {"medications": [WARFARIN, medicine("apixaban", prescribed=True, ongoing=True)]}
    facts = {**json.loads(first.request), **both}
    intake.replace_facts(row, facts, by=physician, version=row.version)

    assert status(proposals.propose(row, by=physician)) == "needs-prescriber"


def test_the_newest_answer_counts(clinic, physician):
    first = proposed(clinic, physician, medications=[CLOPIDOGREL])
    (question,) = asked(first, physician, rule="L-24", places=[("face", "prp")])
    yesterday = timezone.localdate() - timedelta(days=1)
    second = answered(question, physician, answered_on=yesterday)
    assert status(second, "prp") == "eligible"

    (later,) = asked(second, physician, rule="L-24", places=[("face", "prp")])
    third = answered(later, physician, "declined")

    assert status(third, "prp") == "needs-prescriber"


def test_one_answer_may_hold_for_all_that_was_asked(clinic, physician):
    first = proposed(clinic, physician, medications=[CLOPIDOGREL])
    both = [("face", "mesotherapy"), ("face", "prp")]
    one, other = asked(first, physician, rule="L-24", places=both)

    second = answered(one, physician, also=[other])

    assert (status(second), status(second, "prp")) == ("eligible", "eligible")


def test_nothing_is_signed_while_a_question_is_open(clinic, physician):
    proposal = proposed(clinic, physician, medications=[WARFARIN])
    facts = {**json.loads(proposal.request), "medications": [CLOPIDOGREL]}
    row = again(proposal.consultation)
    intake.replace_facts(row, facts, by=physician, version=row.version)
    proposal = proposals.propose(row, by=physician)
    (one,) = asked(proposal, physician, rule="L-24")
    proposal = answered(one, physician)
    accept(proposal, physician)
    (given,) = consented(proposal, physician)
    (other,) = asked(proposal, physician, rule="L-24", places=[("face", "prp")])

    with refused("asked"):
        policies.check_can_sign(proposal.consultation)
    consents.withdraw_consent(given, told_by="The patient", reason="", by=physician)
    with refused("asked"):
        consented(proposal, physician)
    prescribers.withdraw_question(other, by=physician)
    consented(proposal, physician)

    policies.check_can_sign(again(proposal.consultation))


def test_the_answer_stands_at_every_session_of_the_plan(clinic, physician):
    first = proposed(clinic, physician, medications=[WARFARIN])
    (question,) = asked(first, physician)
    second = answered(question, physician, "conditions", conditions="INR below 3.")
    accept(second, physician)
    signed = sign(second, physician)

    document = plan_document(Plan.objects.with_sessions().get(pk=signed.pk))

    lines = [line for one in document.sessions for item in one.items for line in item.lifted]
    assert len(lines) == len(document.sessions) > 3
    assert all("Dr Levent Arslan" in line and "INR below 3." in line for line in lines)
    (told,) = json.loads(signed.document)["prescriber_answers"]
    assert (told["prescriber"], told["conditions"]) == ("Dr Levent Arslan", "INR below 3.")


def test_a_rule_that_asks_nobody_cannot_be_asked_about(clinic, physician):
    proposal = proposed(clinic, physician, medications=[WARFARIN])

    for rule, place in [("S-05", ("face", "prp")), ("S-08", ("face", "prp")), ("X-99", ("a", "b"))]:
        with refused("nothing-to-ask"):
            asked(proposal, physician, rule=rule, places=[place])
    asked(proposal, physician)
    with refused("asked"):
        asked(proposal, physician)


def test_an_agreement_is_no_override(clinic, physician, catalogue):
    """Should a release turn the question into an exclusion, a yes of before does not lift it."""

    def harden(document):
        (row,) = [one for one in document["rules"] if one["code"] == "S-08"]
        row["effects"] = [{"treatment": "mesotherapy", "effect": "exclude-overridable"}]

    agreed = frozenset({("S-08", "face", "mesotherapy")})
    facts = request(medications=[WARFARIN])

    now = answer(catalogue, facts, agreements=agreed)
    then = answer(release(catalogue, harden), facts, agreements=agreed)
    overridden = answer(catalogue, facts, overrides=agreed)

    assert treatment(now, "mesotherapy")["status"] == "eligible"
    assert treatment(then, "mesotherapy")["status"] == "overridable"
    assert treatment(overridden, "mesotherapy")["status"] == "needs-prescriber"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"answer": ""}, "answer"),
        ({"answer": "perhaps"}, "answer"),
        ({"prescriber": "  "}, "__all__"),
        ({"answered_on": timezone.localdate() + timedelta(days=2)}, "answered_on"),
        ({"answer": "conditions"}, "__all__"),
    ],
)
def test_half_an_answer_is_not_kept(clinic, physician, said, field):
    proposal = proposed(clinic, physician, medications=[WARFARIN])
    (question,) = asked(proposal, physician)

    with pytest.raises(ValidationError) as refusal:
        answered(question, physician, **said)

    assert set(refusal.value.message_dict) == {field}
    assert again(question).answer == ""


def test_an_answer_never_changes(clinic, physician):
    proposal = proposed(clinic, physician, medications=[WARFARIN])
    (question,) = asked(proposal, physician)
    open_row = PrescriberQuestion.objects.filter(pk=question.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        open_row.update(text="Another question")
    answered(question, physician)

    with refused("answered"):
        answered(question, physician, "declined")
    with refused("answered"):
        prescribers.withdraw_question(question, by=physician)
    for write in (lambda: open_row.update(answer="declined"), open_row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    assert again(question).answer == "agreed"


def test_asking_and_answering_are_audited_without_words(clinic, physician):
    proposal = proposed(clinic, physician, medications=[WARFARIN])
    (question,) = asked(proposal, physician)
    answered(question, physician)

    events = AuditEvent.objects.filter(action__startswith="prescriber-").order_by("pk")

    assert [one.action for one in events] == ["prescriber-asked", "prescriber-answered"]
    assert {one.patient for one in events} == {proposal.consultation.patient_id}
    assert "Arslan" not in json.dumps([one.detail for one in events])


def test_a_question_that_was_taken_back_meanwhile_is_neither_answered_nor_taken_back(
    clinic, physician
):
    first = proposed(clinic, physician, medications=[WARFARIN])
    (question,) = asked(first, physician)
    prescribers.withdraw_question(again(question), by=physician)

    for act in (
        lambda: answered(question, physician),
        lambda: prescribers.withdraw_question(question, by=physician),
    ):
        with refused("withdrawn"):
            act()

    withdrawn = AuditEvent.objects.filter(action="prescriber-question-withdrawn")
    assert (withdrawn.count(), first.consultation.proposals.count()) == (1, 1)


def test_one_of_several_taken_back_meanwhile_leaves_all_unanswered(clinic, physician):
    first = proposed(clinic, physician, medications=[CLOPIDOGREL])
    places = [("face", "mesotherapy"), ("face", "prp")]
    one, other = asked(first, physician, rule="L-24", places=places)
    prescribers.withdraw_question(again(other), by=physician)

    with refused("withdrawn"):
        answered(one, physician, also=[other])

    assert again(one).answer == ""
