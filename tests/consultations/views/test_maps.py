"""The map on the pages: concerns, the proposal, and the plan as it is followed."""

import pytest
from django.urls import reverse
from django_scopes import scope

from consultations.enums import SessionStatus
from consultations.services import plans
from tests.consultations.made import accept, proposed, signed

TWO = {
    "concerns": [
        {"concern": "fine-lines", "area": "face", "severity": 2},
        {"concern": "skin-laxity", "area": "neck", "severity": 1},
    ]
}


def text_of(response):
    return response.content.decode()


def proposal_page(client, proposal):
    keys = [proposal.consultation_id, proposal.number]
    return text_of(client.get(reverse("consultations:proposal-number", args=keys)))


def test_the_concerns_have_a_map_with_a_legend_in_words(physician, consultation):
    url = reverse("consultations:consultation", args=[consultation.pk])

    page = text_of(physician.get(url))

    for code in ("face", "neck", "back"):
        assert f'data-area="{code}"' in page
    assert 'data-area="forehead" data-within="face"' in page
    assert page.count('id="hatch-lines"') == 1
    for word in ("Mild", "Moderate", "Severe", "Severity not said", "patient&#x27;s right"):
        assert word in page


def test_the_proposal_shows_where_with_treatments_and_ingredients(clinic, physician):
    proposal = proposed(clinic, physician.user, **TWO)

    page = proposal_page(physician, proposal)

    treated = page[page.index('id="where"') : page.index('id="coverage"')]
    for word in ("Face", "Neck", "Mesotherapy", "Platelet-rich plasma", "Hyaluronic acid"):
        assert word in treated
    assert "Not decided yet" in treated
    assert 'data-fill="tone-1-2"' in treated


def test_the_map_follows_what_was_taken(clinic, physician):
    proposal = proposed(clinic, physician.user, **TWO)
    accept(proposal, physician.user, area="face", number=2)
    accept(proposal, physician.user, area="neck", verdict="declined", number=None)

    page = proposal_page(physician, proposal)

    treated = page[page.index('class="treated-list"') : page.index('id="coverage"')]
    assert "Accepted" in treated
    assert "Neck" not in treated


def test_a_proposal_without_options_has_no_map(clinic, physician):
    proposal = proposed(clinic, physician.user, conditions={"pregnancy": "yes"})

    assert 'id="where"' not in proposal_page(physician, proposal)


@pytest.mark.parametrize(("done", "fill"), [(0, "planned"), (1, "begun"), ("all", "done")])
def test_the_plan_shows_what_was_done(clinic, physician, done, fill):
    plan = signed(clinic, physician.user)
    with scope(clinic=clinic):
        rows = list(plan.sessions.all())
        for row in rows if done == "all" else rows[:done]:
            plans.mark_session(row, status=SessionStatus.DONE, by=physician.user)

    page = text_of(physician.get(reverse("consultations:plan", args=[plan.pk])))

    drawing = page[page.index('id="where"') : page.index('class="legend"')]
    assert f'data-fill="{fill}"' in drawing
    others = {"planned", "begun", "done"} - {fill}
    assert not any(f'data-fill="{one}"' in drawing for one in others)
