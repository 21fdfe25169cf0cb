"""What the proposal page says would change it is done by the page's own forms, and found true."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.consultations.made import proposed
from tests.e2e.clinician import Clinician
from tests.e2e.seat import take_seat
from tests.engine.cases import concerns, conditions, lab, medicine


def lab_value(doctor):
    doctor.answer("labs-0-value", 100)


def new_lab_value(doctor):
    row = {"test": "platelets", "value": 120, "unit": "10*9/L", "taken_on": "2026-03-01"}
    doctor.fill_rows("labs", "Add a lab value", [row])


def answered_no(code):
    return lambda doctor: doctor.answer(f"condition-{code}", "no")


def start(day):
    return lambda doctor: doctor.answer("start_on", day)


def last_dose(doctor):
    doctor.answer("medications-0-ongoing", "no")
    doctor.answer("medications-0-last_taken_on", "2.3.2026")
    doctor.answer("start_on", "9.3.2026")


def later_consultation(doctor):
    doctor.answer("consulted_on", "23.3.2026")


def cleared(doctor):
    doctor.answer("area_findings-0-clears_on", "2.3.2026")


def no_allergy(doctor):
    doctor.page.locator("#allergies").get_by_role("button", name="Remove this row").click()
    doctor.answer("no_known_allergies", "yes")


def allergies_hold(doctor):
    doctor.answer("no_known_allergies", "no")


def of_age(doctor):
    doctor.answer("stated_age", 18)


def override(doctor):
    page = doctor.page
    page.locator("details.why-not summary").first.click()
    doctor.follow("Override L-08b …")
    doctor.sees("Go ahead against a rule")
    page.get_by_label("Reason").select_option(index=1)
    page.get_by_label("In your words").fill("Seen by a haematologist last week.")
    doctor.press("Override and propose again")


def prescriber(doctor):
    page = doctor.page
    doctor.page.get_by_role("link", name="Ask the prescriber").first.click()
    doctor.sees("Ask the prescriber")
    for box in page.locator("input[name='places']").all():
        box.check()
    page.get_by_label("What is asked").fill("May we go ahead while it is taken?")
    doctor.press("Keep the question")
    page.get_by_role("link", name="Record the answer").first.click()
    doctor.sees("The prescriber\u2019s answer")
    page.locator("input[name='answer']").first.check()
    page.get_by_label("Name of whoever answered").fill("Dr Karaca")
    for box in page.locator("input[name='also']").all():
        box.check()
    page.locator("form.answer-prescriber, main form").locator("[type=submit]").last.click()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """``on`` is the first day that the words promise; ``do`` is done among the facts or here.

    What only ``waits`` is already planned for that day: told as the start, it is that day still.
    """

    words: str
    do: object
    treatment: str = "Platelet-rich plasma (PRP)"
    on: date | None = None
    facts: dict = field(default_factory=dict)
    here: bool = False
    waits: bool = False


LOW = {"labs": [lab("platelets", 80, "10*9/L")]}
MESO = "Mesotherapy"
CASES = {
    "a lab value": Told(
        facts=LOW, words="with a platelet count of 100 \u00d710⁹/L or more", do=lab_value
    ),
    "a lab value that was not there": Told(
        facts={"conditions": conditions(thrombocytopenia="yes")},
        words="with a platelet count from 100 to under 150 \u00d710⁹/L",
        do=new_lab_value,
    ),
    "an override": Told(
        facts=LOW,
        words="if a clinician who may do so overrides L-08b with a reason",
        do=override,
        here=True,
    ),
    "an answer": Told(
        facts={"conditions": conditions(autoimmune_disease="yes")},
        words="if the answer to “Autoimmune disease” is no",
        do=answered_no("autoimmune-disease"),
        treatment=MESO,
        on=date(2026, 3, 2),
    ),
    "days after a last dose": Told(
        facts={"medications": [medicine("ibuprofen", last_taken_on="2026-03-01")]},
        words="from 8 March 2026 (7 days after the last dose)",
        waits=True,
        do=start("8.3.2026"),
        treatment=MESO,
        on=date(2026, 3, 8),
    ),
    "a last dose": Told(
        facts={"medications": [medicine("ibuprofen", ongoing=True)]},
        words="from 9 March 2026, counted from a last dose of Ibuprofen on 2 March 2026",
        waits=True,
        do=last_dose,
        treatment=MESO,
        on=date(2026, 3, 9),
    ),
    "days after a procedure": Told(
        facts={
            "procedures": [
                {"procedure": "chemical-peel", "area": "face", "performed_on": "2026-02-25"}
            ]
        },
        words="from 11 March 2026 (14 days after the procedure)",
        waits=True,
        do=start("2026-03-11"),
        on=date(2026, 3, 11),
    ),
    "the prescriber's answer": Told(
        facts={"medications": [medicine("clopidogrel", prescribed=True, ongoing=True)]},
        words="if the prescriber agrees",
        do=prescriber,
        here=True,
    ),
    "a later consultation": Told(
        facts={"medications": [medicine("warfarin", prescribed=True, last_taken_on="2026-02-20")]},
        words="at a consultation from 23 March 2026",
        do=later_consultation,
        on=date(2026, 3, 23),
    ),
    "an infection that cleared": Told(
        facts={"area_findings": [{"finding": "infection", "area": "cheeks"}]},
        words="once it has cleared (Infection of the skin, Cheeks)",
        do=cleared,
        on=date(2026, 3, 2),
    ),
    "an allergy removed": Told(
        facts={
            "concerns": concerns(("dehydration", "face")),
            "no_known_allergies": False,
            "allergies": [{"allergen": "hyaluronic-acid"}],
        },
        words="if this is ruled out: allergy to Hyaluronic acid",
        do=no_allergy,
        treatment=MESO,
        on=date(2026, 3, 2),
    ),
    "one of two that contradict": Told(
        facts={"allergies": [{"allergen": "latex"}]},
        words="if “no known allergies” does not hold",
        do=allergies_hold,
    ),
    "a missing answer": Told(
        facts={"conditions": {"breastfeeding": "no"}},
        words="if the answer is no for “Pregnancy”",
        do=answered_no("pregnancy"),
    ),
    "an age": Told(
        facts={"patient": {"sex": "female", "age": 17}}, words="from the age of 18", do=of_age
    ),
}


@pytest.fixture
def doctor(page, live_server, make_member):
    user = make_member("physician")
    take_seat(page, live_server.url, user)
    made = Clinician(page, live_server.url)
    made.user = user
    return made


@pytest.mark.parametrize("name", CASES)
def test_it_is_as_told(name, doctor, clinic):
    told = CASES[name]
    proposal = proposed(clinic, doctor.user, **told.facts)
    page, address = doctor.page, f"{doctor.root}/consultations/{proposal.consultation_id}/"
    page.goto(f"{address}proposal/")
    doctor.sees("Proposal")
    assert any(told.words in " ".join(text.split()) for text in said(page))
    assert first_day(page, told) == (told.on if told.waits else None)

    if told.here:
        told.do(doctor)
    else:
        page.goto(address)
        told.do(doctor)
        doctor.leave_by("Propose again")

    doctor.sees("Proposal")
    expect(page.get_by_text(f"Number {proposal.number + 1}, made")).to_be_visible()
    found = first_day(page, told)
    assert found is not None
    assert told.on in {None, found}


def said(page):
    """What would change it, also where it stands folded away."""
    return page.locator(".changes li").evaluate_all("all => all.map((one) => one.textContent)")


def first_day(page, told):
    """The first session of the treatment in the options of the page; None when none has it."""
    days = page.locator(".option .course").evaluate_all(
        """(all, name) => all
          .filter((one) => one.querySelector("h4").textContent.includes(name))
          .map((one) => one.querySelector(".dates time").dateTime)""",
        told.treatment,
    )
    return min(map(date.fromisoformat, days), default=None)
