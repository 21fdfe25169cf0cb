"""Tables as CSV and XLSX: out and in again, what is refused and where it says the fault is."""

import csv
import datetime
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook, load_workbook

from tests.treatments.drafted import somebody
from treatments.models import Area, Concern, LabTest, Medication, Source, Statement
from treatments.services import import_catalogue
from treatments.services.exporting import export_text
from treatments.services.tables import archives, limits, workbooks
from treatments.services.tables.cells import guarded, unguarded
from treatments.services.tables.csvs import archive_of_tables, csv_of
from treatments.services.tables.definitions import TABLES
from treatments.services.tables.workbooks import workbook_of_tables
from treatments.services.uploads import LARGEST, documents_of

pytestmark = pytest.mark.django_db

HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r\n=1",
    " =1",
    "＝1",  # noqa: RUF001
    "\ufeff=1",
    "007",
    "003:88",
    "'=1",
    "''quoted''",
    "'tis",
    'a;b, "c"\nd\r\ne',
    "_x000D_ as text",
    "İıß ς \u200c",
]


def fault_of(name, data, **more):
    return faults_of(name, data, **more)[0]


def faults_of(name, data, *, table=""):
    """Of reading the file or, when that went well, of importing it; nothing may be stored."""
    before = export_text()
    with pytest.raises(ValidationError) as refusal:
        import_catalogue(documents_of(name, data, table=table), by=somebody())
    assert export_text() == before
    return refusal.value.messages


def imported(name, data, **more):
    return import_catalogue(documents_of(name, data, **more), by=somebody())


