"""Looks at a page as axe, a narrow screen, a dark room and readers of four languages do."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

GRAVE = {"serious", "critical"}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}
COLOURS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
WIDE, NARROW = 1280, 390
WIDTHS = (NARROW, 640, 768, WIDE)  # 640 is the wide one at 200 %
ABROAD = ("tr", "el", "fa")
# A dark page differs in its colours only, so nothing else is asked of it again.
LOOKS = (
    ("light", WIDE, ALL),
    ("dark", WIDE, COLOURS),
    ("dark", NARROW, COLOURS),
    ("light", NARROW, ALL),
)
LOOKS_FROM_RIGHT_TO_LEFT = LOOKS[:2]
# Waiting for them could last for ever: a window that is drawn by nobody has no frames.
_STILL = "() => document.getAnimations().forEach((one) => one.finish())"
_IN_THE_MIDDLE = """async (target) => {
  const one = document.querySelector(target);
  one.scrollIntoView({ block: "center" });
  const options = { runOnly: { type: "rule", values: ["target-size"] } };
  return (await axe.run(one, options)).violations.length > 0;
}"""
_OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"
_UNCHECKED = "document.querySelectorAll('form').forEach(one => one.noValidate = true)"
_LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")


class Inspector:
    """Collects what is wrong, so that one look at a test's failure shows all of it."""

    def __init__(self, page, root, complaints):
        self.page, self.root, self.complaints = page, root, complaints
        self.faults = []
        page.emulate_media(reduced_motion="reduce")

    def open(self, path, *, status=200):
        answer = self.page.goto(f"{self.root}{path}")
        assert answer.status == status, (path, answer.status)
        if status >= 400:
            self.expect_refusal()

    def expect_refusal(self):
        """The browser complains of every page that answers with a fault; this one shall."""
        expected = "Failed to load resource: the server responded with a status of 4"
        refused = [one for one in self.complaints if one.startswith(expected)]
        assert refused
        self.complaints.remove(refused[0])

    def forgive(self, complaint):
        """What the console says of another project's widget."""
        self.complaints[:] = [one for one in self.complaints if not one.startswith(complaint)]

    def look(self, name, *, known=frozenset(), looks=LOOKS):
        """The page as it stands, in every look. ``known`` is what another project has to mend."""
        self.page.evaluate(_AXE)
        for scheme, width, options in looks:
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.evaluate(_STILL)
            found = self.page.evaluate("options => axe.run(options)", options)["violations"]
            self.faults += [
                (name, scheme, width, one["id"], nodes)
                for one in found
                if one["impact"] in GRAVE and one["id"] not in known
                if (nodes := self._still_wrong(one))
            ]
        self.page.emulate_media(color_scheme="light")
        self.measure(name)

    def _still_wrong(self, violation):
        """What a bar that stays on the screen half covers is reached by scrolling: it is looked
        at again in the middle of the window."""
        nodes = [node["target"] for node in violation["nodes"]]
        if violation["id"] != "target-size":
            return nodes
        return [one for one in nodes if self.page.evaluate(_IN_THE_MIDDLE, one[-1])]

    def measure(self, name):
        """Nothing wider than the window, cut off or on top of something else."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.faults += [(name, width, fault) for fault in self.page.evaluate(_LAYOUT)]

    def read_abroad(self, path, *, status=200, known=frozenset()):
        """In the other three languages, one of them from right to left."""
        cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "url": self.root}
        for language in ABROAD:
            self.page.context.add_cookies([{**cookie, "value": language}])
            self.open(path, status=status)
            self.page.evaluate(_OPEN)
            name = f"{path}, in {language}"
            if language != "fa":
                self.measure(name)
                continue
            if self.page.locator("html").get_attribute("dir") != "rtl":
                self.faults.append((name, "is not written from right to left"))
            self.look(name, known=known, looks=LOOKS_FROM_RIGHT_TO_LEFT)
        self.page.context.clear_cookies(name=settings.LANGUAGE_COOKIE_NAME)

    def visit(self, path, *, status=200, known=frozenset()):
        self.read_abroad(path, status=status, known=known)
        self.open(path, status=status)
        self.page.evaluate(_OPEN)
        self.look(path, known=known)

    def send(self, name, button="Save", *, refused=False, marked=""):
        """The page that the server answers a form with, whatever the browser thinks of the form."""
        self.page.evaluate(_UNCHECKED)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).first.click()
        if refused:
            self.expect_refusal()
        if marked:
            assert self.page.locator(marked).count(), (name, marked)
        self.look(name)


_AXE = Axe().axe_script
