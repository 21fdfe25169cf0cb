"""The way of a change: two people, nothing that moves under review, and a way back."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from clinic.models import AuditEvent
from tests.treatments.drafted import edited, in_review
from treatments.compiler import compile_document, current_release
from treatments.engine import digest_of
from treatments.enums import RuleKind
from treatments.models import (
    Allergen,
    CatalogueChange,
    Citation,
    Concern,
    Condition,
    Draft,
    Formula,
    FormulaIngredient,
    GoldenCase,
    Ingredient,
    IngredientClass,
    Release,
    ReleaseActivation,
    ReleaseApproval,
    Rule,
    RuleClause,
    RuleEffect,
    Source,
    Statement,
    Treatment,
)
from treatments.services import drafts, import_catalogue, review
from treatments.services.approvals import approve_rule, release_awaits_approval
from treatments.services.drafts import (
    approve_release,
    open_draft,
    publish_draft,
    send_back,
    submit_for_review,
    withdraw_draft,
)
from treatments.services.editing import RowEdit, delete_row, save_edit
from treatments.services.golden import accept_outcome, add_case
from treatments.services.linting import lint_rows
from treatments.services.merging import NOT_IMPORTED
from treatments.services.wording import values_in_words

FACTS = {
    "consulted_on": "2026-01-12",
    "patient": {"sex": "male", "age": 45},
    "concerns": [{"concern": "fine-lines", "area": "face"}],
    "no_known_allergies": True,
    "medications_reviewed": True,
    "medications": [
        {"medication": "ibuprofen", "prescribed": False, "last_taken_on": "2026-01-11"}
    ],
}


@pytest.fixture
def curator(make_member):
    return make_member("curator")


@pytest.fixture
def lead(make_member):
    return make_member("medical-lead")


def refused(work, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        work(*args, **kwargs)
    return refusal.value


def test_the_first_edit_opens_a_draft_and_the_next_ones_join_it(curator, lead):
    draft = edited(curator)
    again = edited(lead, code="S-06", title="Diseases of the blood")

    assert again == draft
    assert (draft.base.key, draft.opened_by, draft.status) == ("2026.1", curator, "draft")
    assert {one.draft for one in CatalogueChange.objects.all()} == {draft}
    assert drafts.editors_of(draft) == {curator.pk, lead.pk}


def test_saving_without_a_change_opens_nothing(curator):
    save_edit(RowEdit(row=Rule.objects.get(code="S-07")), by=curator)

    assert open_draft() is None


def test_each_change_keeps_the_row_as_it_was_in_the_form_of_the_export(curator):
    title = Rule.objects.get(code="S-07").title

    edited(curator)

    before = CatalogueChange.objects.get().before
    assert (before["code"], before["title"], before["statements"]) == ("S-07", title, ["A080"])
    assert before["effects"] == [{"treatment": "mesotherapy", "effect": "delay"}]
    assert before["clauses"][0]["medication_classes"] == ["aspirin", "nsaid"]


def test_in_review_nothing_is_edited_imported_or_deleted(curator, lead):
    draft = in_review(curator)
    digest = digest_of(compile_document(draft.key))
    new = {"x.json": {"treatments.area": [{"code": "toe", "name": "Toe"}]}}
    concern = Concern.objects.filter(active=False).first()

    for work in (
        lambda: edited(curator, title="Later"),
        lambda: save_edit(RowEdit(row=Rule.objects.get(code="S-06")), by=lead),
        lambda: delete_row(concern, by=curator),
        lambda: import_catalogue(new, by=curator),
    ):
        assert refused(work).code == "in-review"

    assert digest_of(compile_document(draft.key)) == digest
    assert send_back(draft, by=lead, note="Say which painkillers.").status == "draft"
    assert edited(curator, title="Later").closing_note == "Say which painkillers."


def test_who_edited_or_submitted_does_not_publish(make_member, lead):
    second = make_member("medical-lead")
    draft = edited(lead)
    draft = submit_for_review(draft, by=second, acknowledged=[one.id for one in lint_rows()])

    for own in (lead, second):
        assert refused(publish_draft, draft, by=own, note="Mine.").code == "self"
    third = make_member("medical-lead")
    assert publish_draft(draft, by=third, note="Read.").published_by == third


def test_publishing_says_what_was_reviewed_and_closes_the_draft(curator, lead, clinic):
    draft = in_review(curator)
    digest = review.review_of(draft).digest

    release = publish_draft(draft, by=lead, note="Read.", clinic=clinic)

    draft.refresh_from_db()
    assert (release.digest, release.note, current_release()) == (digest, "Read.", release)
    assert (draft.status, draft.release, draft.closed_by) == ("published", release, lead)
    assert not release_awaits_approval(clinic)
    assert open_draft() is None
    names = AuditEvent.objects.filter(subject_type="treatments.draft").order_by("pk")
    assert [one.action for one in names] == ["draft-opened", "draft-submitted", "draft-published"]
    assert edited(curator, title="Again").base == release


@pytest.mark.parametrize("note", ["", "  "])
def test_an_approval_has_a_note(curator, lead, note):
    draft = in_review(curator)

    assert "note" in refused(publish_draft, draft, by=lead, note=note).message_dict
    assert "note" in refused(send_back, draft, by=lead, note=note).message_dict


def test_a_draft_that_is_not_in_review_is_not_published(curator, lead):
    assert refused(publish_draft, edited(curator), by=lead, note="Read.").code == "state"


def test_warnings_have_to_be_acknowledged_one_by_one(curator):
    draft = edited(curator)
    Formula.objects.get(code="hydration")
    warnings = [one.id for one in lint_rows() if one.severity == "warning"]
    assert warnings, "the starter catalogue has a warning of its own"

    error = refused(submit_for_review, draft, by=curator, acknowledged=warnings[1:])
    assert {one.code for one in error.error_list} == {"unacknowledged"}

    assert submit_for_review(draft, by=curator, acknowledged=warnings).acknowledged == warnings


def test_an_error_blocks_the_review(curator):
    rule = Rule.objects.get(code="S-07")
    save_edit(RowEdit(row=rule, links={"statements": []}), by=curator)

    error = refused(submit_for_review, Draft.objects.get(), by=curator, acknowledged=())

    assert {one.code for one in error.error_list} == {"lint-errors"}
    assert any("S-07" in text for text in error.messages)


def test_a_changed_golden_case_waits_for_its_acceptance(curator, lead):
    case = add_case(code="painkiller", title="Ibuprofen yesterday", request=FACTS, by=curator)
    expected = case.expected
    draft = in_review(curator, wait_days=14, message="Wait.")

    error = refused(publish_draft, draft, by=lead, note="Read.")
    waiting = "Golden case painkiller has another outcome and is not accepted yet."
    assert waiting in error.messages
    assert "reason" in refused(accept_outcome, draft, case, by=curator, reason="").message_dict
    for one in review.review_of(draft).unsettled:
        accept_outcome(draft, one.case, by=curator, reason="Two weeks, as agreed.")
    case.refresh_from_db()
    assert case.expected == expected, "an accepted outcome counts from the release on"

    publish_draft(draft, by=lead, note="Read.")
    case.refresh_from_db()
    assert case.expected != expected
    assert not any(one.changed for one in review.review_of(edited(curator)).outcomes)


def test_an_accepted_outcome_counts_for_just_that_outcome(curator, lead):
    case = add_case(code="painkiller", title="Ibuprofen yesterday", request=FACTS, by=curator)
    draft = in_review(curator, wait_days=14)
    accept_outcome(draft, case, by=lead, reason="Two weeks.")
    send_back(draft, by=lead, note="Rather three.")

    draft = in_review(curator, wait_days=21)

    (outcome,) = [one for one in review.review_of(draft).outcomes if one.case == case]
    assert outcome.accepted
    assert not outcome.settled


def test_acceptance_that_is_no_longer_needed_changes_no_case(curator, lead):
    case = add_case(code="painkiller", title="Ibuprofen yesterday", request=FACTS, by=curator)
    draft = edited(curator, wait_days=14)
    accept_outcome(draft, case, by=lead, reason="Two weeks.")

    publish_draft(in_review(curator, wait_days=7, title="Painkillers"), by=lead, note="Read.")

    assert GoldenCase.objects.get(pk=case.pk).expected == case.expected


def test_another_app_can_ask_for_more(curator, lead, monkeypatch):
    asked = []
    monkeypatch.setattr(
        review, "PRECONDITIONS", [lambda draft, digest: asked.append(digest) or ["Look first."]]
    )
    draft = in_review(curator)

    assert refused(publish_draft, draft, by=lead, note="Read.").messages == ["Look first."]
    assert set(asked) == {digest_of(compile_document(draft.key))}


def test_rows_that_moved_in_review_are_not_published(curator, lead, monkeypatch):
    draft = in_review(curator)
    real = drafts.review_of

    def moved(draft):
        found = real(draft)
        Rule.objects.filter(code="S-06").update(title="Moved")
        return found

    monkeypatch.setattr(drafts, "review_of", moved)

    assert refused(publish_draft, draft, by=lead, note="Read.").code == "moved"
    assert Release.objects.count() == ReleaseActivation.objects.count() == 1


def test_calling_a_policy_something_else_does_not_spare_its_approval(curator, lead):
    rules = Rule.objects.filter(kind=RuleKind.CONTRAINDICATION, active=True)
    rule = rules.exclude(origin="seed").first()
    draft = in_review(curator, code=rule.code, origin="seed", title="Relabelled")

    assert [one.rule for one in review.review_of(draft).awaited] == [rule]
    approve_rule(draft, rule.code, by=lead)
    assert refused(approve_rule, draft, rule.code, by=lead).code == "approved"
    assert refused(approve_rule, draft, rule.code, by=curator).code == "self"
    assert publish_draft(draft, by=lead, note="Read.")


def test_a_policy_deleted_and_added_again_as_another_origin_awaits_its_approval(curator):
    rule = Rule.objects.get(code="L-28")
    kept = {one.name: getattr(rule, one.name) for one in Rule._meta.concrete_fields}
    delete_row(rule, by=curator)
    again = Rule(**{**kept, "id": None, "origin": "seed", "title": "Seen in an article"})
    articles = [Statement.objects.get(code="A083")]
    edit = RowEdit(row=again, links={"statements": articles})
    save_edit(edit, by=curator, lines=_warning_of_tobacco(again))

    assert [one.rule for one in review.review_of(open_draft()).awaited] == [again]


def _warning_of_tobacco(rule):
    clause = RuleClause(
        rule=rule, kind="condition", condition=Condition.objects.get(code="tobacco")
    )
    effect = RuleEffect(rule=rule, effect="caution", treatment=Treatment.objects.get(code="prp"))
    return [RowEdit(row=clause), RowEdit(row=effect)]


@pytest.mark.parametrize(
    ("statements", "awaited"),
    [(["A083"], False), (["A083", "A095"], False), (["P-21"], True), (["A083", "P-21"], True)],
)
def test_a_new_rule_is_of_the_articles_when_they_alone_carry_it(curator, statements, awaited):
    rule = Rule(code="S-99", title="Tobacco", origin="seed", message="Smoking.", scope="treatment")
    carried = list(Statement.objects.filter(code__in=statements))
    edit = RowEdit(row=rule, links={"statements": carried})
    save_edit(edit, by=curator, lines=_warning_of_tobacco(rule))

    assert [one.rule for one in review.review_of(open_draft()).awaited] == [rule][: int(awaited)]


def test_a_new_statement_is_no_article_because_it_names_one(curator):
    new = Statement(code="A999", text="Smokers wait.", claim="risk")
    cited = Citation(statement=new, source=Source.objects.get(code="seed-000"), locator="000:1")
    save_edit(RowEdit(row=new), by=curator, lines=[RowEdit(row=cited)])
    rule = Rule(code="S-99", title="Tobacco", origin="seed", message="Smoking.", scope="treatment")
    edit = RowEdit(row=rule, links={"statements": [new]})
    save_edit(edit, by=curator, lines=_warning_of_tobacco(rule))

    assert [one.rule for one in review.review_of(open_draft()).awaited] == [rule]


def test_a_new_rule_under_a_conflict_that_was_there_is_new_all_the_same(curator):
    there = Rule.objects.filter(kind=RuleKind.INPUT_CONFLICT, active=True).first()
    rule = Rule(
        code="S-99",
        title="Another way to contradict",
        kind=RuleKind.INPUT_CONFLICT,
        conflict_code=there.conflict_code,
        origin="seed",
        message="These two do not go together.",
    )
    tobacco = Condition.objects.get(code="tobacco")
    clause = RuleClause(rule=rule, kind="condition", condition=tobacco)
    save_edit(RowEdit(row=rule), by=curator, lines=[RowEdit(row=clause)])

    assert rule in [one.rule for one in review.review_of(open_draft()).awaited]


def test_an_edit_names_its_author_once_there_is_a_release(curator):
    rule = Rule.objects.get(code="S-07")
    rule.title = "Painkillers"

    assert refused(save_edit, RowEdit(row=rule), by=None).code == "no-author"
    assert open_draft() is None
    edited(curator, code="S-06", title="Blood")
    assert refused(save_edit, RowEdit(row=rule), by=None).code == "no-author"
    assert [one.by for one in CatalogueChange.objects.all()] == [curator]


@pytest.mark.parametrize("anonymous", ["change", "opening"])
def test_a_draft_with_edits_of_nobody_is_not_published(curator, lead, anonymous):
    draft = in_review(curator)
    if anonymous == "change":
        CatalogueChange.objects.create(
            kind="changed", model="treatments.rule", row="0", label="Older", draft=draft
        )
    else:
        Draft.objects.update(opened_by=None)

    error = refused(publish_draft, draft, by=lead, note="Read.")

    assert error.messages == ["Some of its edits name no author. Withdraw it and make them anew."]


def test_facts_that_contradict_each_other_need_an_approver_too(curator):
    rule = Rule.objects.filter(kind=RuleKind.INPUT_CONFLICT).exclude(origin="seed").first()
    draft = in_review(curator, code=rule.code, message="These two do not go together.")

    assert rule in [one.rule for one in review.review_of(draft).awaited]


def test_an_allergen_that_follows_from_an_edit_is_in_the_document_at_once(curator, lead):
    kind = IngredientClass.objects.filter(active=True).first()
    row = Ingredient(code="zz-new", name="New", ingredient_class=kind)
    save_edit(RowEdit(row=row, links={"statements": [Statement.objects.first()]}), by=curator)

    document = compile_document("x")

    assert "zz-new" in {one["code"] for one in document["allergens"]}
    assert CatalogueChange.objects.filter(model="treatments.allergen").get().draft == open_draft()


def everything():
    """Every row of the catalogue with its lists, by its id."""
    skipped = {*NOT_IMPORTED, GoldenCase}
    return {
        (model.__name__, row.pk): values_in_words(row)
        for model in apps.get_app_config("treatments").get_models()
        if model not in skipped
        for row in model._default_manager.all()
    }


def edit_everything_possible(curator):
    """Rows added, changed and deleted, lines and lists too, by hand and by a file."""
    kind = IngredientClass(code="zz-kind", name="Kind")
    save_edit(RowEdit(row=kind), by=curator)
    row = Ingredient(code="zz-new", name="New", ingredient_class=kind)
    save_edit(RowEdit(row=row), by=curator)
    formula = Formula.objects.get(code="hydration")
    part = RowEdit(row=FormulaIngredient(formula=formula, ingredient=row, position=3))
    gone = formula.parts.first()
    save_edit(RowEdit(row=formula), by=curator, lines=[part], removed=[gone])
    rule = Rule.objects.get(code="S-07")
    rule.wait_days = 10
    effect = rule.effects.get()
    prp = RowEdit(
        row=RuleEffect(rule=rule, treatment=Treatment.objects.get(code="prp"), effect="delay")
    )
    links = {"statements": list(Statement.objects.all()[:3])}
    save_edit(RowEdit(row=rule, links=links), by=curator, lines=[prp], removed=[effect])
    unused = Concern.objects.create(code="zz-unused", name="Unused")
    delete_row(unused, by=curator)
    imported = {
        "treatments.condition": [{"code": "zz-cold", "name": "Cold", "question": "A cold?"}],
        "treatments.rule": [
            {
                "code": "S-07",
                "message": "Wait.",
                "clauses": [{"kind": "condition", "condition": "zz-cold"}],
                "statements": ["A080"],
            },
            {
                "code": "L-99",
                "title": "Cold",
                "origin": "policy",
                "message": "Wait until it is over.",
                "clauses": [{"kind": "condition", "condition": "zz-cold"}],
                "effects": [{"treatment": "prp", "effect": "caution"}],
            },
        ],
        "treatments.ingredient": [{"code": "zz-new", "name": "Newer"}],
    }
    import_catalogue({"90.json": imported}, by=curator)


def test_a_withdrawn_draft_leaves_every_row_as_it_was(curator, lead):
    Concern.objects.create(code="zz-unused", name="Unused").delete()
    document, rows = compile_document("x"), everything()
    edit_everything_possible(curator)
    draft = Draft.objects.get()
    count = draft.changes.count()
    assert compile_document("x") != document

    withdraw_draft(draft, by=curator, note="Not now.")

    now = everything()
    added = {key: row for key, row in now.items() if key not in rows}
    assert {key: row for key, row in now.items() if key in rows} == rows
    assert {row["code"] for row in added.values()} == {"zz-unused"}, "it was there before the edit"
    assert draft.changes.count() > count, "taking back stands in the history too"
    draft.refresh_from_db()
    assert (draft.status, draft.closed_by, draft.is_open) == ("withdrawn", curator, False)
    assert edited(curator).pk != draft.pk


def test_what_records_name_goes_out_of_use_when_its_draft_is_withdrawn(curator, lead):
    document = compile_document("x")
    rule = {
        "code": "L-99",
        "title": "Tobacco",
        "origin": "policy",
        "message": "Ask.",
        "statements": ["A080"],
        "clauses": [{"kind": "condition", "condition": "tobacco"}],
        "effects": [{"treatment": "prp", "effect": "caution"}],
    }
    import_catalogue({"90.json": {"treatments.rule": [rule]}}, by=curator)
    draft = Draft.objects.get()
    submit_for_review(draft, by=curator, acknowledged=[one.id for one in lint_rows()])
    approve_rule(draft, "L-99", by=lead)

    withdraw_draft(draft, by=lead)

    assert not Rule.objects.get(code="L-99").active
    assert compile_document("x") == document


def test_a_row_whose_past_is_unknown_keeps_the_whole_draft(curator):
    draft = edited(curator)
    CatalogueChange.objects.create(
        draft=draft, by=curator, kind="changed", model="treatments.rule", row="1", label="S-01"
    )
    edited(curator, code="S-06", title="Other")

    assert refused(withdraw_draft, draft, by=curator).code == "history"
    assert Rule.objects.get(code="S-06").title == "Other"
    assert open_draft() == draft


def test_an_empty_installation_has_no_draft(curator, monkeypatch):
    monkeypatch.setattr("treatments.services.drafting.held_release", lambda: None)

    save_edit(RowEdit(row=Concern(code="zz-first", name="First")), by=curator)

    assert open_draft() is None
    assert CatalogueChange.objects.get().draft is None


def test_the_same_files_again_open_no_draft(curator):
    row = {"code": "fine-lines", "name": Concern.objects.get(code="fine-lines").name}

    import_catalogue({"x.json": {"treatments.concern": [row]}}, by=curator)

    assert open_draft() is None


def test_files_claim_no_draft_and_no_approval(curator):
    for model in ("draft", "releaseapproval", "ruleapproval", "acceptedoutcome"):
        with pytest.raises(ValidationError, match="no kind of row that a file"):
            import_catalogue({"x.json": {f"treatments.{model}": []}}, by=curator)


def test_a_clinic_approves_a_release_once_and_for_itself(lead, clinic, other_clinic):
    release = Release.objects.get()
    assert release_awaits_approval(clinic)

    approve_release(release, clinic=clinic, by=lead, note="Read and agreed.")

    assert not release_awaits_approval(clinic)
    assert release_awaits_approval(other_clinic)
    assert refused(approve_release, release, clinic=clinic, by=lead, note="x").code == "approved"
    assert (
        "note"
        in refused(approve_release, release, clinic=other_clinic, by=lead, note=" ").message_dict
    )
    assert ReleaseApproval.objects.get().note == "Read and agreed."


def test_a_substance_taken_back_takes_its_allergen_along(curator):
    kind = IngredientClass.objects.filter(active=True).first()
    save_edit(RowEdit(row=Ingredient(code="zz-n", name="N", ingredient_class=kind)), by=curator)
    assert Allergen.objects.filter(code="zz-n").exists()

    withdraw_draft(Draft.objects.get(), by=curator)

    assert not Allergen.objects.filter(code="zz-n").exists()


def test_an_outcome_that_does_not_change_is_not_accepted(curator):
    case = add_case(code="painkiller", title="Ibuprofen yesterday", request=FACTS, by=curator)
    draft = edited(curator)

    assert refused(accept_outcome, draft, case, by=curator, reason="x").code == "state"
