"""A curator who has never seen JSON adds a rule in the admin and sees it work."""

import pytest

from tests.treatments.admin.pages import page, saved, told
from treatments.compiler import catalogue_of, current_catalogue
from treatments.engine import evaluate, parse_facts
from treatments.models import AreaFinding, Release, Rule, Source, Statement, Treatment

SUNBURNT = {
    "consulted_on": "2026-06-01",
    "patient": {"sex": "male", "age": 40},
    "concerns": [{"concern": "fine-lines", "area": "face"}],
    "no_known_allergies": True,
    "medications_reviewed": True,
    "area_findings": [{"finding": "sunburn", "area": "cheeks", "clears_on": "2026-06-03"}],
}
WELL = {**SUNBURNT, "area_findings": []}


@pytest.fixture
def curator(client_of):
    return client_of("curator")


def add_finding(curator):
    saved(curator, page(AreaFinding, "add"), name="Sunburn", code="sunburn", clears="on")
    return AreaFinding.objects.get(code="sunburn")


def add_statement(curator):
    saved(
        curator,
        page(Source, "add"),
        code="skin-advice",
        title="Advice on sunburnt skin",
        kind="policy",
        grade="P",
    )
    source = Source.objects.get(code="skin-advice")
    saved(
        curator,
        page(Statement, "add"),
        {"citations": [{"source": source.pk, "locator": "page 1"}]},
        code="P-90",
        text="Needling waits until two weeks after a sunburn has cleared.",
        claim="policy",
    )
    return Statement.objects.get(code="P-90")


def add_rule(curator, finding, statement):
    both = Treatment.objects.filter(code__in=["mesotherapy", "prp"])
    saved(
        curator,
        page(Rule, "add"),
        {
            "clauses": [{"kind": "finding", "finding": finding.pk}],
            "effects": [{"treatment": one.pk, "effect": "delay"} for one in both],
        },
        code="L-36",
        title="Sunburn in the area",
        origin="policy",
        scope="area",
        wait_days="14",
        message="The area is treated 14 days after the sunburn has cleared.",
        care="Keep the area out of the sun.",
        statements=[statement.pk],
    )
    return Rule.objects.get(code="L-36")


def publish(curator, key):
    url = page(Release, "publish")
    assert curator.get(url).status_code == 200
    return curator.post(url, {"key": key, "note": "Sunburn"}, follow=True)


def first_days(response):
    (area,) = response["areas"]
    return {line["treatment"]: line["not_before"] for line in area["treatments"]}


def test_a_curator_adds_sunburn_and_the_case_moves(curator):
    before = current_catalogue()
    dated = evaluate(before, parse_facts(before, WELL))
    assert first_days(dated) == {"mesotherapy": "2026-06-01", "prp": "2026-06-01"}

    rule = add_rule(curator, add_finding(curator), add_statement(curator))
    assert current_catalogue().digest == before.digest, "nothing works before it is published"
    assert "Release 2026.2 is published and in force." in told(publish(curator, "2026.2"))

    after = current_catalogue()
    moved = evaluate(after, parse_facts(after, SUNBURNT))
    (finding,) = [one for one in moved["findings"] if one["rule"] == "L-36"]
    assert after.key == "2026.2"
    assert first_days(moved) == {"mesotherapy": "2026-06-17", "prp": "2026-06-17"}
    assert (finding["areas"], finding["until"]) == (["face"], "2026-06-17")
    assert (finding["because"], finding["sources"]) == (["area_findings[0]"], ["P-90"])

    old = catalogue_of(Release.objects.get(key="2026.1"))
    assert evaluate(old, parse_facts(old, WELL)) == dated

    history = curator.get(page(Rule, "history", rule.pk))
    told_of = {(one.kind_of_row, one.change.by) for one in history.context["page"]}
    values = {value for one in history.context["page"] for value in one.values}
    assert told_of == {(kind, curator.user) for kind in ("rule", "trigger line", "effect")}
    assert {("wait, days", "", "14"), ("finding", "", "Sunburn (sunburn)")} <= values
    assert ("effect", "", "Delay") in values
    assert "Sunburn (sunburn)" in history.content.decode()

    listed = curator.get(page(Rule), {"q": "sunburn"}).content.decode()
    assert "When Sunburn in the area → delay Mesotherapy and Platelet-rich plasma" in listed
    assert "14 days after it clears, in that area" in listed


def test_the_release_before_can_be_made_current_again(curator):
    old = Release.objects.get(key="2026.1")
    add_rule(curator, add_finding(curator), add_statement(curator))
    publish(curator, "2026.2")

    chosen = {"action": "make_current", "_selected_action": [old.pk]}
    answer = curator.post(page(Release), chosen, follow=True)

    assert "Release 2026.1 is in force again." in told(answer)
    assert current_catalogue().key == "2026.1"


def test_a_release_that_is_not_fit_is_refused_in_words(curator):
    add_rule(curator, add_finding(curator), add_statement(curator))
    rule = Rule.objects.get(code="L-36")
    saved(curator, page(Rule, "change", rule.pk), statements=[])

    answer = publish(curator, "2026.2")

    assert "L-36" in "".join(answer.context["form"].non_field_errors())
    assert not Release.objects.filter(key="2026.2").exists()


def test_the_suggested_key_is_the_next_one_of_the_year(curator):
    suggested = curator.get(page(Release, "publish")).context["form"]["key"].value()

    year, number = suggested.split(".")
    assert not Release.objects.filter(key=suggested).exists()
    assert int(year) >= 2026
    assert int(number) >= 1
