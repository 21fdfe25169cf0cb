"""Every page in four languages: axe with WCAG 2.2 AA, light and dark, and how it stands.

Narrow and wide nothing is wider than the window, cut off or on top of something else.

Whatever the browser's console complains of fails these tests, too (see ``conftest.py``).
"""

import json
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

import consultations.urls
import treatments.urls
from consultations import demonstration
from consultations.flow import step_or_404
from consultations.models import DraftInput
from consultations.services.amendments import amend
from consultations.services.prescribers import ask_prescriber
from tests.conftest import PASSWORD
from tests.consultations import changing
from tests.consultations.made import (
    LOW_PLATELETS,
    again,
    consulted,
    decided,
    proposed,
    signed,
)
from tests.consultations.records import add_events
from tests.consultations.views.rows import (
    add_consultation,
    add_patient,
    concern_rows,
    tell,
)
from tests.e2e.inspector import Inspector
from tests.engine.cases import concerns, lab, medicine, vignettes

CASES = {case["id"]: case["request"] for case in vignettes()}
# One case for each answer that a proposal page can give, for the patient or for an area.
ANSWERS = {
    "evaluated, several areas": "V06",
    "ingredients left out": "X17",
    "refer": "T05",
    "needs-prescriber": "T03",
    "overridable": "V12",
    "input-conflict": "T04",
    "not-eligible": "T06",
    "deferred": "T07",
    "needs-data": "T09",
}
FULL = {
    **demonstration.rejuvenation(),
    "medications": [medicine("ibuprofen", last_taken_on="2026-03-01")],
    "labs": [lab("platelets", 210, "10*9/L")],
    "area_findings": [{"finding": "infection", "area": "neck", "clears_on": "2026-03-20"}],
    "procedures": [{"procedure": "chemical-peel", "area": "face", "performed_on": "2026-02-20"}],
    "clinic": {
        "closed_weekdays": [7],
        "closed_on": ["2026-04-06"],
        "products": [{"product": "Mix", "ingredients": ["vitamin-c"], "separable": True}],
    },
}
# Django's autocomplete fields: their names stand beside them, but the script does not say so.
SELECT2 = frozenset({"aria-input-field-name", "label"})
# Addresses that no page answers at: they take a form and lead on, or send a file.
NO_PAGE = {
    "discard-input",
    "pin-note",
    "keep-note",
    "change-note",
    "remove-note",
    "start",
    "step",
    "safety",
    "answer",
    "propose",
    "proposal",
    "keep-as-case",
    "decide",
    "withdraw-override",
    "plan-pdf",
    "care-pdf",
    "record-pdf",
    "prepare",
    "consent-pdf",
    "withdraw-consent",
    "mark-session",
    "seen",
    "start-blast",
    "continue-blast",
    "cancel-blast",
    "resume-blast",
    "current-rows",
    "current-row",
    "save-fields",
    "news",
    "confirm",
    "withdraw-question",
}
# What cannot be read in a step, so that it comes back with the fault marked.
UNREADABLE = {
    "concerns": ("concerns-0-goal", "Softer"),
    "allergies": ("allergies-0-reaction", "Hives"),
    "medication": ("medications-0-last_taken_on", "31.02.2026"),
    "labs": ("labs-0-value", "many"),
    "findings": ("procedures-0-performed_on", "yesterday"),
    "preferences": ("start_on", "soon"),
}


@pytest.fixture
def inspector(page, live_server, quiet_console):
    made = Inspector(page, live_server.url, quiet_console)
    yield made
    assert not made.faults, "\n".join(map(str, made.faults))


@pytest.fixture
def sit_down(inspector, make_member):
    """`sit_down("nurse")` logs that role in without the login page, and is the person."""

    def log_in(role):
        user = make_member(role)
        take_seat(inspector, user)
        return user

    return log_in


def take_seat(inspector, user):
    client = Client()
    client.force_login(user)
    cookies = [
        {"name": name, "value": one.value, "url": inspector.root}
        for name, one in client.cookies.items()
    ]
    inspector.page.context.add_cookies(cookies)


