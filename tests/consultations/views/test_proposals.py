"""The proposal page and what follows it, as roles see it in the browser."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from clinic.models import AuditEvent
from consultations.models import Plan, Proposal
from consultations.services import decisions, intake, proposals
from tests.conftest import PASSWORD
from tests.consultations.changing import IBUPROFEN
from tests.consultations.made import (
    LOW_PLATELETS,
    accept,
    again,
    consented,
    consulted,
    points_of,
    proposed,
    ready,
    signed,
)
from tests.consultations.views.rows import page_url
from tests.engine.cases import concerns, conditions, medicine

COUNTS = (1, 3, 30)


@pytest.fixture
def doctor(client_of):
    """A browser with a physician logged in."""
    return client_of("physician")


def page(proposal):
    return reverse(
        "consultations:proposal-number", args=[proposal.consultation_id, proposal.number]
    )


def address(name, proposal, *more):
    keys = [proposal.consultation_id, proposal.number, "face", *more]
    return reverse(f"consultations:{name}", args=keys)


def of_plan(plan):
    return reverse("consultations:plan", args=[plan.pk])


MEANT = {"past_sessions": "on"}  # the cases have dates of their own


def sign_url(proposal):
    return reverse("consultations:sign", args=[proposal.consultation_id])


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def events(action):
    return AuditEvent.objects.filter(action=action).count()


# The page


def test_the_page_shows_options_with_dates_reasons_and_release(doctor, clinic):
    proposal = proposed(clinic, doctor.user)

    shown = text(doctor.get(page(proposal)))

    for words in (
        "Proposed",
        "Option 2",
        "Monday, 2 March 2026",
        "Rejuvenation",
        "Sources disagree",
        "Days between PRP sessions",
        "rules evaluated",
        "the clinician decides",
        "awaits the clinic",
        "Release 2026.1",
        proposal.receipt[7:23],
    ):
        assert words in shown, words


def test_the_page_shows_why_not_and_what_would_change_it(doctor, clinic):
    proposal = proposed(clinic, doctor.user, **LOW_PLATELETS)

    shown = text(doctor.get(page(proposal)))

    assert "Ruled out unless overridden" in shown
    assert "Available with a platelet count of 100 \u00d710⁹/L or more." in shown
    assert "Override L-08b" in shown


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"allergies": [{"allergen": "latex"}]}, "Two entries contradict each other"),
        ({"patient": {"sex": "male", "age": 17}}, "Not eligible"),
        ({"conditions": conditions(bdd_screen_positive="yes")}, "Refer first"),
        ({"conditions": conditions(pregnancy="yes")}, "Not now"),
        (
            {"conditions": {}},
            "2 questions have to be answered before anything can be proposed.",
        ),
        (
            {"conditions": {"pregnancy": "no"}},
            "One question has to be answered before anything can be proposed.",
        ),
    ],
)
def test_what_holds_for_the_whole_patient_is_said_plainly(doctor, clinic, facts, words):
    proposal = proposed(clinic, doctor.user, **facts)

    response = doctor.get(page(proposal))

    assert response.status_code == 200
    assert words in text(response)
    assert "sign-panel" not in text(response)


def test_what_is_only_later_is_not_told_as_refused(doctor, clinic):
    later = proposed(clinic, doctor.user, **IBUPROFEN)
    closed = proposed(clinic, doctor.user, **LOW_PLATELETS)

    sooner, refused = (text(doctor.get(page(one))) for one in (later, closed))

    assert "Why not sooner" in sooner
    assert "from 8 March 2026" in sooner
    assert ": later" not in sooner
    assert "Why not sooner" not in refused
    assert "Why not" in refused


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"medications": [medicine("clopidogrel", prescribed=True, ongoing=True)]},
            "Waits for the prescriber",
        ),
        ({"area_findings": [{"finding": "infection", "area": "face"}]}, "Put off"),
        (
            {"area_findings": [{"finding": "suspected-malignancy", "area": "face"}]},
            "Refer to: dermatology",
        ),
        ({"conditions": conditions(keloid_tendency="yes")}, "A clinician may decide to go ahead"),
    ],
)
def test_an_area_without_options_says_why(doctor, clinic, facts, words):
    proposal = proposed(clinic, doctor.user, **facts)

    assert words in text(doctor.get(page(proposal)))


def test_texts_of_the_record_are_escaped(doctor, clinic):
    proposal = proposed(clinic, doctor.user)
    accept(
        proposal,
        doctor.user,
        number=2,
        verdict="modified",
        note="<script>alert(1)</script>",
        changes={
            "courses": [{"treatment": "prp", "planned": ["2026-03-02", "2026-04-02", "2026-05-07"]}]
        },
    )

    shown = text(doctor.get(page(proposal)))

    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_opening_the_page_leaves_an_event(doctor, clinic):
    proposal = proposed(clinic, doctor.user)

    doctor.get(page(proposal))

    assert events("proposal-opened") == 1


def test_a_stale_proposal_is_read_but_not_decided(doctor, clinic):
    proposal = proposed(clinic, doctor.user)
    with scope(clinic=clinic):
        row = again(proposal.consultation)
        intake.update_consultation(row, by=doctor.user, version=row.version, goals="Changed.")

    shown = text(doctor.get(page(proposal)))

    assert "Propose again" in shown
    assert 'value="Accept"' not in shown


def test_an_earlier_proposal_leads_to_the_newest(doctor, clinic):
    first = proposed(clinic, doctor.user)
    with scope(clinic=clinic):
        second = proposals.propose(first.consultation, by=doctor.user)

    assert "earlier proposal" in text(doctor.get(page(first)))
    newest = doctor.get(reverse("consultations:proposal", args=[first.consultation_id]))
    assert newest["Location"] == page(second)


def test_without_a_proposal_one_is_led_to_the_review(doctor, clinic):
    row = consulted(clinic, doctor.user)

    response = doctor.get(reverse("consultations:proposal", args=[row.pk]))

    assert response["Location"] == page_url(row, "proposal")


def test_all_proposals_are_listed(doctor, clinic):
    first = proposed(clinic, doctor.user)
    with scope(clinic=clinic):
        proposals.propose(first.consultation, by=doctor.user)

    shown = text(doctor.get(reverse("consultations:proposals", args=[first.consultation_id])))

    assert shown.index("Proposal 2") < shown.index("Proposal 1")


# Proposing


def test_proposing_leads_to_the_proposal(doctor, clinic):
    row = consulted(clinic, doctor.user)

    response = doctor.post(reverse("consultations:propose", args=[row.pk]))

    with scope(clinic=clinic):
        made = Proposal.objects.get(consultation=row)
    assert response["Location"] == page(made)


def test_what_is_missing_is_listed_with_the_way_to_it(doctor, clinic):
    row = consulted(clinic, doctor.user)
    with scope(clinic=clinic):
        intake.change_fields(
            row, intake.Entries(sections={"concerns": []}), by=doctor.user, version=row.version
        )

    response = doctor.post(reverse("consultations:propose", args=[row.pk]))

    assert response.status_code == 400
    assert page_url(row, "concerns") in text(response)


def test_proposing_takes_a_post(doctor, clinic):
    row = consulted(clinic, doctor.user)

    assert doctor.get(reverse("consultations:propose", args=[row.pk])).status_code == 405


# Deciding


def test_accepting_and_declining(doctor, clinic):
    proposal = proposed(clinic, doctor.user)

    points = points_of(proposal, number=2)
    taken = {"verdict": "accepted", "option_number": 2, "acknowledged": points}
    accepted = doctor.post(address("decide", proposal), taken)
    assert accepted["Location"] == f"{page(proposal)}#area-face"
    assert "Option 2" in text(doctor.get(page(proposal)))
    doctor.post(address("decide", proposal), {"verdict": "declined", "note": "Next year."})

    with scope(clinic=clinic):
        (kept,) = proposal.decisions.all()
    assert (kept.verdict, kept.note) == ("declined", "Next year.")
    assert "Next year." in text(doctor.get(page(proposal)))


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"verdict": "accepted"},
        {"verdict": "accepted", "option_number": "nine"},
        {"verdict": "accepted", "option_number": 9},
        {"verdict": "modified", "option_number": 1},
        {"verdict": "declined", "note": "x" * 2001},
    ],
)
def test_an_odd_decision_is_refused_with_a_message(doctor, clinic, sent):
    proposal = proposed(clinic, doctor.user)

    response = doctor.post(address("decide", proposal), sent, follow=True)

    assert "alert-danger" in text(response)
    with scope(clinic=clinic):
        assert not proposal.decisions.exists()


def change_form(proposal, doctor, number=2):
    return doctor.get(address("change-option", proposal, number)).context["form"]


def filled(form, **changes):
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    kept = {name: value for name, value in values.items() if value not in (None, "")}
    points = [one.code for one in form.option.points]
    return kept | {"note": "Holiday in April.", "acknowledged": points} | changes


def test_an_option_is_accepted_with_changes(doctor, clinic):
    proposal = proposed(clinic, doctor.user)
    sent = filled(change_form(proposal, doctor, 3), **{"mesotherapy-optional-2": ""})

    response = doctor.post(address("change-option", proposal, 3), sent)

    assert response["Location"] == f"{page(proposal)}#area-face"
    with scope(clinic=clinic):
        (kept,) = proposal.decisions.all()
    assert (kept.verdict, kept.note) == ("modified", "Holiday in April.")
    assert len(kept.option["courses"][0]["optional"]) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prp-planned-2": "2026-03-05"}, "earlier than the protocol"),
        ({"prp-planned-1": "2026-02-01"}, "cannot start before"),
        ({"prp-planned-1": "soon"}, "Write a date that exists"),
        ({"prp-planned-1": ""}, "fewer than the protocol"),
        ({"prp-planned-1": "", "prp-planned-2": "", "prp-planned-3": ""}, "at least one planned"),
        ({"prp-planned-3": "9999-12-31"}, "too far ahead"),
        ({"note": ""}, "This field is required"),
    ],
)
def test_a_change_that_does_not_hold_is_shown_at_the_form(doctor, clinic, changes, words):
    proposal = proposed(clinic, doctor.user)
    sent = filled(change_form(proposal, doctor), **changes)

    response = doctor.post(address("change-option", proposal, 2), sent)

    assert response.status_code == 200
    assert words in text(response)
    with scope(clinic=clinic):
        assert not proposal.decisions.exists()


@pytest.mark.parametrize("number", [0, 4, 99])
def test_an_option_that_is_not_there_has_no_form(doctor, clinic, number):
    proposal = proposed(clinic, doctor.user)

    assert doctor.get(address("change-option", proposal, number)).status_code == 404


# Overriding


def override_url(proposal, rule="L-08b", treatment="prp"):
    return address("override", proposal, treatment, rule)


def test_an_override_makes_a_new_proposal_and_can_be_taken_back(doctor, clinic):
    proposal = proposed(clinic, doctor.user, **LOW_PLATELETS)

    doctor.post(
        override_url(proposal), {"reason": "specialist-agrees", "text": "Haematology agrees."}
    )
    with scope(clinic=clinic):
        made = proposals.latest(proposal.consultation)
        row = made.consultation.overrides.get()
    shown = text(doctor.get(page(made)))
    assert "L-08b is overridden for" in shown
    assert "Haematology agrees." in shown

    doctor.post(reverse("consultations:withdraw-override", args=[row.pk]))

    with scope(clinic=clinic):
        assert proposals.latest(proposal.consultation).number == 3


def test_an_override_without_reason_or_words_is_shown_at_the_form(doctor, clinic):
    proposal = proposed(clinic, doctor.user, **LOW_PLATELETS)

    response = doctor.post(override_url(proposal), {"reason": "", "text": ""})

    assert text(response).count("This field is required.") == 2


def test_a_rule_that_cannot_be_overridden_has_no_form(doctor, clinic):
    proposal = proposed(clinic, doctor.user, **LOW_PLATELETS)

    caution = doctor.get(override_url(proposal, "L-06", "mesotherapy"), follow=True)

    assert "cannot be overridden" in text(caution)
    assert doctor.get(override_url(proposal, "L-99")).status_code == 404


# Signing


def test_signing_asks_for_the_password_and_makes_the_plan(doctor, clinic):
    proposal = ready(clinic, doctor.user)
    assert "What is signed" in text(doctor.get(sign_url(proposal)))

    response = doctor.post(sign_url(proposal), {**MEANT, "password": PASSWORD})

    with scope(clinic=clinic):
        plan = Plan.objects.get()
    assert response["Location"] == reverse("consultations:plan", args=[plan.pk])
    assert plan.signed_by == doctor.user


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), f"{PASSWORD} "])
def test_a_wrong_password_signs_nothing(doctor, clinic, password):
    proposal = ready(clinic, doctor.user)

    response = doctor.post(sign_url(proposal), {**MEANT, "password": password})

    assert response.status_code == 200
    assert response.context["form"].errors["password"]
    assert PASSWORD not in text(response)
    with scope(clinic=clinic):
        assert not Plan.objects.exists()


def test_guessing_the_password_here_locks_as_the_login_does(doctor, clinic):
    proposal = ready(clinic, doctor.user)

    answers = [
        doctor.post(sign_url(proposal), {**MEANT, "password": "guess"}).status_code
        for _ in range(6)
    ]

    assert answers[-1] == 429
    with scope(clinic=clinic):
        assert not Plan.objects.exists()


def test_another_persons_password_does_not_sign(doctor, clinic, make_member):
    other = make_member("physician")
    other.set_password("quite another sentence")
    other.save()
    proposal = ready(clinic, doctor.user)

    doctor.post(sign_url(proposal), {**MEANT, "password": "quite another sentence"})

    with scope(clinic=clinic):
        assert not Plan.objects.exists()


def test_what_cannot_be_signed_says_why(doctor, clinic):
    proposal = proposed(clinic, doctor.user)

    assert "Some areas are not decided yet." in text(doctor.get(page(proposal)))
    assert "Some areas are not decided yet." in text(doctor.get(sign_url(proposal)))
    response = doctor.post(sign_url(proposal), {**MEANT, "password": PASSWORD})
    assert "Some areas are not decided yet." in text(response)


def test_signing_twice_makes_one_plan(doctor, clinic):
    proposal = ready(clinic, doctor.user)
    first = doctor.post(sign_url(proposal), {**MEANT, "password": PASSWORD})

    second = doctor.post(sign_url(proposal), {**MEANT, "password": PASSWORD})

    with scope(clinic=clinic):
        plan = Plan.objects.get()
    assert first["Location"] == second["Location"] == of_plan(plan)
    assert AuditEvent.objects.filter(action="plan-signed").count() == 1


# Roles and tenants


@pytest.mark.parametrize("role", ["nurse", "integration"])
def test_who_may_not_sign_or_override_sees_no_way_to_it(client_of, clinic, doctor, role):
    proposal = proposed(clinic, doctor.user, **LOW_PLATELETS)
    accept(proposal, doctor.user)
    client = client_of(role)

    shown = text(client.get(page(proposal)))

    assert "Override L-08b" not in shown
    assert sign_url(proposal) not in shown
    assert client.get(sign_url(proposal)).status_code == 403
    assert client.post(sign_url(proposal), {**MEANT, "password": PASSWORD}).status_code == 403
    assert client.get(override_url(proposal)).status_code == 403
    sent = {"reason": "specialist-agrees", "text": "x"}
    assert client.post(override_url(proposal), sent).status_code == 403


def doors(proposal, plan, session, override, consent):
    """Every page and form of this part."""
    key = proposal.consultation_id
    return {
        "propose": ("post", reverse("consultations:propose", args=[key])),
        "newest": ("get", reverse("consultations:proposal", args=[key])),
        "history": ("get", reverse("consultations:proposals", args=[key])),
        "page": ("get", page(proposal)),
        "decide": ("post", address("decide", proposal)),
        "change": ("get", address("change-option", proposal, 1)),
        "override": ("get", override_url(proposal)),
        "withdraw": ("post", reverse("consultations:withdraw-override", args=[override.pk])),
        "sign": ("get", sign_url(proposal)),
        "consents": ("get", reverse("consultations:consents", args=[key])),
        "give consent": ("get", reverse("consultations:give-consent", args=[key, "prp"])),
        "prepare": ("post", reverse("consultations:prepare", args=[key])),
        "consent": ("get", reverse("consultations:consent", args=[consent.pk])),
        "consent on paper": ("get", reverse("consultations:consent-pdf", args=[consent.pk])),
        "withdraw consent": ("post", reverse("consultations:withdraw-consent", args=[consent.pk])),
        "plan": ("get", reverse("consultations:plan", args=[plan.pk])),
        "print": ("get", reverse("consultations:print-plan", args=[plan.pk])),
        "mark": ("post", reverse("consultations:mark-session", args=[session.pk])),
        "cancel": ("get", reverse("consultations:cancel-session", args=[session.pk])),
    }


@pytest.fixture
def rooms(doctor, clinic):
    first = proposed(clinic, doctor.user, **LOW_PLATELETS)
    with scope(clinic=clinic):
        made = decisions.override_rule(
            first.consultation,
            rule="L-08b",
            area="face",
            treatment="prp",
            reason="specialist-agrees",
            text="Agreed.",
            by=doctor.user,
        )
        override = made.consultation.overrides.get()
        plan = signed(clinic, doctor.user)
        session = plan.sessions.first()
        consent = plan.consultation.consents.first()
    return doors(made, plan, session, override, consent)


@pytest.mark.parametrize("role", ["front-desk", "curator", "administrator"])
def test_roles_without_care_are_refused_everywhere(client_of, rooms, role):
    client = client_of(role)
    rooms["plans"] = ("get", reverse("consultations:plans"))

    answers = {name: getattr(client, verb)(url).status_code for name, (verb, url) in rooms.items()}

    assert answers == dict.fromkeys(rooms, 403)


def test_another_clinic_answers_like_an_unknown_one(client_of, rooms, other_clinic):
    client = client_of("medical-lead", at=other_clinic)

    answers = {name: getattr(client, verb)(url).status_code for name, (verb, url) in rooms.items()}

    assert answers == dict.fromkeys(rooms, 404)


# Plans


def test_a_plan_shows_sessions_care_and_the_way_to_paper(doctor, clinic):
    plan = signed(clinic, doctor.user)

    shown = text(doctor.get(reverse("consultations:plan", args=[plan.pk])))

    for words in (
        "Monday, 2 March 2026",
        "Before a session",
        "After a session",
        "After the course",
        "Rejuvenation",
        plan.digest[7:23],
    ):
        assert words in shown, words
    assert events("plan-opened") == 1


def test_the_printout_names_patient_and_version(doctor, clinic):
    plan = signed(clinic, doctor.user)

    shown = text(doctor.get(reverse("consultations:print-plan", args=[plan.pk])))

    assert plan.patient.number in shown
    assert plan.digest[7:23] in shown
    assert "session-actions" not in shown


def test_care_counts_back_from_each_session_it_belongs_to(doctor, clinic):
    plan = signed(clinic, doctor.user)

    document = doctor.get(reverse("consultations:plan", args=[plan.pk])).context["document"]
    line = next(one for one in document.before if one.days == 7 and len(one.treatments) == 1)
    days = dict(line.dates)

    assert days
    for session in document.sessions:
        if any(item.treatment in line.treatments for item in session.items):
            assert (session.row.planned_on - days[session.row.number]).days == 7


def test_overrides_travel_with_the_plan(doctor, clinic):
    first = proposed(clinic, doctor.user, **LOW_PLATELETS)
    with scope(clinic=clinic):
        made = decisions.override_rule(
            first.consultation,
            rule="L-08b",
            area="face",
            treatment="prp",
            reason="benefit-outweighs",
            text="Explained at length.",
            by=doctor.user,
        )
    accept(made, doctor.user)
    consented(made, doctor.user)
    doctor.post(sign_url(made), {**MEANT, "password": PASSWORD})
    with scope(clinic=clinic):
        plan = Plan.objects.get()

    for name in ("plan", "print-plan"):
        shown = text(doctor.get(reverse(f"consultations:{name}", args=[plan.pk])))
        assert "Explained at length." in shown
        assert "The expected benefit outweighs the risk" in shown


def test_a_session_is_marked_from_the_page(doctor, clinic):
    plan = signed(clinic, doctor.user)
    with scope(clinic=clinic):
        first = plan.sessions.first()
    url = reverse("consultations:mark-session", args=[first.pk])

    doctor.post(url, {"status": "done"})
    odd = doctor.post(url, {"status": "scheduled"}, follow=True)

    assert again(first).status == "done"
    assert "alert-danger" in text(odd)


def test_the_list_of_plans_begins_empty_and_goes_on_by_pages(doctor, clinic):
    url = reverse("consultations:plans")
    assert "No plan is signed yet." in text(doctor.get(url))
    made = [signed(clinic, doctor.user) for _ in range(27)]

    first = doctor.get(url)
    second = doctor.get(url, {"after": first.context["more"].pk})

    rows = [*first.context["rows"], *second.context["rows"]]
    assert {row.pk for row in rows} == {plan.pk for plan in made}
    assert len(rows) == 27
    assert doctor.get(url, {"after": "nonsense"}).status_code == 200


# Cost


def queries(client, url):
    client.get(url)  # what is compiled or cached once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_list_of_plans_costs_the_same_with_more_rows(doctor, clinic):
    costs, made = [], 0
    for number in COUNTS:
        while made < number:
            signed(clinic, doctor.user)
            made += 1
        costs.append(queries(doctor, reverse("consultations:plans")))

    assert len(set(costs)) == 1, costs


def areas(number, catalogue):
    """That many concerns: in an area each, then a second concern in each area."""
    codes = [row["code"] for row in catalogue.document["areas"]]
    pairs = [(one, code) for one in ("fine-lines", "skin-laxity") for code in codes]
    return concerns(*pairs[:number])


def test_the_proposal_page_costs_the_same_with_more_areas(doctor, clinic, catalogue):
    costs = []
    for number in COUNTS:
        proposal = proposed(clinic, doctor.user, concerns=areas(number, catalogue))
        for area in proposals.data_of(proposal)["areas"]:
            accept(proposal, doctor.user, area=area["area"])
        costs.append(queries(doctor, page(proposal)))

    assert len(set(costs)) == 1, costs


def test_the_plan_page_costs_the_same_with_more_sessions(doctor, clinic, catalogue):
    costs = []
    for number in COUNTS:
        proposal = proposed(clinic, doctor.user, concerns=areas(number, catalogue))
        for area in proposals.data_of(proposal)["areas"]:
            accept(proposal, doctor.user, area=area["area"])
        consented(proposal, doctor.user)
        doctor.post(sign_url(proposal), {**MEANT, "password": PASSWORD})
        with scope(clinic=clinic):
            plan = Plan.objects.get(proposal=proposal)
        costs.append(queries(doctor, reverse("consultations:plan", args=[plan.pk])))

    assert len(set(costs)) == 1, costs


def test_the_history_costs_the_same_with_more_proposals(doctor, clinic):
    first, costs, made = proposed(clinic, doctor.user), [], 1
    for number in COUNTS:
        while made < number:
            with scope(clinic=clinic):
                proposals.propose(first.consultation, by=doctor.user)
            made += 1
        url = reverse("consultations:proposals", args=[first.consultation_id])
        costs.append(queries(doctor, url))

    assert len(set(costs)) == 1, costs
