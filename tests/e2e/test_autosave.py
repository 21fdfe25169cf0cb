"""No keystroke is lost: killed tab, expired session, network off, a second tab, a second person."""

from contextlib import suppress

import pytest
from django.contrib.sessions.models import Session
from django_scopes import scope
from playwright.sync_api import Error, expect

from consultations.services import carrying
from tests.consultations.made import signed
from tests.consultations.views.rows import add_consultation, add_patient, stored
from tests.e2e.typist import LOST, SAVED, Typist, comes_to, concerns_of, drafts_of, note_of
from tests.engine.cases import conditions


@pytest.fixture
def person(live_server, make_member):
    return make_member("physician", username="elif", first_name="Elif", last_name="Aydin")


@pytest.fixture
def nurse(live_server, make_member):
    return make_member("nurse", username="nikos", first_name="Nikos", last_name="Papas")


@pytest.fixture
def consultation(clinic, person):
    return add_consultation(clinic, person, add_patient(clinic, person))


@pytest.fixture
def typist(new_context, live_server):
    """`typist("elif")` is that person in a browser of their own, logged in."""
    return lambda username: Typist(new_context(), live_server.url).log_in(username)


@pytest.fixture
def elif_(typist, person, consultation):
    return typist("elif").open(consultation)


def kill(page):
    """The tab dies as it would without power: no event tells it so."""
    with suppress(Error):
        page.goto("chrome://crash", timeout=2000)


def test_each_kind_of_answer_is_saved_by_itself(elif_, consultation):
    page = elif_.page

    page.locator("[name='condition-pregnancy'][value='no']").check()
    page.locator("#id_concerns-0-concern").select_option("scars")
    page.locator("[name='laser'][value='yes']").check()
    elif_.write("Dry")

    comes_to(
        lambda: [
            [one.answer for one in stored(consultation).condition_answers.all()],
            [code for code, _area, _goal in concerns_of(consultation)()],
            stored(consultation).laser,
            stored(consultation).skin_note,
        ],
        [["no"], ["scars"], True, "Dry"],
        page=page,
    )
    elif_.hears(SAVED)


def test_a_killed_tab_loses_nothing(typist, elif_, nurse, consultation):
    elif_.write("Dry, with ")
    elif_.write("31.1", "start_on")
    elif_.note.click()
    comes_to(note_of(consultation), "Dry, with", page=elif_.page)
    elif_.page.keyboard.press("End")
    elif_.page.keyboard.type("fine scaling")
    elif_.page.wait_for_timeout(4000)  # the text is seconds old, and nothing else was done

    kill(elif_.page)

    assert stored(consultation).skin_note == "Dry, with fine scaling"
    again = typist("elif").open(consultation)
    expect(again.note).to_have_value("Dry, with fine scaling")
    expect(again.field("start_on")).to_have_value("31.1")
    again.sees_at("start_on", "Write a date that exists")
    again.sees_at("start_on", "Not yet part of the record")
    other = typist("nikos").open(consultation)
    other.hears(SAVED)
    expect(other.field("start_on")).to_have_value("")


def test_rows_without_their_term_come_back_after_a_killed_tab(typist, elif_, consultation):
    elif_.page.locator("#id_concerns-0-goal").fill("Smoother")
    elif_.page.locator("#id_concerns-0-area").select_option("face")
    elif_.hears("unfinished input as a draft")

    kill(elif_.page)

    assert stored(consultation).concerns.count() == 0
    again = typist("elif").open(consultation)
    expect(again.page.locator("#id_concerns-0-goal")).to_have_value("Smoother")
    again.sees_at("concerns", "Choose one, or remove the row.")
    again.sees_at("concerns", "Not yet part of the record")
    again.page.locator("#id_concerns-0-concern").select_option("scars")
    comes_to(concerns_of(consultation), [("scars", "face", "Smoother")], page=again.page)
    comes_to(drafts_of(consultation), {}, page=again.page)


