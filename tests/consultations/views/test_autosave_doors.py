"""Saving field by field: what is turned away, and from whom."""

import pytest
from django.urls import reverse

from tests.consultations.views.rows import add_consultation, step_url, stored
from tests.consultations.views.typing import drafts, outcome, send

LONG = "x" * 60_000


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\u202eb", LONG])
def test_what_cannot_be_stored_is_refused_in_words(bad, physician, consultation):
    response = send(physician, consultation, "skin", skin_note=([bad], []), glogau=(["2"], []))

    assert outcome(response) == {"skin_note": "refused", "glogau": "saved"}
    assert "cannot be stored" in response.json()["fields"]["skin_note"]["complaints"][0]["message"]
    assert drafts(consultation) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"nonsense": (["a"], [])},
        {"skin_note": ("a", [])},
        {"skin_note": ([1], [])},
        {"skin_note": (["a"], "b")},
        {"skin_note": ([["a"]], [])},
        {"glogau": (None,)},
    ],
)
def test_what_no_page_sends_is_refused(fields, physician, consultation):
    response = send(physician, consultation, "skin", **fields)

    assert response.status_code == 400
    assert response.json()["code"] == "malformed"


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b'{"fields": 1}', b"[" * 90_000, b"\xff"])
def test_a_body_that_is_no_object_is_refused(body, physician, consultation):
    url = reverse("consultations:save-fields", args=[consultation.pk, "skin"])

    assert physician.post(url, body, content_type="application/json").status_code == 400


def test_a_form_is_no_object_either(physician, consultation):
    url = reverse("consultations:save-fields", args=[consultation.pk, "skin"])

    assert physician.post(url, {"skin_note": "Dry"}).status_code == 400


def test_text_typed_under_another_login_is_not_sent(physician, nurse, consultation):
    response = send(nurse, consultation, "skin", user=physician.user, skin_note=(["Dry"], []))

    assert (response.status_code, response.json()["code"]) == (409, "other-user")
    assert (stored(consultation).skin_note, drafts(consultation)) == ("", {})


def test_rows_left_unfinished_are_shown_to_their_author(physician, nurse, consultation):
    rows = [{"concern": ["scars"]}, {"area": ["face"]}]
    send(physician, consultation, "concerns", concerns=(rows, []))
    url = reverse("consultations:rows", args=[consultation.pk, "concerns"])

    own = physician.get(f"{url}?unfinished=yes").content.decode()
    others = nurse.get(f"{url}?unfinished=yes").content.decode()

    assert "Choose one, or remove the row." in own
    assert own.count("data-row") == 2
    assert others.count("data-row") == 1
    assert physician.get(url.replace("concerns/", "goals/")).status_code == 404


def test_another_clinics_consultation_is_not_there(client_of, other_clinic, consultation):
    stranger = client_of("physician", at=other_clinic)

    assert send(stranger, consultation, "skin", skin_note=(["Dry"], [])).status_code == 404
    for name, args in (("news", []), ("rows", ["concerns"])):
        url = reverse(f"consultations:{name}", args=[consultation.pk, *args])
        assert stranger.get(url).status_code == 404


def test_only_who_may_edit_saves(client_of, consultation):
    desk = client_of("front-desk")

    assert send(desk, consultation, "skin", skin_note=(["Dry"], [])).status_code == 403


def test_pages_and_answers_stay_out_of_every_cache(physician, clinic, consultation):
    answers = [
        physician.get(step_url(consultation, "skin")),
        physician.get(reverse("consultations:news", args=[consultation.pk])),
        send(physician, add_consultation(clinic, physician.user), "skin", glogau=(["2"], [])),
    ]

    assert {answer["Cache-Control"] for answer in answers} == {"no-store, private"}
