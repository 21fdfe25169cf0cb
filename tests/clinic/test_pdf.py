"""The wrapper around Typst, with the one template there is."""

import io

import pypdf
import pytest

from clinic import pdf

PLAIN = {
    "language": "en",
    "direction": "ltr",
    "title": "Treatment plan",
    "patient": {"name": "Ada", "shown": "Ada", "details": ["1"]},
    "clinic": "Harbour",
    "version": "0",
    "digits": "0123456789",
    "signed": [],
    "labels": dict.fromkeys(
        ("sessions", "follow_ups", "overrides", "heed", "notes", "amendments", "amended", "where",
         "map_notes", "answers",
         "care", "care_lead", "version", "page"), "LABEL",
    ),
    **{key: [] for key in ("sessions", "follow_ups", "overrides", "heed", "notes", "amendments",
                           "acknowledged", "map_notes", "answers", "withdrawals",
                           "maps", "care", "foot")},
}  # fmt: skip


def set_with(**changes):
    return pdf.render("plan.typ", PLAIN | changes)


def text_of(content):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def seal_of(content):
    """The part of PDF/UA that the document claims to keep, or nothing."""
    metadata = pypdf.PdfReader(io.BytesIO(content)).xmp_metadata
    return b"pdfuaid" in metadata.stream.get_data()


def test_the_same_data_give_the_same_bytes():
    assert set_with() == set_with()
    assert set_with() != set_with(clinic="Hillside")


@pytest.mark.parametrize(
    "words", ["#hack[*x*]", '#read("/etc/passwd")', "$x^2$", "= Title", "\\ #", '"); panic()']
)
def test_nothing_in_the_data_is_read_as_markup(words):
    assert words.replace(" ", "") in text_of(set_with(heed=[words])).replace(" ", "")


@pytest.mark.parametrize("language", ["en", "tr", "el", "fa"])
def test_a_document_is_tagged_in_its_language(language):
    direction = "rtl" if language == "fa" else "ltr"

    content = set_with(language=language, direction=direction)

    root = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert seal_of(content)


@pytest.mark.parametrize("sign", ["\N{SYRINGE}", "\u738b", "\u0e01"])
def test_a_sign_that_no_font_has_costs_the_seal_and_not_the_document(sign):
    content = set_with(heed=[f"before {sign} after"])

    assert "before" in text_of(content)
    assert "after" in text_of(content)
    assert not seal_of(content)


def test_no_font_of_the_machine_is_used():
    fonts = set()
    for page in pypdf.PdfReader(io.BytesIO(set_with(heed=["Ada", "آدا"]))).pages:
        for font in page["/Resources"]["/Font"].values():
            fonts.add(font.get_object()["/BaseFont"].partition("+")[2].partition("-")[0])

    assert fonts <= {"NotoSans", "Vazirmatn"}
    assert len(fonts) == 2


def test_every_page_says_whose_it_is_and_which_version():
    content = set_with(
        heed=[f"Line {number}" for number in range(120)],
        version="abc-1",
        labels=PLAIN["labels"] | {"page": "Page {page} of {pages}"},
    )
    pages = pypdf.PdfReader(io.BytesIO(content)).pages

    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        text = page.extract_text()
        assert "Ada" in text
        assert "abc-1" in text
        assert f"Page {number} of {len(pages)}" in text


def test_a_list_that_is_empty_prints_no_heading():
    empty = set_with(labels={key: f"LABEL-{key}" for key in PLAIN["labels"]})
    full = set_with(labels={key: f"LABEL-{key}" for key in PLAIN["labels"]}, heed=["Mind this"])

    assert [key for key in PLAIN["labels"] if f"LABEL-{key}" in text_of(empty)] == [
        "version",
        "page",
    ]
    assert "LABEL-heed" in text_of(full)
