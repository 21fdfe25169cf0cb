"""Texts that know their language, and a release in another one."""

import pytest
from django.template import Context, Template
from django.utils import translation

from treatments.engine import Catalogue, digest_of
from treatments.explanations import wording_of
from treatments.texts import Untranslated, document_in, in_plain_text, joined, said

FACE = Untranslated("Face & neck", language="en", wanted="el")
MARKED = (
    '<span class="untranslated"><bdi lang="en" dir="ltr" translate="no">Face &amp; neck</bdi>'
    '<small class="untranslated-mark" title="not yet in Greek">'
    '<span aria-hidden="true">EN</span>'
    '<span class="visually-hidden"> (not yet in Greek)</span></small></span>'
)


def shown(text: object, template: str = "{{ text }}") -> str:
    return Template("{% load i18n %}" + template).render(Context({"text": text}))


def test_an_untranslated_text_is_marked_where_a_template_writes_it():
    assert shown(FACE) == MARKED


def test_it_is_marked_within_a_sentence_of_a_template():
    template = "{% blocktranslate %}In {{ text }}{% endblocktranslate %}"

    assert shown(FACE, template) == f"In {MARKED}"


def test_it_is_plain_text_everywhere_else():
    assert FACE == "Face & neck"
    assert f"{FACE}!" == "Face & neck!"
    assert in_plain_text(FACE) == "Face & neck [EN]"
    assert in_plain_text("Πρόσωπο") == "Πρόσωπο"


def test_a_sentence_keeps_the_marks_of_its_texts():
    sentence = said("%(n)d of <%(area)s>", {"n": 2, "area": FACE})

    assert sentence == "2 of <Face & neck>"
    assert shown(sentence) == f"2 of &lt;{MARKED}&gt;"


def test_a_sentence_of_translated_texts_is_plain():
    sentence = said("%(area)s: %(share)s", {"area": "<b>", "share": "5%"})

    assert shown(sentence) == "&lt;b&gt;: 5%"


def test_a_list_keeps_the_marks_of_its_texts():
    listed = joined(" & ", ["<b>", FACE])

    assert listed == "<b> & Face & neck"
    assert shown(listed) == f"&lt;b&gt; &amp; {MARKED}"


@pytest.fixture
def document(catalogue):
    return catalogue.document


@pytest.fixture
def translated(document):
    return {
        **document,
        "translations": {
            "el": {
                "area": {"face": {"name": "Πρόσωπο"}},
                "comparisonentry": {"origin/prp": {"text": "Από το αίμα σας"}},
            }
        },
    }


def test_a_release_in_its_own_language_is_itself(document):
    assert document_in(document, "en") is document


def test_a_release_in_another_language_has_the_same_rows(document):
    assert document_in(document, "fa") == document


def test_what_is_translated_is_said_and_what_is_not_is_marked(translated):
    wording = wording_of(Catalogue.from_document(translated), language="el")

    assert wording.name("areas", "face") == "Πρόσωπο"
    assert not isinstance(wording.name("areas", "face"), Untranslated)
    assert isinstance(wording.name("areas", "neck"), Untranslated)


def test_lines_of_rows_are_translated_under_both_codes(translated):
    (row,) = (one for one in document_in(translated, "el")["comparison"] if one["code"] == "origin")

    texts = {one["treatment"]: one["text"] for one in row["entries"]}

    assert texts["prp"] == "Από το αίμα σας"
    assert isinstance(texts["mesotherapy"], Untranslated)


def test_the_wording_follows_the_reader(translated):
    catalogue = Catalogue.from_document(translated)

    with translation.override("el"):
        assert wording_of(catalogue).name("areas", "face") == "Πρόσωπο"
    with translation.override("en"):
        assert wording_of(catalogue).name("areas", "face") == "Face"


def test_reading_a_release_in_another_language_leaves_it_as_it_is(translated):
    digest = digest_of(translated)

    document_in(translated, "el")
    document_in(translated, "tr")

    assert digest_of(translated) == digest
