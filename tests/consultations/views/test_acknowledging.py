"""Accepting an option that carries something to be minded, through the page and over REST."""

import pytest
from django.urls import reverse
from django_scopes import scope

from tests.consultations.api import flow
from tests.consultations.made import accept, points_of, proposed, sign

ATOPY = {"conditions": {"pregnancy": "no", "breastfeeding": "no", "atopy": "yes"}}


def decide(client, proposal, **sent):
    keys = [proposal.consultation_id, proposal.number, "face"]
    taken = {"verdict": "accepted", "option_number": 1, **sent}
    return client.post(reverse("consultations:decide", args=keys), taken, follow=True)


def page_of(client, proposal):
    keys = [proposal.consultation_id, proposal.number]
    return client.get(reverse("consultations:proposal-number", args=keys)).content.decode()


def kept(proposal):
    with scope(clinic=proposal.clinic):
        return [row.acknowledged for row in proposal.decisions.all()]


def option_of(page, number):
    return page.partition(f'aria-labelledby="option-face-{number}"')[2].partition("</article>")[0]


def test_nothing_is_ticked_beforehand_and_one_button_names_all(clinic, physician):
    proposal = proposed(clinic, physician.user, **ATOPY)
    points = points_of(proposal)

    option = option_of(page_of(physician, proposal), 1)

    assert option.count('name="acknowledged"') == len(points) > 1
    assert " checked" not in option.partition('class="accept"')[2]
    assert f"Acknowledge all {len(points)} and accept" in option
    button = option.partition('name="all_of"')[2]
    assert button.partition('value="')[2].partition('"')[0].split() == list(points)
    assert option.index('name="acknowledged"') < option.index('name="all_of"')


def test_an_option_that_carries_nothing_takes_one_button(clinic, physician):
    proposal = proposed(clinic, physician.user)

    option = option_of(page_of(physician, proposal), 3)

    assert points_of(proposal, number=3) == ()
    assert "acknowledged" not in option
    assert ">Accept</button>" in option
    decide(physician, proposal, option_number=3)
    assert kept(proposal) == [[]]


@pytest.mark.parametrize("how", ["ticked", "all"])
def test_both_ways_acknowledge_all(clinic, physician, how):
    proposal = proposed(clinic, physician.user, **ATOPY)
    points = list(points_of(proposal))

    sent = {"acknowledged": points} if how == "ticked" else {"all_of": " ".join(points)}
    page = decide(physician, proposal, **sent).content.decode()

    assert kept(proposal) == [points]
    assert f"acknowledged by {physician.user}" in page


def test_an_acceptance_that_leaves_one_out_is_refused(clinic, physician):
    proposal = proposed(clinic, physician.user, **ATOPY)
    first, *rest = points_of(proposal)

    page = decide(physician, proposal, acknowledged=rest).content.decode()

    assert "before you accept" in page
    assert first in page
    assert kept(proposal) == []


def test_an_option_taken_with_changes_is_acknowledged_on_its_page(clinic, physician):
    proposal = proposed(clinic, physician.user, **ATOPY)
    url = reverse(
        "consultations:change-option",
        args=[proposal.consultation_id, proposal.number, "face", 1],
    )
    form = physician.get(url).context["form"]
    days = {name: form.get_initial_for_field(one, name) for name, one in form.fields.items()}
    sent = {**{name: day for name, day in days.items() if day}, "note": "Fewer."}

    refused = physician.post(url, sent).content.decode()
    assert "Read and acknowledge what has to be minded." in refused
    assert kept(proposal) == []
    physician.post(url, {**sent, "acknowledged": points_of(proposal)})

    assert kept(proposal) == [list(points_of(proposal))]


@pytest.mark.parametrize("where", ["plan", "print-plan"])
def test_the_plan_says_who_acknowledged_what(clinic, physician, where):
    proposal = proposed(clinic, physician.user, **ATOPY)
    accept(proposal, physician.user)
    plan = sign(proposal, physician.user)

    page = physician.get(reverse(f"consultations:{where}", args=[plan.pk])).content.decode()

    minded = page.partition('id="heed"')[2].partition("</section>")[0]
    assert minded.count("<li") == len(points_of(proposal))
    assert f"Face: acknowledged by {physician.user} on" in minded


def test_rest_lists_what_is_to_be_acknowledged_and_refuses_by_path(api_of):
    api = api_of("physician")
    conditions = {**ATOPY["conditions"]}
    proposal = flow.proposal(api, of=flow.consultation(api, conditions=conditions)["id"])
    body = flow.choice(api, on=proposal["id"])
    url = f"{flow.PROPOSALS}{proposal['id']}/decide/"

    answers = [
        api.post(url, {**body, "acknowledged": sent})
        for sent in ([], body["acknowledged"][1:], [*body["acknowledged"], "rule:L-01"])
    ]

    assert [(one.status_code, flow.problems(one)) for one in answers] == [
        (400, [("acknowledged", "unacknowledged")]),
        (400, [("acknowledged", "unacknowledged")]),
        (400, [("acknowledged", "unknown")]),
    ]
    assert flow.done(api.post(url, body))["acknowledged"] == body["acknowledged"]
