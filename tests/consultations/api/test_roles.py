"""Who may call what: every operation against every role."""

import uuid

import pytest
from rest_framework.test import APIClient

from clinic.models import AuditEvent, Membership
from clinic.roles import ALLOWED, Role
from tests.consultations.api import flow, operations

NEEDS = {
    "evaluate": "evaluate",
    "catalogue_kinds": "view-catalogue",
    "catalogue_rows": "view-catalogue",
    "catalogue_row": "view-catalogue",
    "try": "view-catalogue",
    "rows_list": "view-catalogue",
    "rows_retrieve": "view-catalogue",
    "rows_create": "edit-catalogue",
    "rows_partial_update": "edit-catalogue",
    "rows_destroy": "edit-catalogue",
    "changes_list": "view-catalogue",
    "changes_retrieve": "view-catalogue",
    "changes_restore_create": "edit-catalogue",
    "catalogue_export": "edit-catalogue",
    "catalogue_export_file": "edit-catalogue",
    "catalogue_import": "edit-catalogue",
    "releases_list": "view-catalogue",
    "releases_retrieve": "view-catalogue",
    "releases_current_retrieve": "view-catalogue",
    "releases_history_list": "view-catalogue",
    "releases_activate_create": "publish-release",
    "releases_take_back_create": "publish-release",
    "releases_approve_create": "approve-release",
    "golden_cases_list": "view-catalogue",
    "golden_cases_retrieve": "view-catalogue",
    "golden_cases_run_list": "view-catalogue",
    "golden_cases_create": "edit-catalogue",
    "golden_cases_partial_update": "edit-catalogue",
    "golden_cases_retire_create": "edit-catalogue",
    "golden_cases_return_create": "edit-catalogue",
    "drafts_list": "view-catalogue",
    "drafts_retrieve": "view-catalogue",
    "drafts_current_retrieve": "view-catalogue",
    "drafts_diff_retrieve": "view-catalogue",
    "drafts_lint_list": "view-catalogue",
    "drafts_golden_list": "view-catalogue",
    "drafts_rules_list": "view-catalogue",
    "drafts_submit_create": "edit-catalogue",
    "drafts_send_back_create": "edit-catalogue",
    "drafts_withdraw_create": "edit-catalogue",
    "drafts_accept_outcome_create": "edit-catalogue",
    "drafts_approve_rule_create": "approve-release",
    "drafts_publish_create": "approve-release",
    "patients_list": "view-patient",
    "patients_retrieve": "view-patient",
    "patients_create": "edit-patient",
    "patients_partial_update": "edit-patient",
    "consultations_list": "view-consultation",
    "consultations_retrieve": "view-consultation",
    "consultations_facts_retrieve": "view-consultation",
    "consultations_record_retrieve": "view-consultation",
    "consultations_create": "edit-consultation",
    "consultations_partial_update": "edit-consultation",
    "consultations_facts_update": "edit-consultation",
    "consultations_confirm_create": "edit-consultation",
    "consultations_cancel_create": "edit-consultation",
    "consultations_unfinished_list": "view-consultation",
    "consultations_discard_inputs_create": "edit-consultation",
    "consultations_propose_create": "propose",
    "consultations_override_create": "override",
    "consultations_map_notes_list": "view-consultation",
    "consultations_map_notes_create": "edit-consultation",
    "map_notes_list": "view-consultation",
    "map_notes_retrieve": "view-consultation",
    "map_notes_partial_update": "edit-consultation",
    "map_notes_destroy": "edit-consultation",
    "questions_create": "decide",
    "questions_list": "view-consultation",
    "questions_retrieve": "view-consultation",
    "questions_answer_create": "decide",
    "questions_withdraw_create": "decide",
    "overrides_list": "view-consultation",
    "overrides_retrieve": "view-consultation",
    "overrides_withdraw_create": "override",
    "consultations_sign_create": "sign",
    "consultations_amend_create": "sign",
    "consultations_consents_list": "view-consultation",
    "consultations_consent_text_retrieve": "view-consultation",
    "consultations_consent_create": "take-consent",
    "consultations_prepare_create": "prepare",
    "consents_list": "view-consultation",
    "consents_retrieve": "view-consultation",
    "consents_pdf_retrieve": "view-consultation",
    "consents_withdraw_create": "take-consent",
    "blast_radius_list": "edit-catalogue",
    "blast_radius_retrieve": "edit-catalogue",
    "blast_radius_create": "edit-catalogue",
    "blast_radius_continue_create": "edit-catalogue",
    "blast_radius_cancel_create": "edit-catalogue",
    "blast_radius_resume_create": "edit-catalogue",
    "blast_radius_results_list": "edit-catalogue",
    "overrides_report_list": "edit-catalogue",
    "adverse_events_list": "view-plan",
    "adverse_events_retrieve": "view-plan",
    "adverse_events_create": "record-event",
    "adverse_events_correct_create": "record-event",
    "worklist_list": "view-consultation",
    "worklist_retrieve": "view-consultation",
    "worklist_seen_create": "edit-consultation",
    "amendments_list": "view-consultation",
    "amendments_retrieve": "view-consultation",
    "proposals_list": "view-consultation",
    "proposals_retrieve": "view-consultation",
    "proposals_replay_retrieve": "view-consultation",
    "proposals_decide_create": "decide",
    "plans_list": "view-plan",
    "plans_retrieve": "view-plan",
    "plans_pdf_retrieve": "view-plan",
    "plans_care_retrieve": "view-plan",
    "sessions_list": "view-plan",
    "sessions_retrieve": "view-plan",
    "sessions_mark_create": "mark-session",
}
STORES_NOTHING = {"evaluate", "try"}


