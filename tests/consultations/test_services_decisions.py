"""Proposing, deciding and overriding: what is kept, and what is refused."""

import json

import pytest
from django.core.exceptions import ValidationError

from clinic.models import AuditEvent
from consultations import policies
from consultations.documents import plan_document
from consultations.errors import IncompleteFacts
from consultations.models import Decision, Plan, Proposal, RuleOverride
from consultations.reasons import reasons_for
from consultations.services import decisions, intake, plans, proposals
from tests.consultations.changing import publish_as
from tests.consultations.made import (
    LOW_PLATELETS,
    accept,
    again,
    consulted,
    points_of,
    proposed,
    ready,
    sign,
)
from tests.engine.cases import concerns, lab, vignettes
from treatments.compiler import catalogue_of
from treatments.engine import canonical_json
from treatments.enums import ReasonFor
from treatments.explanations import explain
from treatments.models import DecisionReason

pytestmark = pytest.mark.usefixtures("open_clinic")
REASON = {"reason": "specialist-agrees", "text": "Agreed with haematology by phone."}
ALLERGIC = {"allergies": [{"allergen": "latex"}], "no_known_allergies": False}
ATOPY = {"pregnancy": "no", "breastfeeding": "no", "atopy": "yes"}
LOW = {"rule": "L-08b", "area": "face", "treatment": "prp"}


def refused(code):
    """A refusal with this code: programs tell states apart by it."""
    return pytest.raises(ValidationError, check=lambda error: codes(error) == {code})


def codes(error):
    lists = getattr(error, "error_dict", {"": getattr(error, "error_list", [])}).values()
    return {one.code for errors in lists for one in errors}


def course_of(decision, treatment):
    courses = {one["treatment"]: one for one in decision.option["courses"]}
    return courses[treatment]


def statuses(proposal):
    (area,) = proposals.data_of(proposal)["areas"]
    return {one["treatment"]: one["status"] for one in area["treatments"]}


# Proposing


def test_a_proposal_is_what_the_engine_answers(clinic, physician, catalogue):
    proposal = proposed(clinic, physician)

    response = proposals.data_of(proposal)

    assert (proposal.number, proposal.status, proposal.receipt) == (
        1,
        "evaluated",
        response["receipt"],
    )
    assert response["release"] == {"key": catalogue.key, "digest": catalogue.digest}


@pytest.mark.parametrize(
    "case", [one for one in vignettes() if one["id"] in {"V01", "V05", "V12", "T01", "X13", "X14"}]
)
def test_a_proposal_can_be_computed_again_byte_for_byte(clinic, physician, case):
    proposal = proposed(clinic, physician, **case["request"])

    assert canonical_json(proposals.replayed(again(proposal))) == proposal.response


def test_a_proposal_with_overrides_can_be_computed_again(clinic, physician):
    first = proposed(clinic, physician, **LOW_PLATELETS)
    second = decisions.override_rule(first.consultation, by=physician, **LOW, **REASON)

    assert canonical_json(proposals.replayed(again(second))) == second.response
    assert second.receipt != first.receipt


def test_proposing_again_keeps_the_earlier_proposal(clinic, physician):
    first = proposed(clinic, physician)
    second = proposals.propose(first.consultation, by=physician)

    assert (first.number, second.number) == (1, 2)
    assert again(first).response == first.response
    assert proposals.latest(first.consultation) == second


def test_gaps_are_named_by_their_paths_and_nothing_is_kept(clinic, physician):
    row = consulted(clinic, physician)
    intake.change_fields(
        row, intake.Entries(sections={"concerns": []}), by=physician, version=row.version
    )

    with pytest.raises(IncompleteFacts) as refusal:
        proposals.propose(again(row), by=physician)

    assert [fault.path for fault in refusal.value.faults] == ["concerns"]
    assert not Proposal.objects.filter(consultation=row).exists()


# Deciding


