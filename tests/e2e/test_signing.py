"""From the proposal to the end of a plan, by the pages: who signs what, and what is taken back."""

import pytest
from django.contrib.sessions.models import Session
from django_scopes import scope
from playwright.sync_api import expect

from clinic.models import Membership
from consultations.models import Consent, Plan, PlanSession
from tests.conftest import PASSWORD
from tests.consultations.made import proposed, ready, signed
from tests.e2e.clinician import Clinician
from tests.e2e.seat import take_seat


@pytest.fixture
def at_desk(page, live_server, make_member):
    """`at_desk("nurse")` is that role at the browser; whoever sat there before has left."""

    def sit_down(role, performer=""):
        user = make_member(role)
        Membership.objects.filter(user=user).update(performer=performer)
        take_seat(page, live_server.url, user)
        clinician = Clinician(page, live_server.url)
        clinician.user = user
        return clinician

    return sit_down


def draw(page):
    """A stroke on the pad, with the mouse held down."""
    pad = page.locator("[data-pad] svg")
    expect(pad).to_be_visible()  # once the script has run
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 40 + 25 * step, box["y"] + 60 + 15 * (step % 2))
    page.mouse.up()
    expect(page.get_by_role("button", name="Clear the drawing")).to_be_enabled()


def agree(page, name):
    page.get_by_label("Name of who signs").fill(name)
    page.get_by_label("I have read and understood").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign the consent").click()


def open_sign_page(clinician, consultation):
    clinician.page.goto(f"{clinician.root}/consultations/{consultation.pk}/sign/")
    clinician.sees("Review and sign")


def sign(clinician):
    clinician.page.get_by_label("Your password").fill(PASSWORD)
    clinician.confirm_past_sessions()
    clinician.press("Sign")


def test_a_nurse_prepares_and_a_specialist_co_signs(at_desk, clinic):
    nurse = at_desk("nurse", "nurse")
    facts = {"clinic": {"performer": "nurse"}, "preferences": {"combination": "same-session"}}
    made = proposed(clinic, nurse.user, **facts)
    prepare(nurse, made)

    other = at_desk("physician", "physician")
    open_sign_page(other, made.consultation)
    expect(other.page.get_by_label("Your password")).to_have_count(0)

    specialist = at_desk("physician", "specialist-physician")
    open_sign_page(specialist, made.consultation)
    sign(specialist)
    specialist.sees("Treatment plan")

    with scope(clinic=clinic):
        consents = Consent.objects.order_by("signed_at")
        assert Plan.objects.get().signed_by == specialist.user
        assert [one.how for one in consents] == ["drawn", "typed"]
        assert {one.taken_by for one in consents} == {nurse.user}


def prepare(nurse, made):
    """Decide, have the consents signed (one drawn, one typed), and sign the preparation."""
    page = nurse.page
    page.goto(f"{nurse.root}/consultations/{made.consultation_id}/proposal/")
    option = page.locator("#area-face .option").first
    for box in option.locator("input[type=checkbox]").all():
        box.check()
    option.get_by_role("button", name="Accept", exact=True).click()
    nurse.follow("Consents and preparation")
    nurse.sees("Consents and preparation")
    expect(page.get_by_text("Whoever prepared the plan signs it first")).to_be_visible()

    page.get_by_role("link", name="Read and sign the consent").first.click()
    draw(page)
    agree(page, "Ayla Patient")
    expect(page.get_by_label("Name of who signs")).to_have_value("Ayla Patient")
    expect(page.get_by_role("button", name="Clear the drawing")).to_be_disabled()
    agree(page, "Ayla Patient")
    nurse.sees("Consents and preparation")
    page.get_by_label("Your password").fill(PASSWORD)
    nurse.press("Sign the preparation")
    expect(page.get_by_text("It waits to be co-signed.")).to_be_visible()


def test_a_plan_is_amended_and_the_original_stays_in_sight(at_desk, clinic):
    doctor = at_desk("physician")
    page = doctor.page
    plan = signed(clinic, doctor.user)
    page.goto(f"{doctor.root}/plans/{plan.pk}/")
    doctor.sees("Treatment plan")
    before = page.locator(".session time").evaluate_all("all => all.map((one) => one.dateTime)")

    doctor.follow("Amend")
    doctor.sees("Amend a signed consultation")
    expect(page.get_by_role("region", name="The record as it was signed")).to_contain_text("Face")
    page.get_by_label("Reason").select_option(index=1)
    page.get_by_label("What is amended").fill("The left cheek, not the right one.")
    page.get_by_label("Your password").fill(PASSWORD)
    doctor.press("Sign the amendment")

    page.goto(f"{doctor.root}/plans/{plan.pk}/")
    expect(page.get_by_text("The left cheek, not the right one.")).to_be_visible()
    after = page.locator(".session time").evaluate_all("all => all.map((one) => one.dateTime)")
    assert before
    assert after == before


@pytest.mark.usefixtures("on_the_day")
def test_a_withdrawn_consent_cancels_its_open_sessions(at_desk, clinic):
    doctor = at_desk("physician")
    page = doctor.page
    plan = signed(clinic, doctor.user)
    with scope(clinic=clinic):
        consents = list(Consent.objects.all())
        assert set(statuses(plan)) == {"scheduled"}

    for consent in consents:
        page.goto(f"{doctor.root}/consents/{consent.pk}/")
        page.get_by_text("Withdraw", exact=True).click()
        page.get_by_label("Who told it").fill("Ayla Patient")
        doctor.press("Record the withdrawal")
        expect(page.get_by_text("This consent is withdrawn.")).to_be_visible()

    page.goto(f"{doctor.root}/plans/{plan.pk}/")
    doctor.sees("Treatment plan")
    with scope(clinic=clinic):
        assert set(statuses(plan)) == {"cancelled"}
        number = len(statuses(plan))
    expect(page.locator(".session-cancelled")).to_have_count(number)


def statuses(plan):
    return list(PlanSession.objects.filter(plan=plan).values_list("status", flat=True))


def test_signing_in_two_tabs_makes_one_plan(at_desk, clinic):
    doctor = at_desk("physician")
    made = ready(clinic, doctor.user)
    open_sign_page(doctor, made.consultation)
    second = Clinician(doctor.page.context.new_page(), doctor.root)
    open_sign_page(second, made.consultation)

    sign(doctor)
    doctor.sees("Treatment plan")
    sign(second)

    second.sees("Treatment plan")
    assert second.page.url == doctor.page.url
    with scope(clinic=clinic):
        assert Plan.objects.count() == 1


def test_an_expired_session_signs_nothing_and_says_so(at_desk, clinic, quiet_console):
    doctor = at_desk("physician")
    made = ready(clinic, doctor.user)
    open_sign_page(doctor, made.consultation)
    Session.objects.all().delete()

    sign(doctor)

    doctor.sees("This was not saved")
    assert [one for one in quiet_console if "403" not in one] == []
    quiet_console.clear()
    with scope(clinic=clinic):
        assert not Plan.objects.exists()
    doctor.follow("Log in")
    doctor.page.get_by_label("Username").fill(doctor.user.username)
    doctor.page.get_by_label("Password").fill(PASSWORD)
    doctor.press("Log in")
    doctor.sees("Today")
    open_sign_page(doctor, made.consultation)
    sign(doctor)
    doctor.sees("Treatment plan")
