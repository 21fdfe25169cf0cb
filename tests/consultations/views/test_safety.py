"""The safety panel in the browser: three states, failures, contradictions and the next question."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from clinic.roles import Action, Role, allows
from consultations.checking import panel_of
from consultations.models import Proposal
from consultations.services.cancelling import cancel_consultation
from tests.consultations.made import LOW_PLATELETS, consulted
from tests.consultations.views.rows import add_consultation, add_patient, page_url, stored, tell
from tests.consultations.views.test_query_counts import fill
from tests.engine.cases import allergic, concerns, conditions, lab, medicine
from treatments.models import Condition, Medication


def url(consultation, name="safety"):
    return reverse(f"consultations:{name}", args=[consultation.pk])


def panel(client, consultation):
    """What the panel says, on one line."""
    response = client.get(url(consultation))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def page(client, consultation):
    return " ".join(client.get(page_url(consultation)).content.decode().split())


def checked(consultation):
    with scope(clinic=consultation.clinic):
        return panel_of(stored(consultation)).safety


def between(text, start, end):
    return text.partition(start)[2].partition(end)[0]


def clashes_at(text, place):
    return between(text, f'id="clash-{place}">', "</div> </div>")


def test_panel_counts_what_was_evaluated_and_stores_nothing(clinic, physician):
    row = consulted(clinic, physician.user, **LOW_PLATELETS)
    version = stored(row).version

    said = panel(physician, row)

    found = checked(row)
    assert f"{found.evaluated} of {found.rules} rules evaluated" in said
    assert 0 < found.evaluated < found.rules
    assert stored(row).version == version
    with scope(clinic=clinic):
        assert not Proposal.objects.exists()


def test_panel_stands_on_the_page_as_it_comes_anew(clinic, physician):
    row = consulted(clinic, physician.user, **LOW_PLATELETS)

    whole = page(physician, row)

    head, _end, _rest = panel(physician, row).partition('<div id="banner-flags"')
    assert between(head, 'id="safety-body"', "</aside>") in whole


def test_a_flag_shows_reason_fact_and_source(clinic, physician):
    row = consulted(clinic, physician.user, **LOW_PLATELETS)

    flag = between(panel(physician, row), 'id="flag-L-08b"', "</div>")

    assert "rules out, can be overridden: Platelet-rich plasma (PRP)" in flag
    assert "Platelet count 80" in flag
    assert reverse("treatments:row", args=["2026.1", "rules", "L-08b"]) in flag


def test_flags_stand_in_the_banner(clinic, physician):
    row = consulted(clinic, physician.user, **LOW_PLATELETS)

    banner = between(page(physician, row), 'id="banner-flags"', "</section>")

    assert 'href="#flag-L-08b"' in banner
    assert "rules out, can be overridden" in banner


def test_an_empty_consultation_is_not_evaluated_rather_than_clear(physician, consultation):
    said = panel(physician, consultation)

    found = checked(consultation)
    assert {one.rule for one in found.clear} == {"L-04"}
    assert f"1 of {found.rules} rules evaluated" in said
    assert "Available" not in said


@pytest.mark.parametrize("broken", ["safety", "current_catalogue", "read_draft", "evaluate"])
def test_a_check_that_fails_says_so(broken, clinic, physician, monkeypatch, caplog):
    row = consulted(clinic, physician.user)

    def fail(*_args, **_kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(f"consultations.checking.{broken}", fail)
    said = panel(physician, row)

    assert "Check failed" in said
    assert "rules evaluated" not in said
    assert "Clear" not in said
    assert "Check failed" in page(physician, row)
    assert "could not be checked" in caplog.text


def test_without_an_age_nothing_is_evaluated_and_it_says_what_is_needed(clinic, physician):
    patient = add_patient(clinic, physician.user, birth_date=None)

    said = panel(physician, add_consultation(clinic, physician.user, patient))

    assert "Not evaluated" in said
    assert "Nothing can be evaluated before this is known" in said
    assert 'href="#preferences"' in said
    assert "rules evaluated" not in said


def test_an_unfinished_entry_is_named_and_leaves_its_rules_open(clinic, physician):
    row = consulted(clinic, physician.user, medications_reviewed=True)
    half = {"medication": Medication.objects.get(code="ibuprofen")}
    tell(row, "medications", [half], physician.user, medications_reviewed=True)

    said = panel(physician, row)

    assert "These entries are not complete" in said
    assert "S-07" not in {one.rule for one in checked(row).clear}
    assert "Complete: an entry among the medicines" in said


def test_a_contradiction_is_told_at_both_entries(clinic, physician):
    row = consulted(
        clinic,
        physician.user,
        conditions=conditions(thrombocytopenia="yes"),
        labs=[lab("platelets", 210, "10*9/L")],
    )

    whole = page(physician, row)
    at_question = clashes_at(whole, "question-thrombocytopenia")
    at_labs = clashes_at(whole, "labs")

    assert 'href="#labs"' in at_question
    assert "Platelet count 210" in at_question
    assert 'href="#question-thrombocytopenia"' in at_labs
    assert "Low platelet count: yes" in at_labs
    assert 'id="clash-allergies"> </div>' in whole


def test_a_contradiction_with_the_record_is_told_in_the_banner(clinic, physician):
    row = consulted(clinic, physician.user, patient={"sex": "male", "age": 44})
    row = stored(row)
    tell(row, "conditions", [answered("pregnancy", "yes")], physician.user)

    whole = page(physician, row)

    assert 'href="#question-pregnancy"' in clashes_at(whole, "patient")
    assert 'href="#patient-banner"' in clashes_at(whole, "question-pregnancy")


def answered(code, answer):
    return {"condition": Condition.objects.get(code=code), "answer": answer}


def test_an_allergy_shows_what_is_left_of_the_formula(clinic, physician):
    facts = allergic("kojic-acid", "hyaluronic-acid")
    wished = concerns(("hyperpigmentation", "face"), ("dehydration", "hands"))
    row = consulted(clinic, physician.user, **facts | {"concerns": wished})

    said = panel(physician, row)

    kept, lost = said.split('class="repair')[1:3]
    assert "still covers</span> Dark patches" in kept
    assert "<s>Kojic acid</s> left out, allergy: Kojic acid" in kept
    assert "left: Vitamin C" in kept
    assert "no longer covers</span> Dehydrated skin" in lost
    assert "and the formula needs it" in lost


def test_the_next_question_says_why_and_is_answered_without_a_script(clinic, physician):
    row = consulted(clinic, physician.user, conditions={})

    card = between(page(physician, row), 'id="next-question"', "</section>")
    assert "nothing can be proposed before it is answered" in card
    condition = between(card, 'name="condition" value="', '"')

    data = {"condition": condition, "answer": "no", "version": stored(row).version}
    response = physician.post(url(row, "answer"), data)

    assert response["Location"] == page_url(row, "history")
    told = {one.condition.code: one.answer for one in stored(row).condition_answers.all()}
    assert told == {condition: "no"}


@pytest.mark.parametrize(
    "wrong", [{"version": 0}, {"condition": "no-such"}, {"answer": "perhaps"}, {"answer": ""}]
)
def test_an_answer_that_cannot_be_taken_is_refused(wrong, clinic, physician):
    row = consulted(clinic, physician.user, conditions={})
    data = {"condition": "pregnancy", "answer": "no", "version": stored(row).version}

    response = physician.post(url(row, "answer"), data | wrong, follow=True)

    assert not stored(row).condition_answers.all()
    assert 'class="alert' in response.content.decode()


def test_questions_that_no_longer_matter_fold_with_their_answers(clinic, physician):
    row = consulted(
        clinic, physician.user, conditions=conditions(blood_disorder="yes", tobacco="yes")
    )

    folded = between(page(physician, row), "data-folded>", "</details>")

    assert 'id="question-recent-fever"' in folded
    assert 'id="question-blood-disorder"' not in folded
    assert 'id="question-pregnancy"' not in folded


@pytest.mark.parametrize("role", [role.value for role in Role])
@pytest.mark.parametrize(
    ("name", "method", "action"),
    [
        ("safety", "get", Action.VIEW_CONSULTATION),
        ("answer", "post", Action.EDIT_CONSULTATION),
    ],
)
def test_roles(name, method, action, role, client_of, consultation):
    response = getattr(client_of(role), method)(url(consultation, name))

    assert (response.status_code != 403) == allows(role, action)


@pytest.mark.parametrize(("name", "method"), [("safety", "get"), ("answer", "post")])
def test_another_clinic_finds_nothing(name, method, client_of, other_clinic, consultation):
    client = client_of("physician", at=other_clinic)

    assert getattr(client, method)(url(consultation, name)).status_code == 404


def test_a_closed_consultation_is_not_checked(clinic, physician, consultation):
    with scope(clinic=clinic):
        cancel_consultation(consultation, reason="Left.", by=physician.user)

    assert 'id="safety"' not in page(physician, consultation)


def test_panel_asks_the_same_for_any_number_of_facts(clinic, physician, consultation):
    asked = []

    for count in (1, 3, 30):
        fill(consultation, physician.user, count)
        panel(physician, consultation)
        with CaptureQueriesContext(connection) as context:
            panel(physician, consultation)
        asked.append(len(context))

    assert len(set(asked)) == 1, asked
    assert asked[0] <= 21


def test_medicines_are_flagged_while_answers_are_missing(clinic, physician):
    row = consulted(clinic, physician.user, conditions={}, medications=[medicine("aspirin")])

    assert 'id="flag-S-07"' in panel(physician, row)
