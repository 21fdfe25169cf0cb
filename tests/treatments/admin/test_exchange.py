"""Export and import over the admin's own pages: look first, then apply exactly that."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditEvent
from clinic.roles import Role
from treatments.enums import DraftStatus
from treatments.models import (
    Area,
    CatalogueChange,
    CatalogueImport,
    CodeMapping,
    Draft,
    LabTest,
    Release,
    Rule,
)
from treatments.services.downloads import DOWNLOADS
from treatments.services.exporting import export_text
from treatments.services.uploads import LARGEST

EDITORS = {Role.CURATOR, Role.MEDICAL_LEAD}
WAIT_10 = {"treatments.rule": [{"code": "S-07", "wait_days": 10}]}


def address(name, *args):
    return reverse(f"admin:treatments_catalogueimport_{name}", args=args)


def upload(browser, name, content, *, follow=True, **more):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    file = SimpleUploadedFile(name, data)
    return browser.post(address("upload"), {"file": file, **more}, follow=follow)


def events_of(browser):
    return [event.action for event in AuditEvent.objects.filter(actor=browser.user.pk)]


def texts(answer):
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def curator(client_of):
    return client_of("curator")


def test_every_file_is_offered_and_comes_as_an_attachment(curator):
    page = curator.get(address("export")).content.decode()

    for name in DOWNLOADS:
        assert address("download", name) in page
        answer = curator.get(address("download", name))
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert curator.get(address("download", "catalogue.json")).content.decode() == export_text()
    events = AuditEvent.objects.filter(action="catalogue-exported", actor=curator.user.pk)
    assert {event.detail["file"] for event in events} == set(DOWNLOADS)
    assert curator.get(address("download", "secrets.json")).status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_only_editors_export_and_import(client_of, role):
    browser = client_of(role)
    pages = [address("export"), address("download", "catalogue.json"), address("upload")]

    statuses = {browser.get(one).status_code for one in pages}
    answer = upload(browser, "x.json", WAIT_10, follow=False)

    if role in EDITORS:
        assert statuses == {200}
        assert CatalogueImport.objects.count() == 1
    else:
        assert {*statuses, answer.status_code} == ({403} if role == Role.ADMINISTRATOR else {302})
        assert not CatalogueImport.objects.exists()


def test_a_dry_run_shows_old_and_new_and_stores_nothing(curator):
    before = export_text()

    answer = upload(curator, "x.json", WAIT_10)

    shown = " ".join(answer.content.decode().split())
    assert "Rows added: 0, changed: 1, as before: 0." in shown
    assert "Changed: rule “S-07: " in shown
    assert '<th scope="row">Wait, days</th> <td>7</td> <td>10</td>' in shown
    assert export_text() == before
    assert not Draft.objects.exists()
    assert not CatalogueChange.objects.exists()
    assert events_of(curator) == ["catalogue-import-tried"]


def test_applying_writes_what_was_shown_into_the_draft(curator):
    upload(curator, "x.json", WAIT_10)
    row = CatalogueImport.objects.get()

    answer = curator.post(address("change", row.pk), follow=True)

    assert texts(answer) == ["Imported into the draft. Rows added: 0, changed: 1."]
    assert Rule.objects.get(code="S-07").wait_days == 10
    change = CatalogueChange.objects.get()
    assert change.values == {"wait_days": {"old": "7", "new": "10"}}
    assert (change.by, change.draft) == (curator.user, Draft.objects.get())
    row.refresh_from_db()
    assert row.applied_at is not None
    assert row.documents == ""
    assert sorted(events_of(curator)) == [
        "catalogue-import-tried",
        "catalogue-imported",
        "draft-opened",
    ]
    assert "Applied at" in curator.get(address("change", row.pk)).content.decode()
    again = curator.post(address("change", row.pk), follow=True)
    assert texts(again) == ["This import has been applied already."]


def test_when_the_catalogue_moved_the_changes_are_shown_anew(curator):
    upload(curator, "x.json", WAIT_10)
    first = CatalogueImport.objects.get()
    Rule.objects.filter(code="S-07").update(wait_days=8)

    answer = curator.post(address("change", first.pk), follow=True)

    assert "no longer what was shown" in texts(answer)[0]
    assert Rule.objects.get(code="S-07").wait_days == 8
    assert not CatalogueChange.objects.exists()
    shown = " ".join(answer.content.decode().split())
    assert "<td>8</td> <td>10</td>" in shown
    second = CatalogueImport.objects.get()
    assert second.pk != first.pk
    curator.post(address("change", second.pk))
    assert Rule.objects.get(code="S-07").wait_days == 10


def test_other_rows_may_move_meanwhile(curator):
    upload(curator, "x.json", WAIT_10)
    Rule.objects.filter(code="S-08").update(title="Another")

    curator.post(address("change", CatalogueImport.objects.get().pk))

    assert Rule.objects.get(code="S-07").wait_days == 10


def test_only_who_looked_applies(curator, client_of):
    upload(curator, "x.json", WAIT_10)
    other = client_of("curator")
    page = address("change", CatalogueImport.objects.get().pk)

    assert "Apply exactly this" not in other.get(page).content.decode()
    assert "Only who tried" in texts(other.post(page, follow=True))[0]
    assert client_of("administrator").get(page).status_code == 200
    assert client_of("administrator").post(page).status_code == 403
    assert Rule.objects.get(code="S-07").wait_days == 7


def in_review():
    return Draft.objects.create(
        key="2026.2", base=Release.objects.get(), status=DraftStatus.IN_REVIEW
    )


def test_refused_while_the_draft_is_in_review(curator):
    upload(curator, "x.json", WAIT_10)
    in_review()

    answer = curator.post(address("change", CatalogueImport.objects.get().pk), follow=True)
    again = upload(curator, "x.json", WAIT_10)

    assert "in review" in texts(answer)[0]
    assert "in review" in again.content.decode()
    assert Rule.objects.get(code="S-07").wait_days == 7


def test_the_catalogue_of_this_installation_changes_nothing(curator):
    answer = upload(curator, "catalogue.json", export_text().encode())

    shown = answer.content.decode()
    assert "The catalogue already is as the file says." in shown
    assert "Apply exactly this" not in shown


def test_tables_are_uploaded_too(curator):
    for name in ("catalogue.xlsx", "tables.zip", "areas.csv"):
        data = curator.get(address("download", name)).content
        answer = upload(curator, name, data)
        assert "The catalogue already is as the file says." in answer.content.decode()

    upload(curator, "mine.csv", b"code,name\nknee,Knee joint\n", table="areas")
    curator.post(address("change", CatalogueImport.objects.get().pk))
    assert Area.objects.get(code="knee").name == "Knee joint"


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("x.json", b"{", "x.json: This is not JSON: line 1, column 2."),
        (
            "x.json",
            b'{"treatments.area": [{"code": "z"}]}',
            "x.json, area “z” (no. 1), name: This field",
        ),
        ("areas.csv", b"code,name\nknee,=1\n", "areas.csv, row 2, column name: This reads like"),
        ("areas.csv", b"\xff\xfe", "this is not UTF-8"),
        ("x.xlsx", b"PK", "this archive is damaged"),
        ("x.exe", b"MZ", "choose a file that ends in"),
        ("x.json", b" " * (LARGEST + 1), "at most 5 MB"),
        (
            "areas.csv",
            b"code,name\nknee\n",
            "areas.csv, row 2, column name: the row is cut short: it has 1 of 2",
        ),
        ("areas.csv", b"code\nknee\nknee\n", "areas.csv, row 3, column code: this row stands"),
        ("x.json", b'{"treatments.area": [{"code": "z"}, {"code": "z"}]}', "first as area “z”"),
        ("empty.csv", b"", "The submitted file is empty."),
        ("<script>.csv", b"x", "&lt;script&gt;.csv: say which table"),
    ],
)
def test_a_bad_file_changes_nothing_and_says_where(curator, name, data, fault):
    before = export_text()

    answer = upload(curator, name, data)

    assert answer.status_code == 200
    assert fault in answer.content.decode()
    assert "Nothing was imported." in answer.content.decode()
    assert export_text() == before
    assert not CatalogueImport.objects.exists()


def test_no_file_is_a_form_error(curator):
    assert "This field is required." in curator.post(address("upload")).content.decode()


def test_many_faults_are_counted(curator):
    lines = "".join(f"z-{n},=1\n" for n in range(150))

    answer = upload(curator, "areas.csv", f"code,name\n{lines}".encode())

    assert len(answer.context["faults"]) == 100
    assert "and 50 more" in answer.content.decode()


def test_a_line_says_which_row_it_is_part_of(curator):
    units = [{"unit": "10*9/L", "divisor": "1"}]

    answer = upload(
        curator, "x.json", {"treatments.labtest": [{"code": "platelets", "units": units}]}
    )

    name = LabTest.objects.get(code="platelets").name
    assert f"Part of “{name}”" in answer.content.decode()


def test_the_list_and_a_trial_cost_the_same_with_more(curator):
    costs = []
    for count in (2, 60):
        rows = [{"code": f"z-{n}", "name": f"Z {n}"} for n in range(count)]
        upload(curator, "x.json", {"treatments.area": rows})
        page = address("change", CatalogueImport.objects.get().pk)
        curator.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert curator.get(page).status_code == 200
            assert curator.get(address("changelist")).status_code == 200
        costs.append(len(captured))

    assert costs[0] == costs[1]


def test_pages_keep_to_the_content_policy(curator):
    upload(curator, "x.json", WAIT_10)
    trial = address("change", CatalogueImport.objects.get().pk)

    for url in (address("export"), address("upload"), address("changelist"), trial):
        text = curator.get(url).content.decode()
        assert " onclick=" not in text
        assert " style=" not in text
        assert "<script>" not in text


def test_a_curator_adds_a_coded_mapping(curator):
    page = reverse("admin:treatments_codemapping_add")
    code = {
        "lab_test": LabTest.objects.get(code="platelets").pk,
        "system": "http://loinc.org",
        "code": "26515-7",
        "display": "Platelets [#/volume] in Blood",
        "licence_note": "LOINC",
        "active": "on",
    }

    refused = curator.post(page, {**code, "local": "fitzpatrick"})
    assert "Name exactly one term" in refused.content.decode()
    assert curator.post(page, code).status_code == 302

    row = CodeMapping.objects.get(code="26515-7")
    assert CatalogueChange.objects.get().row == str(row.pk)
    listed = curator.get(reverse("admin:treatments_codemapping_changelist"), {"q": "26515"})
    assert "Platelets [#/volume] in Blood" in listed.content.decode()
