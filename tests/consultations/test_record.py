"""The full record leaves nothing out: what is stored of a consultation stands in it."""

import json
import unicodedata
from datetime import date

import pytest
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone

from consultations import record_paper
from consultations.models import (
    AdverseEvent,
    BlastResult,
    BlastRun,
    Consent,
    Consultation,
    DraftInput,
    FieldChange,
    Plan,
    PlanSession,
    Preparation,
    PrescriberQuestion,
    Presence,
    Proposal,
    RuleOverride,
    SeenResult,
    SessionItem,
)
from consultations.services import carrying, events, intake, prescribers
from consultations.services.cancelling import cancel_consultation
from tests.consultations.made import proposed, signed
from tests.consultations.records import FULL, models_of_the_record, signed_record, unguarded
from tests.engine.cases import medicine
from treatments.models import Allergen, Area, AreaFinding, LabTest, Procedure

pytestmark = pytest.mark.usefixtures("open_clinic")

# No part of the record: what is being typed and by whom, and what releases would change.
NOT_OF_IT = {DraftInput, FieldChange, Presence, BlastRun, BlastResult, SeenResult}
# In the record by what it stands for, or the whole that the record is the words of.
OTHERWISE = {
    (Proposal, "request"), (Proposal, "response"), (Proposal, "status"),
    (Plan, "document"),
    (Consent, "document"), (Consent, "subject"), (Consent, "language"),
    (Preparation, "digest"),
    (PrescriberQuestion, "grounds"),
    (RuleOverride, "rule"),  # under another rule it counts nowhere, see test_left_over
    (Consultation, "cancel_reason"),  # of what is signed there is none, see below
    (PlanSession, "kind"), (SessionItem, "kind"),  # “optional” is said, “planned” goes without
}  # fmt: skip


def texts_of(model):
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField))
        and (model, field.name) not in OTHERWISE
    ]


def recorded():
    return [model for model in models_of_the_record() if model not in NOT_OF_IT]


def data_of(consultation):
    row = Consultation.objects.with_facts().get(pk=consultation.pk)
    return record_paper.printed(row, "en")


def words_of(consultation):
    return in_words(data_of(consultation))


def in_words(data):
    """Without the marks of direction."""
    written = json.dumps(data, ensure_ascii=False)
    return "".join(one for one in written if unicodedata.category(one) != "Cf")


@pytest.fixture
def plan(clinic, physician):
    plan = signed_record(clinic, physician)
    row = plan.consultation
    tell = {"allergies": {"reaction": "x"}, "concerns": {"goal": "x"}}
    for name, values in tell.items():
        unguarded(lambda name=name, values=values: getattr(row, name).update(**values))
    unguarded(lambda: Consultation.objects.filter(pk=row.pk).update(combination="same-session"))
    return plan


def test_every_text_of_a_consultation_is_in_its_record(plan):
    """Each written over with a mark of its own, and each mark found."""
    marks = {}

    def write():
        for model in recorded():
            for field in texts_of(model):
                if not field.choices:
                    mark = f"Mk{len(marks)}x"[: field.max_length]
                    marks[mark] = f"{model.__name__}.{field.name}"
                    table, column = model._meta.db_table, field.column
                    with connection.cursor() as cursor:
                        cursor.execute(f"UPDATE {table} SET {column} = %s", [mark])

    unguarded(write)
    text = words_of(plan.consultation)

    assert len(marks) > 20
    assert [name for mark, name in marks.items() if mark not in text] == []


def test_every_choice_of_a_consultation_is_in_its_record(plan):
    text = words_of(plan.consultation).lower()

    missing, seen = [], set()
    for model in recorded():
        for field in model._meta.concrete_fields:
            if field.choices and (model, field.name) not in OTHERWISE:
                labels = {str(getattr(row, f"get_{field.name}_display")()).lower()
                          for row in model.objects.all()} - {"", "none"}  # fmt: skip
                seen |= {(model, field.name)} if labels else set()
                missing += [f"{model.__name__}.{field.name}: {one}" for one in labels
                            if one not in text]  # fmt: skip

    assert missing == []
    assert {(AdverseEvent, "outcome"), (Consent, "how")} <= seen


