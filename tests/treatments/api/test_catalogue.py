"""The catalogue over REST: read from a release, by kind and code."""

import pytest

from treatments.api.kinds import FROZEN, KINDS, LIVE, frozen_rows
from treatments.models import Concern, Product, Release
from treatments.services.releases import publish_release

CATALOGUE = "/api/v1/catalogue/"
RELEASES = "/api/v1/releases/"


def done(response):
    assert response.status_code == 200, response.content
    return response.json()


def everything(api, kind):
    page = done(api.get(f"{CATALOGUE}{kind}/", {"limit": 100}))
    rows = page["results"]
    while page["next"]:
        page = done(api.get(page["next"]))
        rows += page["results"]
    return rows


def test_every_section_of_a_release_can_be_asked_for(catalogue):
    sections = set(catalogue.document) - {"key", "parameters"}

    assert sections == set(FROZEN.values())


def test_kinds_are_listed_with_their_addresses(api_of):
    api = api_of("integration")
    kinds = done(api.get(CATALOGUE))

    assert [one["kind"] for one in kinds] == list(KINDS)
    assert {one["kind"] for one in kinds if one["frozen"]} == set(FROZEN)
    for one in kinds:
        assert done(api.get(one["url"]))["results"] or one["kind"] == "products", one


@pytest.mark.parametrize("kind", sorted(FROZEN))
def test_rows_of_a_release_come_whole_and_in_order(api_of, catalogue, kind):
    frozen = catalogue.document[FROZEN[kind]]
    expected = (
        [{"code": code, **row} for code, row in frozen.items()]
        if isinstance(frozen, dict)
        else frozen
    )

    rows = everything(api_of("nurse"), kind)

    assert [{**row, **one} for row, one in zip(rows, expected, strict=True)] == rows
    codes = [row["code"] for row in rows]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", KINDS)
def test_each_row_can_be_asked_for_by_its_code(api_of, kind):
    api = api_of("curator")
    for row in everything(api, kind)[:3]:
        assert done(api.get(f"{CATALOGUE}{kind}/{row['code']}/")) == row


@pytest.mark.parametrize("path", ["magic/", "magic/wand/", "areas/moon/", "sources/nowhere/"])
def test_what_is_not_there_is_not_found(api_of, path):
    answer = api_of("nurse").get(CATALOGUE + path)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found")


def test_unpublished_rows_do_not_show_until_they_are_published(api_of):
    api = api_of("integration")
    Concern.objects.create(code="sunburn", name="Sunburn")

    before = [row["code"] for row in everything(api, "concerns")]
    publish_release("2026.2", by=None)
    after = [row["code"] for row in everything(api, "concerns")]

    assert set(after) - set(before) == {"sunburn"}
    older = done(api.get(f"{CATALOGUE}concerns/?release=2026.1&limit=100"))["results"]
    assert [row["code"] for row in older] == before[:100]


def test_what_no_release_freezes_comes_from_the_rows(api_of):
    Product.objects.create(
        code="zz-new", name="A new product", injection_standard=True, vehicle="aqueous"
    )

    assert [row["code"] for row in everything(api_of("nurse"), "products")] == ["zz-new"]


def test_a_release_from_before_a_kind_was_frozen_has_none_of_it():
    assert frozen_rows({}, "side-effects") == []


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("areas/?colour=red", "colour"),
        ("areas/?limit=0", "limit"),
        ("areas/?cursor=x", "cursor"),
        ("areas/?cursor=WyJtb29uIixmYWxzZV0=", "cursor"),
        ("areas/?search=" + "x" * 101, "search"),
        ("areas/?release=2026.1&release=2026.1", "release"),
        ("products/?release=2026.1", "release"),
        ("areas/face/?limit=1", "limit"),
        ("?limit=1", "limit"),
    ],
)
def test_unsound_queries_are_refused(api_of, query, path):
    answer = api_of("nurse").get(CATALOGUE + query)

    assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (400, [path])


def test_an_unknown_release_is_not_found(api_of):
    answer = api_of("nurse").get(f"{CATALOGUE}areas/?release=1999.9")

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (404, "release")


def test_search_ignores_case_and_accents(api_of):
    api = api_of("nurse")

    found = done(api.get(f"{CATALOGUE}concerns/", {"search": "FÎNE"}))["results"]

    assert "fine-lines" in [row["code"] for row in found]
    assert len(found) < len(everything(api, "concerns"))


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_pages_lead_forward_and_back(api_of, limit):
    api = api_of("nurse")
    page = done(api.get(f"{CATALOGUE}rules/", {"limit": limit}))
    pages = [page]
    while page["next"]:
        page = done(api.get(page["next"]))
        pages.append(page)
    back = [page]
    while page["previous"]:
        page = done(api.get(page["previous"]))
        back.insert(0, page)

    codes = [row["code"] for row in everything(api, "rules")]
    assert [row["code"] for one in pages for row in one["results"]] == codes
    assert [row["code"] for one in back for row in one["results"]] == codes


@pytest.mark.parametrize("kind", sorted(LIVE))
def test_live_rows_cost_a_fixed_number_of_queries(api_of, kind, django_assert_max_num_queries):
    api = api_of("nurse")

    with django_assert_max_num_queries(7):
        everything_at_once = done(api.get(f"{CATALOGUE}{kind}/", {"limit": 100}))

    assert "results" in everything_at_once


@pytest.mark.parametrize("size", [1, 3, 30])
def test_a_list_costs_the_same_however_long(api_of, size, django_assert_num_queries):
    for number in range(size):
        Product.objects.create(
            code=f"extra-{number}", name="Extra", injection_standard=True, vehicle="aqueous"
        )
    api = api_of("nurse")

    with django_assert_num_queries(4):
        done(api.get(f"{CATALOGUE}products/", {"limit": 100}))
    with django_assert_num_queries(3):
        done(api.get(f"{CATALOGUE}rules/", {"limit": size}))


def test_releases_are_listed_the_newest_first(api_of):
    api = api_of("nurse")
    publish_release("2026.2", by=None, note="Second")

    rows = done(api.get(RELEASES))["results"]

    assert [row["key"] for row in rows] == ["2026.2", "2026.1"]
    assert rows[0] == {
        "key": "2026.2",
        "digest": Release.objects.get(key="2026.2").digest,
        "note": "Second",
        "published_at": rows[0]["published_at"],
        "approved": False,
    }
    one = done(api.get(RELEASES, {"limit": 1}))
    assert done(api.get(one["next"]))["results"] == rows[1:]


def test_the_release_in_force_comes_with_its_document(api_of, catalogue):
    api = api_of("nurse")

    current = done(api.get(f"{RELEASES}current/"))

    assert current == done(api.get(f"{RELEASES}2026.1/"))
    assert current["document"] == catalogue.document
    assert current["digest"] == catalogue.digest


@pytest.mark.parametrize("key", ["1999.1", "x", "2026.1'"])
def test_an_unknown_key_is_not_found(api_of, key):
    assert api_of("nurse").get(f"{RELEASES}{key}/").status_code == 404


@pytest.mark.parametrize("size", [1, 3, 30])
def test_the_list_of_releases_costs_the_same_however_long(api_of, size, django_assert_num_queries):
    body = Release.objects.get(key="2026.1").body
    Release.objects.bulk_create(
        Release(key=f"2027.{number}", digest=str(number), body=body) for number in range(size)
    )
    api = api_of("nurse")

    with django_assert_num_queries(3):
        assert len(done(api.get(RELEASES, {"limit": 100}))["results"]) == size + 1
