"""The patient's consent: frozen with what it shows, valid for that alone, and taken back."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.models import AuditEvent
from consultations import consent_paper, policies
from consultations.consents import needed_for
from consultations.models import Consent, PlanSession
from consultations.services import consents, decisions, plans, proposals
from tests.consultations.made import (
    accept,
    again,
    consent,
    consented,
    decided,
    proposed,
    sign,
    signed,
)
from tests.consultations.test_paper import text_of
from tests.consultations.test_services_plans import FULL
from tests.engine.cases import concerns
from treatments.compiler import catalogue_of
from treatments.engine import canonical_json, digest_of
from treatments.explanations import wording_of
from treatments.models import ConsentText
from treatments.services.releases import publish_release

pytestmark = pytest.mark.usefixtures("open_clinic")

STROKES = [[[10, 20], [60, 90], [200, 40]], [[220, 100]]]


def refused(code):
    return pytest.raises(
        ValidationError, check=lambda error: {one.code for one in error.error_list} == {code}
    )


def refused_at(field):
    return pytest.raises(ValidationError, check=lambda error: {*error.message_dict} == {field})


def states(proposal):
    return {one.treatment: one.state.value for one in needed_for(proposal)}


def reading_of(proposal, treatment):
    document = consents.document_to_sign(latest(proposal), treatment, "en")
    return {one["title"]: one["items"] for one in document["sections"]}


def latest(proposal):
    return proposals.latest(proposal.consultation)


# What it takes to sign


def test_nothing_is_signed_before_every_consent_is_given(clinic, physician):
    proposal = decided(clinic, physician)
    assert states(proposal) == {"mesotherapy": "missing", "prp": "missing"}
    consent(proposal, physician, "prp")

    with refused("consent"):
        plans.sign(proposal.consultation, by=physician)
    consent(proposal, physician, "mesotherapy")

    plan = plans.sign(proposal.consultation, by=physician, past_sessions=True)
    given = {one.treatment.code: one.digest for one in plan.consultation.consents.all()}
    told = json.loads(plan.document)["consents"]
    assert {one["treatment"]: one["digest"] for one in told} == given


def test_a_treatment_that_is_not_taken_needs_none(clinic, physician):
    proposal = proposed(clinic, physician)
    accept(proposal, physician, number=3)

    assert states(proposal) == {"mesotherapy": "missing"}
    with refused_at("treatment"):
        consent(proposal, physician, "prp")


@pytest.mark.parametrize("language", ["en", "tr", "el", "fa"])
def test_a_consent_is_frozen_with_its_digest(clinic, physician, language):
    proposal = decided(clinic, physician)

    row = again(consent(proposal, physician, "prp", language=language, name=" Ayşe Demir "))

    document = json.loads(row.document)
    assert row.document == canonical_json(document)
    assert row.digest == digest_of(document)
    assert document["language"] == row.language == language
    assert document["signature"]["name"] == row.signer_name == "Ayşe Demir"
    titles = ConsentText.objects.filter(treatment__code="prp", language=language)
    assert document["title"] == titles.get().title
    event = AuditEvent.objects.get(action="consent-given")
    assert event.detail == {"treatment": "prp", "language": language, "digest": row.digest}


def test_it_holds_the_patients_own_plan(clinic, physician):
    proposal = decided(clinic, physician)
    course = next(
        one
        for one in proposal.decisions.get().option["courses"]
        if one["treatment"] == "mesotherapy"
    )

    document = consents.document_to_sign(latest(proposal), "mesotherapy", "en")

    text = json.dumps(document["sections"])
    own = next(one for one in document["sections"] if one["title"] == "Your own plan")
    assert [group["title"] for group in own["groups"]] == ["Face"]
    planned = own["groups"][0]["items"][1]
    assert planned.count(";") == len(course["planned"]) - 1
    assert "Vitamin" in text
    assert "mycobacteria" in text


def test_an_override_stands_in_the_consent_and_its_digest_covers_it(clinic, physician):
    first = proposed(clinic, physician, **FULL)
    proposal = decisions.override_rule(
        first.consultation,
        rule="L-08b",
        area="face",
        treatment="prp",
        reason="specialist-agrees",
        text="Counted twice.",
        by=physician,
    )
    accept(proposal, physician)

    told = {one: reading_of(proposal, one) for one in ("prp", "mesotherapy")}
    row = consent(proposal, physician, "prp")

    (line,) = told["prp"]["Rules that were overridden for you"]
    message = wording_of(catalogue_of(proposal.release)).rules["L-08b"]["message"]
    assert all(one in line for one in (message, "The treating specialist agrees", "Counted twice."))
    assert str(physician) in line
    assert told["mesotherapy"]["Rules that were overridden for you"] == []
    assert line in row.document
    assert states(proposal)["prp"] == "given"
    altered = json.loads(row.document)
    next(one for one in altered["sections"] if line in one["items"])["items"].remove(line)
    assert digest_of(altered) != row.digest
    assert "Counted twice." in text_of(consent_paper.consent_pdf(row).content)


def own_plan(proposal, treatment, language="en"):
    """What stands of the first area in the patient's own plan."""
    sections = consents.document_to_sign(latest(proposal), treatment, language)["sections"]
    return next(one["groups"] for one in sections if one["groups"])[0]["items"]


