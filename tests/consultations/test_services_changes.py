"""An option taken with changes: what is kept, what needs a reason, what cannot be."""

import pytest
from django.core.exceptions import ValidationError

from consultations.enums import Verdict
from consultations.models import SessionItem
from consultations.services import decisions
from tests.consultations.made import LOW_PLATELETS, accept, proposed, sign
from tests.engine.cases import concerns

pytestmark = pytest.mark.usefixtures("open_clinic")
PRP, MESOTHERAPY = 2, 3  # the options of a face with fine lines
NOTE = "The patient is abroad in March."
PRODUCTS = [{"product": "Mix", "ingredients": ["vitamin-c", "hyaluronic-acid"], "separable": False}]
SOON = ["2026-03-02", "2026-03-23", "2026-04-20"]


def changed(proposal, by, *, number=PRP, note=NOTE, **changes):
    return accept(proposal, by, number=number, verdict=Verdict.MODIFIED, changes=changes, note=note)


def prp(**changes):
    return {"treatment": "prp", **changes}


def faults(proposal, by, **changes):
    with pytest.raises(ValidationError) as refusal:
        changed(proposal, by, **changes)
    assert not proposal.decisions.exists()
    return refusal.value.message_dict


def test_a_shorter_interval_needs_a_reason_and_keeps_it(clinic, physician):
    proposal = proposed(clinic, physician)

    (path,) = faults(proposal, physician, courses=[prp(planned=SOON)])
    decision = changed(
        proposal, physician, courses=[prp(planned=SOON)], departure="patients-schedule"
    )

    assert path == "changes.departure"
    assert decision.option["departure_reason"] == "patients-schedule"
    assert decision.option["departures"] == [
        {"code": "interval", "treatment": "prp", "day": "2026-03-23", "bound": "2026-03-30"}
    ]


@pytest.mark.parametrize(
    ("planned", "departure"),
    [
        (["2026-03-02", "2026-05-04", "2026-06-01"], "interval-long"),
        (["2026-03-02", "2026-03-30"], "few"),
        (["2026-03-02", "2026-03-30", "2026-04-27", "2026-05-25"], "many"),
    ],
)
def test_every_end_of_a_range_is_left_for_a_reason_only(clinic, physician, planned, departure):
    proposal = proposed(clinic, physician)

    assert list(faults(proposal, physician, courses=[prp(planned=planned)])) == [
        "changes.departure"
    ]
    decision = changed(
        proposal, physician, courses=[prp(planned=planned)], departure="skin-needs-time"
    )

    assert [one["code"] for one in decision.option["departures"]] == [departure]


def test_a_reason_without_a_departure_is_not_kept(clinic, physician):
    kept = ["2026-03-02", "2026-04-02", "2026-05-07"]

    decision = changed(
        proposed(clinic, physician),
        physician,
        courses=[prp(planned=kept)],
        departure="patients-schedule",
    )

    assert not {"departures", "departure_reason"} & set(decision.option)


@pytest.mark.parametrize("reason", ["because", "benefit-outweighs", "x" * 500])
def test_the_reason_is_one_of_the_catalogue_for_a_departure(clinic, physician, reason):
    found = faults(
        proposed(clinic, physician), physician, courses=[prp(planned=SOON)], departure=reason
    )

    assert list(found) == ["changes.departure"]


@pytest.mark.parametrize(
    ("course", "path"),
    [
        (prp(planned=["2026-02-01", "2026-03-02", "2026-04-02"]), "planned[0]"),
        (prp(planned=["2026-03-02", "2026-03-02", "2026-04-02"]), "planned[1]"),
        (prp(planned=["2026-03-02", "2026-04-02", "9999-12-31"]), "planned[2]"),
        (prp(planned=["2026-03-02", "2026-04-02"], optional=["2026-03-20"]), "optional[0]"),
        (prp(planned=[]), "planned"),
        (prp(planned=["2026-02-30"]), "planned[0]"),
        (prp(technique="point-by-point"), "technique"),
        (prp(technique="magic"), "technique"),
        ({"treatment": "mesotherapy"}, "treatment"),
    ],
)
def test_what_no_reason_excuses_is_named_by_its_place(clinic, physician, course, path):
    found = faults(
        proposed(clinic, physician), physician, courses=[course], departure="skin-needs-time"
    )

    assert list(found) == [f"changes.courses[0].{path}"]


