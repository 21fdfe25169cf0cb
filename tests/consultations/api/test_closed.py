"""Over REST a signed record is read, amended and followed; nothing else writes to it."""

from django_scopes import scope

from tests.consultations.api import operations
from tests.consultations.api.test_audit import RESOURCES, ids_of
from tests.consultations.made import again
from tests.consultations.records import signed_record, stored

ALLOWED = {
    "patients_partial_update": "who the patient is does not stand in the record",
    "consultations_sign_create": "signing again gives the same plan once more",
    "consultations_amend_create": "what is added after signing",
    "consents_withdraw_create": "what is taken back after signing",
    "sessions_mark_create": "what became of a session",
}


def test_no_write_reaches_a_signed_record(api_of, clinic):
    api = api_of("physician")
    with scope(clinic=clinic):
        consultation = signed_record(clinic, api.user).consultation
        rows = ids_of(consultation)
    before, version = stored(), again(consultation).version
    tried, reached = set(), []

    for name, method, path in operations.of_rows():
        resource = path.split("/")[3]
        if method == "get" or resource not in RESOURCES or name in ALLOWED:
            continue
        body = operations.BODIES.get(name, dict)()
        headers = {"If-Match": f'"{version}"'}
        answer = getattr(api, method)(
            path.replace("{id}", rows[resource]), body or {}, headers=headers
        )
        tried.add(name)
        if answer.status_code not in {400, 409} or stored() != before:
            reached.append((name, answer.status_code))

    assert reached == []
    assert len(tried) >= 10
