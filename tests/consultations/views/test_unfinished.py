"""What was typed and is no part of the record holds proposal and signature back at each door."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django_scopes import scope

from clinic.models import AuditEvent
from consultations.models import DraftInput, Plan, Proposal
from consultations.services import decisions, editing, proposals
from consultations.unfinished import unfinished_in
from tests.conftest import PASSWORD
from tests.consultations.made import LOW_PLATELETS, consulted, proposed, ready
from tests.consultations.views.rows import page_url, sent, step_url, stored
from tests.consultations.views.typing import drafts, outcome, send

SECRET = "31.13.2026"
WARFARIN = [{"medication": ["warfarin"], "last_taken_on": [SECRET]}]


def type_a_bad_date(client, consultation):
    answer = send(client, consultation, "medication", medications=(WARFARIN, []))
    assert outcome(answer) == {"medications": "kept"}


def begin_a_note(client, consultation, text, note=""):
    url = reverse("consultations:keep-note", args=[consultation.pk])
    value = {"view": "face", "x": "40", "y": "50", "area": "", "text": text}
    body = {"user": str(client.user.pk), "note": note, "value": value}
    assert client.post(url, body, content_type="application/json").status_code == 200


def page(client, name, consultation):
    return client.get(reverse(f"consultations:{name}", args=[consultation.pk]), follow=True)


def key_of(consultation):
    with scope(clinic=consultation.clinic):
        return unfinished_in(consultation)[0].pk


def events(action):
    return [(one.actor_name, one.detail) for one in AuditEvent.objects.filter(action=action)]


def test_a_colleagues_bad_date_holds_the_proposal_back(physician, nurse, clinic):
    row = consulted(clinic, physician.user)
    type_a_bad_date(nurse, row)

    response = physician.post(reverse("consultations:propose", args=[row.pk]))

    told = response.content.decode()
    assert response.status_code == 400
    assert f"{page_url(row)}#medication" in told
    assert nurse.user.username in told
    assert SECRET not in told
    with scope(clinic=clinic):
        assert not Proposal.objects.exists()


def test_it_is_named_in_the_safety_panel_and_counts_as_not_known(physician, nurse, clinic):
    row = consulted(clinic, physician.user)
    before = page(physician, "safety", row).context["panel"].safety
    type_a_bad_date(nurse, row)

    response = page(physician, "safety", row)

    told = response.content.decode()
    aside = told[told.index('id="safety"') : told.index("</aside>")]
    assert "Not part of this check" in aside
    assert nurse.user.username in aside
    assert "A proposal waits for what is not finished" in told
    assert SECRET not in told
    assert stored(row).medications_reviewed is True
    assert response.context["panel"].safety.not_evaluated > before.not_evaluated


def test_the_plain_button_finishes_it(physician, clinic):
    row = consulted(clinic, physician.user)
    type_a_bad_date(physician, row)
    whole = {"medication": "ibuprofen", "prescribed": "no", "last_taken_on": "2026-01-01"}

    data = sent("medications", whole, version=row.version, medications_reviewed="yes")
    physician.post(step_url(row, "medication"), data)

    assert drafts(row) == {}
    assert physician.post(reverse("consultations:propose", args=[row.pk])).status_code == 302


@pytest.mark.parametrize("door", ["html", "api"])
def test_a_signature_waits_and_deletes_nothing(door, physician, nurse, api_of, clinic):
    proposal = ready(clinic, physician.user)
    row = proposal.consultation
    send(nurse, row, "skin", skin_note=(["x" * 4001], []))

    if door == "html":
        url = reverse("consultations:sign", args=[row.pk])
        told = physician.post(url, {"password": PASSWORD, "past_sessions": "on"}).content.decode()
        assert "Unfinished input" in told
    else:
        api = api_of("physician")
        url = reverse("consultation-sign", args=[row.pk])
        answer = api.post(url, {"password": PASSWORD}, format="json")
        assert answer.status_code == 409
        (problem,) = answer.json()["errors"]
        assert (problem["path"], problem["code"]) == ("skin_note", "unfinished")
        told = problem["message"]

    assert nurse.user.username in told
    assert "xxxx" not in told
    assert len(drafts(row)) == 1
    with scope(clinic=clinic):
        assert not Plan.objects.exists()


@pytest.mark.parametrize("name", ["proposal", "sign", "consents"])
def test_each_page_on_the_way_names_it(name, physician, nurse, clinic):
    row = ready(clinic, physician.user).consultation
    send(nurse, row, "skin", skin_note=(["x" * 4001], []))

    told = page(physician, name, row).content.decode()

    assert "Unfinished input" in told
    assert reverse("consultations:discard-input", args=[key_of(row)]) in told
    assert "xxxx" not in told


def test_discarding_is_asked_for_and_leaves_a_trace(physician, nurse, clinic):
    row = ready(clinic, physician.user).consultation
    send(nurse, row, "skin", skin_note=(["x" * 4001], []))

    url = reverse("consultations:discard-input", args=[key_of(row)])
    assert physician.get(url).status_code == 405
    response = physician.post(url, {"back": "sign"})

    assert response["Location"] == reverse("consultations:sign", args=[row.pk])
    assert drafts(row) == {}
    detail = {"field": "skin_note", "author": str(nurse.user.pk)}
    assert events("input-discarded") == [(physician.user.username, detail)]
    physician.post(
        reverse("consultations:sign", args=[row.pk]), {"password": PASSWORD, "past_sessions": "on"}
    )
    with scope(clinic=clinic):
        assert Plan.objects.get().consultation == row


def test_a_program_lists_and_discards_it(physician, api_of, clinic):
    row = consulted(clinic, physician.user)
    type_a_bad_date(physician, row)
    send(physician, row, "history", condition__keloid_tendency=(["perhaps"], []))
    api = api_of("integration")

    refused = api.post(reverse("consultation-propose", args=[row.pk]))
    listed = api.get(reverse("consultation-unfinished", args=[row.pk])).json()
    discarded = api.post(
        reverse("consultation-discard-inputs", args=[row.pk]),
        {"ids": [one["id"] for one in listed]},
        format="json",
    )

    assert refused.status_code == 400
    assert {(one["path"], one["code"]) for one in refused.json()["errors"]} == {
        (one["path"], "unfinished") for one in listed
    }
    assert "medications" in {one["path"] for one in listed}
    assert {one["by"] for one in listed} == {str(physician.user)}
    assert SECRET not in refused.content.decode() + str(listed)
    assert (discarded.status_code, discarded.json()) == (200, [])
    assert len(events("input-discarded")) == len(listed)
    assert api.post(reverse("consultation-propose", args=[row.pk])).status_code == 201


def test_an_override_waits_for_it_too(physician, nurse, clinic):
    proposal = proposed(clinic, physician.user, **LOW_PLATELETS)
    type_a_bad_date(nurse, proposal.consultation)

    with scope(clinic=clinic), pytest.raises(ValidationError) as refusal:
        decisions.override_rule(
            proposal.consultation,
            rule="L-08b",
            area="face",
            treatment="prp",
            reason="specialist-agrees",
            text="Agreed.",
            by=physician.user,
        )

    assert [one.code for one in refusal.value.error_dict["medications"]] == ["unfinished"]


def test_a_note_on_the_map_waits_for_the_signature_alone(physician, nurse, clinic):
    proposal = ready(clinic, physician.user)
    row = proposal.consultation
    begin_a_note(nurse, row, "Dimpled here")

    with scope(clinic=clinic):
        again = proposals.propose(row, by=physician.user)
    response = page(physician, "proposal", row)

    assert again.number == proposal.number + 1
    assert "Notes on the map" in response.content.decode()
    assert "Dimpled" not in response.content.decode()
    with scope(clinic=clinic):
        assert [one.path for one in unfinished_in(row)] == ["map_notes"]


@pytest.mark.parametrize("text", ["", "  "])
def test_a_note_without_words_is_nothing(text, physician, nurse, clinic):
    row = ready(clinic, physician.user).consultation
    begin_a_note(nurse, row, text)

    physician.post(
        reverse("consultations:sign", args=[row.pk]), {"password": PASSWORD, "past_sessions": "on"}
    )

    with scope(clinic=clinic):
        assert Plan.objects.get().consultation == row
        assert not DraftInput.objects.exists()


def test_what_a_colleague_writes_alike_ends_a_conflict(physician, nurse, consultation):
    send(physician, consultation, "skin", skin_note=(["Dry"], []))
    send(nurse, consultation, "skin", skin_note=(["Oily"], []))
    assert len(drafts(consultation)) == 1

    send(physician, consultation, "skin", skin_note=(["Oily"], ["Dry"]))

    assert drafts(consultation) == {}


def test_only_who_edits_discards(client_of, physician, consultation):
    type_a_bad_date(physician, consultation)
    url = reverse("consultations:discard-input", args=[key_of(consultation)])

    assert client_of("front-desk").post(url).status_code == 403
    assert len(drafts(consultation)) == 1


def test_another_clinic_discards_nothing(client_of, other_clinic, physician, consultation):
    type_a_bad_date(physician, consultation)
    url = reverse("consultations:discard-input", args=[key_of(consultation)])

    assert client_of("physician", at=other_clinic).post(url).status_code == 404
    assert len(drafts(consultation)) == 1


def test_nothing_is_kept_or_discarded_once_it_is_signed(physician, clinic):
    row = ready(clinic, physician.user).consultation
    physician.post(
        reverse("consultations:sign", args=[row.pk]), {"password": PASSWORD, "past_sessions": "on"}
    )

    with scope(clinic=clinic):
        typed = {"goals": editing.Input(value='["a"]', base="[]")}
        with pytest.raises(ValidationError):
            editing.keep_inputs(row, typed, by=physician.user, at=row.created_at)
        with pytest.raises(ValidationError):
            editing.discard_inputs(row, [row.pk], by=physician.user)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_a_fixed_number_of_queries(
    number, physician, nurse, clinic, django_assert_num_queries
):
    row = consulted(clinic, physician.user)
    fields = {"skin_note": "skin", "goals": "concerns", "start_on": "preferences"}
    for name, step in list(fields.items())[:number]:
        send(nurse, row, step, **{name: (["x" * 4001], [])})

    with scope(clinic=clinic), django_assert_num_queries(1):
        assert len(unfinished_in(row)) == number