def of(name, row, *more):
    return reverse(f"consultations:{name}", args=[row.pk, *more])


def of_proposal(name, proposal, *more):
    keys = [proposal.consultation_id, proposal.number, *more]
    return reverse(f"consultations:{name}", args=keys)


def test_no_page_is_forgotten_here():
    patterns = [*consultations.urls.urlpatterns, *treatments.urls.urlpatterns]
    told = Path(__file__).read_text(encoding="utf-8")
    assert {one.name for one in patterns} >= NO_PAGE
    assert [
        one.name
        for one in patterns
        if one.name not in NO_PAGE and f'"{one.name}"' not in told and f':{one.name}"' not in told
    ] == []


def test_the_login(inspector, make_member):
    make_member("nurse", username="elif")
    inspector.visit("/login/?ended=1")
    for attempt in range(5):
        inspector.page.get_by_label("Username").fill("elif")
        inspector.page.get_by_label("Password").fill("wrong")
        if attempt == 0:
            inspector.send("a wrong password", "Log in")
        elif attempt == 4:
            inspector.send("login is paused", "Log in", refused=True)
        else:
            inspector.page.get_by_role("button", name="Log in").click()
            inspector.page.wait_for_load_state()


def test_patients(inspector, sit_down, clinic):
    person = sit_down("physician")
    inspector.visit(reverse("consultations:patients"))
    inspector.visit(reverse("consultations:new-patient"))
    inspector.send("a patient without a name", "Add patient")
    patient = add_patient(clinic, person, family_name="Yildiz", given_name="Ayten")
    inspector.visit(of("patient", patient))
    inspector.visit(of("edit-patient", patient))
    inspector.open(reverse("consultations:patients"))
    for text, name, found in (
        ("ayten", "somebody is found", "Yildiz"),
        ("zzz", "nobody is found", "Nobody fits"),
    ):
        inspector.page.get_by_label("Find a patient").fill(text)
        inspector.page.get_by_role("button", name="Search").click()
        inspector.page.locator("#patient-results").get_by_text(found).first.wait_for()
        inspector.look(name)
    inspector.open(reverse("consultations:new-patient"))
    inspector.page.get_by_label("Family name").fill("Yildiz")
    inspector.page.get_by_label("Given name").fill("Ayten")
    inspector.page.get_by_label("Female", exact=True).check()
    inspector.send("somebody alike", "Add patient")


def test_today(inspector, sit_down, clinic):
    person = sit_down("physician")
    inspector.visit(reverse("consultations:today"))
    signed(clinic, person)
    consulted(clinic, person, **FULL)
    inspector.visit(reverse("consultations:today"))
    inspector.visit(reverse("consultations:plans"))


def test_a_consultation_with_nothing_told(inspector, sit_down, clinic):
    person = sit_down("physician")
    consultation = add_consultation(clinic, person)
    inspector.visit(of("consultation", consultation))
    inspector.send("proposing too early", "Propose", refused=True)


def test_a_consultation_with_everything_told(inspector, sit_down, clinic):
    person = sit_down("physician")
    consultation = consulted(clinic, person, **FULL)
    inspector.visit(of("consultation", consultation))


def test_sections_that_cannot_be_read(inspector, sit_down, clinic):
    person = sit_down("physician")
    consultation = add_consultation(clinic, person)
    for key, (name, text) in UNREADABLE.items():
        inspector.open(of("consultation", consultation))
        inspector.page.locator(f"[name='{name}']").fill(text)
        button = f"Save {step_or_404(key).title}"
        inspector.send(f"{key} with a fault", button, marked=".is-invalid")
    inspector.open(of("consultation", consultation))
    form = inspector.page.locator("#form-skin")
    stale = form.locator("[name=version]").get_attribute("value")
    tell(consultation, "concerns", concern_rows(1), person)  # by somebody else
    # As a browser without scripts sends it: ours would have heard of the other person first.
    with inspector.page.expect_navigation():
        form.evaluate("(one, old) => { one.elements.version.value = old; one.submit() }", stale)
    inspector.expect_refusal()
    inspector.look("two people at one consultation")