def titled(consultation, title):
    found = [one for one in data_of(consultation)["sections"] if one["title"] == title]
    return in_words(found)


def test_a_question_that_nobody_answered_yet_is_in_it(clinic, physician):
    proposal = proposed(clinic, physician, **FULL)
    prescribers.ask_prescriber(
        proposal.consultation,
        rule="S-08",
        places=[("face", "mesotherapy")],
        text="Anything against it?",
        by=physician,
    )

    told = titled(proposal.consultation, "Waiting for a prescriber’s answer")  # noqa: RUF001

    assert "Anything against it?" in told
    assert "S-08: Mesotherapy, Face" in told
    assert str(physician) in told
    assert titled(proposal.consultation, "What prescribers answered") == "[]"


def test_the_stated_age_is_in_it(clinic, physician):
    row = proposed(clinic, physician).consultation
    assert "age 44, stated" in words_of(row)

    intake.update_consultation(row, by=physician, version=row.version, stated_age=None)

    assert ", stated" not in words_of(row)


def test_an_event_stands_beside_its_correction(plan):
    told = titled(plan.consultation, "Adverse events")

    assert told.count("Swelling.") == 2
    assert "corrected since" in told
    assert "Began on " in told


def test_an_event_says_how_serious_it_is(clinic, physician):
    plan = signed(clinic, physician)
    session = plan.sessions.first()
    item = session.items.first()
    told = events.Told(
        treatment=item.treatment.code,
        area=item.area.code,
        what="Blister.",
        seriousness="serious",
        onset_on=timezone.localdate(),
        outcome="ongoing",
        session=session.pk,
    )
    events.record_event(plan, told, by=physician)

    words = titled(plan.consultation, "Adverse events")

    for one in ("Blister.", "Serious", "Not recovered yet", "After session 1."):
        assert one in words


def test_the_last_dose_is_told_of_what_is_still_taken(clinic, physician):
    taken = medicine("warfarin", prescribed=True, ongoing=True, last_taken_on="2026-02-27")
    row = proposed(clinic, physician, medications=[taken]).consultation

    assert "last taken on 27 February 2026" in titled(row, "Health history")


def test_why_a_consultation_was_cancelled_is_in_its_record(clinic, physician):
    row = proposed(clinic, physician).consultation
    cancel_consultation(row, reason="The patient left.", by=physician)

    text = words_of(row)

    assert "“The patient left.”" in text
    assert f"Cancelled by {physician}" in text


def test_rows_that_are_not_whole_yet_are_told_by_what_they_have(clinic, physician, client_of):
    row = proposed(clinic, physician).consultation
    rows = {
        "labs": [{"test": LabTest.objects.get(code="platelets"), "value": 80}],
        "area_findings": [{"finding": AreaFinding.objects.get(code="infection")}],
        "procedures": [
            {"procedure": Procedure.objects.first(), "performed_on": date(2026, 1, 5)},
            {"procedure": Procedure.objects.first(), "area": Area.objects.get(code="face")},
        ],
        "allergies": [{"allergen": Allergen.objects.get(code="latex"), "reaction": "Hives"}],
    }
    for key, told in rows.items():
        version = Consultation.objects.get(pk=row.pk).version
        entries = intake.Entries(sections={key: told})
        row = intake.change_fields(row, entries, by=physician, version=version)

    words = titled(row, "Health history")
    answer = client_of("physician").get(reverse("consultations:record-pdf", args=[row.pk]))

    assert answer.status_code == 200
    procedure = Procedure.objects.first().name
    platelets = LabTest.objects.get(code="platelets").name
    for one in (f"{platelets}, 80", "5 January 2026", f"{procedure}, Face", "Hives"):
        assert one.lower() in words.lower()


def test_what_was_taken_over_and_waits_says_so(clinic, physician):
    plan = signed(clinic, physician, medications=[medicine("paracetamol", ongoing=True)])
    row = carrying.start_from(plan.consultation, by=physician)

    assert "From 2 March 2026, to be confirmed." in titled(row, "Health history")
    assert "to be confirmed" not in words_of(plan.consultation)
