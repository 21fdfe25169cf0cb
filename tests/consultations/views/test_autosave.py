"""Saving field by field: what is written, what is kept as unfinished, and for whom."""

from datetime import date

import pytest

from clinic.models import AuditEvent
from tests.consultations.views.rows import step_url, stored, tell
from tests.consultations.views.typing import drafts, news, outcome, send


@pytest.mark.parametrize(
    ("key", "name", "value", "read", "expected"),
    [
        ("concerns", "goals", ["Rested "], lambda row: row.goals, "Rested"),
        ("concerns", "goals", ["a\r\nb"], lambda row: row.goals, "a\nb"),
        ("skin", "fitzpatrick", ["3"], lambda row: row.fitzpatrick, 3),
        ("preferences", "start_on", ["04.05.2026"], lambda row: row.start_on, date(2026, 5, 4)),
        ("preferences", "laser", ["no"], lambda row: row.laser, False),
        ("preferences", "closed_weekdays", ["7", "5"], lambda row: row.closed_weekdays, [5, 7]),
        (
            "history",
            "condition-pregnancy",
            ["no"],
            lambda row: [(one.condition.code, one.answer) for one in row.condition_answers.all()],
            [("pregnancy", "no")],
        ),
        (
            "concerns",
            "concerns",
            [{"concern": ["scars"], "area": ["face"]}, {"concern": [" "]}],
            lambda row: [(one.concern.code, one.area.code) for one in row.concerns.all()],
            [("scars", "face")],
        ),
    ],
)
def test_a_valid_field_is_written(  # noqa: PLR0913, PLR0917
    key, name, value, read, expected, physician, consultation
):
    response = send(physician, consultation, key, **{name: (value, [])})

    assert outcome(response) == {name: "saved"}
    saved = stored(consultation)
    assert read(saved) == expected
    assert (saved.version, drafts(consultation)) == (2, {})
    shown = response.json()["fields"][name]["value"]
    again = send(physician, consultation, key, **{name: (shown, shown)})
    assert (outcome(again), stored(consultation).version) == ({name: "saved"}, saved.version)


def test_a_save_answers_with_the_clinics_time_and_leaves_one_event(clinic, physician, consultation):
    clinic.timezone = "Asia/Tehran"
    clinic.save()

    response = send(
        physician, consultation, "skin", skin_note=(["Dry"], []), glogau=(["2"], [])
    ).json()

    event = AuditEvent.objects.get(action="consultation-changed")
    assert event.detail == {"fields": ["glogau", "skin_note"]}
    assert len(response["saved_at"]) == len("14:22:08")
    assert abs(int(response["saved_at"][:2]) * 60 - minutes_in_tehran(event.at)) < 61
    assert response["version"] == 2


def minutes_in_tehran(at):
    return (at.hour * 60 + at.minute + 210) % 1440


@pytest.mark.parametrize(
    ("key", "name", "value", "said"),
    [
        ("preferences", "start_on", ["31.1"], "Write a date that exists"),
        ("preferences", "consulted_on", [], "required"),
        ("concerns", "concerns", [{"area": ["face"]}], "Choose one, or remove the row."),
        ("skin", "fitzpatrick", ["9"], "not one of the available choices"),
        ("labs", "labs", [{"test": ["platelets"], "value": ["1x"]}], "Enter a number"),
        ("concerns", "goals", ["x" * 4001], "at most 4000"),
    ],
)
def test_what_is_not_valid_is_kept_for_its_author_alone(  # noqa: PLR0913, PLR0917
    key, name, value, said, physician, nurse, consultation
):
    before = stored(consultation)
    shown = [before.consulted_on.isoformat()] if name == "consulted_on" else []

    answer = send(physician, consultation, key, **{name: (value, shown)}).json()["fields"][name]

    assert answer["state"] == "kept"
    assert said in answer["complaints"][0]["message"]
    assert drafts(consultation) == {(physician.user.username, name): value}
    assert stored(consultation).version == before.version
    kept = news(physician, consultation, unfinished=True)["unfinished"]
    assert kept[name]["input"] == value
    assert said in kept[name]["complaints"][0]["message"]
    assert news(nurse, consultation, unfinished=True)["unfinished"] == {}


def test_what_becomes_valid_is_no_longer_unfinished(physician, consultation):
    send(physician, consultation, "preferences", start_on=(["31.1"], []))

    response = send(physician, consultation, "preferences", start_on=(["31.1.2026"], [], ["31.1"]))

    assert outcome(response) == {"start_on": "saved"}
    assert stored(consultation).start_on == date(2026, 1, 31)
    assert drafts(consultation) == {}


def test_the_plain_button_ends_what_was_unfinished(physician, consultation):
    send(physician, consultation, "skin", skin_note=(["x" * 4001], []))
    assert drafts(consultation)

    physician.post(step_url(consultation, "skin"), {"version": 1, "skin_note": "Dry"})

    assert (stored(consultation).skin_note, drafts(consultation)) == ("Dry", {})