def test_a_consultation_that_is_cancelled(inspector, sit_down, clinic):
    """With input that nobody finished, which is listed on the way."""
    person = sit_down("physician")
    consultation = consulted(clinic, person, **FULL)
    with scope(clinic=clinic):
        DraftInput.objects.create(
            clinic=clinic,
            consultation=consultation,
            user=person,
            field="stated_age",
            value='["1e"]',
            base='[""]',
            saved_at=timezone.now(),
        )
    inspector.visit(of("consultation", consultation))
    inspector.visit(of("cancel", consultation))
    inspector.page.get_by_label("Why it is cancelled").fill("Another time")
    inspector.send("a consultation that is cancelled", "Cancel this consultation")


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_proposal(answer, inspector, sit_down, clinic):
    person = sit_down("physician")
    proposal = proposed(clinic, person, **CASES[ANSWERS[answer]])
    inspector.visit(of_proposal("proposal-number", proposal))


def test_deciding(inspector, sit_down, clinic):
    person = sit_down("physician")
    proposal = proposed(clinic, person, concerns=concerns(("dehydration", "face")))
    inspector.visit(of_proposal("change-option", proposal, "face", 1))
    inspector.page.locator("[name$=planned-2]").fill("never")
    inspector.send("a session that cannot be read", "Accept with these changes")

    kept_back = proposed(clinic, person, **LOW_PLATELETS)
    rule = next(
        (area["area"], one["treatment"], code)
        for area in json.loads(kept_back.response)["areas"]
        for one in area["treatments"]
        for code in one["findings"]
        if one["status"] == "overridable"
    )
    inspector.visit(of_proposal("override", kept_back, *rule))
    inspector.send("an override without a reason", "Override and propose again")
    inspector.page.get_by_label("Reason").select_option(index=1)
    inspector.page.get_by_label("In your words").fill("The count was wrong.")
    inspector.send("an overridden rule", "Override and propose again")
    inspector.visit(of("proposals", kept_back.consultation))


def test_asking_the_prescriber(inspector, sit_down, clinic):
    person = sit_down("physician")
    proposal = proposed(
        clinic, person, medications=[medicine("warfarin", prescribed=True, ongoing=True)]
    )
    inspector.visit(of_proposal("ask-prescriber", proposal, "face", "mesotherapy", "S-08"))
    inspector.page.get_by_label("What is asked").fill("")
    inspector.send("a question without words", "Keep the question")
    with scope(clinic=clinic):
        (question,) = ask_prescriber(
            proposal.consultation,
            rule="S-08",
            places=[("face", "mesotherapy")],
            text="Anything against it?",
            by=person,
        )
    inspector.visit(reverse("consultations:answer-prescriber", args=[question.pk]))
    inspector.visit(of_proposal("proposal-number", proposal))


def test_signing(inspector, sit_down, clinic):
    person = sit_down("physician")
    proposal = decided(clinic, person)
    inspector.visit(of_proposal("proposal-number", proposal))
    inspector.visit(of("sign", proposal.consultation))
    inspector.visit(of("consents", proposal.consultation))
    for treatment in ("mesotherapy", "prp"):
        path = reverse("consultations:give-consent", args=[proposal.consultation_id, treatment])
        inspector.visit(path)
        inspector.page.get_by_label("I have read and understood").check()
        inspector.page.get_by_label("Name of who signs").fill(" ")
        inspector.send("a consent without a name", "Sign the consent")
        inspector.page.get_by_label("Name of who signs").fill("Ayla Patient")
        inspector.send("a signed consent", "Sign the consent")
    inspector.page.get_by_label("These days have passed, and they are meant.").check()
    inspector.page.get_by_label("Your password").fill("wrong")
    inspector.send("a wrong password at the signature", "Sign")
    inspector.page.get_by_label("Your password").fill(PASSWORD)
    inspector.send("the plan", "Sign")
    plan = again(proposal.consultation).plan
    inspector.read_abroad(of("plan", plan))
    inspector.visit(of("print-plan", plan))
    inspector.visit(of("consultation", proposal.consultation))
    with scope(clinic=clinic):
        consent = plan.consultation.consents.first()
    inspector.visit(of("consent", consent))
    inspector.page.get_by_label("Who told it").fill("Ayla Patient")
    inspector.send("a withdrawn consent", "Record the withdrawal")


