"""However many areas are decided, a page asks the database the same number of questions."""

import pytest
from django.urls import reverse
from django_scopes import scope

from consultations.services import decisions, proposals
from tests.consultations.api import flow
from tests.consultations.made import accept, consent, proposed
from tests.consultations.views.test_query_counts import queries
from tests.engine.cases import concerns, lab, medicine
from treatments.models import Area

FEW, MORE, ALL = 1, 3, 100  # as many as the catalogue has
REASON = {"reason": "specialist-agrees", "text": "Agreed."}


def in_areas(number):
    codes = Area.objects.filter(active=True).values_list("code", flat=True)[:number]
    return {"concerns": concerns(*(("fine-lines", code) for code in codes))}


def decided_in(clinic, by, number):
    """Everywhere against a low haemoglobin; one of the two consents is given."""
    labs = [lab("haemoglobin", 9, "g/dL")]
    made = proposed(clinic, by, labs=labs, **in_areas(number))
    areas = [one["area"] for one in proposals.data_of(made)["areas"]]
    with scope(clinic=clinic):
        for area in areas:
            made = decisions.override_rule(
                made.consultation, rule="L-09", area=area, treatment="prp", by=by, **REASON
            )
    for area in areas:
        accept(made, by, area=area)
    consent(made, by, "prp")
    return made, areas


def waiting_in(clinic, by, number):
    """Mesotherapy waits everywhere for whoever prescribes the warfarin."""
    warfarin = [medicine("warfarin", prescribed=True, ongoing=True)]
    return proposed(clinic, by, medications=warfarin, **in_areas(number))


def address(name, proposal, *more):
    return reverse(f"consultations:{name}", args=[proposal.consultation_id, *more])


PAGES = {
    "sign": lambda made: address("sign", made),
    "consents": lambda made: address("consents", made),
    "give-consent": lambda made: address("give-consent", made, "mesotherapy"),
    "proposal": lambda made: address("proposal-number", made, made.number),
}


@pytest.fixture
def decided(clinic, physician):
    """One each of the sizes; the largest has an area more than the middle one, and many."""
    found = [decided_in(clinic, physician.user, number) for number in (FEW, MORE, ALL)]
    assert [len(areas) for _made, areas in found][:2] == [FEW, MORE]
    assert len(found[-1][1]) > 20
    return [made for made, _areas in found]


def test_pages_of_deciding_cost_the_same_for_any_number_of_areas(decided, physician):
    asked = {
        name: [queries(physician, page(made))[0] for made in decided]
        for name, page in PAGES.items()
    }

    assert {name: len(set(counts)) for name, counts in asked.items()} == dict.fromkeys(PAGES, 1), (
        asked
    )
    assert asked["sign"][0] <= 41


def test_rest_costs_the_same_for_any_number_of_areas(decided, api_of):
    api = api_of("physician")
    paths = ("consents/", "consent-text/?treatment=mesotherapy&language=en")

    asked = {
        path: [
            queries(api, f"{flow.CONSULTATIONS}{made.consultation_id}/{path}")[0]
            for made in decided
        ]
        for path in paths
    }

    assert {path: len(set(counts)) for path, counts in asked.items()} == dict.fromkeys(paths, 1), (
        asked
    )


def test_the_page_that_asks_the_prescriber_costs_the_same(clinic, physician):
    asked = []

    for number in (FEW, MORE, ALL):
        made = waiting_in(clinic, physician.user, number)
        area = proposals.data_of(made)["areas"][0]["area"]
        url = address("ask-prescriber", made, made.number, area, "mesotherapy", "S-08")
        count, page = queries(physician, url)
        asked.append(count)
        places = page.context["form"].fields["places"].choices
        assert len(places) == len(proposals.data_of(made)["areas"])

    assert len(set(asked)) == 1, asked
