"""The front page of the admin: models by what is done with them, and none lost."""

import pytest
from django.contrib import admin
from django.urls import reverse

from clinic.admin_shelves import SHELVES, shelved

pytestmark = pytest.mark.django_db


def names(shelves):
    return [shelf["app_label"] for shelf in shelves]


def test_every_model_of_the_admin_stands_on_one_shelf():
    placed = [label for shelf in SHELVES for label in shelf.models]

    assert sorted(placed) == sorted(model._meta.label for model in admin.site._registry)


def test_a_curator_finds_releases_first_and_no_records(client_of):
    page = client_of("curator").get(reverse("admin:index"))

    shelves = page.context["app_list"]
    assert names(shelves) == ["releases", "rules", "asked", "materials", "told", "evidence"]
    assert [model["object_name"] for model in shelves[0]["models"]][:3] == [
        "Draft", "Release", "GoldenCase",
    ]  # fmt: skip


def test_each_role_finds_what_it_found_before(client_of):
    """The shelves arrange; who may see what is the table of roles."""
    for role in ("curator", "medical-lead", "administrator"):
        page = client_of(role).get(reverse("admin:index"))
        shown = {model["model"] for shelf in page.context["app_list"] for model in shelf["models"]}
        allowed = {
            model["model"]
            for app in admin.site._build_app_dict(page.wsgi_request).values()
            for model in app["models"]
        }
        assert shown == allowed, role
        assert shown


def test_what_stands_on_no_shelf_comes_last_under_its_app():
    class Stray:
        class _meta:  # noqa: N801
            label = "elsewhere.Stray"

    app = {"name": "Elsewhere", "app_label": "elsewhere", "models": [{"model": Stray}]}

    assert shelved([app], address="/") == [app]
