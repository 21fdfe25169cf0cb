"""Notes on the map in a real browser: tapped, moved by keys, kept while they are typed."""

import pytest
from django.conf import settings
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import expect

from consultations.models import MapNote
from tests.conftest import PASSWORD
from tests.consultations.views.rows import add_consultation, stored
from tests.e2e.inspector import Inspector
from tests.e2e.keyboard import Keyboard
from tests.e2e.typist import Typist, comes_to, drafts_of


@pytest.fixture
def physician(make_member):
    return make_member("physician", username="elif")


@pytest.fixture
def consultation(clinic, physician):
    return add_consultation(clinic, physician)


@pytest.fixture
def elif_(context, live_server, physician, consultation):
    return Typist(context, live_server.url).log_in("elif").open(consultation)


def notes_of(consultation):
    def look():
        with scope(clinic=consultation.clinic):
            rows = MapNote.objects.filter(consultation=consultation).select_related("area")
            return [(row.view, row.area and row.area.code, row.text) for row in rows]

    return look


def place_of(consultation):
    with scope(clinic=consultation.clinic):
        note = MapNote.objects.get(consultation=consultation)
    return float(note.x), float(note.y)


def tap(page, view, x, y):
    drawing = page.locator(f"svg.drawing-{view}")
    box = drawing.bounding_box()
    drawing.click(position={"x": box["width"] * x, "y": box["height"] * y})


def test_a_tap_pins_a_note_and_adds_no_concern(elif_, consultation):
    page = elif_.page
    page.get_by_text("Pin a note", exact=True).click()
    tap(page, "face", 0.4, 0.55)
    expect(page.locator("#id_note_new_text")).to_be_focused()
    page.keyboard.type("A scar: spare it.")
    page.get_by_role("button", name="Pin it here").click()

    expect(page.locator(".note-list li")).to_have_count(1)
    expect(page.locator("svg.drawing-face .pin text")).to_have_text("1")
    assert notes_of(consultation)() == [("face", "cheeks", "A scar: spare it.")]
    x, y = place_of(consultation)
    assert (abs(x - 0.4) < 0.02, abs(y - 0.55) < 0.02) == (True, True)
    assert stored(consultation).concerns.count() == 0

    tap(page, "face", 0.4, 0.55)  # no note is being placed any more
    expect(page.locator("#id_concerns-0-concern")).to_be_focused()


def test_what_is_typed_outlives_the_window(elif_, consultation):
    page = elif_.page
    page.get_by_text("Pin a note", exact=True).click()
    tap(page, "back", 0.5, 0.3)
    page.locator("#id_note_new_text").press_sequentially("Pigmented na", delay=5)
    comes_to(lambda: [*drafts_of(consultation)()], ["map-note"], page=page)
    comes_to(lambda: drafts_of(consultation)()["map-note"]["text"], "Pigmented na", page=page)

    elif_.open(consultation)

    expect(page.locator("#id_note_new_text")).to_have_value("Pigmented na")
    expect(page.locator("svg.drawing-back .crosshair")).to_be_visible()
    assert notes_of(consultation)() == []


def test_a_note_is_pinned_moved_and_taken_off_by_keyboard(elif_, consultation):
    page = elif_.page
    page.emulate_media(reduced_motion="reduce")
    keys = Keyboard(page)
    keys.use(page.locator(".note-new > summary"))
    keys.fill(page.locator("#id_note_new_text"), "A mole.")
    keys.to(page.locator("#id_note_new_view"))
    keys.write("Back")
    handle = page.get_by_role("slider", name="Place of the note")
    keys.to(handle, back=True)
    keys.press(*["ArrowLeft"] * 3, *["ArrowDown"] * 2, "Shift+ArrowDown")
    expect(handle).to_have_attribute(
        "aria-valuetext", "Back: 47 % from the left, 57 % from the top"
    )
    keys.use(page.get_by_role("button", name="Pin it here"))
    expect(page.locator("svg.drawing-back .pin")).to_have_count(1)
    assert place_of(consultation) == (0.47, 0.57)
    expect(page.locator(".note-new > summary")).to_be_focused()

    keys.use(page.locator(".note-actions summary"), back=True)
    keys.fill(page.locator("#id_note_1_x"), "60")  # focus by Tab marks what stands there
    keys.use(page.get_by_role("button", name="Keep the note"))
    expect(page.get_by_text("The note is changed.")).to_be_visible()
    assert place_of(consultation) == (0.6, 0.57)

    keys.use(page.get_by_role("button", name="Take off"), back=True)
    expect(page.locator(".note-list")).to_have_count(0)
    expect(page.locator(".pin")).to_have_count(0)


def test_from_right_to_left_the_drawing_is_not_mirrored(elif_, consultation, live_server):
    page = elif_.page
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "fa", "url": live_server.url}
    page.context.add_cookies([cookie])
    elif_.open(consultation)
    page.locator(".note-new > summary").click()
    tap(page, "front", 0.3, 0.2)
    page.locator("#id_note_new_text").fill("x")
    page.locator(".note-new [type=submit]").click()

    expect(page.locator("svg.drawing-front .pin")).to_have_count(1)
    assert abs(place_of(consultation)[0] - 0.3) < 0.02
    box = page.locator("svg.drawing-front").bounding_box()
    pin = page.locator("svg.drawing-front .pin").bounding_box()
    assert pin["x"] + pin["width"] / 2 < box["x"] + box["width"] / 2


def test_without_javascript_the_place_is_given_in_percent(
    new_context, live_server, physician, consultation
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("Username").fill("elif")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{live_server.url}/consultations/{consultation.pk}/")
    page.get_by_text("Pin a note", exact=True).click()
    page.locator("#id_note_new_text").fill("A scar.")
    page.locator("#id_note_new_x").fill("25.5")
    page.locator("#id_note_new_y").fill("10")
    page.get_by_role("button", name="Pin it here").click()
    expect(page.get_by_text("The note is pinned.")).to_be_visible()

    assert place_of(consultation) == (0.255, 0.1)


def test_notes_look_right_to_axe(elif_, live_server, consultation, quiet_console):
    page = elif_.page
    page.get_by_text("Pin a note", exact=True).click()
    tap(page, "face", 0.4, 0.55)
    page.locator("#id_note_new_text").fill("A scar: spare it.")
    page.get_by_role("button", name="Pin it here").click()
    expect(page.locator(".note-list li")).to_have_count(1)
    page.locator(".note-actions summary").click()

    inspector = Inspector(page, live_server.url, quiet_console)
    inspector.look("a note that is changed")
    inspector.read_abroad(reverse("consultations:consultation", args=[consultation.pk]))

    assert inspector.faults == []
    assert page.locator("#map-notes").evaluate("one => one.scrollWidth <= one.clientWidth")
