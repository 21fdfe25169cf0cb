"""What was decided stays decided where a new proposal leaves it as it was, and nowhere else."""

import json

import pytest
from django.urls import reverse
from django_scopes import scope

from clinic.models import AuditEvent
from consultations.consents import needed_for
from consultations.models import Decision, Proposal
from consultations.services import decisions, intake, plans, proposals
from consultations.services.keeping import keep_decisions
from tests.consultations.made import (
    LOW_PLATELETS,
    accept,
    again,
    consent,
    consented,
    proposed,
)
from tests.engine.cases import concerns

pytestmark = pytest.mark.usefixtures("open_clinic")
TWO_AREAS = {**LOW_PLATELETS, "concerns": concerns(("fine-lines", "face"), ("fine-lines", "neck"))}


def kept(proposal):
    rows = proposal.decisions.order_by("area__code")
    return [(one.area.code, one.verdict, one.option_number, one.kept_from) for one in rows]


def override(proposal, by, area="face", **more):
    told = {"rule": "L-08b", "treatment": "prp", "reason": "specialist-agrees", "text": "Agreed."}
    return decisions.override_rule(proposal.consultation, area=area, by=by, **told | more)


@pytest.fixture
def proposal(clinic, physician):
    return proposed(clinic, physician, **TWO_AREAS)


def test_an_override_leaves_the_other_areas_as_they_were_decided(proposal, physician, make_member):
    nurse = make_member("nurse")
    accept(proposal, nurse, area="neck")
    accept(proposal, physician, area="face")
    first = Decision.objects.get(proposal=proposal, area__code="neck")

    new = override(proposal, physician)

    assert kept(new) == [("neck", "accepted", 1, 1)]
    same = new.decisions.get()
    assert (same.decided_by, same.decided_at) == (nurse, first.decided_at)
    assert (same.option, same.acknowledged) == (first.option, first.acknowledged)
    event = AuditEvent.objects.filter(action="proposal-made").order_by("at").last()
    assert event.detail["decisions-kept"] == ["neck"]
    with pytest.raises(Exception, match="not decided yet"):
        plans.sign(proposal.consultation, by=physician)


def test_it_is_kept_from_where_it_was_decided_until_it_is_decided_anew(proposal, physician):
    accept(proposal, physician, area="neck")
    second = override(proposal, physician)
    override_row = proposal.consultation.overrides.get()

    third = decisions.withdraw_override(override_row, by=physician)
    assert kept(second) == kept(third) == [("neck", "accepted", 1, 1)]

    accept(third, physician, area="neck", number=None, verdict="declined")
    assert kept(third) == [("neck", "declined", None, None)]


@pytest.mark.parametrize("area", ["neck", "face"])
def test_declining_is_kept_alike(area, proposal, physician):
    accept(proposal, physician, area="face", number=None, verdict="declined")
    accept(proposal, physician, area="neck", number=None, verdict="declined")

    new = override(proposal, physician, area=area)

    (other,) = {"face", "neck"} - {area}
    assert kept(new) == [(other, "declined", None, 1)]


def test_other_facts_are_decided_anew_though_the_options_are_alike(proposal, physician):
    accept(proposal, physician, area="neck")
    row = again(proposal.consultation)
    entries = intake.Entries(scalars={"goals": "Smoother"})
    row = intake.change_fields(row, entries, by=physician, version=row.version)

    new = proposals.propose(row, by=physician)

    assert new.response == proposal.response
    assert kept(new) == []


@pytest.mark.parametrize("part", ["options", "treatments", "findings"])
def test_an_area_of_which_anything_differs_is_decided_anew(part, proposal, physician):
    accept(proposal, physician, area="neck")
    new = override(proposal, physician)
    new.decisions.all().delete()
    told = json.loads(proposal.response)
    neck = next(one for one in told["areas"] if one["area"] == "neck")
    if part == "findings":
        bearing = {rule for one in neck["treatments"] for rule in one["findings"]}
        found = next(one for one in told["findings"] if one["rule"] in bearing)
        found["because"] = ["labs[1]"]
    else:
        neck[part] = neck[part][1:]

    former = Proposal.objects.get(pk=proposal.pk)
    former.response = json.dumps(told)
    assert keep_decisions(former, new) == []
    assert keep_decisions(proposal, new) == ["neck"]


def test_points_that_are_not_all_acknowledged_are_read_again(proposal, physician):
    accept(proposal, physician, area="neck")
    Decision.objects.filter(proposal=proposal).update(acknowledged=["rule:S-99"])

    assert kept(override(proposal, physician)) == []


def test_a_consent_stays_valid_where_its_subject_is_the_same(proposal, physician):
    accept(proposal, physician, area="neck")
    accept(proposal, physician, area="face", number=None, verdict="declined")
    given = consent(proposal, physician, "mesotherapy")

    new = override(proposal, physician)
    accept(new, physician, area="face", number=None, verdict="declined")

    assert [(one.treatment, one.given, one.consent) for one in needed_for(new)] == [
        ("mesotherapy", True, given)
    ]
    consented(new, physician)
    assert plans.sign(new.consultation, by=physician, past_sessions=True).proposal == new


def test_the_page_and_the_program_say_so(proposal, clinic, physician, client_of, api_of):
    accept(proposal, physician, area="neck")
    new = override(proposal, physician)

    page = client_of("physician").get(
        reverse("consultations:proposal-number", args=[new.consultation_id, new.number])
    )
    shown = api_of("physician").get(reverse("proposal-detail", args=[new.pk])).json()

    assert "kept from proposal 1" in page.content.decode()
    assert [(one["area"], one["kept_from"]) for one in shown["decisions"]] == [("neck", 1)]
    with scope(clinic=clinic):
        assert kept(new) == [("neck", "accepted", 1, 1)]
