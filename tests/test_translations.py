"""Every text of the program is there in each of its languages: none is missing, none half done."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
OTHERS = [code for code, _name in settings.LANGUAGES if code != "en"]
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
SEVERAL = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
LITERAL = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*{LITERAL}(?:\s*,\s*{LITERAL})?(?:\s*,\s*{LITERAL})?")
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")


def in_python(path):
    """The texts that a module marks, each with its plural; a context stands before its text."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            yield from of_call(name, [getattr(one, "value", None) for one in node.args])


def of_call(name, values):
    if name in ONE and values and isinstance(values[0], str):
        yield values[0], values[:1]
    elif name in SEVERAL and isinstance(values[0], str):
        yield values[0], values[:2]
    elif name in IN_CONTEXT and isinstance(values[1], str):
        yield f"{values[0]}\x04{values[1]}", values[1:2]
    elif name == "npgettext":
        yield f"{values[0]}\x04{values[1]}", values[1:3]


def in_template(path):
    for found in CALL.finditer(templatize(path.read_text())):
        values = [ast.literal_eval(one) for one in found.groups()[1:] if one]
        yield from of_call(found[1], values)


def marked():
    """Each text with its own forms."""
    found = {}
    for app in ("clinic", "treatments", "consultations"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                found |= dict(in_python(path))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        found |= dict(in_template(path))
    return found


def places(*texts):
    return {one for text in texts for one in PLACE.findall(text)}


def catalogue(language):
    """Text, or context and text, to its translation; of several forms all that there are."""
    path = ROOT / "clinic/locale" / language / "LC_MESSAGES/django.mo"
    with path.open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog
    forms = {}
    for key, text in known.items():
        forms.setdefault(key[0] if isinstance(key, tuple) else key, []).append(text)
    return forms


@pytest.fixture(scope="module")
def texts():
    return marked()


def test_the_texts_of_modules_and_templates_are_found(texts):
    assert len(texts) > 2000
    assert {"Today", "between the items of a list\x04, "} <= set(texts)
    assert "Nobody translates this sentence." not in texts


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_left_untranslated(language, texts):
    known = catalogue(language)

    assert [text for text in texts if not all(known.get(text, [""]))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_text(language, texts):
    known = catalogue(language)

    wrong = {
        text: said
        for text, forms in texts.items()
        for said in known.get(text, ())
        if not places(said) <= places(*forms)
    }

    assert wrong == {}


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_taken_for_translated_that_somebody_has_to_look_at(language):
    path = ROOT / "clinic/locale" / language / "LC_MESSAGES/django.po"

    assert "\n#, fuzzy" not in path.read_text()


@pytest.mark.parametrize("language", [code for code in OTHERS if code in settings.LANGUAGES_BIDI])
def test_a_day_with_dashes_is_not_turned_round_by_the_letters_before_it(language):
    """After Arabic letters 1980-05-04 would read 04-05-1980, unless it is isolated."""
    said = [text for of, forms in catalogue(language).items() for text in forms if of]

    assert [one for one in said if re.search(r"\u2066\d{4}-\d\d-\d\d\u2069", one)]
    assert [one for one in said if re.search(r"(?<!\u2066)\b\d{4}-\d\d-\d\d\b", one)] == []
