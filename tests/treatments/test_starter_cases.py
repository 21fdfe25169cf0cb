"""The golden cases that come with the program."""

import json
from pathlib import Path

from django.conf import settings

from treatments.compiler import current_catalogue
from treatments.models import GoldenCase
from treatments.services.cases import load_starter_cases
from treatments.services.golden import outcome_of

ROWS = json.loads((Path(settings.BASE_DIR) / "fixtures" / "golden-cases.json").read_text("utf-8"))


def test_they_are_there_and_the_starter_release_gives_what_they_expect(db):
    catalogue = current_catalogue()
    cases = {case.code: case for case in GoldenCase.objects.all()}

    assert sorted(cases) == sorted(row["code"] for row in ROWS)
    wrong = [
        code for code, one in cases.items() if outcome_of(catalogue, one.request) != one.expected
    ]
    assert wrong == []


def test_loading_them_again_changes_none(db):
    GoldenCase.objects.filter(code="pregnant").update(title="A curator's own words")

    assert load_starter_cases(ROWS) == 0
    assert GoldenCase.objects.get(code="pregnant").title == "A curator's own words"


def test_every_kind_of_answer_is_among_them():
    statuses = {row["expected"]["status"] for row in ROWS}

    assert statuses == {"evaluated", "deferred", "needs-data", "not-eligible", "input-conflict"}