CHOSEN = {
    "courses": [{"treatment": "mesotherapy", "technique": "point-by-point"}],
    "parts": ["cheeks", "forehead"],
}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"courses": CHOSEN["courses"]}, "Technique: Point by point"),
        ({"parts": CHOSEN["parts"]}, "Only here: Forehead, Cheeks"),
    ],
)
def test_technique_and_parts_are_told_and_another_choice_needs_another_consent(
    clinic, physician, changes, line
):
    proposal = decided(clinic, physician)
    consented(proposal, physician)
    assert line not in own_plan(proposal, "mesotherapy")

    accept(proposal, physician, verdict="modified", changes=changes, note="As agreed.")

    assert line in own_plan(proposal, "mesotherapy")
    assert states(proposal)["mesotherapy"] == "changed"
    with refused("consent"):
        plans.sign(proposal.consultation, by=physician)
    row = consent(proposal, physician, "mesotherapy")
    assert line in text_of(consent_paper.consent_pdf(row).content)
    assert states(proposal)["mesotherapy"] == "given"


def test_a_technique_is_told_with_its_own_treatment_and_parts_with_each(clinic, physician):
    proposal = proposed(clinic, physician)

    accept(proposal, physician, verdict="modified", changes=CHOSEN, note="As agreed.")

    told = " ".join(own_plan(proposal, "prp"))
    assert "Technique" not in told
    assert "Only here: Forehead, Cheeks" in told


@pytest.mark.parametrize(
    ("treatment", "told", "not_told"),
    [
        ("prp", {"PRP and mesotherapy"}, {"PRP: number", "Mesotherapy: how", "How good"}),
        ("mesotherapy", {"Mesotherapy: days", "Mesotherapy: how"}, {"PRP: number", "How good"}),
    ],
)
def test_only_disagreements_on_this_treatment_and_these_concerns_are_told(
    clinic, physician, treatment, told, not_told
):
    proposal = decided(clinic, physician)

    lines = reading_of(proposal, treatment)["Where sources disagree"]

    text = " ".join(lines)
    assert {one for one in told if one in text} == told
    assert {one for one in not_told if one in text} == set()
    assert "acne" not in text
    assert not re.search(r"\d{3}:\d+", text)


# Valid for what it shows