def test_an_accepted_option_is_kept_as_it_was_shown(clinic, physician):
    proposal = proposed(clinic, physician)

    decision = accept(proposal, physician)

    (area,) = proposals.data_of(proposal)["areas"]
    assert again(decision).option == area["options"][0]
    assert (decision.verdict, decision.option_number) == ("accepted", 1)


def test_deciding_again_replaces_the_decision(clinic, physician):
    proposal = proposed(clinic, physician)
    accept(proposal, physician)

    decisions.decide(proposal, area="face", verdict="declined", by=physician, note="Not now.")

    (kept,) = proposal.decisions.all()
    assert (kept.verdict, kept.option_number, kept.option, kept.note) == (
        "declined",
        None,
        {},
        "Not now.",
    )


@pytest.mark.parametrize("number", [None, 0, -1, 4, 99])
def test_an_option_that_is_not_there_cannot_be_taken(clinic, physician, number):
    proposal = proposed(clinic, physician)

    with pytest.raises(ValidationError) as refusal:
        accept(proposal, physician, number=number)

    assert set(refusal.value.message_dict) == {"option_number"}


@pytest.mark.parametrize("area", ["neck", "", "moon"])
def test_an_area_that_was_not_proposed_cannot_be_decided(clinic, physician, area):
    proposal = proposed(clinic, physician)

    with pytest.raises(ValidationError) as refusal:
        accept(proposal, physician, area=area)

    assert set(refusal.value.message_dict) == {"area"}


@pytest.mark.parametrize("verdict", ["", "maybe", "ACCEPTED"])
def test_an_unknown_verdict_is_refused(clinic, physician, verdict):
    proposal = proposed(clinic, physician)

    with pytest.raises(ValidationError):
        accept(proposal, physician, verdict=verdict)

    assert not proposal.decisions.exists()


def test_nothing_is_decided_once_the_facts_changed(clinic, physician):
    proposal = proposed(clinic, physician)
    row = again(proposal.consultation)
    intake.update_consultation(row, by=physician, version=row.version, laser=True)

    with refused("stale"):
        accept(again(proposal), physician)

    assert policies.is_stale(again(proposal))


def test_only_the_newest_proposal_is_decided(clinic, physician):
    first = proposed(clinic, physician)
    proposals.propose(first.consultation, by=physician)

    with refused("stale"):
        accept(first, physician)


# Changing


def changed(proposal, physician, courses, note="The patient is abroad in March."):
    return accept(
        proposal, physician, number=2, verdict="modified", changes={"courses": courses}, note=note
    )


def test_a_changed_course_moves_its_review_along(clinic, physician):
    proposal = proposed(clinic, physician)
    later = {"treatment": "prp", "planned": ["2026-03-02", "2026-04-02", "2026-05-07"]}

    decision = changed(proposal, physician, [later])

    course = course_of(decision, "prp")
    assert course["planned"] == later["planned"]
    assert course["review_on"] == "2027-05-07"
    assert decision.note == "The patient is abroad in March."


def test_optional_sessions_and_ingredients_can_be_left_out(clinic, physician):
    proposal = proposed(clinic, physician)
    fewer = {
        "treatment": "mesotherapy",
        "optional": [],
        "formulas": [{"formula": "rejuvenation", "ingredients": ["peptides", "vitamin-c"]}],
    }

    decision = accept(
        proposal,
        physician,
        number=3,
        verdict="modified",
        changes={"courses": [fewer]},
        note="Plain formula.",
    )

    course = course_of(decision, "mesotherapy")
    assert course["optional"] == []
    assert course["formulas"][0]["ingredients"] == ["vitamin-c", "peptides"]  # the formula's order