def test_a_technique_is_chosen_and_stands_in_every_session(clinic, physician):
    proposal = proposed(clinic, physician)

    changed(proposal, physician, courses=[prp(technique="prp-microneedling")])
    plan = sign(proposal, physician)

    items = SessionItem.objects.filter(session__plan=plan)
    assert {item.materials["technique"] for item in items} == {"prp-microneedling"}


def test_a_product_that_cannot_be_taken_apart_is_given_whole(clinic, physician):
    proposal = proposed(clinic, physician, clinic={"products": PRODUCTS})
    course = {
        "treatment": "mesotherapy",
        "formulas": [{"formula": "rejuvenation", "ingredients": ["vitamin-c"]}],
    }

    found = faults(proposal, physician, number=MESOTHERAPY, courses=[course])

    assert list(found) == ["changes.courses[0].formulas[0].ingredients"]
    assert "cannot be given without" in str(found)


def test_what_a_formula_needs_stays_in_it(clinic, physician):
    proposal = proposed(
        clinic,
        physician,
        concerns=concerns(("dehydration", "face")),
        clinic={
            "products": [
                {
                    "product": "Mix",
                    "ingredients": ["hyaluronic-acid", "vitamin-c"],
                    "separable": True,
                }
            ]
        },
    )
    course = {
        "treatment": "mesotherapy",
        "formulas": [{"formula": "hydration", "ingredients": ["vitamin-c"]}],
    }

    found = faults(proposal, physician, number=1, courses=[course])

    assert list(found) == ["changes.courses[0].formulas[0].ingredients"]


def test_what_no_longer_goes_in_needs_no_warning(clinic, physician):
    proposal = proposed(clinic, physician, concerns=concerns(("hyperpigmentation", "face")))
    plain = {
        "treatment": "mesotherapy",
        "formulas": [{"formula": "brightening", "ingredients": ["vitamin-c"]}],
    }

    before = accept(proposal, physician).option["warnings"]
    after = changed(proposal, physician, number=1, courses=[plain]).option["warnings"]

    assert (before, after) == (["confirm-injectable"], [])


# Parts of the area


def test_parts_of_an_area_are_kept_and_stand_in_every_session(clinic, physician):
    proposal = proposed(clinic, physician)

    decision = changed(proposal, physician, parts=["cheeks", "forehead"])
    plan = sign(proposal, physician)

    assert decision.option["parts"] == ["forehead", "cheeks"]  # the curators' order
    items = SessionItem.objects.filter(session__plan=plan)
    assert all(item.materials["parts"] == ["forehead", "cheeks"] for item in items)


@pytest.mark.parametrize("parts", [["neck"], ["face"], ["moon"], "cheeks", [7]])
def test_only_parts_of_the_area_itself_are_chosen(clinic, physician, parts):
    assert list(faults(proposed(clinic, physician), physician, parts=parts)) == ["changes.parts"]


PEELED_CHIN = {
    "procedures": [{"procedure": "chemical-peel", "area": "chin", "performed_on": "2026-02-28"}]
}


def test_parts_are_held_against_their_own_first_day(clinic, physician):
    """A peel of the chin delays the face, and not the cheeks alone."""
    proposal = proposed(clinic, physician, **PEELED_CHIN)
    soon = [prp(planned=["2026-03-02", "2026-03-30", "2026-04-27"])]

    assert list(faults(proposal, physician, courses=soon)) == ["changes.courses[0].planned[0]"]
    assert list(faults(proposal, physician, courses=soon, parts=["chin"])) == [
        "changes.courses[0].planned[0]"
    ]
    decision = changed(proposal, physician, courses=soon, parts=["cheeks"])

    assert decision.option["courses"][0]["planned"][0] == "2026-03-02"


def test_an_override_of_the_area_holds_in_its_parts(clinic, physician):
    first = proposed(clinic, physician, **LOW_PLATELETS)
    proposal = decisions.override_rule(
        first.consultation,
        rule="L-08b",
        area="face",
        treatment="prp",
        reason="specialist-agrees",
        text="Agreed.",
        by=physician,
    )

    decision = changed(proposal, physician, parts=["cheeks"])

    assert decision.option["treatments"] == ["prp"]
    assert decision.option["parts"] == ["cheeks"]
