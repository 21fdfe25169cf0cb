"""The talk with a patient: treatments side by side, filled with what was found for her."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from clinic.models import AuditEvent
from clinic.roles import Action, Role, allows
from consultations.services import consents, intake, plans, proposals
from tests.consultations import made
from tests.consultations.views.rows import add_consultation, add_patient, concern_rows, tell
from tests.engine.cases import concerns, conditions, medicine, vignettes
from treatments.browsing import comparison_of
from treatments.compiler import catalogue_of
from treatments.models import Condition, Release, Rule
from treatments.services.releases import publish_release

pytestmark = pytest.mark.django_db
CASES = vignettes()[:51]  # those with a name


def address_of(consultation):
    return reverse("consultations:comparison", args=[consultation.pk])


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def opened(client, consultation):
    response = client.get(address_of(consultation))
    assert response.status_code == 200
    return response


def proposed(clinic, physician, /, **facts):
    return made.proposed(clinic, physician.user, **facts).consultation


@pytest.fixture
def shown(clinic, physician):
    """`shown(...)` opens the page of a patient of whom these facts were told and proposed on."""

    def show(**facts):
        return opened(physician, proposed(clinic, physician, **facts))

    return show


def test_it_tells_which_concern_each_treatment_covers(shown):
    response = shown(concerns=concerns(("fine-lines", "face"), ("joint-pain", "face")))

    lines = response.context["own"].concerns
    assert [(one.concern, [fit.text for fit in one.fits]) for one in lines] == [
        ("Fine lines", ["Suitable", "Suitable"]),
        ("Joint pain", ["Not for this concern", "Not for this concern"]),
    ]
    assert "Somebody else looks at this: Orthopaedics" in text_of(response)


def test_it_tells_what_is_proposed_until_somebody_decides(clinic, physician):
    proposal = made.proposed(clinic, physician.user)
    own = opened(physician, proposal.consultation).context["own"]
    first = proposals.data_of(proposal)["areas"][0]["options"][0]

    told = {
        one.treatment: (one.standing, one.planned)
        for column in own.columns
        for one in column.courses
    }

    assert told == {
        course["treatment"]: (
            "proposed, not decided yet",
            tuple(map(date.fromisoformat, course["planned"])),
        )
        for course in first["courses"]
    }


def test_it_tells_what_was_taken_and_not_what_was_declined(clinic, physician):
    told = concerns(("fine-lines", "face"), ("hair-loss", "scalp"))
    proposal = made.proposed(clinic, physician.user, concerns=told)
    areas = proposals.data_of(proposal)["areas"]
    made.accept(proposal, physician.user, area="face", number=2)
    made.accept(proposal, physician.user, area="scalp", number=None, verdict="declined")

    own = opened(physician, proposal.consultation).context["own"]

    courses = [one for column in own.columns for one in column.courses]
    taken = areas[0]["options"][1]["courses"]
    assert {(one.area, one.treatment) for one in courses} == {
        ("Face", course["treatment"]) for course in taken
    }
    assert {one.standing for one in courses} == {"accepted"}


def test_it_tells_the_sessions_of_the_signed_plan_without_the_cancelled(clinic, physician):
    plan = made.signed(clinic, physician.user)
    with scope(clinic=clinic):
        last = plan.sessions.order_by("number").last()
        plans.mark_session(last, status="cancelled", by=physician.user)
        days = set(plan.sessions.exclude(status="cancelled").values_list("planned_on", flat=True))

    own = opened(physician, plan.consultation).context["own"]

    courses = [one for column in own.columns for one in column.courses]
    assert {day for one in courses for day in (*one.planned, *one.optional)} == days
    assert {one.standing for one in courses} == {"signed"}


def test_it_tells_her_cautions_in_plain_words(shown):
    response = shown(conditions=conditions(atopy="yes"))

    meso, prp = response.context["own"].columns
    (caution,) = meso.cautions
    assert caution.message.startswith("Check each product against known allergies")
    assert prp.cautions == ()
    assert "Loss of sight, sometimes lasting" in " ".join(prp.minded)


def test_it_tells_what_stands_against_a_treatment_and_what_she_can_do(shown):
    response = shown(medications=[medicine("warfarin", prescribed=True, ongoing=True)])

    own = response.context["own"]
    (line,) = own.concerns
    assert line.fits[1].text == "Suitable in general; for you: ruled out"
    assert not line.fits[1].open
    assert "Keep taking your blood thinner exactly as prescribed." in text_of(response)


def test_it_tells_what_holds_for_the_whole_patient(shown):
    response = shown(conditions=conditions(pregnancy="yes"))

    text = text_of(response)
    assert "Not now" in text
    assert "Everything waits until pregnancy and breastfeeding are over" in text
    assert not response.context["own"].any_courses
    assert [one.concern for one in response.context["own"].concerns] == ["Fine lines"]


def test_before_a_proposal_it_speaks_in_general_and_says_so(clinic, physician):
    consultation = add_consultation(clinic, physician.user)
    empty = text_of(opened(physician, consultation))
    tell(consultation, "concerns", concern_rows(1), physician.user)

    told = text_of(opened(physician, consultation))

    assert "Nothing has been proposed yet." in empty
    assert "For you" not in empty
    assert "Nothing has been proposed yet." in told
    assert "For you" in told
    assert "Suitable in general" in told


def test_both_sides_of_every_disagreement_stand_there(shown, catalogue):
    text = text_of(shown())

    for conflict in catalogue.document["conflicts"]:
        assert conflict["topic"] in text
        assert [side for side in conflict["sides"] if side["position"] not in text] == []


def test_every_disagreement_stands_there_once(catalogue):
    comparison = comparison_of(catalogue)

    placed = [one.code for aspect in comparison.aspects for one in aspect.disagreements]
    others = [one.code for one in comparison.others]

    assert sorted(placed + others) == sorted(row["code"] for row in catalogue.document["conflicts"])
    assert {aspect.code for aspect in comparison.aspects} >= {
        "origin", "mechanism", "applications", "sessions", "risks", "duration",
    }  # fmt: skip
    assert all(cell for aspect in comparison.aspects for cell in aspect.cells)
    assert all(one.before and one.after and one.serious for one in comparison.columns)


def worked(clinic, physician, case):
    """The case entered as a consultation, and proposed."""
    told = dict(case["request"]["patient"])
    born = told.pop("birth_date", None)
    patient = add_patient(
        clinic,
        physician.user,
        sex=told.pop("sex"),
        birth_date=date.fromisoformat(born) if born else None,
    )
    with scope(clinic=clinic):
        row = intake.start_consultation(patient, by=physician.user)
        facts = {key: held for key, held in case["request"].items() if key != "patient"}
        facts |= {"patient": told} if told else {}
        row = intake.replace_facts(row, facts, by=physician.user, version=row.version)
        proposals.propose(row, by=physician.user)
    return row


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_it_tells_of_each_worked_case_what_the_engine_answered(case, clinic, physician):
    response = opened(physician, worked(clinic, physician, case))

    own, asked = response.context["own"], case["request"]["concerns"]
    areas = case["expected"]["areas"]
    assert len(own.concerns) == len({(one["concern"], one["area"]) for one in asked})
    assert own.any_courses is any(area["options"] for area in areas)
    planned = {day for area in areas for one in area["options"][:1] for course in one["courses"]
               for day in course["planned"]}  # fmt: skip
    told = {day for column in own.columns for one in column.courses for day in one.planned}
    assert {day.isoformat() for day in told} == planned
    fits = [fit for line in own.concerns for fit in line.fits]
    standing = [one for area in areas for one in area["treatments"]]
    assert None not in {fit.open for fit in fits}
    assert any(fit.open for fit in fits) is any(
        one["status"] == "eligible" and one["covers"] and not waits(one, case["request"])
        for one in standing
    )


def waits(standing, asked):
    return standing["not_before"] > asked.get("start_on", asked["consulted_on"])


def test_it_keeps_to_the_release_of_the_proposal(clinic, physician):
    consultation = proposed(clinic, physician, conditions=conditions(atopy="yes"))
    Rule.objects.filter(code="S-11").update(message="Edited since")
    publish_release("2026.2", by=None)

    text = text_of(opened(physician, consultation))

    assert "Edited since" not in text
    assert "This is release 2026.1. It is not the release in force." in text


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_it_opens_for_who_may_see_the_consultation(role, clinic, physician, client_of):
    consultation = proposed(clinic, physician)

    status = client_of(role).get(address_of(consultation)).status_code

    assert status == (200 if allows(role, Action.VIEW_CONSULTATION) else 403)


def test_another_clinic_finds_nothing_and_a_stranger_the_login(
    clinic, other_clinic, physician, client_of
):
    consultation = proposed(clinic, physician)

    other = client_of("physician", at=other_clinic).get(address_of(consultation))

    assert other.status_code == 404
    assert Client().get(address_of(consultation))["Location"].startswith("/login/")


def test_opening_it_is_audited(clinic, physician):
    consultation = proposed(clinic, physician)
    before = AuditEvent.objects.filter(action="consultation-opened").count()

    opened(physician, consultation)

    assert AuditEvent.objects.filter(action="consultation-opened").count() == before + 1


def test_it_asks_the_same_for_any_number_of_concerns(clinic, physician):
    asked = []
    for number in (1, 3, 12):
        rows = [
            {"concern": row["concern"].code, "area": row["area"].code}
            for row in concern_rows(number)
        ]
        consultation = proposed(clinic, physician, concerns=rows)
        opened(physician, consultation)
        with CaptureQueriesContext(connection) as context:
            opened(physician, consultation)
        asked.append(len(context))

    assert len(set(asked)) == 1, asked
    assert asked[0] <= 16


def test_it_stands_from_right_to_left(clinic, physician):
    consultation = proposed(clinic, physician)
    physician.cookies["django_language"] = "fa"

    assert 'dir="rtl"' in opened(physician, consultation).content.decode()


def test_every_why_on_the_proposal_leads_to_its_row_in_the_release(clinic, physician):
    proposal = made.proposed(clinic, physician.user, conditions=conditions(atopy="yes"))
    publish_release("2026.2", by=None)
    page = physician.get(
        reverse("consultations:proposal-number", args=[proposal.consultation_id, proposal.number])
    ).content.decode()
    links = set(re.findall(r'href="(/catalogue/2026\.1/[^"]+)"', page))
    response = proposals.data_of(proposal)

    rules = {one["rule"] for one in response["findings"] + response["not_evaluated"]} | {
        rule for area in response["areas"] for one in area["options"] for rule in one["basis"]
    }
    document = catalogue_of(Release.objects.get(key="2026.1")).document
    rules = {row["code"] for row in document["rules"] if row["code"] in rules}

    assert {f"/catalogue/2026.1/rules/{rule}/" for rule in rules} <= links
    assert any("/statements/" in link for link in links)
    assert any("/conflicts/" in link for link in links)
    assert dict.fromkeys(links, 200) == {link: physician.get(link).status_code for link in links}


def for_her(response):
    """What stands there for the patient herself, beside what is said in general."""
    page = response.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[: page.index("for-patient")])).split())


def test_she_reads_both_sides_of_what_concerns_her_without_codes(shown, catalogue):
    response = shown(conditions=conditions(atopy="yes"))
    own = response.context["own"]
    text = for_her(response)

    sides = [side for one in own.disagreements for side in one.sides]
    assert 0 < len(own.disagreements) < len(catalogue.document["conflicts"])
    assert [one.topic for one in own.disagreements if one.topic not in text] == []
    assert [side.plain for side in sides if side.plain not in text] == []
    assert any(side.plain != side.position for side in sides)  # or nothing was left out
    assert re.findall(r"\(\d{3}:\d+\)|\bC\d+\b|[SL]-\d\d", text) == []


def test_what_concerns_nobody_here_is_not_told_to_her(shown):
    hair = {one.topic for one in shown().context["own"].disagreements if "Hair" in one.topic}
    asked = shown(concerns=concerns(("hair-loss", "scalp"))).context["own"].disagreements

    assert hair == set()
    assert any("Hair" in one.topic for one in asked)


def in_columns(response):
    return {one.treatment: list(one.minded) for one in response.context["own"].columns}


def test_a_warning_stands_under_the_treatment_that_brings_it(clinic, physician, catalogue):
    """Of an option with both treatments: the acid is injected with one of them alone."""
    proposal = made.proposed(
        clinic,
        physician.user,
        concerns=concerns(("hyperpigmentation", "face"), ("fine-lines", "face")),
    )
    options = proposals.data_of(proposal)["areas"][0]["options"]
    (number,) = (
        number
        for number, one in enumerate(options, start=1)
        if one["treatments"] == ["mesotherapy", "prp"]
    )
    assert "confirm-injectable" in options[number - 1]["warnings"]
    made.accept(proposal, physician.user, number=number)

    response = opened(physician, proposal.consultation)

    (text,) = (
        one["text"] for one in catalogue.document["warnings"] if one["code"] == "confirm-injectable"
    )
    under = [name for name, texts in in_columns(response).items() if text in texts]
    assert under == ["Mesotherapy"]


def test_a_warning_that_is_tied_to_no_treatment_stands_under_each(shown, catalogue):
    response = shown(
        no_known_allergies=False,
        allergies=[{"allergen": "lidocaine"}],
        preferences={"combination": "same-session"},
    )

    (text,) = (
        one["text"]
        for one in catalogue.document["warnings"]
        if one["code"] == "omit-topical-anaesthetic"
    )
    assert [text in texts for texts in in_columns(response).values()] == [True, True]


def answer_since(consultation, by, **answers):
    """Said after the proposal was made, as the browser saves it."""
    rows = [
        {"condition": condition, "answer": answers.get(condition.code.replace("-", "_"), "no")}
        for condition in Condition.objects.filter(code__in=["pregnancy", "breastfeeding"])
    ]
    tell(consultation, "conditions", rows, by)


def test_what_was_answered_since_the_proposal_is_not_passed_over(clinic, physician):
    consultation = proposed(clinic, physician)
    before = opened(physician, consultation)
    assert before.context["own"].any_courses
    assert "Facts changed since" not in text_of(before)

    answer_since(consultation, physician.user, pregnancy="yes")
    page = opened(physician, consultation)

    text = for_her(page)
    assert "Facts changed since this proposal was made." in text
    assert "is not checked against the health history" in text
    own = page.context["own"]
    assert not own.any_courses
    assert {fit.open for line in own.concerns for fit in line.fits if fit.suits} == {None}
    assert "Back to the proposal" in text
    (alert,) = re.findall(r'<p class="(alert alert-warning[^"]*)">', page.content.decode())
    assert "no-print" not in alert


def test_proposed_again_it_tells_what_holds_now(clinic, physician):
    consultation = proposed(clinic, physician)
    answer_since(consultation, physician.user, pregnancy="yes")
    with scope(clinic=clinic):
        proposals.propose(made.again(consultation), by=physician.user)

    page = opened(physician, consultation)

    assert "Facts changed since" not in text_of(page)
    assert page.context["holds"].label == "Not now"


def test_a_change_of_the_catalogue_is_said_while_the_consultation_is_open(clinic, physician):
    open_still = proposed(clinic, physician)
    signed = made.signed(clinic, physician.user).consultation
    publish_release("2026.2", by=None)

    said = "The catalogue changed since this proposal was made."
    assert said in for_her(opened(physician, open_still))
    assert said not in for_her(opened(physician, signed))


@pytest.mark.usefixtures("on_the_day")
def test_what_is_withdrawn_from_the_plan_is_not_of_note_any_more(clinic, physician):
    plan = made.signed(clinic, physician.user, preferences={"combination": "same-session"})
    notice = "Loss of sight, sometimes lasting"

    def told():
        under = in_columns(opened(physician, plan.consultation))
        return [notice in " ".join(texts) for texts in under.values()]

    assert told() == [False, True]
    with scope(clinic=clinic):
        row = plan.consultation.consents.get(treatment__code="prp")
        consents.withdraw_consent(row, told_by="The patient", reason="", by=physician.user)

    assert told() == [False, False]
