"""A clinician at the browser: what a person does with the pages, by mouse and typing."""

from playwright.sync_api import expect

from tests.conftest import PASSWORD


class Clinician:
    """Knows the pages as they are read: by their labels, headings and buttons."""

    def __init__(self, page, root):
        self.page, self.root = page, root

    def log_in(self, username):
        self.page.goto(f"{self.root}/login/")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Log in")
        self.sees("Today")

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def leave_by(self, name):
        """Press a button that answers with another page. What the page is busy with ends first:
        the console complains of a request that is cut off, and the page before still says “Saved.”
        """
        at_rest(self.page)
        with self.page.expect_navigation():
            self.press(name)

    def follow(self, name):
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def sees(self, heading):
        expect(self.page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
        self.page.wait_for_load_state()

    def add_patient(self, family_name, given_name, sex, birth_date=""):
        self.follow("New patient")
        self.page.get_by_label("Family name").fill(family_name)
        self.page.get_by_label("Given name").fill(given_name)
        self.page.get_by_label("Date of birth").fill(birth_date)
        self.page.locator(f"input[name='sex'][value='{sex}']").check()
        self.press("Add patient")
        self.sees(f"{family_name}, {given_name}")

    def start(self, day):
        self.page.get_by_label("Consultation on").fill(day)
        self.press("Start a consultation")
        self.sees("Consultation")

    def save(self, section):
        self.leave_by(f"Save {section}")
        expect(self.page.get_by_text("Saved.", exact=True)).to_be_visible()

    def fill_rows(self, section, add_label, rows):
        """Write each row into the section, asking for another where there is none yet."""
        shown = self.page.locator(f"#rows-{section} [data-row]")
        for index, row in enumerate(rows):
            if shown.count() == index:
                self.press(add_label)
                expect(shown).to_have_count(index + 1)
            for name, value in row.items():
                self.answer(f"{section}-{index}-{name}", value)

    def answer(self, name, value):
        """Give a control its value, whichever kind it is; a list ticks several boxes."""
        control = self.page.locator(f"[name='{name}']")
        if isinstance(value, list):
            for one in value:
                self.page.locator(f"[name='{name}'][value='{one}']").check()
        elif control.first.evaluate("one => one.tagName") == "SELECT":
            control.select_option(_written(value))
        elif control.first.get_attribute("type") == "radio":
            self.page.locator(f"[name='{name}'][value='{_written(value)}']").check()
        else:
            control.fill(_written(value))

    def enter(self, request):
        """Every section of a consultation, with the facts of an engine request."""
        self.fill_rows("concerns", "Add a concern", request["concerns"])
        self.save("Concerns")
        self._answer_all("condition-{}", request["conditions"])
        self.save("Health history")
        self._answer_some(request, "no_known_allergies")
        self.fill_rows("allergies", "Add an allergy", request.get("allergies", []))
        self.save("Allergies")
        self._answer_some(request, "medications_reviewed")
        self.fill_rows("medications", "Add a medication", request.get("medications", []))
        self.save("Medication")
        self.fill_rows("labs", "Add a lab value", request.get("labs", []))
        self.save("Lab values")
        self.fill_rows("area_findings", "Add a finding", request.get("area_findings", []))
        self.fill_rows("procedures", "Add a procedure", request.get("procedures", []))
        self.save("Findings and procedures")
        self._enter_preferences(request)
        self.save("Preferences and dates")

    def _enter_preferences(self, request):
        clinic = request.get("clinic", {})
        expect(self.page.get_by_label("Consultation on")).to_have_value(request["consulted_on"])
        self._answer_some(request, "start_on")
        if "age" in request["patient"]:
            self.answer("stated_age", request["patient"]["age"])
        self._answer_all("{}", request.get("preferences", {}))
        self._answer_some(clinic, "performer", "closed_weekdays")
        days = [{"day": day} for day in clinic.get("closed_on", [])]
        self.fill_rows("closed_days", "Add a day", days)
        products = [
            {"name": one["product"], "separable": one["separable"], "parts": one["ingredients"]}
            for one in clinic.get("products", [])
        ]
        self.fill_rows("products", "Add a product", products)

    def _answer_some(self, told, *names):
        self._answer_all("{}", {name: told[name] for name in names if name in told})

    def _answer_all(self, pattern, values):
        for name, value in values.items():
            self.answer(pattern.format(name), value)

    def consent(self, name="Ayla Patient"):
        """The patient reads and signs each consent that the page still asks for."""
        asked = self.page.get_by_role("link", name="Read and sign the consent")
        number = asked.count()
        if number:
            asked.first.click()
        for one in range(number):
            written = self.page.get_by_label("Name of who signs")
            expect(written).to_have_value(name if one else "")
            written.fill(name)
            self.page.get_by_label("I have read and understood").check()
            with self.page.expect_navigation():
                self.press("Sign the consent")
        self.sees("Review and sign")
        expect(asked).to_have_count(0)

    def accept(self, area):
        """The area's first option, with all that has to be minded: one button."""
        place = self.page.locator(f"#area-{area}")
        accepting(place).click()
        place.get_by_text("Taken", exact=True).wait_for()

    def confirm_past_sessions(self):
        """Cases with dates of their own are signed after them."""
        passed = self.page.get_by_label("These days have passed, and they are meant.")
        if passed.count():
            passed.check()

    def sign(self):
        self.follow("Review and sign")
        self.sees("Review and sign")
        self.consent()
        self.page.get_by_label("Your password").fill(PASSWORD)
        self.confirm_past_sessions()
        self.press("Sign")
        self.sees("Treatment plan")


def accepting(place):
    """The button that takes the first option; it acknowledges what is listed right above it."""
    return place.locator(".option").first.locator("form.accept .btn-primary")


def at_rest(page):
    """Nothing waits to be saved, and the safety panel shows what follows from all of it."""
    expect(page.locator("[data-room]:not([data-state='saving'])")).to_have_count(1)
    expect(page.locator(".safety.is-pending, .safety.htmx-request")).to_have_count(0)


def _written(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