def test_a_returning_patients_page_saves_and_confirms_by_itself(typist, person, clinic):
    """The buttons that confirm what was carried over stand among the fields, and are none."""
    source = signed(clinic, person, conditions=conditions(tobacco="no")).consultation
    with scope(clinic=clinic):
        returning = carrying.start_from(source, by=person)
    elif_ = typist("elif").open(returning)

    elif_.write("Dry")
    comes_to(note_of(returning), "Dry", page=elif_.page)

    elif_.hears(SAVED)
    elif_.page.get_by_role("button", name="Confirm all of this section").first.click()
    expect(elif_.page.get_by_text("All answers of this section are confirmed.")).to_be_visible()


def test_while_somebody_goes_on_typing_it_is_saved_every_few_seconds(elif_, consultation):
    elif_.note.click()
    elif_.note.press_sequentially("x" * 50, delay=100)  # five seconds without a pause

    assert len(stored(consultation).skin_note) > 20


def test_an_expired_session_keeps_the_text_and_sends_it_after_the_login(elif_, consultation):
    page = elif_.page
    Session.objects.all().delete()

    elif_.write("Dry")

    elif_.hears("you were logged out")
    expect(elif_.note).to_have_value("Dry")
    assert stored(consultation).skin_note == ""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in in a new window").click()
    elif_.log_in("elif", opened.value)
    elif_.hears(SAVED)
    comes_to(note_of(consultation), "Dry", page=page)
    expect(page.get_by_role("link", name="Log in in a new window")).to_be_hidden()


def test_another_persons_login_does_not_send_the_text(elif_, nurse, consultation):
    page = elif_.page
    Session.objects.all().delete()
    elif_.write("Dry")
    elif_.hears("you were logged out")

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in in a new window").click()
    elif_.log_in("nikos", opened.value)

    elif_.hears("somebody else has logged in here")
    page.wait_for_timeout(4000)
    expect(elif_.note).to_have_value("Dry")
    assert (stored(consultation).skin_note, drafts_of(consultation)()) == ("", {})


def test_without_a_network_it_says_so_and_sends_later(elif_, consultation):
    elif_.context.set_offline(True)

    elif_.hears(LOST)
    elif_.write("Dry")
    page_keeps_and_warns(elif_)
    elif_.context.set_offline(False)

    elif_.hears(SAVED)
    comes_to(note_of(consultation), "Dry", page=elif_.page)


def page_keeps_and_warns(typist):
    """Whoever leaves now is asked first."""
    with typist.page.expect_event("dialog") as asked:
        typist.page.evaluate("() => { setTimeout(() => location.assign('/')); }")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(typist.note).to_have_value("Dry")


def test_a_silent_network_shows_within_fifteen_seconds_without_a_key(elif_):
    """Requests go out and nothing comes back: no event of the browser tells of this."""
    elif_.hears("Nothing saved yet")
    elif_.page.route("**/news/", lambda route: None)

    elif_.hears(LOST, timeout=15_000)
    elif_.page.unroute("**/news/")


def test_a_button_that_was_pressed_while_one_request_was_lost_is_not_forgotten(elif_, consultation):
    elif_.hears("Nothing saved yet")
    lost = []

    def lose_one(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.abort())

    elif_.page.route("**/news/", lose_one)
    elif_.note.fill("Dry")
    with elif_.page.expect_navigation():
        elif_.page.get_by_role("button", name="Save Skin", exact=True).click()

    assert (lost, note_of(consultation)()) == ([None], "Dry")


def test_what_an_answer_adds_does_not_move_a_button_that_is_being_pressed(elif_):
    """Leaving the field saves it; the complaint comes back before the button is let go."""
    elif_.hears("Nothing saved yet")
    page = elif_.page
    page.locator("[name='labs-0-value']").fill("many")
    button = page.get_by_role("button", name="Save Lab values", exact=True)
    button.hover()
    place = button.bounding_box()

    with page.expect_response("**/steps/labs/fields/"):
        page.mouse.down()
    page.wait_for_timeout(300)

    assert button.bounding_box() == place
    with page.expect_navigation():
        page.mouse.up()
    expect(page.locator("#form-labs .is-invalid").first).to_be_visible()


def test_leaving_at_once_saves_what_was_just_typed(elif_, consultation):
    elif_.write("Dry")

    elif_.page.goto(f"{elif_.root}/")

    comes_to(note_of(consultation), "Dry", page=elif_.page)


