"""What a change took away is put back from the history, as an edit of the draft."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent
from tests.treatments.admin.pages import filled, page, saved, told
from treatments.compiler import compile_document
from treatments.models import (
    AreaFinding,
    CatalogueChange,
    Conflict,
    Draft,
    GoldenCase,
    Rule,
    RuleClause,
    Statement,
)


@pytest.fixture
def curator(client_of):
    return client_of("curator")


@pytest.fixture
def rule():
    return Rule.objects.get(code="S-07")


def change_of(row, **more):
    label = row._meta.label_lower
    return CatalogueChange.objects.filter(model=label, row=str(row.pk), **more).first()


def put_back(client, change, *, field="", seen=None):
    newest = CatalogueChange.objects.filter(model=change.model, row=change.row).first()
    data = {"seen": newest.pk if seen is None else seen, "field": field}
    url = page(CatalogueChange, "restore", change.pk)
    return client.post(url, data, follow=True)


def edit(curator, row, lines=None, **fields):
    saved(curator, page(type(row), "change", row.pk), lines, **fields)


def test_one_field_is_put_back(curator, rule):
    statements = list(rule.statements.values_list("code", flat=True))
    edit(curator, rule, wait_days="10", title="Another title", statements=[])
    change = change_of(rule)

    answer = put_back(curator, change, field="wait_days")

    rule.refresh_from_db()
    assert (rule.wait_days, rule.title) == (7, "Another title")
    assert not rule.statements.exists()
    assert told(answer) == [f"“{rule}”: what it was stands in the draft again."]
    restored = change_of(rule)
    assert restored.values == {"wait_days": {"old": "10", "new": "7"}}
    assert (restored.by, restored.draft) == (curator.user, Draft.objects.get())
    assert AuditEvent.objects.filter(action="catalogue-changed", subject=str(rule.pk)).count() == 2

    put_back(curator, change, field="statements")
    assert list(rule.statements.values_list("code", flat=True)) == statements


def test_the_whole_row_is_put_back(curator, rule):
    before = compile_document("x")["rules"]
    edit(curator, rule, wait_days="10", title="Another title", message="Short.", care="")

    put_back(curator, change_of(rule))

    assert compile_document("x")["rules"] == before


def test_buttons_stand_where_something_can_be_put_back(curator, client_of, rule):
    edit(curator, rule, wait_days="10")
    url = page(Rule, "history", rule.pk)

    shown = curator.get(url).content.decode()
    assert shown.count("/restore/") == 2
    assert "Put back: wait, days" in shown
    assert "/restore/" not in client_of("administrator").get(url).content.decode()
    assert (
        "/restore/"
        in curator.get(page(CatalogueChange, "change", change_of(rule).pk)).content.decode()
    )


def test_a_line_that_was_taken_out_comes_back(curator, rule):
    before = compile_document("x")["rules"]
    clause = rule.clauses.get()
    line = {"kind": "finding", "finding": AreaFinding.objects.first().pk, "group": "1"}
    data = filled(
        curator.get(page(Rule, "change", rule.pk)),
        {"clauses": [line]},
        **{"clauses-0-DELETE": "on"},
    )
    curator.post(page(Rule, "change", rule.pk), data)
    assert clause not in rule.clauses.all()
    taken_out = change_of(clause)

    shown = curator.get(page(Rule, "history", rule.pk)).content.decode()
    assert page(CatalogueChange, "restore", taken_out.pk) in shown
    put_back(curator, taken_out)

    assert set(rule.clauses.values_list("kind", flat=True)) == {"medication", "finding"}
    again = RuleClause.objects.get(pk=clause.pk)
    assert again.medication_classes.count() == clause.medication_classes.count() > 0
    rule.clauses.filter(kind="finding").delete()
    assert compile_document("x")["rules"] == before


def test_a_line_that_was_changed_is_put_back(curator):
    rule = Rule.objects.get(code="L-08a")
    clause = rule.clauses.get()
    edit(curator, rule, **{"clauses-0-value_below": "60"})

    put_back(curator, change_of(clause), field="value_below")

    clause.refresh_from_db()
    assert clause.value_below == 50


def test_a_deleted_row_comes_back_with_its_lines(curator):
    statement = Statement.objects.create(code="P-99", text="Said.", claim="policy")
    source = Statement.objects.get(code="A073").citations.first().source
    statement.citations.create(source=source, locator="page 1")
    key = statement.pk
    curator.post(page(Statement, "delete", key), {"post": "yes"})
    change = CatalogueChange.objects.filter(kind="deleted", label__startswith="P-99").first()

    put_back(curator, change)

    again = Statement.objects.get(code="P-99")
    assert (again.pk, again.text) == (key, "Said.")
    assert [str(one) for one in again.citations.all()] == [f"{source.code} page 1"]
    history = curator.get(page(Statement, "history", key))
    kinds = [one.change.kind for one in history.context["page"]]
    assert kinds.count("added") == kinds.count("deleted") == 2


def test_a_row_that_was_edited_since_is_not_overwritten(curator, rule):
    edit(curator, rule, wait_days="10")
    first = change_of(rule)
    edit(curator, rule, wait_days="12")

    answer = put_back(curator, first, field="wait_days", seen=first.pk)

    rule.refresh_from_db()
    assert rule.wait_days == 12
    assert "was changed in the meantime" in told(answer)[0]

    put_back(curator, first, field="wait_days")
    rule.refresh_from_db()
    assert rule.wait_days == 7


def test_what_is_gone_cannot_be_named_again(curator, rule):
    statement = Statement.objects.create(code="P-99", text="Said.", claim="policy")
    kept = [*rule.statements.values_list("pk", flat=True)]
    edit(curator, rule, statements=[*kept, statement.pk])
    edit(curator, rule, statements=kept)
    change = change_of(rule)
    curator.post(page(Statement, "delete", statement.pk), {"post": "yes"})

    answer = put_back(curator, change, field="statements")

    assert "There is no statement “P-99” any more." in told(answer)
    assert rule.statements.count() == len(kept)


def test_a_rule_that_would_not_be_whole_is_refused(curator, rule):
    effect = rule.effects.get()
    fields = {"wait_days": "", "message": "Take care.", "care": "Tell us."}
    edit(curator, rule, **fields, **{"effects-0-effect": "caution"})
    changed = change_of(effect)

    answer = put_back(curator, changed, field="effect")

    effect.refresh_from_db()
    assert effect.effect == "caution"
    assert "A delay needs its days" in told(answer)[0]


def test_a_conflict_that_would_not_fit_is_refused(curator):
    conflict = Conflict.objects.get(code="C1")
    url = page(Conflict, "change", conflict.pk)
    data = filled(curator.get(url), principle="curator") | {"sides-0-followed": "on"}
    assert curator.post(url, data).status_code == 302

    answer = put_back(curator, change_of(conflict), field="principle")

    conflict.refresh_from_db()
    assert conflict.principle == "curator"
    assert any("Mark which." in text for text in told(answer))


def test_what_is_like_that_already_leaves_no_trace(curator, rule):
    edit(curator, rule, wait_days="10")
    change = change_of(rule)
    put_back(curator, change, field="wait_days")
    count = CatalogueChange.objects.count()

    answer = put_back(curator, change, field="wait_days")

    assert "is like that already" in told(answer)[0]
    assert CatalogueChange.objects.count() == count


def test_nothing_is_put_back_while_the_draft_is_reviewed(curator, rule):
    edit(curator, rule, wait_days="10")
    Draft.objects.update(status="in-review")

    answer = put_back(curator, change_of(rule), field="wait_days")

    rule.refresh_from_db()
    assert rule.wait_days == 10
    assert "in review" in told(answer)[0]


def test_what_the_history_does_not_hold_is_refused(curator, rule):
    edit(curator, rule, wait_days="10")
    change = change_of(rule)

    for field in ("title", "id", "clauses", "nonsense"):
        answer = put_back(curator, change, field=field)
        assert "is like that already" in told(answer)[0] or "does not say" in told(answer)[0]
    rule.refresh_from_db()
    assert rule.wait_days == 10


def test_golden_cases_are_left_to_their_own_service(curator):
    case = GoldenCase.objects.get(code="pregnant")
    chosen = {"action": "retire", "_selected_action": [case.pk]}
    curator.post(page(GoldenCase), chosen, follow=True)

    answer = put_back(curator, change_of(case), field="active")

    case.refresh_from_db()
    assert not case.active
    assert "does not say" in told(answer)[0]


@pytest.mark.parametrize(
    ("role", "status"),
    [("administrator", 403), ("physician", 302), ("nurse", 302), ("front-desk", 302)],
)
def test_others_put_nothing_back(role, status, client_of, curator, rule):
    edit(curator, rule, wait_days="10")
    change = change_of(rule)

    url = page(CatalogueChange, "restore", change.pk)
    answer = client_of(role).post(url, {"seen": change.pk, "field": "wait_days"})

    assert answer.status_code == status
    rule.refresh_from_db()
    assert rule.wait_days == 10


def test_odd_requests_are_no_error(curator, rule):
    edit(curator, rule, wait_days="10")
    url = page(CatalogueChange, "restore", change_of(rule).pk)

    assert curator.get(url).status_code == 405
    assert curator.post(page(CatalogueChange, "restore", 99999999), {}).status_code == 404
    for seen in ("", "x", "9" * 40, "-1"):
        assert curator.post(url, {"seen": seen, "field": "wait_days"}).status_code == 302
    rule.refresh_from_db()
    assert rule.wait_days == 10


def test_a_longer_history_costs_no_more_queries(curator, rule):
    counts = []
    for days in ("8", "9", "10", "11"):
        edit(curator, rule, wait_days=days)
        with CaptureQueriesContext(connection) as queries:
            curator.get(page(Rule, "history", rule.pk))
        counts.append(len(queries))

    assert len(set(counts)) == 1