@pytest.mark.parametrize(
    "course",
    [
        {"treatment": "prp", "planned": []},
        {"treatment": "prp", "planned": ["2026-03-01", "2026-03-30", "2026-04-30"]},
        {"treatment": "prp", "planned": ["2026-03-02", "2026-03-09", "2026-03-16"]},
        {"treatment": "prp", "planned": ["2026-03-02", "2026-03-02", "2026-03-30"]},
        {"treatment": "prp", "planned": ["2026-02-30"]},
        {"treatment": "prp", "planned": "2026-03-02"},
        {"treatment": "prp", "planned": [20260302]},
        {"treatment": "mesotherapy", "planned": ["2026-03-02"]},
        {"treatment": "prp", "activators": ["nucleotides"]},
        {
            "treatment": "prp",
            "formulas": [{"formula": "rejuvenation", "ingredients": ["peptides"]}],
        },
        {"planned": ["2026-03-02"]},
        {},
        "prp",
        None,
    ],
)
def test_a_change_that_breaks_the_protocol_is_refused(clinic, physician, course):
    proposal = proposed(clinic, physician)

    with pytest.raises(ValidationError):
        changed(proposal, physician, [course])

    assert not proposal.decisions.exists()


def test_a_closed_day_is_refused(clinic, physician):
    proposal = proposed(clinic, physician, clinic={"closed_weekdays": [7]})
    sunday = {"treatment": "prp", "planned": ["2026-03-08", "2026-04-06", "2026-05-04"]}

    with pytest.raises(ValidationError, match="closed day"):
        changed(proposal, physician, [sunday])


def test_what_an_allergy_removed_cannot_come_back(clinic, physician):
    proposal = proposed(
        clinic,
        physician,
        concerns=concerns(("hyperpigmentation", "face")),
        no_known_allergies=False,
        allergies=[{"allergen": "kojic-acid"}],
    )
    back = {
        "treatment": "mesotherapy",
        "formulas": [{"formula": "brightening", "ingredients": ["vitamin-c", "kojic-acid"]}],
    }

    with pytest.raises(ValidationError, match="left out, not added"):
        accept(
            proposal, physician, verdict="modified", changes={"courses": [back]}, note="Stronger."
        )


def test_a_change_needs_its_reason(clinic, physician):
    proposal = proposed(clinic, physician)
    later = {"treatment": "prp", "planned": ["2026-03-03", "2026-04-02", "2026-05-07"]}

    with pytest.raises(ValidationError):
        changed(proposal, physician, [later], note="")


@pytest.mark.parametrize(("verdict", "changes"), [("modified", None), ("accepted", {})])
def test_changes_and_their_verdict_belong_together(clinic, physician, verdict, changes):
    proposal = proposed(clinic, physician)

    with pytest.raises(ValidationError) as refusal:
        accept(proposal, physician, verdict=verdict, changes=changes, note="x")

    assert set(refusal.value.message_dict) == {"changes"}


# Overriding


def test_an_override_opens_the_treatment_and_is_kept(clinic, physician):
    first = proposed(clinic, physician, **LOW_PLATELETS)

    second = decisions.override_rule(first.consultation, by=physician, **LOW, **REASON)

    assert statuses(first)["prp"] == "overridable"
    assert statuses(second)["prp"] == "eligible"
    assert proposals.data_of(second)["overridden"] == [LOW]
    (row,) = RuleOverride.objects.filter(consultation=first.consultation)
    assert (row.rule, row.reason, row.text, row.made_by) == (
        "L-08b",
        REASON["reason"],
        REASON["text"],
        physician,
    )


def test_taking_an_override_back_closes_the_treatment_again(clinic, physician):
    first = proposed(clinic, physician, **LOW_PLATELETS)
    second = decisions.override_rule(first.consultation, by=physician, **LOW, **REASON)

    third = decisions.withdraw_override(second.consultation.overrides.get(), by=physician)

    assert statuses(third)["prp"] == "overridable"
    assert (third.number, third.overrides) == (3, [])


