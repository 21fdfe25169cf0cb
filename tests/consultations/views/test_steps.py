"""Saving a consultation step by step: drafts, faults, two editors, with and without JavaScript."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django_scopes import scope

from consultations.facts import MOST_ROWS
from consultations.flow import step_or_404
from consultations.models import Consultation
from consultations.services import intake
from consultations.services.cancelling import cancel_consultation
from tests.consultations.views.rows import (
    add_consultation,
    add_patient,
    concern_rows,
    page_url,
    sent,
    step_url,
    stored,
    tell,
)

HTMX = {"HX-Request": "true"}


def save(client, consultation, key, data, **options):
    return client.post(step_url(consultation, key), data, **options)


def text_of(response):
    return response.content.decode()


def section_of(response, key):
    """What the page shows of one section, on one line."""
    after = " ".join(text_of(response).split()).partition(f'id="{key}"')[2]
    return after.partition('class="workspace-section"')[0]


def form_of(response, key):
    return next(one.form for one in response.context["sections"] if one.step.key == key)


def test_starting_leads_to_the_first_step(physician, patient):
    response = physician.post(
        reverse("consultations:start", args=[patient.pk]), {"consulted_on": "12.01.2026"}
    )

    with scope(clinic=patient.clinic):
        made = Consultation.objects.get(patient=patient)
    assert made.consulted_on == date(2026, 1, 12)
    assert response["Location"] == page_url(made)


def test_starting_on_no_date_starts_nothing(physician, patient):
    url = reverse("consultations:start", args=[patient.pk])

    page = physician.post(url, {"consulted_on": "soon"}, follow=True)

    assert "Write a date that exists" in text_of(page)
    with scope(clinic=patient.clinic):
        assert not Consultation.objects.exists()


def test_concerns_are_saved_in_their_order(physician, consultation):
    rows = [
        {"concern": "fine-lines", "area": "face", "severity": "2", "goal": "Softer"},
        {"concern": "hair-loss", "area": "scalp"},
    ]

    response = save(physician, consultation, "concerns", sent("concerns", *rows, goals="Rested"))

    assert response["Location"] == page_url(consultation, "concerns")
    saved = stored(consultation)
    assert [
        (row.concern.code, row.area.code, row.severity, row.goal) for row in saved.concerns.all()
    ] == [("fine-lines", "face", 2, "Softer"), ("hair-loss", "scalp", None, "")]
    assert (saved.goals, saved.version) == ("Rested", 2)


def test_whoever_comes_back_to_a_section_is_led_to_it(physician, consultation):
    response = physician.get(step_url(consultation, "labs"))

    assert response["Location"] == page_url(consultation, "labs")


def test_each_save_shows_the_time_of_the_clinic(clinic, physician, consultation):
    clinic.timezone = "Asia/Tehran"
    clinic.save()

    page = save(physician, consultation, "concerns", sent("concerns"), follow=True)

    at = stored(consultation).updated_at
    assert f"Saved {at.astimezone(ZoneInfo('Asia/Tehran')):%H:%M:%S}" in text_of(page)


@pytest.mark.parametrize(
    ("key", "section", "row", "told"),
    [
        ("concerns", "concerns", {"concern": "fine-lines"}, "no area yet"),
        ("medication", "medications", {"medication": "ibuprofen"}, "Ibuprofen"),
        ("labs", "labs", {"test": "platelets"}, "Platelet count"),
        ("findings", "area_findings", {"finding": "infection"}, "Infection of the skin"),
        ("findings", "procedures", {"procedure": "chemical-peel"}, "Chemical peel"),
        ("allergies", "allergies", {"allergen": "latex"}, "Latex"),
        ("preferences", "products", {"name": "Cocktail 1"}, "Cocktail 1"),
    ],
)
def test_partial_rows_are_kept(key, section, row, told, physician, consultation):
    other = {"area_findings": "procedures", "procedures": "area_findings"}.get(section)
    other = "closed_days" if section == "products" else other
    scalars = {"consulted_on": "2026-01-12"} if key == "preferences" else {}
    data = sent(section, row, **scalars) | (sent(other) if other else {})

    response = save(physician, consultation, key, data)

    assert response.status_code == 302
    assert told in str(step_or_404(key).told(stored(consultation)))


@pytest.mark.parametrize(
    ("key", "section", "row", "field", "typed"),
    [
        ("medication", "medications", {"medication": "ibuprofen"}, "last_taken_on", "yesterday"),
        ("medication", "medications", {"medication": "ibuprofen"}, "last_taken_on", "2026-02-30"),
        ("medication", "medications", {"medication": "ibuprofen"}, "medication", "elixir"),
        ("labs", "labs", {"test": "platelets"}, "value", "many"),
        ("labs", "labs", {"test": "platelets"}, "value", "-5"),
        ("labs", "labs", {"test": "platelets"}, "value", "0"),
        ("labs", "labs", {"test": "platelets"}, "value", "1e400"),
        ("labs", "labs", {"test": "platelets"}, "value", "NaN"),
        ("labs", "labs", {"test": "platelets"}, "unit", "bushels"),
        ("labs", "labs", {"test": "platelets"}, "taken_on", "32.01.2026"),
        ("concerns", "concerns", {"concern": "fine-lines"}, "severity", "9"),
        ("concerns", "concerns", {"concern": "fine-lines"}, "goal", "x" * 301),
        ("concerns", "concerns", {"area": "face"}, "concern", ""),
        ("findings", "procedures", {"procedure": "chemical-peel"}, "performed_on", "1e400"),
    ],
)
def test_an_odd_value_is_shown_at_its_field_and_kept_as_typed(  # noqa: PLR0913, PLR0917
    key, section, row, field, typed, physician, consultation
):
    other = sent("area_findings") if key == "findings" else {}

    response = save(physician, consultation, key, other | sent(section, row | {field: typed}))

    assert response.status_code == 200
    (form,) = form_of(response, key).sections[section].told()
    assert list(form.errors) == [field]
    assert form[field].value() == typed or field in {"medication", "unit", "severity"}
    assert stored(consultation).version == 1


@pytest.mark.parametrize("field", ["consulted_on", "start_on"])
def test_an_odd_date_of_the_consultation_is_kept_as_typed(field, physician, consultation):
    data = sent("closed_days") | sent("products") | {"consulted_on": "2026-01-12"}

    page = save(physician, consultation, "preferences", data | {field: "Friday"})

    assert 'value="Friday"' in text_of(page)
    assert "Write a date that exists" in text_of(page)


def test_the_same_concern_twice_in_an_area_is_refused_at_the_second(physician, consultation):
    row = {"concern": "fine-lines", "area": "face"}

    response = save(physician, consultation, "concerns", sent("concerns", row, row))

    first, second = form_of(response, "concerns").sections["concerns"].told()
    assert not first.errors
    assert second.non_field_errors() == ["This is already listed above."]
    assert stored(consultation).version == 1


def test_an_empty_row_does_not_count(physician, consultation):
    rows = [{"concern": "", "area": "", "goal": ""}, {"concern": "fine-lines", "area": "face"}]

    save(physician, consultation, "concerns", sent("concerns", *rows))

    assert len(stored(consultation).concerns.all()) == 1


def test_a_row_taken_away_by_its_box_is_gone(physician, consultation):
    tell(consultation, "concerns", concern_rows(2), physician.user)
    row = {"concern": "fine-lines", "area": "face"}
    data = sent("concerns", row | {"DELETE": "on"}, {"concern": "cellulite"}, version=2)

    save(physician, consultation, "concerns", data)

    assert [entry.concern.code for entry in stored(consultation).concerns.all()] == ["cellulite"]


def test_a_row_taken_out_of_the_page_leaves_no_gap(physician, consultation):
    data = sent("concerns", {"concern": "fine-lines"}, {"concern": "cellulite"})
    del data["concerns-0-concern"]

    save(physician, consultation, "concerns", data)

    assert [entry.concern.code for entry in stored(consultation).concerns.all()] == ["cellulite"]


def test_history_begins_with_nothing_ticked(physician, consultation):
    page = section_of(physician.get(page_url(consultation)), "history")

    assert page.count('type="radio"') == 3 * 15
    assert "checked" not in page


def test_history_asks_first_what_a_proposal_waits_for(physician, consultation):
    questions = form_of(physician.get(page_url(consultation)), "history").scalars

    assert [field.name for field in questions.needed()] == ["pregnancy", "breastfeeding"]
    assert len(questions.others()) == 13


def test_answers_are_kept_and_silence_is_not_stored(physician, consultation):
    data = {"version": 1, "condition-pregnancy": "no", "condition-tobacco": "unknown"}

    save(physician, consultation, "history", data)

    saved = {row.condition.code: row.answer for row in stored(consultation).condition_answers.all()}
    assert saved == {"pregnancy": "no", "tobacco": "unknown"}


def test_an_answer_that_does_not_exist_is_refused(physician, consultation):
    data = {"version": 1, "condition-pregnancy": "perhaps"}

    response = save(physician, consultation, "history", data)

    assert list(form_of(response, "history").scalars.errors) == ["pregnancy"]


def test_findings_and_procedures_are_saved_together_or_not_at_all(physician, consultation):
    data = (
        sent("area_findings", {"finding": "infection", "area": "back", "clears_on": "1.2.2026"})
        | sent("procedures", {"procedure": "chemical-peel", "performed_on": "never"})
    )  # fmt: skip

    save(physician, consultation, "findings", data)
    assert not stored(consultation).findings.all()

    data["procedures-0-performed_on"] = "5.1.2026"
    save(physician, consultation, "findings", data)
    saved = stored(consultation)
    assert saved.findings.all()[0].clears_on == date(2026, 2, 1)
    assert saved.procedures.all()[0].performed_on == date(2026, 1, 5)


def test_preferences_are_saved_whole(physician, consultation):
    product = {"name": "Cocktail 1", "separable": "no", "parts": ["hyaluronic-acid", "vitamin-c"]}
    data = (
        sent("closed_days", {"day": "2026-05-01"})
        | sent("products", product)
        | {
            "consulted_on": "2026-01-12",
            "start_on": "14.01.2026",
            "combination": "same-session",
            "laser": "yes",
            "performer": "nurse",
            "closed_weekdays": ["6", "7"],
        }
    )

    assert save(physician, consultation, "preferences", data).status_code == 302

    saved = stored(consultation)
    assert (saved.consulted_on, saved.start_on) == (date(2026, 1, 12), date(2026, 1, 14))
    assert (saved.combination, saved.laser, saved.closed_weekdays) == ("same-session", True, [6, 7])
    assert saved.performer.code == "nurse"
    assert [row.day for row in saved.closed_days.all()] == [date(2026, 5, 1)]
    (row,) = saved.products.all()
    assert (row.name, row.separable) == ("Cocktail 1", False)
    assert [part.ingredient.code for part in row.parts.all()] == ["hyaluronic-acid", "vitamin-c"]


def test_closing_the_whole_week_is_refused_at_its_field(physician, consultation):
    data = sent("closed_days") | sent("products") | {"consulted_on": "2026-01-12"}

    page = save(physician, consultation, "preferences", data | {"closed_weekdays": list("1234567")})

    assert "At least one day of the week must stay open." in text_of(page)


@pytest.mark.parametrize(("born", "asked"), [(None, True), (date(1980, 5, 4), False)])
def test_age_is_asked_only_without_a_birth_date(born, asked, clinic, physician):
    patient = add_patient(clinic, physician.user, birth_date=born)
    consultation = add_consultation(clinic, physician.user, patient)

    page = physician.get(page_url(consultation))

    assert ('name="stated_age"' in text_of(page)) == asked


def test_another_row_comes_alone_for_htmx_and_saves_nothing(physician, consultation):
    data = sent("concerns", {"concern": "fine-lines"}, {"goal": "x"}, add="concerns", area="chin")

    response = save(physician, consultation, "concerns", data, headers=HTMX)

    page = text_of(response)
    assert "<html" not in page
    assert 'name="concerns-2-concern"' in page
    assert '<option value="chin" selected>' in page
    assert 'name="concerns-TOTAL_FORMS"' in page
    assert 'value="3"' in page
    assert stored(consultation).version == 1


def test_another_row_without_javascript_keeps_what_was_typed(physician, consultation):
    row = {"concern": "fine-lines", "goal": "Rested before the wedding"}

    response = save(physician, consultation, "concerns", sent("concerns", row, add="concerns"))
    page = section_of(response, "concerns")

    assert "Rested before the wedding" in page
    assert 'name="concerns-1-concern"' in page
    assert 'name="concerns-TOTAL_FORMS" value="2"' in " ".join(page.split())
    assert stored(consultation).version == 1


def test_two_editors_the_second_is_told_and_loses_nothing(physician, client_of, consultation):
    nurse = client_of("nurse")
    theirs, mine = {"medication": "aspirin"}, {"medication": "ibuprofen", "ongoing": "yes"}
    save(nurse, consultation, "medication", sent("medications", theirs))

    response = save(physician, consultation, "medication", sent("medications", mine))

    page = section_of(response, "medication")
    assert response.status_code == 409
    assert "Somebody else saved this consultation" in page
    assert "<li>Aspirin</li>" in page
    assert '<option value="ibuprofen" selected>' in page
    assert 'name="version" value="2"' in " ".join(page.split())
    assert [str(row) for row in stored(consultation).medications.all()] == ["Aspirin"]

    again = save(physician, consultation, "medication", sent("medications", mine, version=2))
    assert again.status_code == 302
    assert [str(row) for row in stored(consultation).medications.all()] == ["Ibuprofen"]


@pytest.mark.parametrize("version", ["", "x", "99", "-1", "1e5"])
def test_a_version_that_nobody_gave_never_overwrites(version, physician, consultation):
    data = sent("concerns", {"concern": "fine-lines"}, version=version)

    assert save(physician, consultation, "concerns", data).status_code == 409
    assert not stored(consultation).concerns.all()


def test_unstorable_characters_are_refused(physician, consultation):
    row = {"concern": "fine-lines", "goal": "nul \x00"}

    response = save(physician, consultation, "concerns", sent("concerns", row))

    assert response.status_code == 200
    assert stored(consultation).version == 1


@pytest.mark.parametrize("typed", ["rested \u202e", "\u2066rested\u2069", "rested \x07"])
def test_a_goal_that_cannot_be_stored_is_said_at_its_field(typed, physician, consultation):
    row = {"concern": "fine-lines", "area": "face", "goal": typed}

    page = save(physician, consultation, "concerns", sent("concerns", row)).content.decode()

    assert "This text holds characters that cannot be stored." in page
    assert typed in page
    assert not stored(consultation).concerns.all()


def test_too_many_rows_are_refused(physician, consultation):
    rows = [{"concern": "fine-lines"}] * (MOST_ROWS + 1)

    response = save(physician, consultation, "concerns", sent("concerns", *rows))

    assert response.status_code == 200
    assert stored(consultation).version == 1


@pytest.mark.parametrize("count", ["", "x", "-1", "999999999"])
def test_an_odd_number_of_rows_is_no_failure(count, physician, consultation):
    data = sent("concerns", {"concern": "fine-lines"}) | {"concerns-TOTAL_FORMS": count}

    assert save(physician, consultation, "concerns", data).status_code == 200


def test_a_cancelled_consultation_is_shown_but_not_changed(clinic, physician, consultation):
    with scope(clinic=clinic):
        cancel_consultation(consultation, reason="Left.", by=physician.user)

    page = text_of(physician.get(page_url(consultation)))
    refused = save(physician, consultation, "concerns", sent("concerns"))

    assert "Read only" in page
    assert "data-step-form" not in page
    assert "This consultation was cancelled." in text_of(refused)
    assert stored(consultation).version == 1


def test_page_names_what_is_missing_with_the_way_to_it(physician, consultation):
    rows = [{"medication": "ibuprofen"}]
    save(physician, consultation, "medication", sent("medications", *rows))

    response = physician.get(page_url(consultation))

    named = {(one.step.key, one.row) for one in response.context["missing"]}
    assert named == {("concerns", ""), ("medication", "row 1, Prescribed by a doctor")}
    assert '<a href="#concerns">' in section_of(response, "proposal")


def test_page_names_the_questions_that_would_come_back(physician, consultation):
    tell(consultation, "concerns", concern_rows(1), physician.user)

    response = physician.get(page_url(consultation))

    assert {one.message for one in response.context["waiting"]} == {"Pregnancy", "Breastfeeding"}


def test_a_closed_consultation_is_shown_without_forms(clinic, physician, consultation):
    tell(consultation, "concerns", concern_rows(1), physician.user)
    with scope(clinic=clinic):
        cancel_consultation(consultation, reason="Left.", by=physician.user)

    page = physician.get(page_url(consultation))

    (told,) = step_or_404("concerns").told(stored(consultation))
    assert f"<li>{told}</li>" in section_of(page, "concerns")
    assert "Propose</button>" not in text_of(page)


def test_index_shows_what_is_done(clinic, physician, consultation):
    tell(consultation, "concerns", concern_rows(1), physician.user)
    with scope(clinic=clinic):
        current = Consultation.objects.get(pk=consultation.pk)
        intake.update_consultation(
            current, by=physician.user, version=current.version, fitzpatrick=3, glogau=1
        )

    sections = physician.get(page_url(consultation)).context["sections"]

    assert {one.step.key for one in sections if one.done} == {"concerns", "skin"}


def test_banner_stands_on_the_page_of_the_consultation(physician, consultation, patient):
    tell(consultation, "allergies", [], physician.user, no_known_allergies=True)

    page = text_of(physician.get(page_url(consultation)))

    for fact in (str(patient), "1980-05-04", "Female", patient.number, "none known"):
        assert fact in page


def test_an_unknown_step_does_not_exist(physician, consultation):
    assert physician.get(step_url(consultation, "surgery")).status_code == 404


def test_map_offers_the_areas_of_the_catalogue(physician, consultation):
    page = text_of(physician.get(page_url(consultation)))

    for code in ("forehead", "scalp", "knee", "buttocks", "hands", "neck"):
        assert f'data-area="{code}"' in page
    assert 'aria-label="Around the eyes"' in page


def answers_of(consultation):
    return {row.condition.code: row.answer for row in stored(consultation).condition_answers.all()}


def test_no_to_the_rest_answers_what_its_button_names_and_nothing_else(physician, consultation):
    """What is answered stays, what the list did not show stays open, what is unknown is ignored."""
    data = {
        "version": 1,
        "condition-tobacco": "yes",
        "condition-atopy": "unknown",
        "no": "tobacco atopy keloid_tendency keloid-tendency pregnancy",
    }

    save(physician, consultation, "history", data)

    assert answers_of(consultation) == {
        "tobacco": "yes",
        "atopy": "unknown",
        "keloid-tendency": "no",
        "pregnancy": "no",
    }


def test_without_its_button_nothing_is_answered_with_no(physician, consultation):
    save(physician, consultation, "history", {"version": 1, "condition-tobacco": "yes"})

    assert answers_of(consultation) == {"tobacco": "yes"}


def test_each_list_of_questions_has_a_button_that_names_its_questions(physician, consultation):
    page = text_of(physician.get(page_url(consultation)))

    buttons = [one.partition('value="')[2] for one in page.split('name="no"')[1:]]
    named = [set(one.partition('"')[0].split()) for one in buttons]
    form = form_of(physician.get(page_url(consultation)), "history").scalars
    assert named == [{one.name for one in form.needed()}, {one.name for one in form.others()}]
    assert all(named)
