"""What a person's hands do: every click and every key is counted, nothing else moves the page."""

from playwright.sync_api import expect


class Hands:
    """A list takes two clicks: one opens it, one chooses. A letter is a key."""

    def __init__(self, page):
        self.page = page
        self.clicks = self.keys = 0

    def click(self, target):
        target.click()
        self.clicks += 1

    def choose(self, target, name):
        target.select_option(label=name)
        self.clicks += 2

    def write(self, target, text):
        """Click there, then type."""
        self.click(target)
        self.type(text)

    def type(self, text):
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key):
        self.page.keyboard.press(key)
        self.keys += 1

    def button(self, name, place=None):
        self.click((place or self.page).get_by_role("button", name=name, exact=True).first)

    def link(self, name, place=None):
        self.click((place or self.page).get_by_role("link", name=name).first)

    def radio(self, name, place):
        self.click(place.get_by_label(name, exact=True))

    def reads(self, heading):
        expect(self.page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
        self.page.wait_for_load_state()


class ServerClock:
    """How long the server took for all that the page asked of it, in seconds."""

    def __init__(self, page):
        self.seconds = 0.0
        page.on("requestfinished", self._add)

    def _add(self, request):
        timing = request.timing
        if "/static/" not in request.url and timing["responseStart"] >= 0:
            self.seconds += max(0, timing["responseStart"] - timing["requestStart"]) / 1000