def test_other_decisions_need_another_consent(clinic, physician):
    proposal = decided(clinic, physician)
    consented(proposal, physician)
    policies.check_can_sign(proposal.consultation)

    accept(proposal, physician, number=3)

    assert states(proposal) == {"mesotherapy": "changed"}
    with refused("consent"):
        plans.sign(proposal.consultation, by=physician)
    assert sign(proposal, physician).consultation.consents.count() == 3


def test_the_same_decisions_on_a_new_proposal_keep_it(clinic, physician):
    first = decided(clinic, physician)
    consented(first, physician)
    second = proposals.propose(first.consultation, by=physician)

    accept(second, physician)

    assert states(latest(second)) == {"mesotherapy": "given", "prp": "given"}


def test_what_was_read_is_what_is_signed(clinic, physician):
    proposal = decided(clinic, physician)
    read = digest_of(consents.document_to_sign(latest(proposal), "mesotherapy", "en"))
    accept(proposal, physician, number=3)

    with refused("stale"):
        consents.give_consent(
            proposal.consultation,
            treatment="mesotherapy",
            language="en",
            read=read,
            signature=consents.Signature(name="A Patient"),
            by=physician,
        )


def test_a_new_version_of_the_text_asks_again(clinic, physician):
    proposal = decided(clinic, physician)
    consented(proposal, physician)
    ConsentText.objects.filter(code="prp-en").update(version=2, risks="Another risk.")
    publish_release("2026.2", by=None)
    second = proposals.propose(proposal.consultation, by=physician)
    accept(second, physician)

    assert states(latest(second)) == {"mesotherapy": "given", "prp": "changed"}


def test_without_a_text_nothing_is_signed(clinic, physician):
    ConsentText.objects.filter(treatment__code="prp").update(active=False)
    publish_release("2026.2", by=None)
    proposal = decided(clinic, physician)

    assert states(latest(proposal)) == {"mesotherapy": "missing", "prp": "no-text"}
    with refused_at("language"):
        consent(proposal, physician, "prp")


def test_it_is_given_once(clinic, physician):
    proposal = decided(clinic, physician)
    consent(proposal, physician, "prp")

    with refused("given"):
        consent(proposal, physician, "prp")

    assert Consent.objects.count() == 1


def test_none_is_given_under_a_signed_plan(clinic, physician):
    plan = signed(clinic, physician)

    with refused("closed"):
        consent(plan.proposal, physician, "prp")


def test_none_is_given_while_an_area_is_undecided(clinic, physician):
    both = concerns(("fine-lines", "face"), ("fine-lines", "hands"))
    proposal = proposed(clinic, physician, concerns=both)
    accept(proposal, physician)

    with refused("undecided"):
        consent(proposal, physician, "prp")
    assert not Consent.objects.exists()
    accept(proposal, physician, area="hands", number=None, verdict="declined")

    consent(proposal, physician, "prp")


# The signature


def test_it_may_be_drawn(clinic, physician):
    row = consent(decided(clinic, physician), physician, "prp", drawn=STROKES)

    assert row.how == "drawn"
    assert json.loads(row.document)["signature"]["drawing"] == STROKES


@pytest.mark.parametrize(
    "drawn",
    [
        [],
        [[]],
        [[[1, 2, 3]]],
        [[[1, True], [90, 90]]],
        [[[1.5, 2], [90, 90]]],
        [[[-1, 2], [90, 90]]],
        [[[601, 2], [90, 90]]],
        [[[0, 201], [90, 90]]],
        [[["M0 0", "<script>"]]],
        "<svg onload=alert(1)>",
        {"0": [[1, 1]]},
        [[[5, 5], [6, 6]]],
        [[[0, 0], [90, 90]]] * 101,
        [[[0, 0], [90, 90]] * 2001],
    ],
)
def test_a_drawing_is_numbers_and_nothing_else(clinic, physician, drawn):
    proposal = decided(clinic, physician)

    with refused_at("drawing"):
        consent(proposal, physician, "prp", drawn=drawn)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b", "\ud800", "\u202eevil"])
