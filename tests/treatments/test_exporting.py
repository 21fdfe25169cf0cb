"""The whole catalogue out and in again, here and in an installation that has none."""

import io
import json

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.treatments.drafted import somebody
from treatments.compiler import compile_document
from treatments.enums import DraftStatus
from treatments.models import (
    Area,
    CatalogueChange,
    Draft,
    GoldenCase,
    Ingredient,
    Product,
    Release,
    Rule,
    Statement,
)
from treatments.services import import_catalogue
from treatments.services.catalogue_rows import models_in_order
from treatments.services.exporting import export_catalogue, export_text
from treatments.services.merging import APP, NOT_IMPORTED, children_of
from treatments.services.uploads import LARGEST

pytestmark = pytest.mark.django_db

CASE = {
    "code": "z-case",
    "title": "A case",
    "request": {"b": [{"d": 1, "c": 0.5}], "a": None},
    "expected": {"areas": []},
}


def bring_in(text):
    return import_catalogue({"all.json": json.loads(text)}, by=somebody())


def emptied():
    """As in an installation without a catalogue."""
    Area.objects.update(parent=None)
    for model in reversed(models_in_order()):
        model._default_manager.all().delete()


@pytest.fixture
def everything():
    """What the starter catalogue lacks: rows out of use, products, a case, text of all kinds."""
    Rule.objects.filter(code="L-28").update(active=False)
    Statement.objects.filter(code="A001").update(
        text="=1+1\r\n\tnaïve “quotes” İıς\u200c", note="-"
    )
    serum = Product.objects.create(
        code="serum", name="Serum", injection_standard=True, vehicle="aqueous", active=False
    )
    for ingredient in Ingredient.objects.order_by("-code")[:3]:
        serum.parts.create(ingredient=ingredient)
    GoldenCase.objects.create(**CASE)


def test_the_file_holds_every_kind_of_row_and_each_row(everything):
    document = export_catalogue()

    kinds = models_in_order()
    nested = {line.related_model for kind in kinds for line in children_of(kind).values()}
    assert {*kinds, *nested, *NOT_IMPORTED} == set(apps.get_app_config(APP).get_models())
    for model in models_in_order():
        assert len(document[model._meta.label_lower]) == model._default_manager.count()
    assert [row["active"] for row in document["treatments.rule"] if row["code"] == "L-28"] == [
        False
    ]


def test_brought_in_here_again_it_changes_nothing(everything):
    text = export_text()

    counts = bring_in(text)

    assert (counts.added, counts.changed, counts.changes) == (0, 0, ())
    assert export_text() == text
    assert not Draft.objects.exists()


def test_brought_in_where_nothing_was_it_is_the_same_file_and_the_same_release(everything):
    text, compiled = export_text(), compile_document("2026.9")
    emptied()
    assert Rule.objects.count() == 0

    counts = bring_in(text)

    assert counts.changed == counts.unchanged == 0
    assert export_text() == text
    assert compile_document("2026.9") == compiled


def test_brought_in_after_edits_it_is_the_same_file_again(everything):
    text = export_text()
    Rule.objects.filter(code="S-07").update(title="Another", wait_days=10)
    Rule.objects.get(code="S-07").effects.all().delete()
    Rule.objects.get(code="S-05").statements.clear()
    Area.objects.filter(code="chin").update(parent=None)

    counts = bring_in(text)

    assert (counts.added, counts.changed) == (0, 3)
    assert export_text() == text


def test_rows_may_stand_in_any_order(everything):
    text = export_text()
    backwards = {kind: rows[::-1] for kind, rows in reversed(json.loads(text).items())}
    order = [row["mode"] for row in export_catalogue()["treatments.combination"]]
    emptied()

    import_catalogue({"all.json": backwards}, by=somebody())

    again = export_catalogue()
    assert sorted(row["code"] for row in again["treatments.area"]) == sorted(
        row["code"] for row in json.loads(text)["treatments.area"]
    )
    assert {row["mode"] for row in again["treatments.combination"]} == set(order)


def test_text_is_the_same_whichever_way_a_database_keeps_json(everything):
    (case,) = [
        row for row in export_catalogue()["treatments.goldencase"] if row["code"] == "z-case"
    ]

    assert list(case["request"]) == ["a", "b"]
    assert list(case["request"]["b"][0]) == ["c", "d"]
    assert "created_by" not in case


