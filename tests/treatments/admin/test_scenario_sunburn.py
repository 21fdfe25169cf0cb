"""A curator who has never seen JSON adds a rule; the medical lead publishes it; it works."""

import pytest

from tests.conftest import PASSWORD
from tests.treatments.admin.drafting import (
    approve_rules,
    done,
    publish,
    refusals,
    shown,
    step,
    submit,
)
from tests.treatments.admin.pages import page, saved, told
from treatments.compiler import catalogue_of, current_catalogue, current_release
from treatments.engine import evaluate, parse_facts
from treatments.models import (
    AreaFinding,
    Draft,
    Release,
    Rule,
    RuleApproval,
    Source,
    Statement,
    Treatment,
)

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


@pytest.fixture
def lead(client_of):
    return client_of("medical-lead")


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
        low="14",
        high="21",
        unit="days",
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


def first_days(response):
    (area,) = response["areas"]
    return {line["treatment"]: line["not_before"] for line in area["treatments"]}


def reviewed(curator, lead):
    """The sunburn rule, handed in by the curator and approved by the medical lead."""
    rule = add_rule(curator, add_finding(curator), add_statement(curator))
    submit(curator)
    approve_rules(lead)
    return rule


def test_a_curator_adds_sunburn_and_the_case_moves(curator, lead):
    before = current_catalogue()
    dated = evaluate(before, parse_facts(before, WELL))
    assert first_days(dated) == {"mesotherapy": "2026-06-01", "prp": "2026-06-01"}

    rule = reviewed(curator, lead)
    assert current_catalogue().digest == before.digest, "nothing works before it is published"
    assert "The draft is published." in told(publish(lead))

    after = current_catalogue()
    moved = evaluate(after, parse_facts(after, SUNBURNT))
    (finding,) = [one for one in moved["findings"] if one["rule"] == "L-36"]
    assert after.key == Draft.objects.get().release.key != "2026.1"
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


def test_the_draft_tells_the_curator_and_the_lead_what_it_changes(curator, lead):
    rule = add_rule(curator, add_finding(curator), add_statement(curator))

    for client in (curator, lead):
        context = shown(client)
        changed = {(one.kind, one.section, one.code) for one in context["comparison"].changes}
        assert changed == {
            ("added", "findings", "sunburn"),
            ("added", "rules", "L-36"),
            ("added", "sources", "skin-advice"),
            ("added", "statements", "P-90"),
        }
        (awaited,) = context["rules"]
        assert (awaited.awaited.rule, awaited.awaited.approval) == (rule, None)


def test_a_policy_rule_is_published_only_once_somebody_stands_behind_it(curator, lead):
    add_rule(curator, add_finding(curator), add_statement(curator))
    submit(curator)

    answer = step(lead, "publish", note="Approved.")
    assert refusals(answer) == ["Rule L-36 rests on literature or policy and awaits its approval."]
    assert step(curator, "approve-rule", rule="L-36").status_code == 403

    done(lead, "approve-rule", rule="L-36", note="As in our policy of May.")
    publish(lead)
    approval = RuleApproval.objects.get()
    assert (approval.approved_by, approval.note) == (lead.user, "As in our policy of May.")


def test_an_approval_is_of_the_words_that_were_approved(curator, lead):
    rule = reviewed(curator, lead)
    done(lead, "send-back", note="Rather 21 days.")

    saved(curator, page(Rule, "change", rule.pk), wait_days="21")
    submit(curator)

    (awaited,) = shown(lead)["rules"]
    assert awaited.awaited.approval is None


def test_the_release_before_can_be_made_current_again(curator, lead):
    old = Release.objects.get(key="2026.1")
    reviewed(curator, lead)
    publish(lead)
    new = Release.objects.exclude(pk=old.pk).get()

    url = page(Release, "activate", old.pk)
    assert curator.get(url).status_code == curator.post(url).status_code == 403
    assert lead.get(url).status_code == 302
    assert current_release() == new, "looking is not doing"
    answer = lead.post(url, {"note": "Too strict.", "password": PASSWORD}, follow=True)

    (text,) = told(answer)
    assert f"Release 2026.1 is in force now; until now it was {new.key}." in text
    assert current_release() == old
    assert [one.note for one in old.activations.all()] == ["Too strict.", "Starter catalogue"]
    shown_page = lead.get(page(Release, "change", old.pk)).content.decode()
    assert "Too strict." in shown_page


def test_a_draft_with_an_error_is_not_handed_in(curator):
    rule = add_rule(curator, add_finding(curator), add_statement(curator))
    saved(curator, page(Rule, "change", rule.pk), statements=[])

    errors = shown(curator)["errors"]
    answer = step(curator, "submit")

    assert page(Rule, "change", rule.pk) in {one.url for one in errors}
    assert any("L-36" in text for text in refusals(answer))
    assert Draft.objects.get().status == "draft"
