"""The whole flow by keyboard alone: nothing is clicked, and no script moves the focus."""

import pytest
from django_scopes import scope
from playwright.sync_api import expect

from consultations.models import Plan
from tests.conftest import PASSWORD
from tests.e2e.clinician import accepting, at_rest
from tests.e2e.keyboard import Keyboard


@pytest.fixture
def keys(page, live_server, make_member):
    make_member("physician", username="elif")
    page.goto(f"{live_server.url}/login/")
    page.emulate_media(reduced_motion="reduce")  # what scrolls into sight is there at once
    return Keyboard(page)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True).first


def sees(page, heading):
    expect(page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
    page.wait_for_load_state()


def test_from_login_to_signed_plan(keys, clinic):
    page = keys.page
    log_in(keys)
    add_patient(keys)
    tell_concerns(keys)
    answer_questions(keys)
    tell_the_rest(keys)
    decide(keys)
    sign(keys)

    with scope(clinic=clinic):
        plan = Plan.objects.get()
        areas = {item.area.code for one in plan.sessions.all() for item in one.items.all()}
    assert areas == {"forehead", "cheeks"}
    keys.use(page.get_by_role("link", name="Print", exact=True))
    expect(button(page, "Print")).to_be_visible()


def log_in(keys):
    page = keys.page
    keys.fill(page.get_by_label("Username"), "elif")
    keys.fill(page.get_by_label("Password"), PASSWORD)
    keys.press("Enter")
    sees(page, "Today")
    keys.press("Tab")
    keys.press("Enter")  # past the navigation
    assert page.evaluate("document.activeElement.id") == "content"


def add_patient(keys):
    page = keys.page
    keys.use(page.get_by_role("link", name="New patient", exact=True))
    keys.fill(page.get_by_label("Family name"), "Demir")
    keys.fill(page.get_by_label("Given name"), "Selin")
    keys.fill(page.get_by_label("Date of birth"), "4.5.1982")
    keys.tick(page.get_by_label("Female", exact=True))
    keys.use(button(page, "Add patient"))
    sees(page, "Demir, Selin")
    keys.fill(page.get_by_label("Consultation on"), "2026-01-12")
    keys.use(button(page, "Start a consultation"))
    sees(page, "Consultation")


def save(keys, section):
    keys.to(button(keys.page, f"Save {section}"))
    leave_by_enter(keys)


def leave_by_enter(keys):
    """The page before may say “Saved.”, too: it counts on the page that comes."""
    at_rest(keys.page)
    with keys.page.expect_navigation():
        keys.press("Enter")
    expect(keys.page.get_by_text("Saved.", exact=True)).to_be_visible()


def tell_concerns(keys):
    """One area from the drawing of the face, one from the list."""
    page = keys.page
    keys.to(page.locator(".drawing-face [data-area]").first)
    forehead = page.locator(".drawing-face [data-area='forehead']")
    for _area in range(20):
        keys.press("ArrowRight")
        if forehead.evaluate("one => one === document.activeElement"):
            break
    keys.press("Enter")
    expect(page.locator("#id_concerns-0-concern")).to_be_focused()
    assert page.locator("#id_concerns-0-area").input_value() == "forehead"
    keys.write("Hyper")

    keys.use(button(page, "Add a concern"))
    expect(page.locator("#id_concerns-1-concern")).to_be_focused()
    keys.write("Hyper")
    keys.fill(page.locator("#id_concerns-1-area"), "Cheeks")
    save(keys, "Concerns")


def answer_questions(keys):
    page = keys.page
    for code in ("pregnancy", "breastfeeding"):
        keys.tick(page.locator(f"input[name='condition-{code}'][value='yes']"))
        keys.press("ArrowDown")
        assert page.locator(f"input[name='condition-{code}'][value='no']").is_checked()
    save(keys, "Health history")


def tell_the_rest(keys):
    page = keys.page
    keys.tick(page.get_by_label("No known allergies"))
    save(keys, "Allergies")
    keys.tick(page.get_by_label("Yes: what is not listed is not taken"))
    keys.use(button(page.locator("#medication"), "Remove this row"))
    save(keys, "Medication")
    keys.fill(page.locator("#id_labs-0-test"), "Platelet")
    keys.fill(page.locator("#id_labs-0-value"), "210")
    keys.fill(page.locator("#id_labs-0-unit"), "10*9")
    keys.fill(page.locator("#id_labs-0-taken_on"), "2026-01-10")
    leave_by_enter(keys)  # saves where it is
    keys.tick(page.get_by_label("Sunday"))
    save(keys, "Preferences and dates")


def decide(keys):
    """One area is accepted as it is, the other with the day of a session moved."""
    page = keys.page
    keys.to(button(page, "Propose"))
    at_rest(page)
    keys.press("Enter")
    sees(page, "Proposal")
    first, second = (page.locator(f"#area-{code}") for code in ("forehead", "cheeks"))
    keys.use(first.locator("details.why summary").first)
    expect(first.locator("details.why .ground").first).to_be_visible()
    keys.use(accepting(first))
    first.get_by_text("Taken", exact=True).wait_for()

    keys.use(second.get_by_role("link", name="Accept with changes", exact=True).first)
    sees(page, "Accept with changes")
    keys.to(page.get_by_label("Why it is changed"))
    keys.write("Away until spring")
    for box in page.locator("input[name='acknowledged']").all():
        keys.use(box, "Space")
    keys.use(button(page, "Accept with these changes"))
    second.get_by_text("Taken", exact=True).wait_for()


def sign(keys):
    page = keys.page
    keys.use(page.get_by_role("link", name="Review and sign", exact=True))
    sees(page, "Review and sign")
    asked = page.get_by_role("link", name="Read and sign the consent")
    number = asked.count()
    keys.use(asked.first)
    for one in range(number):  # the name is written once, each text is agreed to by itself
        if not one:
            keys.fill(page.get_by_label("Name of who signs"), "Selin Demir")
        expect(page.get_by_label("Name of who signs")).to_have_value("Selin Demir")
        keys.use(page.get_by_label("I have read and understood"), "Space")
        keys.to(button(page, "Sign the consent"))
        with page.expect_navigation():
            keys.press("Enter")
    sees(page, "Review and sign")
    keys.fill(page.get_by_label("Your password"), PASSWORD)
    passed = page.get_by_label("These days have passed, and they are meant.")
    if passed.count():
        keys.use(passed, "Space")
    keys.use(button(page, "Sign"))
    sees(page, "Treatment plan")


def test_tab_goes_round_a_page_and_back(keys):
    """Through all of it and out again, in both directions; a menu opens and closes."""
    page = keys.page
    log_in(keys)
    keys.to(page.locator(".languages button").last)
    keys.to(page.locator(".skip-link"), back=True)
    keys.use(page.locator(".user-menu .dropdown-toggle"))
    expect(page.locator(".dropdown-menu")).to_be_visible()
    keys.press("Escape")
    expect(page.locator(".dropdown-menu")).to_be_hidden()
    assert page.evaluate("document.activeElement.className").startswith("btn btn-quiet dropdown")