def test_export_costs_the_same_with_more_rows(everything):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            export_catalogue()
        return len(captured)

    first = cost()
    for number in range(30):
        rule = Rule.objects.create(
            code=f"X-{number:02}", title="More", origin="policy", message="More."
        )
        rule.statements.add(*Statement.objects.all()[:3])
        rule.effects.create(treatment_id=rule.treatment_id, effect="caution")
        Area.objects.create(code=f"z-{number}", name="More", parent=Area.objects.first())

    assert cost() == first < 100


def test_command_writes_the_file(tmp_path):
    file, out = tmp_path / "catalogue.json", io.StringIO()

    call_command("export_catalogue", str(file), skip_checks=True)
    call_command("export_catalogue", stdout=out, skip_checks=True)

    assert file.read_bytes().decode() == export_text() == out.getvalue()
    with pytest.raises(CommandError):
        call_command("export_catalogue", str(tmp_path), skip_checks=True)


def brought(file, **options):
    out = io.StringIO()
    call_command("import_catalogue", str(file), stdout=out, skip_checks=True, **options)
    return out.getvalue()


def test_command_shows_first_and_then_does_exactly_that(tmp_path, make_member):
    curator, file = make_member("curator"), tmp_path / "x.json"
    file.write_text('{"treatments.rule": [{"code": "S-07", "wait_days": 10}]}', encoding="utf-8")

    shown = brought(file, by=curator.username)
    digest = shown.rpartition(" ")[2].strip()

    assert "  wait_days: 7 → 10\n" in shown
    assert "Would import: rows added 0, changed 1, as before 0." in shown
    assert Rule.objects.get(code="S-07").wait_days == 7
    assert "Imported: rows added 0, changed 1" in brought(file, apply=digest, by=curator.username)
    assert CatalogueChange.objects.get().by == curator
    with pytest.raises(CommandError, match="no longer what was shown"):
        brought(file, apply=digest, by=curator.username)


def test_command_says_what_is_wrong(tmp_path):
    login = somebody().username
    file = tmp_path / "areas.csv"
    file.write_text("code,name\nknee,=1\n", encoding="utf-8")

    with pytest.raises(CommandError, match=r"areas\.csv, row 2, column name"):
        brought(file, by=login)
    file.write_text("code,name\nknee\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"areas\.csv, row 2, column name: the row is cut short"):
        brought(file, by=login)
    file.write_bytes(b"")
    with pytest.raises(CommandError, match="this file is empty"):
        brought(file, by=login)
    file.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(CommandError, match="at most 5 MB"):
        brought(file, by=login)
    with pytest.raises(CommandError, match="nobody called x"):
        brought(file, by="x")
    with pytest.raises(CommandError):
        brought(tmp_path / "none.json", by=login)


def test_a_curators_import_stands_in_the_draft_with_old_and_new(make_member):
    curator = make_member("curator")

    counts = import_catalogue(
        {"x.json": {"treatments.rule": [{"code": "S-07", "wait_days": 10}]}}, by=curator
    )

    (change,) = counts.changes
    assert change == CatalogueChange.objects.get()
    assert change.values == {"wait_days": {"old": "7", "new": "10"}}
    assert (change.by, change.draft) == (curator, Draft.objects.get())


def test_nothing_is_imported_while_the_draft_is_in_review():
    Draft.objects.create(
        key="2026.2", base=Release.objects.get(), status=DraftStatus.IN_REVIEW, is_open=True
    )

    with pytest.raises(ValidationError, match="in review"):
        import_catalogue({"x.json": {"treatments.area": [{"code": "knee"}]}}, by=somebody())


@pytest.mark.parametrize("name", ["request", "expected"])
def test_an_import_cannot_change_what_a_case_expects(everything, name):
    rows = {"treatments.goldencase": [{**CASE, name: {"other": 1}}]}

    with pytest.raises(
        ValidationError, match=f"“z-case” .no. 1., {name}: A case that is already here"
    ):
        import_catalogue({"x.json": rows}, by=somebody())


def test_an_import_takes_no_case_out_of_use(everything):
    rows = {"treatments.goldencase": [{**CASE, "active": False}]}

    with pytest.raises(ValidationError, match=r"“z-case” .no. 1., active: A case that is already"):
        import_catalogue({"x.json": rows}, by=somebody())

    assert GoldenCase.objects.get(code="z-case").active


def test_a_case_is_objects():
    rows = {"treatments.goldencase": [{**CASE, "request": [1]}]}

    with pytest.raises(ValidationError, match="request: This must be an object"):
        import_catalogue({"x.json": rows}, by=somebody())
