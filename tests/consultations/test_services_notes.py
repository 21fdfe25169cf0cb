"""Notes on the map: pinned while the consultation is open, frozen with it, and no facts."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from clinic.models import AuditEvent
from clinic.text import isolated
from consultations import policies
from consultations.bodymap import VIEWS, map_of
from consultations.documents import plan_document
from consultations.enums import MapView
from consultations.errors import StaleVersion
from consultations.models import MapNote, Plan
from consultations.paper import printed
from consultations.services import carrying, notes
from tests.consultations.made import again, consulted, proposed, ready, sign
from treatments.models import Area

pytestmark = pytest.mark.usefixtures("open_clinic")


def pinned(consultation, by, **changes):
    values = {"view": "face", "x": Decimal("0.41"), "y": Decimal("0.55"), "text": "A scar."}
    return notes.pin_note(consultation, by=by, **{**values, **changes})


def texts(consultation):
    return [(row.number, row.text) for row in MapNote.objects.filter(consultation=consultation)]


def test_the_drawings_are_those_that_are_drawn():
    assert MapView.values == [view.key for view in VIEWS]


def test_a_note_stands_at_its_place_with_its_number(clinic, physician):
    row = consulted(clinic, physician)
    area = Area.objects.get(code="cheeks")

    pinned(row, physician, area=area)
    second = pinned(row, physician, view="back", x=Decimal(1), y=Decimal(0), text=" Mole. ")

    assert texts(row) == [(1, "A scar."), (2, "Mole.")]
    assert (second.created_by, second.changed_by, second.version) == (physician, None, 1)
    face, _front, back = map_of(Area.objects.select_related("parent"), notes=row.map_notes.all())
    assert [(one.number, one.x, one.y) for one in face.pins] == [(1, 90.2, 145.2)]
    assert [(one.number, one.x, one.y) for one in back.pins] == [(2, 220.0, 0.0)]
    event = AuditEvent.objects.filter(action="map-note-pinned").latest("pk")
    assert (event.patient, event.detail) == (row.patient_id, {"number": 2})


def test_a_note_is_moved_and_written_anew(clinic, physician, make_member):
    row, nurse = consulted(clinic, physician), make_member("nurse")
    note = pinned(row, physician)

    changed = notes.change_note(note, by=nurse, version=1, x=Decimal("0.5"), text="A mole.")

    assert (changed.x, changed.y, changed.text, changed.version) == (
        Decimal("0.5"),
        Decimal("0.55"),
        "A mole.",
        2,
    )
    assert (changed.created_by, changed.changed_by) == (physician, nurse)
    event = AuditEvent.objects.get(action="map-note-changed")
    assert event.detail == {"number": 1, "fields": ["text", "x"]}


def test_the_same_again_is_no_change(clinic, physician):
    note = pinned(consulted(clinic, physician), physician)

    same = notes.change_note(note, by=physician, version=1, text="A scar.")

    assert (same.version, same.changed_by) == (1, None)


def rewrite(note, by):
    notes.change_note(note, by=by, version=1, text="Second.")


def take_off(note, by):
    notes.remove_note(note, by=by, version=1)


def pin_another(note, by):
    pinned(note.consultation, by)


@pytest.mark.parametrize("write", [rewrite, take_off])
def test_who_comes_second_is_told(clinic, physician, write):
    row = consulted(clinic, physician)
    note = pinned(row, physician)
    notes.change_note(note, by=physician, version=1, text="First.")

    with pytest.raises(StaleVersion) as clash:
        write(note, physician)

    assert clash.value.current == 2
    assert texts(row) == [(1, "First.")]


def test_a_note_that_is_taken_off_leaves_the_other_numbers(clinic, physician):
    row = consulted(clinic, physician)
    first = pinned(row, physician)
    pinned(row, physician, text="Second.")

    notes.remove_note(first, by=physician, version=1)

    assert texts(row) == [(2, "Second.")]
    assert AuditEvent.objects.filter(action="map-note-removed").count() == 1
    with pytest.raises(ValidationError, check=lambda error: error.code == "gone"):
        notes.change_note(first, by=physician, version=1, text="Late.")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"x": Decimal("1.01")}, "x"),
        ({"y": Decimal("-0.01")}, "y"),
        ({"view": "side"}, "view"),
        ({"text": "  "}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"number": 7}, "number"),
    ],
)
def test_a_note_that_cannot_stand_is_refused(clinic, physician, changes, field):
    row = consulted(clinic, physician)

    with pytest.raises(ValidationError) as refusal:
        pinned(row, physician, **changes)

    assert set(refusal.value.message_dict) == {field}
    assert texts(row) == []


@pytest.mark.parametrize(
    "wrong", ["x = 1.2", "y = -0.1", "view = 'side'", "text = ''", "changed_by_id = created_by_id"]
)
def test_the_database_keeps_a_note_whole(clinic, physician, wrong):
    pinned(consulted(clinic, physician), physician)

    with pytest.raises(IntegrityError), transaction.atomic():
        raw(f"UPDATE consultations_mapnote SET {wrong}")


def raw(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_map_holds_so_many_notes(clinic, physician, monkeypatch):
    monkeypatch.setattr(notes, "MOST_NOTES", 1)
    row = consulted(clinic, physician)
    pinned(row, physician)

    with pytest.raises(ValidationError, match="holds 1 notes"):
        pinned(row, physician)


def test_a_note_is_no_fact_so_a_proposal_stays_fresh(clinic, physician):
    proposal = proposed(clinic, physician)
    before = again(proposal.consultation).version

    pinned(proposal.consultation, physician)

    row = again(proposal.consultation)
    assert row.version == before
    assert not policies.is_stale(again(proposal))


def test_notes_are_signed_with_the_plan_and_stand_on_paper(clinic, physician):
    proposal = ready(clinic, physician)
    pinned(proposal.consultation, physician, area=Area.objects.get(code="cheeks"))

    plan = sign(proposal, physician)

    assert json.loads(plan.document)["map_notes"] == [
        {
            "number": 1,
            "view": "face",
            "x": "0.4100",
            "y": "0.5500",
            "area": "cheeks",
            "text": "A scar.",
        }
    ]
    whole = Plan.objects.with_sessions().get(pk=plan.pk)
    assert [one.text for one in plan_document(whole).map_notes] == ["A scar."]
    paper = printed(whole, "en")
    (note,) = paper["map_notes"]
    assert (note["number"], note["text"]) == ("1", [isolated("A scar.")])
    assert "note 1" in paper["maps"][0]["alt"]
    assert ">1</text>" in paper["maps"][0]["svg"]


@pytest.mark.parametrize("write", [pin_another, rewrite, take_off])
def test_nothing_is_pinned_once_the_consultation_is_signed(clinic, physician, write):
    proposal = ready(clinic, physician)
    note = pinned(proposal.consultation, physician)
    sign(proposal, physician)

    with pytest.raises(ValidationError, check=lambda error: error.code == "closed"):
        write(note, physician)


def test_a_note_belongs_to_the_clinic_of_its_consultation(clinic, other_clinic, physician):
    note = pinned(consulted(clinic, physician), physician)

    with pytest.raises(DatabaseError, match="another clinic"), transaction.atomic():
        raw(f"UPDATE consultations_mapnote SET clinic_id = '{other_id(other_clinic)}'")
    assert again(note).clinic == clinic


def other_id(clinic):
    return clinic.pk.hex if connection.vendor == "sqlite" else clinic.pk


def test_notes_are_not_carried_over(clinic, physician):
    proposal = ready(clinic, physician)
    pinned(proposal.consultation, physician)
    plan = sign(proposal, physician)

    following = carrying.start_from(plan.consultation, by=physician)

    assert texts(following) == []