@pytest.mark.parametrize(
    "wanted",
    [
        LOW | {"rule": "L-06"},  # a caution on another treatment
        LOW | {"rule": "S-05"},  # an absolute rule that did not fire
        LOW | {"area": "neck"},
        LOW | {"treatment": "mesotherapy"},
        LOW | {"rule": "L-99"},
    ],
)
def test_only_an_overridable_rule_that_stands_there_is_overridden(clinic, physician, wanted):
    proposal = proposed(clinic, physician, **LOW_PLATELETS)

    with refused("not-overridable"):
        decisions.override_rule(proposal.consultation, by=physician, **wanted, **REASON)


def test_an_absolute_rule_is_never_overridden(clinic, physician):
    proposal = proposed(clinic, physician, labs=[lab("platelets", 40, "10*9/L")])

    with refused("not-overridable"):
        decisions.override_rule(
            proposal.consultation, by=physician, **LOW | {"rule": "L-08a"}, **REASON
        )


@pytest.mark.parametrize(
    "reason", [{"reason": "", "text": "x"}, {"reason": "because", "text": "x"}]
)
def test_an_override_needs_a_known_reason(clinic, physician, reason):
    proposal = proposed(clinic, physician, **LOW_PLATELETS)

    with pytest.raises(ValidationError):
        decisions.override_rule(proposal.consultation, by=physician, **LOW, **reason)


def test_a_reason_for_something_else_is_none_for_an_override(clinic, physician):
    proposal = proposed(clinic, physician, **LOW_PLATELETS)
    elsewhere = dict(reasons_for(ReasonFor.DEPARTURE))

    for reason in elsewhere:
        with pytest.raises(ValidationError):
            decisions.override_rule(
                proposal.consultation, by=physician, **LOW, reason=reason, text="Said."
            )

    assert elsewhere


def test_reasons_are_those_of_the_release_in_force(clinic, physician):
    before = dict(reasons_for(ReasonFor.OVERRIDE))
    DecisionReason.objects.create(code="board", name="The board agreed", reason_for="override")

    assert dict(reasons_for(ReasonFor.OVERRIDE)) == before

    publish_as("2026.2")

    assert dict(reasons_for(ReasonFor.OVERRIDE)) == before | {"board": "The board agreed"}


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_override_needs_words(clinic, physician, text):
    proposal = proposed(clinic, physician, **LOW_PLATELETS)

    with pytest.raises(ValidationError):
        decisions.override_rule(
            proposal.consultation, by=physician, **LOW, reason="specialist-agrees", text=text
        )


def test_a_rule_is_overridden_once(clinic, physician):
    proposal = proposed(clinic, physician, **LOW_PLATELETS)
    decisions.override_rule(proposal.consultation, by=physician, **LOW, **REASON)

    with pytest.raises(ValidationError):
        decisions.override_rule(proposal.consultation, by=physician, **LOW, **REASON)


def test_nothing_is_overridden_or_taken_back_after_signing(clinic, physician):
    first = proposed(clinic, physician, **LOW_PLATELETS)
    second = decisions.override_rule(first.consultation, by=physician, **LOW, **REASON)
    accept(second, physician)
    sign(second, physician)

    with refused("closed"):
        decisions.withdraw_override(second.consultation.overrides.get(), by=physician)


# Audit


def test_each_step_leaves_an_event_that_names_the_patient_and_no_text(clinic, physician):
    first = proposed(clinic, physician, **LOW_PLATELETS)
    second = decisions.override_rule(first.consultation, by=physician, **LOW, **REASON)
    accept(second, physician)

    events = AuditEvent.objects.filter(patient=first.consultation.patient_id)
    actions = [one.action for one in events]

    assert actions.count("proposal-made") == 2
    assert actions.count("rule-overridden") == actions.count("option-decided") == 1
    assert REASON["text"] not in json.dumps([one.detail for one in events])


# What has to be minded


def acknowledging(proposal, by, codes, **more):
    return decisions.decide(
        proposal,
        area="face",
        verdict="accepted",
        option_number=1,
        by=by,
        acknowledged=codes,
        **more,
    )


