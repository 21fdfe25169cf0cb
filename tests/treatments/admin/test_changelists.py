"""Every page of the catalogue opens, can be searched, and costs the same with more rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.treatments.admin.pages import page
from tests.treatments.admin.rows import PAGES, copies, richest
from treatments.models import (
    CatalogueChange,
    CatalogueImport,
    Combination,
    Concern,
    Draft,
    GoldenCase,
    Ingredient,
    Product,
    Release,
    ReleaseActivation,
    Rule,
    Statement,
    Suitability,
)

WRITTEN_BY_SERVICES = {Release, CatalogueChange, CatalogueImport, Draft}
EDITED = [model for model in PAGES if model not in WRITTEN_BY_SERVICES]
MODE_ONCE = {Combination}
NEVER_DELETED = {GoldenCase}


@pytest.fixture
def curator(client_of):
    return client_of("curator")


@pytest.fixture(autouse=True)
def product(db):
    """The starter catalogue names no products; curators add those that their clinic buys."""
    row = Product.objects.create(
        code="serum", name="Serum", injection_standard=True, vehicle="aqueous"
    )
    for ingredient in Ingredient.objects.all()[:3]:
        row.parts.create(ingredient=ingredient)
    return row


def label(model):
    return model._meta.model_name


def codes(curator, model, **query):
    answer = curator.get(page(model), query)
    assert answer.status_code == 200
    return {row.code for row in answer.context["cl"].queryset}


def queries(curator, url, query=None):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert curator.get(url, query).status_code == 200
    return len(captured)


def test_the_walk_sees_the_whole_catalogue():
    assert len(PAGES) >= 32


@pytest.mark.parametrize("model", PAGES, ids=label)
def test_list_opens_and_can_be_searched(curator, model):
    assert curator.get(page(model)).status_code == 200
    assert curator.get(page(model), {"q": "a b"}).status_code == 200


@pytest.mark.parametrize("model", EDITED, ids=label)
def test_pages_of_a_row_open(curator, model):
    row = model._default_manager.first()

    assert curator.get(page(model, "add")).status_code == 200
    views = ("change", "history") + (() if model in NEVER_DELETED else ("delete",))
    for view in views:
        assert curator.get(page(model, view, row.pk)).status_code == 200


@pytest.mark.parametrize("model", EDITED, ids=label)
def test_every_filter_answers(curator, model):
    shown = curator.get(page(model)).context["cl"]

    for spec in shown.filter_specs:
        for choice in list(spec.choices(shown))[1:4]:
            assert curator.get(page(model) + choice["query_string"]).status_code == 200


@pytest.mark.parametrize("model", [m for m in EDITED if m not in MODE_ONCE], ids=label)
def test_list_costs_the_same_with_1_3_and_30_rows(curator, model):
    keys = [str(row.pk) for row in copies(richest(model), 30)]
    curator.get(page(model))

    costs = {n: queries(curator, page(model), {"pk__in": ",".join(keys[:n])}) for n in (1, 3, 30)}

    assert len(set(costs.values())) == 1, costs


def test_list_of_combinations_costs_the_same_with_1_and_2_rows(curator):
    keys = [str(key) for key in Combination.objects.values_list("pk", flat=True)]
    curator.get(page(Combination))

    costs = [queries(curator, page(Combination), {"pk__in": ",".join(keys[:n])}) for n in (1, 2)]

    assert costs[0] == costs[1]


def test_list_of_releases_costs_the_same_with_1_3_and_30_rows(curator):
    first = Release.objects.get()
    curator.get(page(Release))
    costs = [queries(curator, page(Release))]
    for more in (2, 27):
        for _n in range(more):
            number = Release.objects.count() + 1
            release = Release.objects.create(
                key=f"2027.{number}",
                digest=first.digest,
                body=first.body,
                published_by=curator.user,
            )
            ReleaseActivation.objects.create(
                release=release, effective_at=first.activations.get().effective_at
            )
        costs.append(queries(curator, page(Release)))

    assert Release.objects.count() == 30
    assert len(set(costs)) == 1, costs


def test_list_of_changes_costs_the_same_with_1_3_and_30_rows(curator):
    costs = []
    curator.get(page(CatalogueChange))
    for more in (1, 2, 27):
        for n in range(more):
            CatalogueChange.objects.create(
                by=curator.user,
                kind="changed",
                model="treatments.rule",
                row="1",
                label="L-01",
                values={"title": {"old": "a", "new": str(n)}},
            )
        costs.append(queries(curator, page(CatalogueChange)))

    assert len(set(costs)) == 1, costs


def test_rules_are_found_by_what_they_read(curator):
    assert codes(curator, Rule, q="chemical peel") == {"L-23"}
    assert "L-08c" in codes(curator, Rule, q="platelet")


def test_rules_without_a_statement_or_on_policy_alone_stand_out(curator):
    Rule.objects.get(code="S-05").statements.clear()
    policy = Statement.objects.filter(citations__source__kind="policy").exclude(
        citations__source__kind__in=["article", "label", "guideline", "review", "trial"]
    )
    Rule.objects.get(code="S-06").statements.set(policy[:1])

    assert codes(curator, Rule, evidence="none") == {"S-05"}
    alone = codes(curator, Rule, evidence="policy")
    assert "S-06" in alone
    assert not alone & (codes(curator, Rule, evidence="sourced") | {"S-05"})


def test_concerns_without_treatment_or_protocol_stand_out(curator):
    Concern.objects.create(code="lonely", name="Lonely")

    assert "lonely" in codes(curator, Concern, treatment="none")
    assert "lonely" in codes(curator, Concern, protocol="none")
    assert "acne-scars" in codes(curator, Concern, protocol="own")
    assert "joint-pain" in codes(curator, Concern, treatment="refer")
    assert "joint-pain" not in codes(curator, Concern, treatment="none")
    Suitability.objects.create(
        concern=Concern.objects.get(code="lonely"),
        treatment=Suitability.objects.first().treatment,
        rating="suitable",
        formula=Suitability.objects.exclude(formula=None).first().formula,
    )
    assert "lonely" in codes(curator, Concern, protocol="standard")


def test_statements_that_nothing_uses_and_ingredients_in_no_formula_stand_out(curator):
    Statement.objects.create(code="A999", text="Unused.", claim="definition")

    assert "A999" in codes(curator, Statement, used="none")
    assert "A999" not in codes(curator, Statement, used="some")
    assert "hyaluronidase" in codes(curator, Ingredient, formula="none")
    assert "hyaluronic-acid" not in codes(curator, Ingredient, formula="none")


def test_terms_out_of_use_can_be_listed(curator):
    assert codes(curator, Concern, active__exact="0") == {"excess-sebum"}


def test_search_fields_offer_only_what_is_in_use(curator):
    asked = {"app_label": "treatments", "model_name": "suitability", "field_name": "concern"}

    def offered(term):
        answer = curator.get("/admin/autocomplete/", {**asked, "term": term})
        return [one["text"] for one in answer.json()["results"]]

    assert offered("fine") == ["Fine lines"]
    assert offered("sebum") == []
