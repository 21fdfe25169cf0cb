"""The catalogue in a real browser: found while typing, readable by everybody, on every width."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.consultations import made
from tests.engine.cases import conditions

WIDTHS = (390, 820, 1280)
ROWS = ("rules/S-07", "concerns/hair-loss", "treatments/prp", "conflicts/C15", "statements/A080")


@pytest.fixture
def person(live_server, make_member):
    return make_member("physician", username="elif")


@pytest.fixture
def reader(page, live_server, person):
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill("elif")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
    return page


def test_rows_are_found_while_typing(reader, live_server):
    reader.get_by_role("link", name="Catalogue", exact=True).click()
    reader.wait_for_load_state()  # who types before the scripts are there has the button

    reader.get_by_label("Search the catalogue").press_sequentially("háir los")
    reader.locator("#found").get_by_role("link", name="Hair loss Concern").click()

    expect(reader.get_by_role("heading", name="Hair loss", level=1)).to_be_visible()
    assert reader.url == f"{live_server.url}/catalogue/2026.1/concerns/hair-loss/"


def test_the_search_works_without_javascript(new_context, live_server, person, reader):
    context = new_context(java_script_enabled=False)
    context.add_cookies(reader.context.cookies())
    page = context.new_page()
    page.goto(f"{live_server.url}/catalogue/")

    page.get_by_label("Search the catalogue").fill("S-07")
    page.get_by_role("button", name="Search").click()

    expect(page.locator("#found").get_by_role("link").nth(1)).to_contain_text("S-07")


def test_a_reason_on_the_proposal_leads_to_its_rule(reader, live_server, clinic, person):
    proposal = made.proposed(clinic, person, conditions=conditions(atopy="yes"))
    address = reverse(
        "consultations:proposal-number", args=[proposal.consultation_id, proposal.number]
    )
    reader.goto(live_server.url + address)

    reader.get_by_role("link", name="S-11", exact=True).first.click()

    expect(reader.get_by_role("heading", name="Prone to allergies", level=1)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_sound_and_fit_every_width(scheme, reader, live_server, clinic, person):
    plan = made.signed(clinic, person, conditions=conditions(atopy="yes"))
    own = reverse("consultations:comparison", args=[plan.consultation_id])
    rows = [f"/catalogue/2026.1/{row}/" for row in ROWS]
    reader.emulate_media(color_scheme=scheme)
    faults, wider = [], []

    for path in ("/catalogue/", "/catalogue/?q=aspirin", "/catalogue/2026.1/rules/",
                 "/catalogue/releases/", "/catalogue/comparison/", own, *rows):  # fmt: skip
        for width in WIDTHS:
            reader.set_viewport_size({"width": width, "height": 900})
            reader.goto(live_server.url + path)
            if reader.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wider.append((path, width))
        found = Axe().run(reader).response["violations"]
        faults += [(path, one["id"], [node["target"] for node in one["nodes"]]) for one in found]

    assert (faults, wider) == ([], [])
