"""The options of an area in one view, on the proposal page."""

import json

import pytest

from consultations.option_table import option_table
from tests.consultations.made import points_of, proposed
from tests.consultations.views.test_acknowledging import page_of
from treatments.compiler import catalogue_of
from treatments.explanations import explain
from treatments.explanations.evidence import Statement, grades_of


def options_of(proposal):
    explanation = explain(
        catalogue_of(proposal.release), json.loads(proposal.request), json.loads(proposal.response)
    )
    return explanation.areas[0].options


def lines_of(proposal):
    table = option_table(options_of(proposal))
    return {line.label: [cell.lines for cell in line.cells] for line in table.lines}


def test_each_line_tells_what_the_response_says(clinic, physician):
    proposal = proposed(clinic, physician.user)
    (area,) = json.loads(proposal.response)["areas"]

    lines = lines_of(proposal)

    for number, option in enumerate(area["options"]):
        planned = {day for course in option["courses"] for day in course["planned"]}
        assert lines["Visits"][number][0] == str(len(planned))
        assert len(lines["Sessions"][number]) == len(option["courses"])
        assert len(lines["Covered"][number]) == len(option["covers"])
        told = lines["To be acknowledged"][number]
        assert told == ("none",) or len(told) == len(points_of(proposal, number=number + 1))
    assert {len(cells) for cells in lines.values()} == {len(area["options"])}
    assert "Hyaluronic acid" in lines["Ingredients"][0][0]
    assert lines["Not covered"] == [("none",)] * len(area["options"])


def test_days_are_the_first_and_the_last_that_are_planned(clinic, physician):
    for option in options_of(proposed(clinic, physician.user)):
        days = sorted(day for course in option.courses for day in course.planned)

        assert (option.first_day, option.last_day) == (days[0], days[-1])
        assert option.visits == len(set(days))


def statement(grade):
    return Statement(
        code=grade, text="", claim="", grade=grade, grade_label=f"{grade}!", no_risk=False,
        citations=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("grades", "best", "worst"),
    [
        ("CAB", "A!", "C!"),
        ("B", "B!", "B!"),
        ("PD", "D!", "P!"),
        (["", "C"], "C!", "C!"),
        (["X", "P"], "P!", "X!"),
        ("", "", ""),
    ],
)
def test_the_grade_is_that_of_the_statements(grades, best, worst):
    found = grades_of(map(statement, grades))

    assert (found.best, found.worst) == (best, worst)


def test_the_grade_follows_the_release(clinic, physician):
    """No constant of the program: with weaker statements in the release the words are others."""
    proposal = proposed(clinic, physician.user)
    (first, *_rest) = options_of(proposal)
    cited = {said.grade_label for one in first.basis for said in one.statements if said.grade}

    assert first.evidence.best
    assert {first.evidence.best, first.evidence.worst} & cited


def test_the_page_compares_and_leads_to_each_option(clinic, physician):
    page = page_of(physician, proposed(clinic, physician.user))

    table = page.partition('class="compare-table"')[2].partition("</table>")[0]
    for number in (1, 2, 3):
        assert f'href="#option-face-{number}"' in table
    assert table.count("<summary>") == 3  # both values of what sources disagree on open in place
    assert 'class="sides"' in table


def test_one_option_is_compared_with_nothing(clinic, physician):
    options = options_of(proposed(clinic, physician.user))

    assert option_table(options[:1]) is None
    assert option_table(()) is None
