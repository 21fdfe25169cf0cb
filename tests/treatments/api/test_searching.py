"""The catalogue's own records are searched by their keys, titles and notes."""

import pytest

from tests.treatments.drafted import edited
from treatments.models import Draft, Release
from treatments.services.releases import publish_release


def keys(api, kind, key, **query):
    answer = api.get(f"/api/v1/{kind}/", query)
    assert answer.status_code == 200, answer.content
    return [row[key] for row in answer.json()["results"]]


@pytest.fixture
def api(api_of):
    return api_of("curator")


def test_releases_are_found_by_key_and_note(api, make_member):
    publish_release("2026.2", by=make_member("medical-lead"), note="Longer waits after painkillers")

    assert keys(api, "releases", "key", search="2026.2") == ["2026.2"]
    assert keys(api, "releases", "key", search="PAINKILLERS longer") == ["2026.2"]
    assert keys(api, "releases", "key", search="longer nothing") == []
    assert len(keys(api, "releases", "key")) == Release.objects.count() > 1


def test_golden_cases_are_found_by_code_and_title(api):
    every = keys(api, "golden-cases", "code", limit=100)

    assert keys(api, "golden-cases", "code", search=every[0]) == [every[0]]
    assert keys(api, "golden-cases", "code", search="no such case") == []
    assert len(every) > 1


def test_drafts_are_found_by_key_and_note(api, make_member):
    draft = edited(make_member("curator"))
    Draft.objects.filter(pk=draft.pk).update(note="Longer waits")

    assert keys(api, "drafts", "key", search="waits LONGER") == [draft.key]
    assert keys(api, "drafts", "key", search=draft.key) == [draft.key]
    assert keys(api, "drafts", "key", search="nothing") == []
