"""Notes on the map through the pages: with and without a script, and who sees what was begun."""

import json
import re
import uuid

import pytest
from django.urls import reverse
from django_scopes import scope

from clinic.roles import Action, Role, allows
from consultations.models import DraftInput, MapNote
from consultations.services import carrying
from tests.consultations.made import consented, decided, sign
from tests.consultations.views.rows import page_url

PLACE = {"view": "face", "x": "41.5", "y": "55", "area": "cheeks", "text": "A scar: spare it."}


def pin(client, consultation, *, htmx=False, **changes):
    headers = {"HX-Request": "true"} if htmx else {}
    url = reverse("consultations:pin-note", args=[consultation.pk])
    return client.post(url, {**PLACE, **changes}, headers=headers)


def keep(client, consultation, *, note="", user=None, **changes):
    url = reverse("consultations:keep-note", args=[consultation.pk])
    value = {**PLACE, **changes}
    body = {"user": str((user or client.user).pk), "note": note, "value": value}
    return client.post(url, json.dumps(body), content_type="application/json")


def pinned(consultation):
    with scope(clinic=consultation.clinic):
        return list(MapNote.objects.filter(consultation=consultation).select_related("area"))


def begun(consultation):
    with scope(clinic=consultation.clinic):
        rows = DraftInput.objects.filter(consultation=consultation)
        return [(row.user.username, row.field) for row in rows.select_related("user")]


def text_of(response):
    return response.content.decode()


def test_a_note_is_pinned_without_a_script(physician, consultation):
    response = pin(physician, consultation)

    assert response["Location"] == f"{page_url(consultation)}#map-notes"
    (note,) = pinned(consultation)
    assert (note.view, str(note.x), str(note.y), note.area.code) == (
        "face",
        "0.4150",
        "0.5500",
        "cheeks",
    )
    page = text_of(physician.get(page_url(consultation)))
    assert "A scar: spare it." in page
    assert "42 % from the left, 55 % from the top" in page
    assert 'class="pin" transform="translate(91.3 145.2)' in page


def test_with_a_script_the_notes_come_alone(physician, consultation):
    response = pin(physician, consultation, htmx=True)

    page = text_of(response)
    assert response.status_code == 200
    assert page.lstrip().startswith("<section")
    assert "The note is pinned." in page
    assert "A scar: spare it." in page


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"text": ""}, "Write the note."),
        ({"x": ""}, "Tap the place on the drawing"),
        ({"x": "101"}, "less than or equal to 100"),
        ({"y": "NaN"}, "Enter a number."),
        ({"view": "side"}, "Select a valid choice"),
        ({"area": "nowhere"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_pinned_stays_in_its_form(physician, consultation, changes, complaint, htmx):
    page = text_of(pin(physician, consultation, htmx=htmx, **changes))

    assert complaint in page
    assert re.search(r"data-note-box\s+open", page)
    if "text" not in changes:
        assert "A scar: spare it.</textarea>" in page
    assert pinned(consultation) == []


def test_a_note_is_changed_and_taken_off(physician, consultation):
    pin(physician, consultation)
    (note,) = pinned(consultation)

    change = reverse("consultations:change-note", args=[note.pk])
    physician.post(change, {**PLACE, "text": "A mole.", "view": "back", "version": 1})

    (note,) = pinned(consultation)
    assert (note.text, note.view, note.version) == ("A mole.", "back", 2)
    remove = reverse("consultations:remove-note", args=[note.pk])
    stale = text_of(physician.post(remove, {"version": 1}, headers={"HX-Request": "true"}))
    assert "Somebody else changed this note" in stale
    physician.post(remove, {"version": 2})
    assert pinned(consultation) == []


def test_who_saves_a_note_second_sees_both_texts(physician, nurse, consultation):
    pin(physician, consultation)
    (note,) = pinned(consultation)
    change = reverse("consultations:change-note", args=[note.pk])
    nurse.post(change, {**PLACE, "text": "The nurse's.", "version": 1})

    mine = {**PLACE, "text": "The physician's.", "version": 1}
    page = text_of(physician.post(change, mine))

    assert "The nurse&#x27;s." in page.partition("meanwhile")[2][:80]
    assert "The physician&#x27;s.</textarea>" in page
    assert pinned(consultation)[0].text == "The nurse's."
    physician.post(change, {**mine, "version": 2})
    assert pinned(consultation)[0].text == "The physician's."


def test_what_is_begun_is_kept_for_its_author_alone(physician, nurse, consultation):
    answer = keep(physician, consultation, x="", text="A sc")

    assert set(answer.json()) == {"saved_at"}
    assert begun(consultation) == [(physician.user.username, "map-note")]
    assert "A sc</textarea>" in text_of(physician.get(page_url(consultation)))
    assert "A sc</textarea>" not in text_of(nurse.get(page_url(consultation)))
    assert pinned(consultation) == []


def test_what_was_begun_is_forgotten_once_it_is_pinned(physician, consultation):
    keep(physician, consultation)
    pin(physician, consultation)
    (note,) = pinned(consultation)
    assert begun(consultation) == []

    keep(physician, consultation, note=str(note.pk), text="Another")
    assert "Another</textarea>" in text_of(physician.get(page_url(consultation)))
    change = reverse("consultations:change-note", args=[note.pk])
    physician.post(change, {**PLACE, "text": "Another", "version": 1})

    assert begun(consultation) == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"text": "x" * 5000}, 400),
        ({"text": "a\x00"}, 400),
        ({"text": 7}, 400),
        ({"more": "x"}, 400),
        ({"note": "map"}, 400),
        ({"note": str(uuid.uuid4())}, 400),
    ],
)
def test_what_no_page_of_ours_sends_is_not_kept(physician, consultation, changes, status):
    assert keep(physician, consultation, **changes).status_code == status
    assert begun(consultation) == []