def test_the_person_and_the_program(inspector, sit_down):
    sit_down("physician")
    inspector.visit(reverse("account"))
    inspector.visit(reverse("password_change"))
    inspector.page.get_by_label("Old password").fill("wrong")
    inspector.send("a password that is not changed", "Change password")
    inspector.open(reverse("api-docs"))
    inspector.page.get_by_text("/api/v1/evaluate/").first.wait_for()
    inspector.look("the API's documentation", known={"nested-interactive"})  # Swagger UI's own
    inspector.visit("/nowhere/", status=404)


def test_a_role_that_may_not(inspector, sit_down):
    sit_down("curator")
    inspector.visit(reverse("consultations:patients"), status=403)


def test_after_the_signature(inspector, sit_down, clinic):
    person = sit_down("physician")
    plan = signed(clinic, person)
    inspector.visit(of("amend", plan.consultation))
    inspector.send("an amendment without words", "Sign the amendment")
    with scope(clinic=clinic):
        amend(plan.consultation, by=person, reason="clarified", text="Said again.")
    inspector.visit(of("amend", plan.consultation))
    inspector.visit(of("record-event", plan))
    inspector.send("an event of which nothing is told", "Record the event")
    with scope(clinic=clinic):
        add_events(plan, person)
        event = plan.adverse_events.get(correction=None)
        session = plan.sessions.first()
    inspector.visit(of("correct-event", event))
    inspector.visit(of("plan", plan))
    inspector.visit(of("cancel-session", session))


def test_the_catalogue_abroad(inspector, sit_down, clinic):
    """In English it is looked at in ``test_catalogue.py``."""
    person = sit_down("physician")
    inspector.read_abroad(of("comparison", consulted(clinic, person, **FULL)))
    for name, *keys in (
        ("catalogue",),
        ("release", "2026.1"),
        ("releases",),
        ("comparison",),
        ("release-comparison", "2026.1"),
        ("rows", "2026.1", "rules"),
        ("row", "2026.1", "rules", "S-07"),
        ("row", "2026.1", "treatments", "prp"),
    ):
        inspector.read_abroad(reverse(f"treatments:{name}", args=keys))


def test_curating(inspector, sit_down):
    sit_down("curator")
    inspector.visit(reverse("consultations:today"))
    inspector.visit(reverse("consultations:overrides"))
    inspector.visit(reverse("admin:index"))
    inspector.visit(reverse("admin:treatments_rule_changelist"))
    inspector.visit(reverse("admin:treatments_rule_add"), known=SELECT2)
    inspector.forgive("Applying inline style violates")  # its markup carries widths; it works


def test_what_a_draft_changes(inspector, sit_down, make_member, clinic):
    physician = sit_down("physician")
    plan = changing.plan(clinic, physician, **changing.SMOKER)
    waiting = proposed(clinic, physician, **changing.IBUPROFEN)
    curator = sit_down("curator")
    with transaction.atomic():
        draft = changing.draft_by(curator)
        changing.change_everything()
    inspector.visit(of("blast-radius", draft))
    changing.run_to_the_end(draft)
    inspector.visit(of("blast-radius", draft))

    changing.publish(draft, make_member("medical-lead"))
    take_seat(inspector, physician)
    inspector.visit(reverse("consultations:today"))
    inspector.visit(reverse("consultations:worklist"))
    inspector.visit(of_proposal("proposal-changed", waiting))
    inspector.visit(of("plan-changed", plan))
