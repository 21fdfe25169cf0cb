"""A consultation that leads to no plan is cancelled: it is read, and never written again."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from clinic.models import AuditEvent
from consultations import worklists
from consultations.enums import ConsultationStatus
from consultations.models import Consultation, DraftInput
from consultations.services import cancelling, decisions, intake, notes, prescribers, proposals
from consultations.subjects import open_proposals
from tests.consultations.made import accept, again, consulted, proposed, signed
from tests.consultations.records import full_record
from tests.consultations.views.rows import add_consultation, page_url
from tests.consultations.views.typing import send
from tests.engine.cases import medicine

WHY = "The patient left."


def cancel(row, by, reason=WHY):
    with scope(clinic=row.clinic):
        return cancelling.cancel_consultation(row, reason=reason, by=by)


@pytest.fixture
def doctor(client_of):
    return client_of("physician")


def url(row):
    return reverse("consultations:cancel", args=[row.pk])


def test_it_is_asked_with_a_reason_on_a_page_of_its_own(doctor, clinic):
    row = proposed(clinic, doctor.user).consultation
    page = doctor.get(reverse("consultations:consultation", args=[row.pk])).content.decode()

    assert f'href="{url(row)}"' in page
    assert "This field is required." in doctor.post(url(row), {"reason": " "}).content.decode()
    assert again(row).status == ConsultationStatus.OPEN

    response = doctor.post(url(row), {"reason": WHY})

    assert response["Location"] == page_url(row)
    row = again(row)
    assert (row.status, row.cancelled_by, row.cancel_reason) == ("cancelled", doctor.user, WHY)
    event = AuditEvent.objects.get(action="consultation-cancelled")
    assert (event.actor_name, event.patient) == (doctor.user.username, row.patient_id)
    assert WHY not in str(event.detail)


def test_it_stays_readable_and_offers_nothing(doctor, clinic):
    row = proposed(clinic, doctor.user).consultation
    cancel(row, doctor.user)

    for name in ("consultation", "proposal", "sign", "consents", "comparison", "cancel"):
        response = doctor.get(reverse(f"consultations:{name}", args=[row.pk]), follow=True)
        told = response.content.decode()
        assert response.status_code == 200
        assert "Propose again" not in told
        if name in {"consultation", "proposal"}:
            assert WHY in told
            assert "This consultation was cancelled." in told
        if name in {"sign", "cancel"}:
            assert "This consultation was cancelled." in told
            assert "<textarea" not in told
            assert 'type="password"' not in told
    assert doctor.get(reverse("consultations:record-pdf", args=[row.pk])).status_code == 200


def test_a_program_cancels_once(api_of, clinic):
    api = api_of("integration")
    row = consulted(clinic, api.user)
    address = reverse("consultation-cancel", args=[row.pk])

    faulty = api.post(address, {"reason": "  "}, format="json")
    done = api.post(address, {"reason": WHY}, format="json")
    twice = api.post(address, {"reason": WHY}, format="json")
    shown = api.get(reverse("consultation-detail", args=[row.pk])).json()
    listed = api.get(reverse("consultation-list"), {"status": "cancelled"}).json()

    assert (faulty.status_code, faulty.json()["errors"][0]["path"]) == (400, "reason")
    assert (done.status_code, done.json()["status"]) == (200, "cancelled")
    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (409, "closed")
    assert (shown["status"], shown["cancel_reason"]) == ("cancelled", WHY)
    assert [one["id"] for one in listed["results"]] == [str(row.pk)]


def test_what_is_signed_is_not_cancelled(clinic, make_member):
    by = make_member("physician")
    plan = signed(clinic, by)

    with pytest.raises(ValidationError) as refusal:
        cancel(plan.consultation, by)

    assert refusal.value.code == "closed"


def test_it_leaves_the_lists_of_work(doctor, client_of, clinic):
    asking = {"medications": [medicine("clopidogrel", prescribed=True, ongoing=True)]}
    proposal = proposed(clinic, doctor.user, **asking)
    row = proposal.consultation
    with scope(clinic=clinic):
        Consultation.objects.filter(pk=row.pk).update(consulted_on=timezone.localdate())
        finding = next(
            one["rule"]
            for one in proposals.data_of(proposal)["findings"]
            if any(effect["effect"] == "ask-prescriber" for effect in one["effects"])
        )
        prescribers.ask_prescriber(
            row, rule=finding, places=[("face", "mesotherapy")], text="May we?", by=doctor.user
        )
    colleague = client_of("nurse")

    def lists():
        own = doctor.get(reverse("consultations:today")).context
        others = colleague.get(reverse("consultations:today")).context
        with scope(clinic=clinic):
            return (
                len(own["open_consultations"]),
                len(own["asked"]),
                len(others["others_today"]),
                open_proposals().count(),
                len(worklists.open_questions()),
            )

    assert lists() == (1, 1, 1, 1, 1)
    cancel(row, doctor.user)
    assert lists() == (0, 0, 0, 0, 0)


def test_unfinished_input_is_named_before_it_goes(doctor, client_of, clinic):
    nurse = client_of("nurse")
    row = add_consultation(clinic, doctor.user)
    send(nurse, row, "skin", skin_note=(["x" * 4001], []))

    told = doctor.get(url(row)).content.decode()
    doctor.post(url(row), {"reason": WHY})

    assert nurse.user.username in told
    assert "Unfinished input is deleted with it." in told
    with scope(clinic=clinic):
        assert not DraftInput.objects.exists()
    detail = AuditEvent.objects.get(action="input-discarded").detail
    assert detail == {"field": "skin_note", "author": str(nurse.user.pk)}


def test_no_service_writes_below_it(clinic, make_member):
    by = make_member("physician")
    proposal = proposed(clinic, by)
    row = cancel(proposal.consultation, by)

    for act in (
        lambda: intake.update_consultation(row, by=by, version=row.version, goals="a"),
        lambda: proposals.propose(row, by=by),
        lambda: notes.pin_note(row, by=by, view="face", x="0.1", y="0.2", text="a"),
        lambda: decisions.decide(proposal, area="face", verdict="declined", by=by),
        lambda: cancelling.cancel_consultation(row, reason="Again", by=by),
    ):
        with scope(clinic=clinic), pytest.raises(ValidationError) as refusal:
            act()
        assert refusal.value.code == "closed"


TABLES = (
    "concernentry",
    "conditionanswer",
    "medicationentry",
    "mapnote",
    "fieldchange",
    "ruleoverride",
    "prescriberquestion",
)


def test_the_database_takes_no_row_below_it(clinic, make_member):
    by = make_member("physician")
    proposal = full_record(clinic, by)
    row = cancel(proposal.consultation, by)
    key = row.pk.hex if connection.vendor == "sqlite" else str(row.pk)
    attacks = [
        f"UPDATE consultations_consultation SET goals = 'x' WHERE id = '{key}'",
        (
            "UPDATE consultations_consultation SET status = 'open', cancelled_at = NULL"
            f" WHERE id = '{key}'"
        ),
        f"DELETE FROM consultations_consultation WHERE id = '{key}'",
        *(f"DELETE FROM consultations_{name} WHERE consultation_id = '{key}'" for name in TABLES),
        *(
            f"UPDATE consultations_{name} SET clinic_id = clinic_id WHERE consultation_id = '{key}'"
            for name in TABLES
        ),
    ]

    for sql in attacks:
        with (
            pytest.raises(DatabaseError, match="never changes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    with scope(clinic=clinic):
        decision = proposal.decisions.get()
        for again_ in (decision, proposal.consultation.concerns.first()):
            again_.pk = None
            again_._state.adding = True
            with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
                again_.save(force_insert=True)


@pytest.mark.parametrize("role", ["front-desk", "curator"])
def test_only_who_edits_cancels(role, client_of, doctor, clinic):
    row = consulted(clinic, doctor.user)

    assert client_of(role).post(url(row), {"reason": WHY}).status_code == 403
    assert again(row).status == "open"


def test_an_accepted_option_does_not_hold_it_open(clinic, make_member):
    by = make_member("physician")
    proposal = proposed(clinic, by)
    accept(proposal, by)

    assert cancel(proposal.consultation, by).cancelled_at is not None
