"""Somebody who types into an open consultation, and what the page tells of saving."""

import json

from django_scopes import scope
from playwright.sync_api import expect

from consultations.models import DraftInput
from tests.conftest import PASSWORD
from tests.consultations.views.rows import stored

SAVED = "Saved "
LOST = "Not saved: no connection"


class Typist:
    """A person with a browser of their own."""

    def __init__(self, context, root):
        self.context, self.root = context, root
        self.page = context.new_page()

    def log_in(self, username, page=None):
        page = page or self.page
        page.goto(f"{self.root}/login/")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
        return self

    def open(self, consultation):
        self.page.goto(f"{self.root}/consultations/{consultation.pk}/")
        expect(self.status).not_to_be_empty()
        return self

    @property
    def status(self):
        return self.page.locator(".room-status")

    @property
    def note(self):
        return self.field("skin_note")

    def field(self, name):
        return self.page.locator(f"#id_{name}")

    def said_at(self, name):
        return self.page.locator(f".field-note[data-note='{name}']")

    def sees_at(self, name, text):
        expect(self.said_at(name).filter(has_text=text)).to_have_count(1)

    def write(self, text, name="skin_note"):
        """Key after key, and go on having the cursor there."""
        self.field(name).click()
        self.field(name).press_sequentially(text, delay=10)

    def hears(self, text, **options):
        expect(self.status).to_contain_text(text, **options)


def comes_to(look, expected, *, page):
    """Wait for what is stored, for as long as a page may take to save."""
    for _ in range(100):
        if look() == expected:
            return
        page.wait_for_timeout(100)
    assert look() == expected


def note_of(consultation):
    return lambda: stored(consultation).skin_note


def concerns_of(consultation):
    return lambda: [
        (row.concern.code, row.area and row.area.code, row.goal)
        for row in stored(consultation).concerns.all()
    ]


def drafts_of(consultation):
    def look():
        with scope(clinic=consultation.clinic):
            rows = DraftInput.objects.filter(consultation=consultation)
            return {row.field: json.loads(row.value) for row in rows}

    return look
