"""The page of a draft: two people, what blocks, what is accepted, and the way back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent
from tests.conftest import PASSWORD
from tests.treatments.admin.drafting import done, draft_url, publish, refusals, shown, step, submit
from tests.treatments.admin.pages import faults, page, saved, submitted, told
from tests.treatments.drafted import edited
from treatments.compiler import current_release
from treatments.models import (
    Area,
    CatalogueChange,
    Concern,
    Draft,
    GoldenCase,
    Release,
    ReleaseApproval,
    Rule,
)
from treatments.services.editing import RowEdit, save_edit
from treatments.services.golden import add_case

FACTS = {
    "consulted_on": "2026-01-12",
    "patient": {"sex": "male", "age": 45},
    "concerns": [{"concern": "fine-lines", "area": "face"}],
    "no_known_allergies": True,
    "medications_reviewed": True,
    "medications": [
        {"medication": "ibuprofen", "prescribed": False, "last_taken_on": "2026-01-11"}
    ],
}
AWAITS = "awaits the clinic's own approval"


@pytest.fixture
def curator(client_of):
    return client_of("curator")


@pytest.fixture
def lead(client_of):
    return client_of("medical-lead")


def rename(client, code="S-07", title="Painkillers before mesotherapy"):
    return saved(client, page(Rule, "change", Rule.objects.get(code=code).pk), title=title)


def words(answer):
    return answer.content.decode().replace("&#x27;", "'")


def test_a_lead_who_edited_is_refused_and_another_publishes(curator, lead, client_of):
    rename(curator)
    rename(lead, code="S-06", title="Diseases of the blood")
    submit(curator)
    own = "You edited or submitted this draft. Somebody else has to approve it."

    assert own in shown(lead)["steps"]["publish"].why_not
    assert refusals(step(lead, "publish", note="Mine.")) == [own]
    assert AuditEvent.objects.filter(action="approve-own-draft", outcome="refused").exists()
    assert current_release().key == "2026.1"

    publish(client_of("medical-lead"))
    assert current_release().key == Draft.objects.get().key


def test_a_row_is_not_edited_during_review_and_what_was_typed_stays(curator, lead):
    rename(curator)
    submit(curator)
    url = page(Rule, "change", Rule.objects.get(code="S-06").pk)

    answer = submitted(curator, url, title="Typed in vain")

    assert answer.status_code == 200
    assert faults(answer) == [
        (
            f"The draft {Draft.objects.get().key} is in review. Send it back before anything is"
            " changed."
        )
    ]
    assert "Typed in vain" in words(answer)
    assert "until it is published or sent back" in words(answer)

    gone = Concern.objects.filter(active=False).first()
    deleted = curator.post(page(Concern, "delete", gone.pk), {"post": "yes"}, follow=True)
    assert "is in review" in told(deleted)[0]

    done(curator, "send-back", note="Not yet.")
    saved(curator, url, title="Typed again")


def test_a_note_is_needed_and_what_else_was_typed_stays(curator, lead):
    rename(curator)
    submit(curator)

    answer = step(lead, "publish", note="", effective_at="2031-01-01T06:00")

    assert refusals(answer) == ["This field is required."]
    assert 'value="2031-01-01T06:00"' in words(answer)
    assert Draft.objects.get().status == "in-review"


@pytest.mark.parametrize("moment", ["2020-01-01T06:00", "9999-12-31T23:59"])
def test_a_moment_that_cannot_be_meant_is_refused_at_its_field(curator, lead, moment):
    rename(curator)
    submit(curator)

    answer = step(lead, "publish", note="Read.", effective_at=moment)

    assert len(refusals(answer)) == 1
    assert f'value="{moment}"' in words(answer)
    assert Draft.objects.get().status == "in-review"


def test_a_draft_can_come_into_force_later(curator, lead):
    rename(curator)
    submit(curator)

    publish(lead, effective_at="2031-01-01T06:00")

    assert current_release().key == "2026.1"
    assert "to come" in words(lead.get(page(Release)))


def test_a_warning_has_its_own_box(curator):
    rename(curator)

    answer = step(curator, "submit")

    assert all(text.startswith("Acknowledge this warning: ") for text in refusals(answer))
    (warning,) = shown(curator)["warnings"]
    box = f'value="{warning.finding.id}" form="step-submit"'
    assert box in " ".join(words(curator.get(draft_url())).split())


def test_a_golden_case_that_changes_is_accepted_with_a_reason(curator, lead):
    GoldenCase.objects.update(active=False)
    case = add_case(code="painkiller", title="Ibuprofen", request=FACTS, by=curator.user)
    saved(curator, page(Rule, "change", Rule.objects.get(code="S-07").pk), wait_days="10")
    save_edit_of_statement(curator)
    submit(curator)

    (outcome,) = shown(lead)["outcomes"]
    assert outcome.outcome.case == case
    assert any(
        "18 January 2026" in old and "21 January 2026" in new for _what, old, new in outcome.parts
    ), outcome.parts
    waiting = "Golden case painkiller has another outcome and is not accepted yet."
    assert refusals(step(lead, "publish", note="Read.")) == [waiting]
    assert refusals(step(lead, "accept", case="painkiller", reason="")) == [
        "This field is required."
    ]
    done(lead, "accept", case="painkiller", reason="Ten days, as agreed.")
    assert "Ten days, as agreed." in words(lead.get(draft_url()))

    publish(lead)
    case.refresh_from_db()
    assert case.expected == outcome.outcome.got


def save_edit_of_statement(client):
    """The statement that the rule rests on gives the number that the rule has."""
    statement = Rule.objects.get(code="S-07").statements.get()
    statement.low, statement.high, statement.unit = 7, 10, "days"
    save_edit(RowEdit(row=statement), by=client.user)


def test_a_withdrawn_draft_puts_the_rows_back(curator):
    title = Rule.objects.get(code="S-07").title
    rename(curator)
    url = draft_url()

    assert refusals(step(curator, "withdraw")) == ["This field is required."]
    curator.post(url, {"do": "withdraw", "sure": "on", "note": "Later."})

    assert Rule.objects.get(code="S-07").title == title
    assert "Later." in words(curator.get(url))


def test_a_closed_draft_stays_to_be_read(curator, lead):
    rename(curator)
    url = draft_url()
    submit(curator)
    publish(lead, note="Clearer title.")

    text = words(curator.get(url))

    assert "Clearer title." in text
    assert "S-07" in text
    assert "<form" not in text.split('id="content-main"')[1]
    late = lead.post(url, {"do": "publish", "note": "x", "password": PASSWORD})
    assert refusals(late) == ["This draft is no longer in that state: published."]


def test_a_step_that_nobody_knows_is_refused(curator):
    rename(curator)

    answer = curator.post(draft_url(), {"do": "conquer"}, follow=True)

    assert told(answer) == ["This page does not know that step."]


def test_the_release_awaits_its_approval_until_the_lead_gives_it(curator, lead):
    release = Release.objects.get()
    for client in (curator, lead):
        assert AWAITS in words(client.get("/admin/"))
        assert AWAITS in words(client.get(page(Release)))
    url = page(Release, "approve", release.pk)

    assert lead.post(url, {"note": "", "password": PASSWORD}).status_code == 200
    assert not ReleaseApproval.objects.exists()
    lead.post(url, {"note": "Read line by line.", "password": PASSWORD})

    assert AWAITS not in words(curator.get("/admin/"))
    assert AWAITS not in words(curator.get(page(Release)))
    text = words(lead.get(page(Release, "change", release.pk)))
    assert "Read line by line." in text
    assert url not in text
    again = lead.post(url, {"note": "Twice.", "password": PASSWORD})
    assert "already" in words(again)


def test_another_clinic_approves_for_itself(client_of, lead, other_clinic):
    lead.post(
        page(Release, "approve", Release.objects.get().pk), {"note": "Here.", "password": PASSWORD}
    )

    assert AWAITS in words(client_of("curator", at=other_clinic).get("/admin/"))


def test_the_page_costs_the_same_with_1_3_and_30_changes(curator):
    areas, costs = list(Area.objects.all()), []
    edited(curator.user)
    curator.get(draft_url())
    for upto in (1, 3, 30):
        while CatalogueChange.objects.count() < upto:
            row = areas[CatalogueChange.objects.count() % len(areas)]
            row.name = f"{row.name} again"
            save_edit(RowEdit(row=row), by=curator.user)
        with CaptureQueriesContext(connection) as captured:
            assert curator.get(draft_url()).status_code == 200
        costs.append(len(captured))

    assert CatalogueChange.objects.count() == 30
    assert len(set(costs)) == 1, costs


def test_the_list_of_drafts_costs_the_same_with_1_3_and_30_drafts(curator):
    base, costs = Release.objects.get(), []
    curator.get(page(Draft))
    for upto in (1, 3, 30):
        while Draft.objects.count() < upto:
            Draft.objects.create(
                key="2031.1", base=base, status="withdrawn", is_open=False, opened_by=curator.user
            )
        with CaptureQueriesContext(connection) as captured:
            assert curator.get(page(Draft)).status_code == 200
        costs.append(len(captured))

    assert len(set(costs)) == 1, costs


@pytest.mark.parametrize("password", ["", "a guess"])
def test_a_draft_is_published_and_its_rules_approved_with_ones_own_password(
    curator, lead, password
):
    rule = Rule.objects.filter(kind="contraindication", active=True, origin="literature").first()
    rename(curator, code=rule.code)
    submit(curator)
    wrong = ["This is not your password." if password else "This field is required."]

    answer = step(lead, "approve-rule", rule=rule.code, password=password)
    assert refusals(answer) == wrong
    assert shown(lead)["rules"][0].awaited.approval is None
    done(lead, "approve-rule", rule=rule.code)
    answer = step(lead, "publish", note="Read.", password=password)
    assert refusals(answer) == wrong
    assert "Read." in answer.content.decode(), "what was typed stands there"
    assert Release.objects.count() == 1
    publish(lead)
    guesses = AuditEvent.objects.filter(action="signature-password", outcome="refused")
    assert guesses.count() == (2 if password else 0)


def test_a_release_is_approved_with_ones_own_password(lead):
    url = page(Release, "approve", Release.objects.get().pk)

    answer = lead.post(url, {"note": "Read.", "password": "a guess"})

    assert "This is not your password." in answer.content.decode()
    assert not ReleaseApproval.objects.exists()
    lead.post(url, {"note": "Read.", "password": PASSWORD})
    assert ReleaseApproval.objects.get().approved_by == lead.user
