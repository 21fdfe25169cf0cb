"""Texts that are missing in a language that curators translate into."""

from treatments.lint import Extra, Severity, lint
from treatments.texts import texts_in


def untranslated(document):
    return [one for one in lint(document, Extra()) if one.check == "text-untranslated"]


def translated(document, language, *, but=()):
    """All texts, apart from those of the rows that are named."""
    told = {}
    for kind, code, field, _text in texts_in(document):
        if (kind, code) not in but:
            told.setdefault(kind, {}).setdefault(code, {})[field] = "Words"
    document["translations"] = {language: told}


def copied(catalogue):
    return dict(catalogue.document)


def test_a_language_that_nobody_has_begun_is_no_fault(catalogue):
    assert untranslated(copied(catalogue)) == []


def test_a_language_that_is_whole_has_no_finding(catalogue):
    document = copied(catalogue)
    translated(document, "el")

    assert untranslated(document) == []


def test_what_is_missing_is_found_once_a_kind_and_language(catalogue):
    document = copied(catalogue)
    translated(document, "el", but={("area", "face"), ("area", "neck"), ("rule", "S-07")})

    areas, rule = untranslated(document)

    assert (areas.section, areas.code, areas.severity) == ("areas", "face", Severity.WARNING)
    assert areas.message == ("2 texts of this kind are not translated into Greek, here the first.")
    assert (rule.section, rule.code) == ("rules", "S-07")


def test_a_line_of_a_row_is_found_at_its_row(catalogue):
    document = copied(catalogue)
    lines = {(kind, code) for kind, code, *_more in texts_in(document) if kind == "conflictside"}
    translated(document, "fa", but=lines)

    (finding,) = untranslated(document)

    assert (finding.section, finding.code) == ("conflicts", "C1")
