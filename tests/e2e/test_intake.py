"""Recording a consultation in a real browser: map, rows, live search; also without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.consultations.views.rows import add_consultation, add_patient, stored


@pytest.fixture
def person(live_server, make_member):
    return make_member("physician", username="elif")


@pytest.fixture
def consultation(clinic, person):
    patient = add_patient(clinic, person, family_name="Yildiz", given_name="Ayten")
    return add_consultation(clinic, person, patient)


def log_in(page, live_server):
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill("elif")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()


@pytest.fixture
def at_concerns(page, live_server, consultation):
    log_in(page, live_server)
    page.goto(f"{live_server.url}/consultations/{consultation.pk}/")
    return page


def save(page, section):
    page.get_by_role("button", name=f"Save {section}", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


def areas(page):
    return page.locator("select[name^='concerns'][name$='-area']").evaluate_all(
        "all => all.map(one => one.value)"
    )


def concerns_of(consultation):
    return [
        (row.concern.code, row.area and row.area.code)
        for row in stored(consultation).concerns.all()
    ]


def test_nothing_is_marked_on_the_map_before_anything_is_told(at_concerns):
    marks = at_concerns.locator("#body-map [data-area]").evaluate_all(
        "all => all.map(one => one.dataset.fill)"
    )

    assert set(marks) == {""}


@pytest.mark.parametrize("height", [120, 360, 640])
def test_what_folds_away_does_not_move_the_line_one_is_at(at_concerns, height):
    """An absolute contraindication: most questions before and after it matter no more."""
    page = at_concerns
    page.locator("#id_concerns-0-concern").select_option("fine-lines")
    save(page, "Concerns")
    answer = page.locator("input[name='condition-systemic-infection'][value='yes']")
    answer.focus()
    answer.evaluate("(one, at) => scrollBy(0, one.getBoundingClientRect().top - at)", height)
    before = answer.bounding_box()["y"]

    page.keyboard.press("Space")

    expect(page.locator("[data-folded] .question").nth(3)).to_be_attached()
    expect(answer).to_be_focused()
    assert abs(answer.bounding_box()["y"] - before) < 3


def test_the_map_and_the_list_stay_in_step(at_concerns, consultation):
    page = at_concerns
    forehead = page.get_by_role("button", name="Forehead", exact=True)

    forehead.click()
    assert areas(page) == ["forehead"]
    expect(forehead).to_have_attribute("aria-pressed", "true")

    page.get_by_role("button", name="Chin", exact=True).click()
    expect(page.locator("#rows-concerns [data-row]")).to_have_count(2)
    expect(page.locator("#id_concerns-1-concern")).to_be_focused()

    page.locator("#id_concerns-0-area").select_option("scalp")
    expect(forehead).to_have_attribute("aria-pressed", "false")
    page.locator("#id_concerns-0-concern").select_option("hair-loss")
    page.locator("#id_concerns-1-concern").select_option("fine-lines")
    save(page, "Concerns")

    assert concerns_of(consultation) == [("hair-loss", "scalp"), ("fine-lines", "chin")]


def test_an_area_holds_several_concerns_in_the_pattern_of_the_worst(at_concerns):
    page = at_concerns
    chin = page.get_by_role("button", name="Chin", exact=True)
    chin.click()
    expect(page.locator("#id_concerns-0-concern")).to_be_focused()
    page.locator("#id_concerns-0-concern").select_option("fine-lines")
    page.locator("#id_concerns-0-severity").select_option("1")
    expect(chin).to_have_attribute("data-fill", "severity-1")

    chin.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Fine lines, Mild")).to_be_focused()
    page.get_by_role("button", name="Another concern here").press("Enter")
    page.locator("#id_concerns-1-concern").select_option("acne-scars")
    page.locator("#id_concerns-1-severity").select_option("3")

    assert areas(page) == ["chin", "chin"]
    expect(chin).to_have_attribute("data-fill", "severity-3")
    expect(page.locator(".drawing-face [data-sign='chin'] text")).to_have_text("2")
    expect(chin.locator("desc")).to_have_text("Fine lines, Mild; Acne scars, Severe")


def test_the_map_is_worked_by_keyboard_alone(at_concerns, consultation):
    page = at_concerns
    page.locator(".drawing-front [data-area]").first.focus()

    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#id_concerns-0-concern")).to_be_focused()
    assert areas(page) == ["decolletage"]

    page.keyboard.type("Fine")
    for key in ("Tab", "Tab", "Tab", "Enter"):  # past area and severity; Enter in the goal saves
        page.keyboard.press(key)
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert concerns_of(consultation) == [("fine-lines", "decolletage")]


def test_rows_are_added_and_taken_away(at_concerns, consultation):
    page = at_concerns
    page.get_by_role("button", name="Add a concern").click()
    page.get_by_role("button", name="Add a concern").click()
    expect(page.locator("#rows-concerns [data-row]")).to_have_count(3)

    page.locator("#id_concerns-0-concern").select_option("fine-lines")
    page.locator("#id_concerns-1-concern").select_option("cellulite")
    page.locator("#id_concerns-2-concern").select_option("scars")
    page.get_by_role("button", name="Remove this row").nth(1).click()
    save(page, "Concerns")

    assert concerns_of(consultation) == [("fine-lines", None), ("scars", None)]


def test_the_index_leads_to_a_section_and_marks_where_one_is(at_concerns):
    page = at_concerns
    link = page.get_by_role("navigation", name="Sections").get_by_role("link", name="Skin")

    link.click()

    expect(page.get_by_role("heading", name="Skin", level=2)).to_be_in_viewport()
    expect(link).to_have_attribute("aria-current", "location")
    expect(page.get_by_role("region", name="Patient")).to_be_in_viewport()


def test_search_answers_while_typing(page, live_server, consultation):
    log_in(page, live_server)

    page.get_by_label("Find a patient").press_sequentially("ayten y")
    page.locator("#patient-results").get_by_role("link", name="Yildiz, Ayten").click()

    expect(page.get_by_role("heading", name="Yildiz, Ayten")).to_be_visible()
    assert "ayten" not in page.url


def test_a_consultation_is_recorded_without_javascript(new_context, live_server, consultation):
    page = new_context(java_script_enabled=False).new_page()
    log_in(page, live_server)
    page.goto(f"{live_server.url}/consultations/{consultation.pk}/")

    expect(page.locator("#body-map")).to_be_hidden()
    page.locator("#id_concerns-0-concern").select_option("fine-lines")
    page.get_by_role("button", name="Add a concern").click()
    page.locator("#id_concerns-1-concern").select_option("scars")
    save(page, "Concerns")
    page.locator("input[name='condition-pregnancy'][value='no']").check()
    save(page, "Health history")

    assert concerns_of(consultation) == [("fine-lines", None), ("scars", None)]
    assert [row.answer for row in stored(consultation).condition_answers.all()] == ["no"]
