"""Somebody types into an open page: what its script sends and hears."""

import json

from django.urls import reverse
from django_scopes import scope

from consultations.models import DraftInput


def send(client, consultation, key, user=None, **fields):
    """Each field is (value, what it began from)."""
    url = reverse("consultations:save-fields", args=[consultation.pk, key])
    body = {
        "user": str((user or client.user).pk),
        "fields": {
            name.replace("__", "-"): {"value": value, "bases": list(bases)}
            for name, (value, *bases) in fields.items()
        },
    }
    return client.post(url, json.dumps(body), content_type="application/json")


def outcome(response):
    assert response.status_code == 200, response.content
    return {name: one["state"] for name, one in response.json()["fields"].items()}


def news(client, consultation, since=None, **more):
    url = reverse("consultations:news", args=[consultation.pk])
    body = json.dumps({"since": since, **more})
    return client.post(url, body, content_type="application/json").json()


def drafts(consultation):
    with scope(clinic=consultation.clinic):
        rows = DraftInput.objects.filter(consultation=consultation)
        return {(row.user.username, row.field): json.loads(row.value) for row in rows}
