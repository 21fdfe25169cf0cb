"""The map of face and body: what it marks, what holds for a part, and whose right is right."""

import pytest

from consultations.bodymap import VIEWS, Spot, map_of
from consultations.treated import Course, followed, treated
from treatments.models import Area


def course(area="face", treatment="prp", sessions=3, **more):
    return Course(
        area=area,
        area_name=area.title(),
        treatment=treatment,
        name=treatment.upper(),
        sessions=sessions,
        **more,
    )


def drawn(spots, view="face"):
    areas = Area.objects.active().select_related("parent")
    (one,) = [one for one in map_of(areas, spots) if one.view.key == view]
    return {shape.region.code: shape for shape in one.shapes}


def test_the_views_are_seen_as_the_examiner_sees_them():
    sides = {view.key: [str(side) for side in view.sides] for view in VIEWS}

    assert sides["face"] == sides["front"] == ["patient's right", "patient's left"]
    assert sides["back"] == ["patient's left", "patient's right"]


def test_signs_stand_within_the_drawing():
    for view in VIEWS:
        for region in view.regions:
            x, y = region.at
            assert 0 < x < view.width, (view.key, region.code)
            assert 0 < y < view.height, (view.key, region.code)


def test_every_area_of_the_catalogue_that_can_be_seen_is_drawn(db):
    drawn_codes = {region.code for view in VIEWS for region in view.regions}

    assert drawn_codes <= set(Area.objects.values_list("code", flat=True))
    assert {"face", "scalp", "neck", "hands", "abdomen", "back", "knee"} <= drawn_codes


def test_what_is_said_of_the_face_holds_for_its_parts_unless_more_is_said(db):
    shapes = drawn(
        {
            "face": Spot(fill="tone-1", sign="1", told="one"),
            "chin": Spot(fill="tone-2", sign="2", told="two"),
        }
    )

    assert (shapes["cheeks"].fill, shapes["cheeks"].spot) == ("tone-1", None)
    assert shapes["chin"].fill == "tone-2"
    assert shapes["neck"].fill == ""


def test_treatments_are_told_apart_by_pattern_sign_and_words():
    where = treated(
        [
            course(treatment="mesotherapy", sessions=4, contents=("Hyaluronic acid",)),
            course(treatment="prp"),
            course(area="neck", treatment="prp", sessions=1),
        ]
    )

    assert [(tone.sign, tone.name) for tone in where.tones] == [("1", "MESOTHERAPY"), ("2", "PRP")]
    assert len({tone.fill for tone in where.tones}) == 2
    both, one = where.spots["face"], where.spots["neck"]
    assert (both.sign, one.sign) == ("1+2", "2")
    assert both.fill not in {tone.fill for tone in where.tones}
    assert both.told == "MESOTHERAPY: 4 sessions, PRP: 3 sessions"
    assert one.told == "PRP: 1 session"


@pytest.mark.parametrize(
    ("done", "fill", "sign"), [(0, "planned", "0/3"), (1, "begun", "1/3"), (3, "done", "✓")]
)
def test_a_plan_shows_how_far_an_area_is(done, fill, sign):
    spot = followed([course(done=done)]).spots["face"]

    assert (spot.fill, spot.sign) == (fill, sign)
    assert spot.told == f"PRP: {done} of 3 done"