def test_a_name_is_needed_that_can_be_kept(clinic, physician, name):
    proposal = decided(clinic, physician)

    with refused_at("name"):
        consent(proposal, physician, "prp", name=name)


def test_a_witness_where_one_is_asked_for(clinic, physician):
    ConsentText.objects.filter(code="prp-en").update(version=2, witness=True)
    publish_release("2026.2", by=None)
    proposal = decided(clinic, physician)

    for witness in ("", "given PATIENT"):
        with refused_at("witness"):
            consent(proposal, physician, "prp", witness=witness)
    row = consent(proposal, physician, "prp", witness="Nikos P.")

    assert row.witness_name == json.loads(row.document)["signature"]["witness"] == "Nikos P."
    assert json.loads(row.document)["signature"]["at"] == row.signed_at.isoformat()


# Taken back


def withdraw(plan, treatment, by, **more):
    row = Consent.objects.filter(consultation=plan.consultation, treatment__code=treatment).first()
    return consents.withdraw_consent(row, **{"told_by": "The patient", "reason": "", **more}, by=by)


def test_taken_back_it_closes_the_open_sessions_of_its_treatment(clinic, physician, monkeypatch):
    plan = signed(clinic, physician)
    before, document = again(plan).digest, again(plan).document
    done = PlanSession.objects.filter(plan=plan, items__treatment__code="prp").first()
    monkeypatch.setattr(timezone, "localdate", lambda *_args: done.planned_on)
    plans.mark_session(done, status="done", by=physician)

    withdraw(plan, "prp", physician)

    rows = PlanSession.objects.filter(plan=plan)
    by_treatment = {
        code: set(rows.filter(items__treatment__code=code).values_list("status", flat=True))
        for code in ("prp", "mesotherapy")
    }
    assert by_treatment == {"prp": {"done", "cancelled"}, "mesotherapy": {"scheduled"}}
    assert (again(plan).digest, again(plan).document) == (before, document)
    cancelled = AuditEvent.objects.filter(action="session-cancelled")
    assert {str(one.detail) for one in cancelled} == {"{'why': 'consent-withdrawn'}"}


@pytest.mark.usefixtures("on_the_day")
def test_a_visit_with_another_treatment_stays_until_that_is_taken_back_too(clinic, physician):
    plan = signed(clinic, physician, preferences={"combination": "same-session"})
    shared = PlanSession.objects.get(plan=plan, number=1)
    assert shared.items.count() == 2

    withdraw(plan, "prp", physician)
    assert again(shared).status == "scheduled"
    withdraw(plan, "mesotherapy", physician)

    assert again(shared).status == "cancelled"


def test_before_signing_it_keeps_the_plan_from_being_signed(clinic, physician):
    proposal = decided(clinic, physician)
    first = consented(proposal, physician)[0]

    consents.withdraw_consent(first, told_by="The patient", reason="Thinks again.", by=physician)

    assert states(proposal)[first.treatment.code] == "withdrawn"
    with refused("consent"):
        plans.sign(proposal.consultation, by=physician)
    sign(proposal, physician)
    assert {one.treatment.code for one in Consent.objects.all()} == {"mesotherapy", "prp"}


def test_it_is_taken_back_once_and_by_somebody(clinic, physician):
    plan = signed(clinic, physician)

    with refused_at("told_by"):
        withdraw(plan, "prp", physician, told_by=" ")
    withdraw(plan, "prp", physician)
    with refused("withdrawn"):
        withdraw(plan, "prp", physician)


def test_a_consent_that_was_given_anew_is_not_taken_back_by_its_old_one(clinic, physician):
    proposal = decided(clinic, physician)
    old = consent(proposal, physician, "mesotherapy")
    accept(proposal, physician, number=3)
    sign(proposal, physician)

    with refused("superseded"):
        consents.withdraw_consent(old, told_by="The patient", reason="", by=physician)
