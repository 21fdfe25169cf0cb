"""An override counts where its rule speaks against the treatment; others are only kept."""

import json

import pytest
from django.urls import reverse

from clinic.models import AuditEvent
from consultations import record_paper
from consultations.documents import plan_document
from consultations.lifted import overrides_in
from consultations.models import Consultation, Plan, Proposal, RuleOverride
from consultations.services import consents, decisions, intake, proposals
from tests.consultations.made import accept, again, proposed, sign
from tests.consultations.test_paper import text_of
from tests.consultations.test_services_consents import refused
from tests.engine.cases import concerns, lab

pytestmark = pytest.mark.usefixtures("open_clinic")
WORDS = "Iron was given."
LOW = {"rule": "L-09", "area": "face", "treatment": "prp"}
BOTH = concerns(("fine-lines", "face"), ("fine-lines", "hands"))


def haemoglobin(value):
    return {"labs": [lab("haemoglobin", value, "g/dL")]}


def told_anew(proposal, by, **facts):
    """The facts of a proposal with these in their place, proposed again."""
    row = again(proposal.consultation)
    facts = {**json.loads(proposal.request), **facts}
    intake.replace_facts(row, facts, by=by, version=row.version)
    return proposals.propose(row, by=by)


def overridden(clinic, by, **facts):
    """Plasma for the face, against a haemoglobin of 9."""
    first = proposed(clinic, by, **haemoglobin(9), **facts)
    reason = {"reason": "specialist-agrees", "text": WORDS}
    return decisions.override_rule(first.consultation, by=by, **LOW, **reason)


@pytest.fixture(params=["put right", "area gone"])
def left_over(request, clinic, physician):
    """The proposal after the value was corrected, or after nothing is wanted there any more."""
    made = overridden(clinic, physician, concerns=BOTH)
    if request.param == "put right":
        found, areas = told_anew(made, physician, **haemoglobin(13)), ("face", "hands")
    else:
        found, areas = told_anew(made, physician, concerns=BOTH[1:], **haemoglobin(13)), ("hands",)
    for area in areas:
        accept(found, physician, area=area)
    return found


def shown(proposal, client):
    keys = [proposal.consultation_id, proposal.number]
    page = client.get(reverse("consultations:proposal-number", args=keys)).content.decode()
    assert "<h1" in page
    return page


def read_by_the_patient(proposal):
    document = consents.document_to_sign(proposals.latest(proposal.consultation), "prp", "en")
    return json.dumps(document["sections"], ensure_ascii=False)


def printed(plan):
    return plan_document(Plan.objects.with_sessions().get(pk=plan.pk))


def record_of(proposal):
    row = Consultation.objects.with_facts().get(pk=proposal.consultation_id)
    return text_of(record_paper.record_pdf(row, "en").content)


def test_one_that_applies_is_told_signed_and_printed(clinic, physician, client_of):
    made = overridden(clinic, physician)
    accept(made, physician)

    page = shown(made, client_of("physician"))
    plan = sign(made, physician)

    assert WORDS in page
    assert "Overrides that no longer apply" not in page
    assert WORDS in read_by_the_patient(made)
    assert [one["rule"] for one in json.loads(plan.document)["overrides"]] == ["L-09"]
    assert [one.rule for one in printed(plan).overrides] == ["L-09"]
    assert WORDS in record_of(made)


def test_one_that_does_not_is_neither_told_signed_nor_printed(left_over, physician):
    assert WORDS not in read_by_the_patient(left_over)

    plan = sign(left_over, physician)

    assert json.loads(plan.document)["overrides"] == []
    assert printed(plan).overrides == ()
    items = [item for one in printed(plan).sessions for item in one.items]
    assert {item.lifted for item in items} == {()}
    assert WORDS not in record_of(left_over)


def test_it_is_listed_and_can_be_taken_back(left_over, client_of):
    browser = client_of("physician")
    page = shown(left_over, browser)
    (row,) = RuleOverride.objects.all()
    back = reverse("consultations:withdraw-override", args=[row.pk])
    assert "Overrides that no longer apply" in page
    assert page.count(back) == 1

    after = browser.post(back, follow=True).content.decode()

    assert "The override is taken back and a new proposal is made." in after
    assert "Overrides that no longer apply" not in after
    assert not RuleOverride.objects.exists()


def test_who_may_not_override_sees_it_without_the_button(left_over, client_of):
    page = shown(left_over, client_of("nurse"))

    assert "Overrides that no longer apply" in page
    assert "Take back" not in page


def test_an_earlier_proposal_shows_what_it_was_made_with(left_over, client_of):
    second = Proposal.objects.get(consultation=left_over.consultation_id, number=2)
    first = Proposal.objects.get(consultation=left_over.consultation_id, number=1)

    assert WORDS in shown(second, client_of("physician"))
    assert WORDS not in shown(first, client_of("physician"))


def test_where_the_rule_fires_again_it_counts_again(clinic, physician):
    made = overridden(clinic, physician)
    right = told_anew(made, physician, **haemoglobin(13))

    wrong = told_anew(right, physician, **haemoglobin(9))

    assert overrides_in(right).counted == ()
    assert [row.rule for row in overrides_in(wrong).counted] == ["L-09"]
    assert overrides_in(wrong).left_over == ()


def test_taken_back_while_facts_are_missing_it_stays_and_the_page_says_what_is_missing(
    clinic, physician, client_of
):
    made = overridden(clinic, physician)
    row = again(made.consultation)
    facts = {**json.loads(made.request), "concerns": []}
    intake.replace_facts(row, facts, by=physician, version=row.version)
    override = RuleOverride.objects.get()

    page = client_of("physician").post(
        reverse("consultations:withdraw-override", args=[override.pk])
    )

    assert page.status_code == 400
    assert "Some facts are still needed" in page.content.decode()
    assert RuleOverride.objects.exists()


# Taken back by two


def test_two_who_take_back_one_override_leave_one_event_and_one_proposal(clinic, physician):
    made = overridden(clinic, physician)
    first, second = (RuleOverride.objects.get() for _time in range(2))
    decisions.withdraw_override(first, by=physician)

    with refused("withdrawn"):
        decisions.withdraw_override(second, by=physician)

    assert AuditEvent.objects.filter(action="override-withdrawn").count() == 1
    assert Proposal.objects.filter(consultation=made.consultation).count() == 3


def test_the_browser_tells_the_second(clinic, physician, client_of, monkeypatch):
    made = overridden(clinic, physician)
    row = RuleOverride.objects.get()
    decisions.withdraw_override(RuleOverride.objects.get(), by=physician)
    monkeypatch.setattr("consultations.views.decisions.get_object_or_404", lambda *_, **__: row)

    page = client_of("physician").post(
        reverse("consultations:withdraw-override", args=[row.pk]), follow=True
    )

    assert "This override is taken back already." in page.content.decode()
    assert Proposal.objects.filter(consultation=made.consultation).count() == 3


def test_rest_answers_409_to_the_second(clinic, physician, api_of, monkeypatch):
    overridden(clinic, physician)
    row = RuleOverride.objects.get()
    decisions.withdraw_override(RuleOverride.objects.get(), by=physician)
    monkeypatch.setattr("consultations.api.overrides.OverrideViewSet.get_object", lambda _self: row)

    answer = api_of("physician").post(f"/api/v1/overrides/{row.pk}/withdraw/")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "withdrawn")