def called(api, one):
    name, method, path = one
    path = path.replace("{id}", str(uuid.uuid4())).replace("{key}", "2026.1")
    path = path.replace("{kind}", "areas").replace("{code}", "face")
    path = path.replace("{file}", "areas.csv")
    return operations.call(api, name, method, path)


def test_the_table_names_every_operation(db):
    assert set(NEEDS) == {name for name, _method, _path in operations.operations()}


@pytest.mark.parametrize("role", Role.values)
def test_role_is_let_in_where_the_table_says(api_of, role):
    api = api_of(role)

    refused = {one[0] for one in operations.operations() if called(api, one).status_code == 403}

    assert refused == {name for name, action in NEEDS.items() if action not in ALLOWED[Role(role)]}
    assert AuditEvent.objects.filter(outcome="refused").count() == len(refused)


def test_a_read_only_token_writes_nothing(api_of):
    api = api_of("medical-lead", access="read")
    writes = {one[0] for one in operations.operations() if one[1] != "get"}

    refused = {one[0] for one in operations.operations() if called(api, one).status_code == 403}

    assert refused == writes - STORES_NOTHING


def test_strangers_are_asked_who_they_are(db):
    for one in operations.operations():
        answer = called(APIClient(), one)

        assert answer.status_code == 401, one
        assert [problem["code"] for problem in answer.json()["errors"]] == ["not_authenticated"]


def test_a_person_without_a_clinic_may_do_nothing(client_of):
    browser = client_of("medical-lead")
    Membership.objects.filter(user=browser.user).update(is_active=False)

    statuses = {called_by_browser(browser, one) for one in operations.operations()}

    assert statuses == {403}


def called_by_browser(browser, one):
    api = APIClient()
    api.cookies = browser.cookies
    return called(api, one).status_code


def test_methods_that_nobody_answers_are_refused(api_of):
    api = api_of("medical-lead")
    known = {}
    for _name, method, path in operations.operations():
        known.setdefault(path, set()).add(method)

    for path, methods in known.items():
        for method in {"get", "post", "put", "patch", "delete", "options"} - methods:
            answer = called(api, ("", method, path))
            assert (answer.status_code, flow.problems(answer)) == (
                405,
                [("", "method_not_allowed")],
            ), (method, path)
            assert "OPTIONS" not in answer["Allow"]
            assert methods <= {one.lower() for one in answer["Allow"].split(", ")}


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing/", "/api/v2/patients/", "/api/", "/api/v1/patients/x/y/z/"]
)
def test_addresses_that_nobody_answers_are_not_found(api_of, path):
    answer = api_of("nurse").get(path)

    assert (answer.status_code, flow.problems(answer)) == (404, [("", "not_found")])


@pytest.mark.parametrize("path", ["/api/v1/patients/7/", "/api/v1/patients/x'--/"])
def test_ids_of_another_form_are_not_found(api_of, path):
    answer = api_of("nurse").get(path)

    assert (answer.status_code, flow.problems(answer)) == (404, [("", "not_found")])
