"""The way of a draft over the admin's own pages, step by step."""

from tests.conftest import PASSWORD
from tests.treatments.admin.pages import page
from treatments.models import Draft


def draft_url():
    return page(Draft, "change", Draft.objects.open().get().pk)


def shown(client):
    """What the page of the open draft knows."""
    answer = client.get(draft_url())
    assert answer.status_code == 200
    return answer.context


def step(client, do, **fields):
    """Where a step is done in one's own name, with one's password."""
    return client.post(draft_url(), {"do": do, "password": PASSWORD, **fields}, follow=True)


def done(client, do, **fields):
    """The same where it has to succeed."""
    answer = step(client, do, **fields)
    assert answer.redirect_chain, refusals(answer)
    return answer


def refusals(answer):
    """Every complaint beside the step that was refused."""
    return [text for texts in answer.context["failed"].form.errors.values() for text in texts]


def submit(client):
    """Hand the draft in with every warning acknowledged, as a curator ticks them."""
    warnings = [one.finding.id for one in shown(client)["warnings"]]
    return done(client, "submit", acknowledged=warnings)


def approve_rules(client):
    for one in shown(client)["rules"]:
        if not one.awaited.approval:
            done(client, "approve-rule", rule=one.awaited.rule.code)


def publish(client, **fields):
    return done(client, "publish", **{"note": "Read and approved.", **fields})
