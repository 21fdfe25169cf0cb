"""A returning patient's consultation starts from the last one, and nothing of it counts unseen."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from clinic.models import AuditEvent
from consultations.carried import marks
from consultations.errors import IncompleteFacts, StaleVersion
from consultations.facts import request_of
from consultations.models import Consultation
from consultations.services import carrying, intake, proposals
from tests.consultations.made import accept, again, consulted, facts_of, sign, signed
from tests.engine.cases import DAY, conditions, lab, medicine
from treatments.models import AreaFinding, Condition, Medication

pytestmark = pytest.mark.usefixtures("open_clinic")

SAID_ON = date.fromisoformat(DAY)
LATER = SAID_ON + timedelta(days=180)
TOLD = {
    "conditions": conditions(tobacco="no", atopy="unknown", keloid_tendency="no"),
    "medications": [medicine("paracetamol", ongoing=True)],
    "labs": [lab("platelets", 250, "10*9/L")],
    "procedures": [{"procedure": "chemical-peel", "area": "face", "performed_on": "2025-01-10"}],
}


@pytest.fixture
def source(clinic, physician):
    """The last signed consultation, with more in it than a request holds."""
    row = consulted(clinic, physician, **TOLD)
    row = intake.update_consultation(
        row, by=physician, version=row.version, goals="Look rested.", fitzpatrick=3, skin_note="Dry"
    )
    proposal = proposals.propose(row, by=physician)
    accept(proposal, physician)
    return _signed(proposal, physician)


def _signed(proposal, by):
    return sign(proposal, by).consultation


def start(source, by, **more):
    return facts_of(carrying.start_from(source, by=by, consulted_on=LATER, **more))


def paths(consultation):
    return [mark.path for mark in marks(consultation)]


def confirm(consultation, by, *wanted, **more):
    keys = {mark.key for mark in marks(consultation) if not wanted or mark.path in wanted}
    return facts_of(carrying.confirm(consultation, keys, by=by, **more))


def test_what_was_said_comes_along_and_each_answer_is_marked(source, physician):
    row = start(source, physician)

    assert paths(row) == [
        "concerns[0]",
        "conditions.tobacco",
        "conditions.keloid-tendency",
        "medications[0]",
        "labs[0]",
        "procedures[0]",
        "goals",
        "fitzpatrick",
    ]
    assert {mark.day for mark in marks(row)} == {SAID_ON}
    told, before = request_of(row), request_of(facts_of(source))
    for key in ("concerns", "medications", "labs", "procedures"):
        assert told[key] == before[key]
    assert (row.goals, row.fitzpatrick, row.copied_from) == ("Look rested.", 3, source)


def test_what_holds_for_its_own_day_only_is_asked_again(source, physician):
    row = start(source, physician)

    assert "pregnancy" not in request_of(row)["conditions"]
    assert (row.no_known_allergies, row.medications_reviewed, row.stated_age) == (None, None, None)
    assert (row.start_on, row.skin_note, row.consulted_on) == (None, "", LATER)
    assert [(one["code"], one["reason"]) for one in row.left_out] == [
        ("pregnancy", "asked-anew"),
        ("breastfeeding", "asked-anew"),
    ]


def test_which_questions_are_asked_anew_is_the_catalogues_to_say(source, physician):
    Condition.objects.update(ask_each_time=False)

    assert request_of(start(source, physician))["conditions"]["pregnancy"] == "no"


def test_terms_out_of_use_are_left_out_and_said(source, physician):
    Medication.objects.filter(code="paracetamol").update(active=False)

    row = start(source, physician)

    assert not row.medications.all()
    assert {"section": "medications", "code": "paracetamol", "reason": "retired"}.items() <= (
        row.left_out[-1].items()
    )


@pytest.mark.parametrize(("clears", "carried"), [(LATER, 0), (LATER + timedelta(days=1), 1)])
def test_a_finding_that_has_cleared_is_left_out(clinic, physician, clears, carried):
    assert AreaFinding.objects.get(code="infection").clears
    finding = {"finding": "infection", "area": "back", "clears_on": clears.isoformat()}
    source = signed(clinic, physician, area_findings=[finding]).consultation

    row = start(source, physician)

    assert row.findings.count() == carried
    assert ("cleared" in [one["reason"] for one in row.left_out]) is not bool(carried)


def test_an_unconfirmed_answer_stands_in_the_way_of_a_proposal(source, physician):
    row = start(source, physician)
    row = _complete(row, physician)

    with pytest.raises(IncompleteFacts) as refusal:
        proposals.propose(row, by=physician)

    assert {fault.code for fault in refusal.value.faults} == {"unconfirmed"}
    assert [fault.path for fault in refusal.value.faults] == paths(row)
    row = confirm(row, physician, *paths(row)[1:])
    with pytest.raises(IncompleteFacts) as refusal:
        proposals.propose(row, by=physician)
    assert [fault.path for fault in refusal.value.faults] == ["concerns[0]"]


def test_once_all_is_confirmed_it_is_proposed_from_the_same_request(source, physician):
    row = confirm(_complete(start(source, physician), physician), physician)

    proposal = proposals.propose(row, by=physician)

    assert proposals.replayed(proposal) == proposals.data_of(proposal)
    assert "carried" not in proposal.request


def _complete(row, by):
    """What is asked anew, answered."""
    for code in ("pregnancy", "breastfeeding"):
        row = intake.set_condition(row, code, "no", by=by, version=row.version)
    return facts_of(
        intake.update_consultation(
            row,
            by=by,
            version=row.version,
            no_known_allergies=True,
            medications_reviewed=True,
            stated_age=44,
        )
    )


def test_confirming_takes_the_mark_away_and_is_audited(source, physician):
    row = start(source, physician)

    confirmed = confirm(row, physician, "conditions.tobacco", "goals")

    assert set(paths(row)) - set(paths(confirmed)) == {"conditions.tobacco", "goals"}
    assert confirmed.version == row.version + 1
    assert request_of(confirmed) == request_of(row)
    event = AuditEvent.objects.get(action="answers-confirmed")
    assert event.detail == {"answers": [["conditions.tobacco", DAY], ["goals", DAY]]}
    assert (event.actor, event.patient) == (physician.pk, row.patient_id)


def test_confirming_twice_changes_nothing_more(source, physician):
    row = start(source, physician)
    once = confirm(row, physician)

    twice = facts_of(carrying.confirm(once, {one.key for one in marks(row)}, by=physician))

    assert twice.version == once.version
    assert AuditEvent.objects.filter(action="answers-confirmed").count() == 1


def test_what_was_not_seen_is_not_confirmed(source, physician):
    """The key names what the answer said; the answer says something else by now."""
    row = start(source, physician)
    seen = {mark.key for mark in marks(row) if mark.path == "medications[0]"}
    Consultation.objects.get(pk=row.pk).medications.update(ongoing=False)

    after = facts_of(carrying.confirm(row, seen, by=physician))

    assert "medications[0]" in paths(after)


def test_a_stale_version_confirms_nothing(source, physician):
    row = start(source, physician)

    with pytest.raises(StaleVersion):
        confirm(row, physician, version=row.version - 1)

    assert len(paths(again_with_facts(row))) == len(paths(row))


def again_with_facts(row):
    return facts_of(again(row))


def test_saving_the_same_again_confirms_nothing_and_a_change_does(source, physician):
    row = start(source, physician)
    same = [
        {"medication": one.medication, "ongoing": True, "prescribed": False}
        for one in row.medications.all()
    ]

    kept = intake.change_fields(
        row, intake.Entries(sections={"medications": same}), by=physician, version=row.version
    )
    assert "medications[0]" in paths(facts_of(kept))
    changed = [{**same[0], "ongoing": False}]
    row = intake.change_fields(
        kept, intake.Entries(sections={"medications": changed}), by=physician, version=kept.version
    )

    assert "medications[0]" not in paths(facts_of(row))


def test_single_values_keep_their_mark_until_they_change(source, physician):
    row = start(source, physician)
    same = {"goals": "Look rested.\r\n", "fitzpatrick": 3}

    kept = intake.update_consultation(row, by=physician, version=row.version, **same)
    assert kept.carried == {"goals": DAY, "fitzpatrick": DAY}
    row = intake.update_consultation(kept, by=physician, version=kept.version, fitzpatrick=4)

    assert row.carried == {"goals": DAY}


def test_facts_read_and_put_back_over_rest_are_not_confirmed_by_that(source, physician):
    row = start(source, physician)
    document = {key: value for key, value in request_of(row).items() if key != "patient"}

    kept = facts_of(intake.replace_facts(row, document, by=physician, version=row.version))

    assert paths(kept) == paths(row)


def test_only_the_last_signed_consultation_is_carried_forward(source, physician):
    opened = intake.start_consultation(source.patient, by=physician)
    with pytest.raises(ValidationError) as refusal:
        carrying.start_from(opened, by=physician)
    assert refusal.value.code == "not-signed"

    row = confirm(_complete(start(source, physician), physician), physician)
    proposal = proposals.propose(row, by=physician)
    accept(proposal, physician)
    _signed(proposal, physician)

    with pytest.raises(ValidationError) as refusal:
        carrying.start_from(source, by=physician)
    assert refusal.value.code == "superseded"


@pytest.mark.parametrize("how", ["unsigned", "of-another-patient"])
def test_sql_cannot_make_it_start_from_elsewhere(clinic, physician, source, how):
    row = start(source, physician)
    other = consulted(clinic, physician)
    target, wrong = (row, other) if how == "unsigned" else (other, source)
    statement = "UPDATE consultations_consultation SET copied_from_id = %s WHERE id = %s"

    with pytest.raises(DatabaseError, match="starts from a signed one"):
        _attempt(statement, wrong.pk, target.pk)

    _attempt(statement, source.pk, row.pk)


def _attempt(statement, *keys):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [_key(key) for key in keys])


def _key(key):
    return key.hex if connection.vendor == "sqlite" else key


def test_starting_from_the_last_one_is_audited_with_codes_only(source, physician):
    row = start(source, physician)

    event = AuditEvent.objects.get(action="consultation-carried-forward")
    assert (event.subject, event.detail["source"]) == (str(row.pk), str(source.pk))
    assert event.detail["carried"]["conditions"] == 2
    assert "Look rested." not in str(event.detail)