def test_another_person_logged_in_meanwhile_keeps_nothing(physician, nurse, consultation):
    answer = keep(physician, consultation, user=nurse.user)

    assert (answer.status_code, answer.json()["code"]) == (409, "other-user")
    assert begun(consultation) == []


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("door", ["pin-note", "keep-note", "change-note", "remove-note"])
def test_only_who_may_edit_may_pin(role, door, client_of, physician, consultation):
    pin(physician, consultation)
    (note,) = pinned(consultation)
    key = consultation.pk if door in {"pin-note", "keep-note"} else note.pk

    status = client_of(role).post(reverse(f"consultations:{door}", args=[key])).status_code

    assert (status != 403) == allows(role, Action.EDIT_CONSULTATION)


@pytest.mark.parametrize("door", ["pin-note", "keep-note", "change-note", "remove-note"])
def test_another_clinics_notes_are_not_found(
    door, client_of, other_clinic, physician, consultation
):
    pin(physician, consultation)
    (note,) = pinned(consultation)
    key = consultation.pk if door in {"pin-note", "keep-note"} else note.pk
    url = reverse(f"consultations:{door}", args=[key])

    assert client_of("physician", at=other_clinic).post(url, PLACE).status_code == 404
    assert physician.post(url, {**PLACE, "version": 1}).status_code != 404


def test_a_signed_consultation_shows_its_notes_to_read(clinic, physician):
    proposal = decided(clinic, physician.user)
    row = proposal.consultation
    pin(physician, row)
    consented(proposal, physician.user)
    plan = sign(proposal, physician.user)

    number = reverse("consultations:proposal-number", args=[row.pk, proposal.number])
    pages = [
        page_url(row),
        number,
        reverse("consultations:plan", args=[plan.pk]),
        reverse("consultations:print-plan", args=[plan.pk]),
    ]

    for url in pages:
        page = text_of(physician.get(url))
        assert "A scar: spare it." in page, url
        assert 'class="pin"' in page, url
        assert "data-note-form" not in page, url
    assert pin(physician, row).status_code == 200
    assert len(pinned(row)) == 1


def test_a_consultation_says_which_notes_stay_behind(clinic, physician):
    proposal = decided(clinic, physician.user)
    pin(physician, proposal.consultation)
    plan = sign(proposal, physician.user)
    with scope(clinic=clinic):
        following = carrying.start_from(plan.consultation, by=physician.user)

    page = text_of(physician.get(page_url(following)))

    assert "Notes are not carried over" in page
    assert "A scar: spare it." not in page