def test_an_option_that_carries_nothing_is_taken_as_it_is(clinic, physician):
    proposal = proposed(clinic, physician)
    assert points_of(proposal, number=3) == ()

    decision = decisions.decide(
        proposal, area="face", verdict="accepted", option_number=3, by=physician
    )

    assert decision.acknowledged == []


def test_what_has_to_be_minded_is_acknowledged_by_its_codes(clinic, physician):
    proposal = proposed(clinic, physician, conditions=ATOPY)
    points = points_of(proposal)
    assert {code.partition(":")[0] for code in points} == {"rule", "notice"}

    decision = acknowledging(proposal, physician, points)

    assert decision.acknowledged == list(points)
    event = AuditEvent.objects.get(action="option-decided")
    assert event.detail["acknowledged"] == list(points)


@pytest.mark.parametrize("left_out", [0, 1, "all"])
def test_an_acceptance_that_leaves_one_out_is_refused(clinic, physician, left_out):
    proposal = proposed(clinic, physician, conditions=ATOPY)
    points = list(points_of(proposal))
    told = [] if left_out == "all" else [one for one in points if one != points[left_out]]

    with pytest.raises(ValidationError) as refusal:
        acknowledging(proposal, physician, told)

    (error,) = refusal.value.error_dict["acknowledged"]
    assert error.code == "unacknowledged"
    missing = points if left_out == "all" else [points[left_out]]
    assert error.params == {"points": ", ".join(missing)}
    assert not Decision.objects.filter(proposal=proposal).exists()


def test_what_an_option_does_not_carry_is_not_acknowledged(clinic, physician):
    proposal = proposed(clinic, physician)

    with pytest.raises(ValidationError) as refusal:
        acknowledging(proposal, physician, [*points_of(proposal), "rule:L-01"])

    assert refusal.value.error_dict["acknowledged"][0].code == "unknown"


def test_an_overridden_rule_is_acknowledged_too(clinic, physician):
    first = proposed(clinic, physician, **LOW_PLATELETS)
    second = decisions.override_rule(
        first.consultation,
        rule="L-08b",
        area="face",
        treatment="prp",
        reason="specialist-agrees",
        text="Seen together.",
        by=physician,
    )

    assert "rule:L-08b" in points_of(second)


def test_declining_acknowledges_nothing(clinic, physician):
    proposal = proposed(clinic, physician)
    accept(proposal, physician)

    decision = decisions.decide(proposal, area="face", verdict="declined", by=physician)

    assert decision.acknowledged == []


def test_nothing_is_signed_that_was_accepted_before_it_was_acknowledged(clinic, physician):
    """As a decision stands that was made by an older version of the program."""
    proposal = ready(clinic, physician)
    policies.check_can_sign(proposal.consultation)
    Decision.objects.filter(proposal=proposal).update(acknowledged=[])

    with pytest.raises(ValidationError, check=lambda error: error.code == "undecided"):
        plans.sign(proposal.consultation, by=physician)


def test_what_was_acknowledged_is_signed_and_told_by_whom(clinic, physician):
    proposal = proposed(clinic, physician, conditions=ATOPY)
    accept(proposal, physician)
    plan = sign(proposal, physician)

    points = list(points_of(proposal))
    assert json.loads(plan.document)["decisions"][0]["acknowledged"] == points
    document = plan_document(Plan.objects.with_sessions().get(pk=plan.pk))
    assert len(document.heed) == len(points)
    assert [(one.area, one.by) for one in document.acknowledged] == [("Face", physician)]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"conditions": ATOPY},
        {"allergies": [{"allergen": "latex"}], "no_known_allergies": False},
    ],
)
def test_what_a_page_lists_is_what_is_asked_for(clinic, physician, facts):
    proposal = proposed(clinic, physician, **facts)
    explanation = explain(
        catalogue_of(proposal.release),
        json.loads(proposal.request),
        json.loads(proposal.response),
    )

    for area in explanation.areas:
        for option in area.options:
            listed = [one.code for one in option.points]
            assert listed == list(points_of(proposal, area.code, option.number))
