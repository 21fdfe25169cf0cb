"""Conflicts between sources: both sides on the page, and a principle that fits who is followed."""

import pytest

from tests.treatments.admin.pages import faults, filled, page, saved, submitted
from treatments.models import Combination, Conflict, Protocol, Rule, Statement
from treatments.policies import SideShape, faults_of_conflict

BOTH = {"A073": "often 3", "A074": "6 to 8 for acne scars"}


@pytest.fixture
def curator(client_of):
    return client_of("curator")


def statement(code):
    return Statement.objects.get(code=code)


def sides(*marked):
    return [
        {"statement": statement(code).pk, "position": code, **({"followed": "on"} if yes else {})}
        for code, yes in marked
    ]


def adding(curator, lines, **fields):
    data = {
        "code": "C90",
        "topic": "A number",
        "resolution": "The program does this.",
        "principle": "more-specific",
        "why": "Because.",
        **fields,
    }
    return submitted(curator, page(Conflict, "add"), {"sides": lines}, **data)


@pytest.mark.parametrize("code", [f"C{n}" for n in range(1, 20)])
def test_every_conflict_of_the_starter_catalogue_fits_its_principle(curator, code):
    conflict = Conflict.objects.get(code=code)

    saved(curator, page(Conflict, "change", conflict.pk))


def test_the_sides_stand_beside_each_other(curator):
    text = curator.get(
        page(Conflict, "change", Conflict.objects.get(code="C1").pk)
    ).content.decode()

    first, second = text.split('<section class="conflict-side')[1:3]
    assert BOTH["A073"] in first
    assert "not followed" in first
    assert BOTH["A074"] in second
    assert second.startswith(" followed")
    assert statement("A074").text in second
    assert "grade D" in second
    assert "The more specific statement wins" in text
    assert Conflict.objects.get(code="C1").why in text


def test_which_side_is_followed_can_change(curator):
    conflict = Conflict.objects.get(code="C1")
    url = page(Conflict, "change", conflict.pk)
    data = filled(curator.get(url), principle="curator", why="The clinic gives three.")
    data |= {"sides-0-followed": "on"}
    data.pop("sides-1-followed")

    answer = curator.post(url, data)

    assert answer.status_code == 302, faults(answer)
    marked = {side.statement.code: side.followed for side in conflict.sides.all()}
    assert marked == {"A073": True, "A074": False}


@pytest.mark.parametrize(
    ("principle", "lines", "fault"),
    [
        ("curator", [("A073", True)], "A conflict has at least two sides."),
        ("more-specific", [("A073", False), ("A074", False)], "Mark which."),
        ("more-specific", [("A073", True), ("A074", True)], "Mark which."),
        ("higher-grade", [("A073", True), ("A074", False)], "a better grade than every other"),
        ("more-cautious", [("A094", True), ("A092", False)], "never the more cautious side"),
    ],
)
def test_who_is_followed_must_fit_the_principle(curator, principle, lines, fault):
    answer = adding(curator, sides(*lines), principle=principle)

    assert any(fault in text for text in faults(answer))
    assert not Conflict.objects.filter(code="C90").exists()


def test_a_conflict_without_sides_is_refused(curator):
    assert faults(adding(curator, [])) == ["A conflict has at least two sides."]


def test_a_curator_may_follow_all_or_none(curator):
    answer = adding(curator, sides(("A073", False), ("A074", False)), principle="curator")

    assert answer.redirect_chain


def side(followed, grade="D", claim="protocol"):
    return SideShape(followed=followed, grade=grade, claim=claim)


@pytest.mark.parametrize(
    ("followed", "other", "fits"),
    [
        ("A", "B", True),
        ("B", "D", True),
        ("B", "B", False),
        ("C", "B", False),
        ("B", None, True),
        (None, None, False),
        (None, "D", False),
        ("P", "D", False),
        ("D", "P", True),
    ],
)
def test_grades_are_compared(followed, other, fits):
    found = list(faults_of_conflict("higher-grade", (side(True, followed), side(False, other))))

    assert (not found) is fits


def test_both_values_stand_where_the_number_is_used(curator):
    pages = [
        page(Rule, "change", Rule.objects.get(code="S-02").pk),
        page(Rule, "change", Rule.objects.get(code="S-03").pk),
        page(Protocol, "change", Protocol.objects.filter(rules__code="S-03").first().pk),
    ]

    for url in pages:
        text = curator.get(url).content.decode()
        assert all(value in text for value in BOTH.values()), url


def test_a_combination_shows_what_bears_on_it(curator):
    row = Combination.objects.get(mode="alternating")

    text = curator.get(page(Combination, "change", row.pk)).content.decode()

    assert "PRP and mesotherapy: same session or apart" in text


def test_without_a_disagreement_the_page_says_so(curator):
    rule = Rule.objects.filter(conflicts=None, statements__sides=None).first()

    assert (
        "No disagreement is known." in curator.get(page(Rule, "change", rule.pk)).content.decode()
    )


def test_who_only_looks_sees_both_sides(client_of):
    url = page(Conflict, "change", Conflict.objects.get(code="C1").pk)

    text = client_of("administrator").get(url).content.decode()

    assert all(value in text for value in BOTH.values())
