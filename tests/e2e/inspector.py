"""Looks at a page as axe, a narrow screen, a dark room and a reader of Persian do."""

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
# A dark page differs in its colours only, so nothing else is asked of it again.
LOOKS = (
    ("light", WIDE, ALL),
    ("dark", WIDE, COLOURS),
    ("dark", NARROW, COLOURS),
    ("light", NARROW, ALL),
)
_STILL = "() => Promise.all(document.getAnimations().map((one) => one.finished))"
_OVERFLOW = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return null;
  const out = [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (box.right > room + 1 || box.left < -1);
  });
  return out.slice(0, 3).map((one) => one.outerHTML.slice(0, 90));
}"""


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

    def look(self, name, *, known=frozenset()):
        """The page as it stands, in every look. ``known`` is what another project has to mend."""
        self.page.evaluate(_AXE)
        for scheme, width, options in LOOKS:
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.evaluate(_STILL)
            found = self.page.evaluate("options => axe.run(options)", options)["violations"]
            self.faults += [
                (name, scheme, width, one["id"], [node["target"] for node in one["nodes"]])
                for one in found
                if one["impact"] in GRAVE and one["id"] not in known
            ]
            if scheme == "light":
                self._check_width(name, width)

    def read_persian(self, path, *, status=200):
        """From right to left."""
        cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "url": self.root}
        self.page.context.add_cookies([{**cookie, "value": "fa"}])
        self.open(path, status=status)
        if self.page.locator("html").get_attribute("dir") != "rtl":
            self.faults.append((path, "is not written from right to left"))
        for width in (NARROW, WIDE):
            self.page.set_viewport_size({"width": width, "height": 900})
            self._check_width(f"{path}, in Persian", width)
        self.page.context.clear_cookies(name=settings.LANGUAGE_COOKIE_NAME)

    def visit(self, path, *, status=200, known=frozenset()):
        self.read_persian(path, status=status)
        self.open(path, status=status)
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        self.look(path, known=known)

    def send(self, name, button="Save", *, refused=False):
        """The page that a form answers with."""
        self.page.get_by_role("button", name=button, exact=True).first.click()
        self.page.wait_for_load_state()
        if refused:
            self.expect_refusal()
        self.look(name)

    def _check_width(self, name, width):
        if out := self.page.evaluate(_OVERFLOW):
            self.faults.append((name, width, "is wider than the screen", out))


_AXE = Axe().axe_script