def sheet(title, *rows):
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def repacked(book, **changed):
    """A workbook with some of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for name in {*old.namelist(), *changed}:
            new.writestr(name, changed[name] if name in changed else old.read(name))
    return out.getvalue()


@pytest.fixture
def hostile():
    """Text of every kind that a spreadsheet or a file format may change."""
    for number, text in enumerate(HOSTILE):
        Source.objects.create(code=f"z-{number}", title=text, kind="policy", note=text)
        statement = Statement.objects.create(code=f"Z{number:02}", text=text, claim="policy")
        statement.citations.create(source_id=Source.objects.first().pk, locator=text)


EVERYTHING = [
    ("tables.zip", archive_of_tables),
    ("catalogue.xlsx", workbook_of_tables),
]


@pytest.mark.parametrize(("name", "made"), EVERYTHING, ids=["zip", "xlsx"])
def test_tables_brought_in_again_change_nothing(hostile, name, made):
    before = export_text()

    counts = imported(name, made())

    assert (counts.added, counts.changed) == (0, 0)
    assert counts.unchanged > 400
    assert export_text() == before


@pytest.mark.parametrize(("name", "made"), EVERYTHING, ids=["zip", "xlsx"])
def test_tables_bring_back_what_was_lost(hostile, name, made):
    before, data = export_text(), made()
    Statement.objects.filter(code__startswith="Z").delete()
    Source.objects.filter(code__startswith="z-").delete()
    Concern.objects.filter(code="hair-loss").update(name="Hair", refer_to=None, note="x")
    Concern.objects.get(code="hair-loss").statements.clear()
    LabTest.objects.get(code="platelets").units.all().delete()
    Medication.objects.update(medication_class=None, active=False)

    imported(name, data)

    assert export_text() == before


def test_each_table_is_a_file_of_its_own():
    for name, table in TABLES.items():
        data = csv_of(table)
        assert imported(f"{name}.csv", data).changed == 0
        assert imported(f"{name} (2).csv", data).changed == 0
        assert imported("whatever.csv", data, table=name).changed == 0
        assert data.startswith(b"\xef\xbb\xbf")


def test_no_exported_cell_reads_as_a_formula_or_loses_its_zeros(hostile):
    cells = [
        cell
        for table in TABLES.values()
        for row in csv.reader(io.StringIO(csv_of(table).decode("utf-8-sig"), newline=""))
        for cell in row
    ]
    leads = ("=", "+", "-", "@", "\t", "\r", "\n", "＝")  # noqa: RUF001

    assert len(cells) > 4000
    assert [cell for cell in cells if cell.lstrip(" \ufeff").startswith(leads)] == []
    assert "'007" in cells
    assert "'=HYPERLINK" in "".join(cells)

    book = load_workbook(io.BytesIO(workbook_of_tables()))
    kinds = {cell.data_type for one in book for row in one.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "b", "inlineStr"}


@pytest.mark.parametrize("text", HOSTILE)
def test_an_apostrophe_is_put_before_and_taken_away_again(text):
    assert unguarded(guarded(text)) == text


def test_semicolons_and_partial_tables_do():
    before = Area.objects.get(code="knee").position

    counts = imported("areas.csv", b"code;name\nknee;Knee joint\nface;Face\n")

    knee = Area.objects.get(code="knee")
    assert (counts.added, counts.changed, counts.unchanged) == (0, 1, 1)
    assert (knee.name, knee.position) == ("Knee joint", before)


def test_numbers_and_truth_of_a_workbook_are_read():
    imported(
        "x.xlsx",
        sheet("areas", ["code", "name", "position", "active"], ["elbow", "Elbow", 7.0, False]),
    )

    elbow = Area.objects.get(code="elbow")
    assert (elbow.position, elbow.active) == (7, False)


def test_numbers_of_a_workbook_stay_what_they_are():
    imported(
        "x.xlsx", sheet("lab-units", ["lab_test", "unit", "divisor"], ["platelets", "x", 0.0001])
    )
    assert str(LabTest.objects.get(code="platelets").units.get().divisor) == "0.0001"

    for column, value, fault in [
        ("position", 1.5, "A whole number is expected here."),
        ("position", True, "A whole number is expected here."),
        ("active", 1, "This must be true or false."),
    ]:
        book = sheet("areas", ["code", "name", column], ["knee", "Knee", value])
        assert fault_of("x.xlsx", book) == f"x.xlsx, areas, row 2, column {column}: {fault}"


def test_lines_in_a_table_are_all_of_a_row_and_leave_other_rows_alone():
    others = LabTest.objects.get(code="haemoglobin").units.count()

    imported("lab-units.csv", b"lab_test,unit,divisor\nplatelets,10*9/L,1\n")

    assert [one.unit for one in LabTest.objects.get(code="platelets").units.all()] == ["10*9/L"]
    assert LabTest.objects.get(code="haemoglobin").units.count() == others


AREAS = "code,name,parent,position\n"


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("areas.csv", "", "areas.csv: this file is empty."),
        ("areas.csv", " \r\n\n", "areas.csv: this file is empty."),
        ("areas.csv", "\ncode,name\n", "areas.csv, row 1: column “code” is missing."),
        ("areas.csv", "code,,name\n", "areas.csv, row 1: a column has no name."),
        ("areas.csv", "sep=;\ncode;name\n", "areas.csv, row 1: there is no column “sep=” here."),
        ("areas.csv", "code\tname\n", "areas.csv, row 1: there is no column “code\tname” here."),
        (
            "areas.csv",
            f"{AREAS}knee,Knee,legs\n",
            "areas.csv, row 2, column position: the row is cut short: it has 3 of 4 cells.",
        ),
        (
            "areas.csv",
            f"{AREAS}knee,Knee,,1\nface,Face,,2\nknee,Knees,,3\n",
            "areas.csv, row 4, column code: this row stands in the table twice, first in row 2.",
        ),
        ("areas.csv", "name\nKnee\n", "areas.csv, row 1: column “code” is missing."),
        ("areas.csv", "code,colour\n", "areas.csv, row 1: there is no column “colour” here."),
        ("areas.csv", "code,name,name\n", "areas.csv, row 1: column “name” is there twice."),
        (
            "areas.csv",
            f"{AREAS}knee,=1+1,,\n",
            "areas.csv, row 2, column name: This reads like a formula.",
        ),
        (
            "areas.csv",
            f'{AREAS}face,Face,,1\nknee,"\t1",,\n',
            "areas.csv, row 3, column name: This reads like a formula.",
        ),
        ("areas.csv", f"{AREAS}knee,Knee,,5,6\n", "areas.csv, row 2: there is something beyond"),
        (
            "areas.csv",
            f"{AREAS}face,Face,,1\n\nknee,Knee,leg,\n",
            "areas.csv, row 4, column parent: There is no area “leg”.",
        ),
        (
            "areas.csv",
            f"{AREAS}knee,Knee,,first\n",
            "areas.csv, row 2, column position: A whole number is expected here.",
        ),
        (
            "areas.csv",
            f"{AREAS}knee,Knee,,1.5\n",
            "areas.csv, row 2, column position: A whole number is expected here.",
        ),
        (
            "areas.csv",
            "code,name,active\nknee,Knee,1\n",
            "areas.csv, row 2, column active: This must be true or false.",
        ),
        (
            "areas.csv",
            f"{AREAS}knee,,,1\n",
            "areas.csv, row 2, column name: This field cannot be blank.",
        ),
        (
            "citations.csv",
            "statement,source,locator\nA080,000,1\nA080,nowhere,2\n",
            "citations.csv, row 2, column source: ",
        ),
        (
            "suitabilities.csv",
            "concern,treatment\nscars,\n",
            "suitabilities.csv, row 2: a row needs its concern, treatment.",
        ),
        ("areas.csv", 'code,name\nknee,"Knee\n', "areas.csv, line 2: this is no CSV"),
        ("areas.txt", "code\n", "areas.txt: choose a file that ends in .json, .csv, .zip or"),
        ("limbs.csv", "code\n", "limbs.csv: say which table this is"),
        ("x.json", "{", "x.json: This is not JSON: line 1, column 2."),
        ("x.json", '{"treatments.area": [], "treatments.area": []}', "x.json, treatments.area:"),
        ("x.json", "[" * 100_000, "x.json, [0]"),
        ("x.json", "[]", "x.json: this file must hold one object."),
    ],
)
def test_fault_names_its_row_and_column(name, text, fault):
    assert fault_of(name, text.encode()).startswith(fault)


def test_second_line_of_a_row_names_its_own_number():
    known = Source.objects.first().code
    text = f"statement,source,locator\nA080,{known},1\nA080,nowhere,2\n"

    assert "citations.csv, row 3, column source: There is no" in fault_of(
        "citations.csv", text.encode()
    )


def test_every_fault_is_told_at_once():
    text = f"{AREAS}a,=1,,\nb,@2,,\n"

    assert len(faults_of("areas.csv", text.encode())) == 2


@pytest.mark.parametrize(
    "data",
    [
        "code,name\nknee,Kniegelenk ä\n".encode("latin-1"),
        "code\nknee\n".encode("utf-16"),
        b"\x89PNG",
    ],
)
def test_other_encodings_are_refused(data):
    assert "this is not UTF-8 at byte" in fault_of("areas.csv", data)
    assert "UTF-8" in fault_of("x.json", data)


@pytest.mark.parametrize("name", ["areas.csv", "x.json", "x.xlsx", "x.zip"])
def test_a_file_of_10_mb_is_refused_before_it_is_read(name, monkeypatch):
    with pytest.raises(ValidationError, match="at most 5 MB"):
        documents_of(name, b"x" * (2 * LARGEST))


def test_a_million_rows_are_refused():
    assert "a table holds at most" in fault_of("areas.csv", b"code\n" + b"a\n" * 1_000_000)

    book = Workbook(write_only=True)
    long = book.create_sheet("areas")
    for _number in range(limits.MOST_ROWS + 2):
        long.append(["code"])
    assert "x.xlsx, areas: a table holds at most" in fault_of("x.xlsx", saved(book))

    far = Workbook()
    far.active.title = "areas"
    far.active["A1"], far.active["A1048576"] = "code", "knee"
    assert "x.xlsx, areas: a table holds at most" in fault_of("x.xlsx", saved(far))


def test_wide_rows_and_long_cells_are_refused():
    wide = ",".join(["code"] * 60)
    assert "row 1: a table has at most 50 columns" in fault_of("areas.csv", wide.encode())
    long = f"code,name\nknee,{'x' * 40_000}\n"
    assert "row 2: a cell holds at most" in fault_of("areas.csv", long.encode())
    endless = f"code,name\nknee,{'x' * 200_000}\n"
    assert "areas.csv" in fault_of("areas.csv", endless.encode())


def test_archives_that_grow_are_refused(monkeypatch):
    bomb = archive(**{"areas.csv": b"0" * (archives.LARGEST_UNPACKED + 1)})
    assert len(bomb) < 100_000
    assert "more than 20 MB when unpacked" in fault_of("x.zip", bomb)
    assert "more than 20 MB when unpacked" in fault_of("x.xlsx", bomb)

    understated = bytearray(bomb)
    place = understated.rindex(b"PK\x01\x02")
    understated[place + 24 : place + 28] = (10).to_bytes(4, "little")
    assert "damaged" in fault_of("x.zip", bytes(understated))


def test_archives_of_many_parts_or_doubled_or_unknown_ones_are_refused():
    many = archive(**{f"{n}.csv": b"" for n in range(archives.MOST_PARTS + 1)})
    assert "too many files" in fault_of("x.zip", many)
    assert "x.zip, ../areas.csv: this is no table." in fault_of(
        "x.zip", archive(**{"../areas.csv": b"code\n"})
    )
    assert "x.zip, areas.csv, row 2, column name" in fault_of(
        "x.zip", archive(**{"areas.csv": b"code,name\nknee,=1\n"})
    )
    assert "x.zip: this file is empty." in fault_of("x.zip", archive())


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"code,name\n", b"PK\x05\x06" + b"\0" * 17])
def test_what_is_no_archive_is_refused(data):
    assert "this archive is damaged" in fault_of("x.zip", data)
    assert "this archive is damaged" in fault_of("x.xlsx", data)


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels"])
def test_xml_entities_are_refused(encoding, part):
    book = repacked(sheet("areas", ["code"]), **{part: ENTITIES.encode(encoding)})

    assert "holds declarations that no workbook needs" in fault_of("x.xlsx", book)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("text", ["", "<worksheet", "<a/>", "\0"])
def test_broken_workbooks_are_refused(part, text):
    book = repacked(sheet("areas", ["code"]), **{part: text.encode()})

    with pytest.raises(ValidationError):
        import_catalogue(documents_of("x.xlsx", book), by=somebody())


def test_formula_errors_and_dates_of_a_workbook_are_refused_by_their_cell():
    for value, fault in [
        ("=1+1", "x.xlsx, areas, B2: this cell is a formula."),
        ("#REF!", "x.xlsx, areas, B2: this cell holds an error."),
        (datetime.date(2026, 1, 1), "x.xlsx, areas, B2: Write this as text"),
    ]:
        assert fault_of("x.xlsx", sheet("areas", ["code", "name"], ["knee", value])).startswith(
            fault
        )


def test_text_of_a_workbook_that_looks_like_a_formula_is_refused_too():
    book = Workbook()
    book.active.title = "areas"
    book.active.append(["code", "name"])
    book.active.append(["knee", "x"])
    cell = book.active["B2"]
    cell.value, cell.data_type = "@SUM(A1)", "s"

    assert fault_of("x.xlsx", saved(book)).startswith(
        "x.xlsx, areas, row 2, column name: This reads like a formula."
    )


def test_unknown_sheets_are_refused():
    assert "x.xlsx, limbs: this is no table." in fault_of("x.xlsx", sheet("limbs", ["code"]))


def test_text_too_long_for_a_workbook_says_so():
    Statement.objects.filter(code="A001").update(text="x" * 40_000)

    with pytest.raises(ValidationError, match="too long for a workbook"):
        workbooks.workbook_of_tables()


def places(name, data, **more):
    """(code, path, row, column) of each fault."""
    with pytest.raises(ValidationError) as refusal:
        import_catalogue(documents_of(name, data, **more), by=somebody())
    return [(one.code, one.path, one.row, one.column) for one in refusal.value.error_list]


def test_a_row_that_is_cut_short_clears_nothing():
    """Taken for empty cells, it would have emptied the statements of the concern."""
    before = export_text()
    data = csv_of(TABLES["concerns"]).decode("utf-8-sig")
    header, first, *rest = data.split("\r\n")
    short = "\r\n".join([header, first.rpartition(",")[0], *rest]).encode()

    (fault,) = places("concerns.csv", short)

    assert fault == ("cut_short", "concerns", 2, header.rpartition(",")[2])
    assert export_text() == before


def test_empty_cells_at_the_end_of_a_workbook_s_row_are_empty():
    """A workbook leaves empty cells out, which says nothing about the file."""
    imported("x.xlsx", sheet("areas", ["code", "name", "parent"], ["knee", "Knee joint"]))

    assert Area.objects.get(code="knee").name == "Knee joint"


@pytest.mark.parametrize("column", TABLES["areas"].columns)
@pytest.mark.parametrize("sign", ["=1", "+1", "-1", "@x", "\t1", "\r1"])
def test_a_formula_is_refused_in_every_column(column, sign):
    columns = TABLES["areas"].columns
    cells = [f'"{sign}"' if name == column else "" for name in columns]
    data = f"{','.join(columns)}\n{','.join(cells)}\n".encode()

    assert ("formula", "areas", 2, column) in places("areas.csv", data)


@pytest.mark.parametrize(
    ("name", "rows", "fault"),
    [
        ("duplicate", ["knee", "Knee"], ("duplicate", "areas", 3, "code")),
        ("unknown", ["elbow", "Elbow"], None),
    ],
)
def test_the_same_code_twice_in_a_sheet_is_refused(name, rows, fault):
    book = sheet("areas", ["code", "name"], ["knee", "Knee joint"], rows)

    if fault is None:
        assert imported("x.xlsx", book).changed == 1  # positive control
    else:
        assert places("x.xlsx", book) == [fault]
        assert Area.objects.get(code="knee").name != "Knee joint"


def test_merged_cells_are_refused_by_their_place():
    book = Workbook()
    book.active.title = "areas"
    for row in (["code", "name"], ["knee", "Knee"], ["face", "Face"]):
        book.active.append(row)
    book.active.merge_cells("B2:B3")

    data = saved(book)

    assert places("x.xlsx", data) == [("merged", "areas", 2, "")]
    assert "x.xlsx, areas, B2:B3: these cells are merged." in fault_of("x.xlsx", data)


def test_a_mark_before_a_json_file_is_no_fault():
    data = b"\xef\xbb\xbf" + b'{"treatments.area": [{"code": "knee", "name": "Knee joint"}]}'

    assert imported("x.json", data).changed == 1


@pytest.mark.parametrize("name", ["x.json", "areas.csv", "x.zip", "x.xlsx"])
@pytest.mark.parametrize("data", [b"", b" \n"])
def test_an_empty_file_is_called_empty(name, data):
    assert fault_of(name, data) == f"{name}: this file is empty."


def test_faults_of_json_lead_to_their_place():
    data = b"""{"treatments.rule": [
        {"code": "S-07", "wait_days": 10},
        {"code": "S-05", "effects": [{"treatment": "prp"}, {"treatment": "x", "why": 1}]},
        {"code": "S-07", "wait_days": 11}],
        "treatments.nothing": [], "treatments.area": 7}"""

    assert [one[:2] for one in places("x.json", data)] == [
        ("duplicate", "treatments.rule[2].code"),
        ("unknown_kind", "treatments.nothing"),
        ("type", "treatments.area"),
    ]
    lines = b'{"treatments.rule": [{"code": "S-05", "effects": [{"treatment": "x"}]}]}'
    assert [one[:2] for one in places("x.json", lines)] == [
        ("invalid", "treatments.rule[0].effects[0].treatment")
    ]