def test_one_faulty_field_does_not_hold_up_the_others(physician, consultation):
    response = send(
        physician,
        consultation,
        "preferences",
        start_on=(["soon"], []),
        laser=(["yes"], []),
        closed_days=([{"day": ["2026-02-30"]}], []),
    )

    assert outcome(response) == {"start_on": "kept", "laser": "saved", "closed_days": "kept"}
    assert stored(consultation).laser is True


def test_two_people_in_two_fields_both_save(physician, nurse, consultation):
    first = send(physician, consultation, "skin", skin_note=(["Dry"], []))
    second = send(nurse, consultation, "skin", glogau=(["2"], []))

    assert (outcome(first), outcome(second)) == ({"skin_note": "saved"}, {"glogau": "saved"})
    assert (stored(consultation).skin_note, stored(consultation).glogau) == ("Dry", 2)


@pytest.mark.parametrize(
    ("key", "name", "hers", "his", "words"),
    [
        ("skin", "skin_note", ["Dry"], ["Oily"], ["Dry"]),
        ("skin", "glogau", ["1"], ["2"], ["I: no wrinkles"]),
        ("history", "condition-pregnancy", ["no"], ["yes"], ["No"]),
        (
            "concerns",
            "concerns",
            [{"concern": ["fine-lines"], "area": ["face"]}],
            [{"concern": ["scars"]}],
            ["Fine lines, Face"],
        ),
    ],
)
def test_a_conflict_shows_both_and_overwrites_neither(  # noqa: PLR0913, PLR0917
    key, name, hers, his, words, physician, nurse, consultation
):
    send(physician, consultation, key, **{name: (hers, [])})
    before = stored(consultation).version

    answer = send(nurse, consultation, key, **{name: (his, [])}).json()["fields"][name]

    assert answer["state"] == "conflict"
    assert (answer["theirs"], answer["by"]) == (hers, str(physician.user))
    assert [word.lower() for word in answer["words"]] == [word.lower() for word in words]
    assert stored(consultation).version == before
    assert drafts(consultation) == {(nurse.user.username, name): his}
    kept = news(nurse, consultation, unfinished=True)["unfinished"][name]
    assert (kept["state"], kept["input"], kept["theirs"]) == ("conflict", his, hers)

    mine = send(nurse, consultation, key, **{name: (his, [], his, hers)})
    assert (outcome(mine), drafts(consultation)) == ({name: "saved"}, {})


def test_taking_the_others_text_ends_the_conflict(physician, nurse, consultation):
    send(physician, consultation, "skin", skin_note=(["Dry"], []))
    send(nurse, consultation, "skin", skin_note=(["Oily"], []))

    taken = send(nurse, consultation, "skin", skin_note=(["Dry"], [], ["Oily"], ["Dry"]))

    assert outcome(taken) == {"skin_note": "saved"}
    assert drafts(consultation) == {}
    assert stored(consultation).version == 2


def test_the_same_words_from_two_people_are_no_conflict(physician, nurse, consultation):
    send(physician, consultation, "skin", skin_note=(["Dry"], []))

    assert outcome(send(nurse, consultation, "skin", skin_note=(["Dry\r\n"], []))) == {
        "skin_note": "saved"
    }


def test_a_save_whose_answer_was_lost_may_be_sent_again(physician, consultation):
    send(physician, consultation, "skin", skin_note=(["Dr"], []))  # nobody heard the answer

    again = send(physician, consultation, "skin", skin_note=(["Dry"], [], ["Dr"]))

    assert outcome(again) == {"skin_note": "saved"}
    assert stored(consultation).skin_note == "Dry"


def test_another_window_of_the_same_person_is_asked_too(physician, consultation):
    send(physician, consultation, "preferences", start_on=(["31.1"], []))

    answer = send(physician, consultation, "preferences", start_on=(["15.2.2026"], []))

    assert outcome(answer) == {"start_on": "elsewhere"}
    assert answer.json()["fields"]["start_on"]["theirs"] == ["31.1"]
    assert stored(consultation).start_on is None
    mine = send(physician, consultation, "preferences", start_on=(["15.2.2026"], [], ["31.1"]))
    assert outcome(mine) == {"start_on": "saved"}


def test_an_open_page_hears_who_is_here_and_what_changed(physician, nurse, consultation):
    assert news(physician, consultation)["others"] == []
    seen = news(nurse, consultation, since=1)

    send(nurse, consultation, "skin", skin_note=(["Dry"], []))
    tell(consultation, "allergies", [], nurse.user)
    heard = news(physician, consultation, since=seen["version"])

    assert heard["others"] == [str(nurse.user)]
    assert {name: one["value"] for name, one in heard["changes"].items()} == {
        "skin_note": ["Dry"],
        "allergies": [],
    }
    assert heard["changes"]["skin_note"]["by"] == str(nurse.user)
    assert news(physician, consultation, since=heard["version"])["changes"] == {}