def test_two_people_see_each_other_and_both_texts(typist, elif_, nurse, consultation):
    nikos = typist("nikos").open(consultation)
    others = elif_.page.locator(".room-others")
    expect(others).to_have_text("Also has this open: Nikos Papas")
    expect(nikos.page.locator(".room-others")).to_contain_text("Elif Aydin")

    nikos.page.locator("[name='laser'][value='yes']").check()
    expect(elif_.page.locator("[name='laser'][value='yes']")).to_be_checked()
    expect(elif_.said_at("laser")).to_contain_text("Changed by Nikos Papas at ")
    expect(others).to_contain_text("last change ")

    elif_.context.set_offline(True)
    elif_.note.fill("Dry")
    nikos.write("Oily")
    comes_to(note_of(consultation), "Oily", page=nikos.page)
    elif_.context.set_offline(False)
    box = elif_.page.get_by_role("group", name="Nikos Papas saved something else here")
    expect(box).to_contain_text("Oily")
    expect(elif_.note).to_have_value("Dry")
    assert stored(consultation).skin_note == "Oily"

    box.get_by_role("button", name="Keep mine").click()
    comes_to(note_of(consultation), "Dry", page=elif_.page)
    expect(box).to_have_count(0)
    expect(nikos.note).to_have_value("Dry")


def test_in_a_conflict_of_rows_the_others_can_be_taken(typist, elif_, nurse, consultation):
    nikos = typist("nikos").open(consultation)
    elif_.context.set_offline(True)
    elif_.page.locator("#id_concerns-0-concern").select_option("scars")
    nikos.page.locator("#id_concerns-0-concern").select_option("fine-lines")
    comes_to(concerns_of(consultation), [("fine-lines", None, "")], page=nikos.page)
    elif_.context.set_offline(False)

    box = elif_.page.get_by_role("group", name="Nikos Papas saved something else here")
    expect(box).to_contain_text("Fine lines")
    assert drafts_of(consultation)() == {"concerns": [{"concern": ["scars"]}]}
    box.get_by_role("button", name="Take the other").click()

    expect(elif_.page.locator("#id_concerns-0-concern")).to_have_value("fine-lines")
    comes_to(drafts_of(consultation), {}, page=elif_.page)
    assert concerns_of(consultation)() == [("fine-lines", None, "")]


def test_a_second_tab_follows_and_is_asked(elif_, consultation):
    second = Typist(elif_.context, elif_.root).open(consultation)

    second.write("Dry")
    comes_to(note_of(consultation), "Dry", page=second.page)
    expect(elif_.note).to_have_value("Dry")
    expect(elif_.said_at("skin_note")).to_contain_text("Changed in another window of yours")

    elif_.field("start_on").fill("31.1")
    elif_.note.click()
    elif_.hears("unfinished input as a draft")
    second.field("start_on").fill("15.2")
    second.note.click()
    asks = second.page.get_by_role("group", name="In another window of yours")
    expect(asks).to_contain_text("31.1")
    asks.get_by_role("button", name="Keep mine").click()
    comes_to(drafts_of(consultation), {"start_on": ["15.2"]}, page=second.page)
    expect(asks).to_have_count(0)


def test_nothing_clinical_stays_in_the_browser(elif_, consultation):
    elif_.write("Dry")
    elif_.write("31.1", "start_on")
    elif_.note.click()
    elif_.hears("unfinished input as a draft")

    left = elif_.page.evaluate(
        """async () => ({
            local: {...localStorage}, session: {...sessionStorage},
            databases: await indexedDB.databases(), caches: await caches.keys(),
            cookies: document.cookie, workers: await navigator.serviceWorker.getRegistrations(),
        })"""
    )

    own = {"htmx-current-path-for-history": f"/consultations/{consultation.pk}/"}
    assert left == {
        "local": {}, "session": own, "databases": [], "caches": [], "cookies": "", "workers": [],
    }  # fmt: skip
    asked = elif_.page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert asked
    assert not [one for one in [elif_.page.url, *asked] if "Dry" in one or "31.1" in one]
