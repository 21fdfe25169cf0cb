"""Only the keys: Tab and Shift+Tab to get there, and what each control answers to."""

from playwright.sync_api import TimeoutError as TooLate

MOST_STOPS = 250
SETTLED = 3000  # milliseconds

_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const css = getComputedStyle(one);
  const shape = one.matches("g") ? getComputedStyle(one.querySelector("path")) : null;
  const box = one.getBoundingClientRect();
  const middle = document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
    Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1));
  const caught = one === window.focusedBefore;
  window.focusedBefore = one;
  return {
    html: one.outerHTML.slice(0, 160),
    caught,
    marked: one.matches(":focus-visible") && (
      (css.outlineStyle !== "none" && parseFloat(css.outlineWidth) >= 2)
      || css.boxShadow !== "none"
      || Boolean(shape && parseFloat(shape.strokeWidth) >= 2)),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
      && Boolean(middle) && ((one.closest("svg") || one).contains(middle) || middle.contains(one)
        || [...(one.labels || [])].some((label) => label.contains(middle))),
  };
}"""


class Keyboard:
    """Every stop on the way must be marked, in sight, and not the end of it."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text):
        self.page.keyboard.type(text)

    def _comes_into_sight(self):
        """A page that is being filled in moves once more before it stands still."""
        try:
            self.page.wait_for_function(f"() => ({_FOCUSED})().seen", timeout=SETTLED)
        except TooLate:
            return False
        return True

    def to(self, target, *, back=False):
        """Tab until the control has the focus."""
        target.wait_for()
        passed = []
        for _stop in range(MOST_STOPS):
            self.press("Shift+Tab" if back else "Tab")
            here = self.page.evaluate(_FOCUSED)
            if here:
                assert here["marked"], f"the focus cannot be seen: {here['html']}"
                assert here["seen"] or self._comes_into_sight(), (
                    f"the focus is out of sight: {here['html']}"
                )
                assert not here["caught"], f"the Tab key is caught: {here['html']}"
            passed.append(here and here["html"])
            if target.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"{target} was not reached: {passed[-12:]}")

    def use(self, target, key="Enter", **way):
        self.to(target, **way)
        self.press(key)

    def fill(self, target, text, **way):
        self.to(target, **way)
        self.write(text)

    def tick(self, target, **way):
        """A group of radio buttons is one stop; its first button is ticked with the space bar."""
        self.use(target, "Space", **way)
        assert target.is_checked()
