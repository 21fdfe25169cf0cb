"""The rules read a patient's sex and birth date: once they change, what was proposed is stale."""

import pytest
from django.urls import reverse
from django_scopes import scope

from clinic.models import AuditEvent
from consultations import policies
from consultations.models import Plan
from consultations.services import decisions, patients, plans, proposals
from tests.conftest import PASSWORD
from tests.consultations.api import flow
from tests.consultations.made import accept, again, consented, consulted, points_of, sign
from tests.consultations.test_services_consents import refused

pytestmark = pytest.mark.usefixtures("open_clinic")
CHILD = {"birth_date": "2012-05-04"}
MAN = {"sex": "male"}


def by_service(member, api, browser, patient, changes):
    patients.update_patient(patient, by=member, version=patient.version, **changes)


def by_rest(member, api, browser, patient, changes):
    where = f"{flow.PATIENTS}{patient.pk}/"
    flow.done(api.patch(where, changes, headers={"If-Match": api.get(where)["ETag"]}))


def by_browser(member, api, browser, patient, changes):
    shown = {
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "number": patient.number,
        "sex": patient.sex,
        "birth_date": patient.birth_date.isoformat(),
        "phone": "",
        "email": "",
        "version": patient.version,
    }
    url = reverse("consultations:edit-patient", args=[patient.pk])
    assert browser.post(url, shown | changes).status_code == 302


@pytest.fixture
def proposal(clinic, physician):
    """Decided and consented to, of somebody born in 1980."""
    row = consulted(clinic, physician)
    born = {"birth_date": "1980-05-04"}
    patients.update_patient(row.patient, by=physician, version=1, **born)
    made = proposals.propose(row, by=physician)
    accept(made, physician)
    consented(made, physician)
    return made


@pytest.fixture
def changed(request, proposal, physician, api_of, client_of):
    """The proposal, after the patient was changed by one of the doors."""
    how, changes = request.param
    patient = again(again(proposal.consultation).patient)
    how(physician, api_of("physician"), client_of("physician"), patient, changes)
    return proposals.latest(again(proposal.consultation))


doors = pytest.mark.parametrize(
    "changed",
    [
        pytest.param((how, changes), id=f"{how.__name__}-{next(iter(changes))}")
        for how in (by_service, by_rest, by_browser)
        for changes in (CHILD, MAN)
    ],
    indirect=True,
)


@doors
def test_nothing_is_signed_on_what_was_proposed_before(changed, physician):
    assert policies.is_stale(changed)

    with refused("stale"):
        plans.sign(changed.consultation, by=physician)
    assert not Plan.objects.exists()


@doors
def test_nothing_is_decided_on_it(changed, physician):
    with refused("stale"):
        decisions.decide(
            changed,
            area="face",
            verdict="accepted",
            option_number=1,
            by=physician,
            acknowledged=points_of(changed),
        )


@pytest.mark.parametrize("changed", [(by_rest, CHILD)], indirect=True)
def test_rest_answers_that_it_is_stale(changed, api_of):
    api = api_of("physician")
    decision = {"area": "face", "verdict": "declined"}

    answers = [
        api.post(f"{flow.CONSULTATIONS}{changed.consultation_id}/sign/", {"password": PASSWORD}),
        api.post(f"{flow.PROPOSALS}{changed.pk}/decide/", decision),
    ]

    assert [(one.status_code, flow.problems(one)) for one in answers] == [
        (409, [("", "stale")]),
        (409, [("", "stale")]),
    ]
    found = flow.done(api.get(f"{flow.PROPOSALS}{changed.pk}/"))
    assert (found["stale"], found["stale_because"]) == (True, ["facts"])


@pytest.mark.parametrize("changed", [(by_browser, CHILD)], indirect=True)
def test_the_browser_says_so_and_signs_nothing(changed, client_of):
    browser = client_of("physician")
    key = changed.consultation_id

    page = browser.post(reverse("consultations:sign", args=[key]), {"password": PASSWORD})

    assert "The facts or the catalogue changed since." in page.content.decode()
    shown = browser.get(reverse("consultations:proposal-number", args=[key, changed.number]))
    assert "Facts changed since this proposal was made." in shown.content.decode()
    assert not Plan.objects.exists()


def test_proposed_again_the_new_facts_count(proposal, physician):
    by_service(physician, None, None, again(proposal.consultation).patient, CHILD)

    assert proposals.propose(proposal.consultation, by=physician).status == "not-eligible"


@pytest.mark.parametrize("changes", [{"family_name": "Other"}, {"birth_date": "1980-05-04"}])
def test_what_no_rule_reads_leaves_it_as_it_is(proposal, physician, changes):
    by_service(physician, None, None, again(proposal.consultation).patient, changes)

    assert not policies.is_stale(proposals.latest(again(proposal.consultation)))
    plans.sign(proposal.consultation, by=physician, past_sessions=True)


def test_a_signed_consultation_stays_as_it_was_signed(proposal, physician):
    sign(proposal, physician)
    before = again(proposal.consultation)

    by_service(physician, None, None, again(before.patient), CHILD)

    assert again(before).version == before.version


def test_every_open_consultation_of_the_patient_and_no_other(clinic, physician, proposal):
    other = consulted(clinic, physician)
    patient = again(again(proposal.consultation).patient)
    with scope(clinic=clinic):
        second = consulted(clinic, physician)
        type(second).objects.filter(pk=second.pk).update(patient=patient)
    before = [again(one).version for one in (proposal.consultation, second, other)]

    by_service(physician, None, None, patient, MAN)

    after = [again(one).version for one in (proposal.consultation, second, other)]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 0]


def test_the_trace_holds_old_and_new_values_of_what_the_rules_read_alone(proposal, physician):
    patient = again(again(proposal.consultation).patient)

    by_service(physician, None, None, patient, {**CHILD, "family_name": "Secret"})

    event = AuditEvent.objects.filter(action="patient-changed").latest("id")
    assert event.detail == {
        "fields": ["birth_date", "family_name"],
        "values": {"birth_date": {"old": "1980-05-04", "new": "2012-05-04"}},
    }
    renewed = AuditEvent.objects.filter(action="consultation-changed").latest("id")
    assert (renewed.subject, renewed.detail, renewed.actor) == (
        str(proposal.consultation_id),
        {"fields": ["patient"]},
        physician.pk,
    )
