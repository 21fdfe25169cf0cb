"""Golden cases in the admin: typed, shown in words, run on the rows as they stand, retired."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent
from tests.treatments.admin.drafting import done, draft_url, publish, shown, submit
from tests.treatments.admin.pages import page, saved, told
from treatments.models import CatalogueChange, Draft, GoldenCase, Rule

FACTS = {
    "consulted_on": "2026-03-02",
    "patient": {"sex": "female", "age": 40},
    "concerns": [{"concern": "fine-lines", "area": "face"}],
    "conditions": {"pregnancy": "no", "breastfeeding": "no"},
    "no_known_allergies": True,
    "medications_reviewed": True,
}
IBUPROFEN = {
    **FACTS,
    "medications": [
        {
            "medication": "ibuprofen",
            "prescribed": False,
            "ongoing": False,
            "last_taken_on": "2026-03-01",
        }
    ],
}
RUN = "/admin/treatments/goldencase/run/"


@pytest.fixture
def curator(client_of):
    return client_of("curator")


def as_json(curator, facts, **fields):
    text = facts if isinstance(facts, str) else json.dumps(facts)
    data = {**blank_lists(), "code": "typed", "title": "A typed case", "facts": text, **fields}
    return curator.post(page(GoldenCase, "add"), data)


def blank_lists():
    names = ("concerns", "medications", "labs", "area_findings", "procedures")
    return {
        f"{name}-{key}": value
        for name in names
        for key, value in {"TOTAL_FORMS": "3", "INITIAL_FORMS": "0"}.items()
    }


def in_fields(**fields):
    return {
        **blank_lists(),
        "code": "typed",
        "title": "A typed case",
        "patient-consulted_on": "2026-03-02",
        "patient-sex": "female",
        "patient-age": "40",
        "patient-no": ["pregnancy", "breastfeeding"],
        "patient-no_known_allergies": "on",
        "patient-medications_reviewed": "on",
        "concerns-0-concern": "fine-lines",
        "concerns-0-area": "face",
        **fields,
    }


def faults(answer):
    assert answer.status_code == 200
    return [str(text) for texts in answer.context["forms"].case.errors.values() for text in texts]


def test_a_case_typed_as_json_expects_what_the_release_in_force_gives(curator, catalogue):
    answer = as_json(curator, IBUPROFEN, note="One day after ibuprofen.")

    case = GoldenCase.objects.get(code="typed")
    assert answer.url == page(GoldenCase, "change", case.pk)
    assert (case.request, case.created_by) == (IBUPROFEN, curator.user)
    findings = {row["rule"]: row for row in case.expected["findings"]}
    assert {rule: row["until"] for rule, row in findings.items()} == {
        "L-21": "2026-03-03",
        "S-07": "2026-03-08",
    }
    assert {"release", "receipt"}.isdisjoint(case.expected)
    assert {"message", "sources"}.isdisjoint(findings["S-07"])
    event = AuditEvent.objects.get(action="golden-case-added")
    assert (event.subject, event.detail) == (str(case.pk), {"code": "typed"})
    assert not Draft.objects.exists(), "keeping a case is no edit of the catalogue"


def test_the_same_case_typed_into_fields(curator):
    more = {
        "medications-0-medication": "ibuprofen",
        "medications-0-last_taken_on": "2026-03-01",
    }
    as_json(curator, IBUPROFEN, code="as-json")

    answer = curator.post(page(GoldenCase, "add"), in_fields(**more))

    assert answer.status_code == 302, faults(answer)
    typed, sent = GoldenCase.objects.get(code="typed"), GoldenCase.objects.get(code="as-json")
    assert typed.request == sent.request
    assert typed.expected == sent.expected


def test_every_list_of_facts_can_be_typed(curator):
    more = {
        "patient-yes": ["atopy"],
        "patient-no_known_allergies": "",
        "patient-allergies": ["kojic-acid"],
        "patient-start_on": "2026-03-09",
        "patient-combination": "same-session",
        "patient-laser": "on",
        "patient-performer": "nurse",
        "labs-0-test": "platelets",
        "labs-0-value": "80.5",
        "labs-0-unit": "10*9/L",
        "labs-0-taken_on": "2026-02-27",
        "area_findings-0-finding": "infection",
        "area_findings-0-area": "cheeks",
        "procedures-1-procedure": "chemical-peel",
        "procedures-1-area": "face",
        "procedures-1-performed_on": "2026-02-25",
    }

    answer = curator.post(page(GoldenCase, "add"), in_fields(**more))

    assert answer.status_code == 302, faults(answer)
    request = GoldenCase.objects.get(code="typed").request
    assert request["conditions"] == {"atopy": "yes", "pregnancy": "no", "breastfeeding": "no"}
    assert request["allergies"] == [{"allergen": "kojic-acid"}]
    assert request["labs"] == [
        {"test": "platelets", "value": 80.5, "unit": "10*9/L", "taken_on": "2026-02-27"}
    ]
    assert request["area_findings"] == [{"finding": "infection", "area": "cheeks"}]
    assert [row["performed_on"] for row in request["procedures"]] == ["2026-02-25"]
    assert request["preferences"] == {"combination": "same-session", "laser": True}
    assert request["clinic"] == {"performer": "nurse"}
    assert request["start_on"] == "2026-03-09"


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ("{", "This is not JSON"),
        ("[]", ""),
        ('{"a": 1, "a": 2}', "a: This key is given more than once."),
        ("[" * 2000, "nested deeper"),
        ({**FACTS, "patient": {"sex": "female", "age": 200}}, "patient.age: "),
        ({**FACTS, "concerns": [{"concern": "x", "area": "face"}]}, "concerns[0].concern: "),
        ({**FACTS, "name": "Ada Example"}, "name: "),
        ({**FACTS, "consulted_on": "2026-02-30"}, "consulted_on: "),
        ('{"consulted_on": "\\u0000"}', "consulted_on: "),
    ],
)
def test_facts_that_cannot_be_read_are_named_by_path(curator, facts, fault):
    before = GoldenCase.objects.count()

    told_faults = faults(as_json(curator, facts))

    assert told_faults
    assert any(fault in text for text in told_faults)
    assert GoldenCase.objects.count() == before


def test_fields_are_told_by_path_too(curator):
    answer = curator.post(page(GoldenCase, "add"), in_fields(**{"patient-age": "131"}))

    assert any(text.startswith("patient.age: ") for text in faults(answer))


def test_lines_that_nobody_touched_are_no_facts(curator):
    shown = curator.get(page(GoldenCase, "add")).context["forms"]
    untouched = {
        field.html_name: field.value() or ""
        for formset in shown.lists.values()
        for form in formset
        for field in form
        if field.name not in {"prescribed", "ongoing"}
    }
    first = [form["unit"].subwidgets[0].data["value"] for form in shown.lists["labs"]]
    sent = untouched | {f"labs-{n}-unit": value for n, value in enumerate(first)}

    answer = curator.post(page(GoldenCase, "add"), sent | in_fields())

    assert answer.status_code == 302, faults(answer)
    assert "labs" not in GoldenCase.objects.get(code="typed").request


def test_a_line_that_is_half_filled_says_so_in_its_place(curator):
    answer = curator.post(page(GoldenCase, "add"), in_fields(**{"labs-0-test": "platelets"}))

    assert answer.status_code == 200
    assert "This field is required." in answer.content.decode()


def test_a_clinic_that_never_opens_gives_no_case(curator):
    closed = {**FACTS, "clinic": {"closed_weekdays": [1, 2, 3, 4, 5, 6, 7]}}

    assert any("clinic" in text for text in faults(as_json(curator, closed)))


def test_codes_are_used_once(curator):
    as_json(curator, FACTS)

    assert any("already exists" in text for text in faults(as_json(curator, IBUPROFEN)))


def test_what_a_case_expects_is_shown_in_words(curator):
    as_json(curator, IBUPROFEN)
    case = GoldenCase.objects.get(code="typed")

    text = curator.get(page(GoldenCase, "change", case.pk)).content.decode()

    assert "delays Mesotherapy" in text
    assert "until 8 March 2026" in text
    assert "Ibuprofen, without prescription, last taken on 1 March 2026" in text
    assert "Evaluated in each area" in text
    assert "Face, option Mesotherapy + Platelet-rich plasma (PRP)" in text


def test_title_and_note_may_change_and_facts_stay(curator):
    as_json(curator, FACTS)
    case = GoldenCase.objects.get(code="typed")

    saved(curator, page(GoldenCase, "change", case.pk), title="Another", facts="{}", expected="{}")

    again = GoldenCase.objects.get(code="typed")
    assert (again.title, again.request, again.expected) == ("Another", FACTS, case.expected)


def test_cases_run_on_the_rows_as_they_stand(curator):
    shown = curator.get(RUN)
    assert (shown.context["changed"], shown.context["faults"]) == ([], [])
    assert len(shown.context["runs"]) == GoldenCase.objects.filter(active=True).count() > 10
    assert "All of them come out as expected." in shown.content.decode()

    rule = Rule.objects.get(code="S-07")
    saved(curator, page(Rule, "change", rule.pk), wait_days="10")
    shown = curator.get(RUN)

    (changed,) = shown.context["changed"]
    assert changed.outcome.case.code == "painkiller-last-week"
    lines = {
        (line.section, line.label): (line.before, line.after) for line in changed.changed_lines
    }
    assert lines["Face", "Mesotherapy"] == (
        "Available from 18 January 2026; for Fine lines; rules: S-07",
        "Available from 21 January 2026; for Fine lines; rules: S-07",
    )
    assert ("Rules that fired", rule.__str__()) in lines
    assert "<del>" in shown.content.decode()
    assert CatalogueChange.objects.count() == 1


def test_wording_is_no_outcome(curator):
    rule = Rule.objects.get(code="S-07")
    saved(curator, page(Rule, "change", rule.pk), message="Said in another way.")

    assert curator.get(RUN).context["changed"] == []


def test_a_catalogue_that_cannot_be_read_says_why(curator):
    rule = Rule.objects.get(code="S-07")
    rule.clauses.all().delete()

    shown = curator.get(RUN)

    assert shown.context["faults"] == [
        "S-07: Add at least one trigger line: the fact that it reads."
    ]


def test_the_chosen_cases_run_alone(curator):
    case = GoldenCase.objects.get(code="pregnant")
    chosen = {"action": "run_chosen", "_selected_action": [case.pk]}

    shown = curator.post(page(GoldenCase), chosen, follow=True)

    assert [run.outcome.case for run in shown.context["runs"]] == [case]


def act(client, action, case):
    chosen = {"action": action, "_selected_action": [case.pk]}
    return told(client.post(page(GoldenCase), chosen, follow=True))


def test_a_case_is_retired_and_taken_into_use_again(curator):
    case = GoldenCase.objects.get(code="pregnant")

    assert act(curator, "retire", case) == ["pregnant: out of use"]
    case.refresh_from_db()
    assert not case.active
    assert case not in [run.outcome.case for run in curator.get(RUN).context["runs"]]
    history = curator.get(page(GoldenCase, "history", case.pk))
    assert [one.change.by for one in history.context["page"]] == [curator.user]

    assert act(curator, "take_into_use", case) == ["pregnant: in use"]
    case.refresh_from_db()
    assert case.active


def test_a_case_that_a_draft_changes_is_not_hidden(curator):
    rule = Rule.objects.get(code="S-07")
    saved(curator, page(Rule, "change", rule.pk), wait_days="10")
    case = GoldenCase.objects.get(code="painkiller-last-week")

    (text,) = act(curator, "retire", case)

    case.refresh_from_db()
    assert case.active
    assert "Accept that there, with a reason." in text


@pytest.mark.parametrize(("action", "in_use"), [("retire", True), ("take_into_use", False)])
def test_cases_stay_while_a_draft_is_reviewed(curator, action, in_use):
    GoldenCase.objects.filter(code="pregnant").update(active=in_use)
    rule = Rule.objects.get(code="S-07")
    saved(curator, page(Rule, "change", rule.pk), title="Another title")
    Draft.objects.update(status="in-review")

    (text,) = act(curator, action, GoldenCase.objects.get(code="pregnant"))

    assert "is in review" in text
    assert GoldenCase.objects.get(code="pregnant").active is in_use


def test_a_case_retired_before_the_rule_is_edited_stands_in_the_review(curator, client_of):
    case = GoldenCase.objects.get(code="painkiller-last-week")

    act(curator, "retire", case)
    draft = Draft.objects.open().get()
    rule = Rule.objects.get(code="S-07")
    saved(curator, page(Rule, "change", rule.pk), wait_days="10")

    (change,) = draft.changes.filter(model="treatments.goldencase")
    assert (change.by, change.values) == (curator.user, {"active": {"old": "yes", "new": "no"}})
    known = shown(client_of("medical-lead"))
    assert known["review"].retired_cases == [case]
    (outcome,) = known["outcomes"]
    assert (outcome.outcome.case, outcome.outcome.settled) == (case, False)
    assert "takes these cases out of use" in curator.get(draft_url()).content.decode()
    done(curator, "accept", case=case.code, reason="Ten days are agreed.")
    assert shown(curator)["review"].unsettled == []


def test_a_retired_case_needs_a_second_person_and_is_then_done_with(curator, client_of):
    lead = client_of("medical-lead")
    case = GoldenCase.objects.get(code="pregnant")

    act(curator, "retire", case)
    submit(curator)
    assert shown(lead)["review"].retired_cases == [case]
    publish(lead)

    saved(curator, page(Rule, "change", Rule.objects.get(code="S-07").pk), title="Another title")
    known = shown(curator)
    assert known["review"].retired_cases == []
    assert case not in [one.case for one in known["review"].outcomes]


def test_withdrawing_the_draft_takes_its_cases_into_use_again(curator):
    case = GoldenCase.objects.get(code="pregnant")
    act(curator, "retire", case)

    done(curator, "withdraw", note="", sure="on")

    case.refresh_from_db()
    assert case.active
    saved(curator, page(Rule, "change", Rule.objects.get(code="S-07").pk), title="Another title")
    assert shown(curator)["review"].retired_cases == []


def test_cases_are_never_deleted(curator):
    case = GoldenCase.objects.get(code="pregnant")

    assert curator.post(page(GoldenCase, "delete", case.pk), {"post": "yes"}).status_code == 403
    assert GoldenCase.objects.filter(pk=case.pk).exists()


@pytest.mark.parametrize("role", ["administrator"])
def test_who_only_looks_runs_and_keeps_nothing(client_of, role):
    looker = client_of(role)
    case = GoldenCase.objects.get(code="pregnant")

    assert looker.get(RUN).status_code == 200
    assert looker.get(page(GoldenCase, "change", case.pk)).status_code == 200
    assert looker.get(page(GoldenCase, "add")).status_code == 403
    assert as_json(looker, FACTS).status_code == 403
    act(looker, "retire", case)
    case.refresh_from_db()
    assert case.active


@pytest.mark.parametrize("role", ["physician", "nurse", "front-desk", "integration"])
def test_others_do_not_come_in(client_of, role):
    client = client_of(role)

    assert client.get(RUN).status_code == 302
    assert as_json(client, FACTS).status_code == 302
    assert not GoldenCase.objects.filter(code="typed").exists()


def test_more_cases_cost_no_more_queries(curator):
    codes = list(GoldenCase.objects.values_list("code", flat=True))
    curator.get(RUN)

    counts = []
    for number in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            curator.get(RUN, {"case": codes[:number]})
        counts.append(len(queries))

    assert counts[0] == counts[1] < 150
