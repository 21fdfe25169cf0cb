"""Which options an area has, in which order, and what is said with each."""

import pytest

from tests.engine.cases import (
    allergic,
    answer,
    area,
    concerns,
    conditions,
    medicine,
    offered,
    release,
    request,
    rule,
    with_rules,
)

BOTH, PRP, MESO = ("mesotherapy", "prp"), ("prp",), ("mesotherapy",)
LIFT = ("prp", "total-plasma-lift")


def ranked(catalogue, *codes, where="face", **changes):
    asked = request(concerns=concerns(*((code, where) for code in codes)), **changes)
    return offered(answer(catalogue, asked), where)


def option(catalogue, treatments, *codes, where="face", **changes):
    asked = request(concerns=concerns(*((code, where) for code in codes)), **changes)
    options = area(answer(catalogue, asked), where)["options"]
    return next(one for one in options if one["treatments"] == list(treatments))


@pytest.mark.parametrize(
    ("codes", "order"),
    [
        (["acne-scars"], [PRP, BOTH, MESO]),
        (["acne-scars", "fine-lines"], [PRP, BOTH, MESO]),
        (["acne-scars", "hyperpigmentation"], [BOTH, PRP, MESO]),
        (["acne-scars", "joint-pain"], [BOTH, PRP, MESO]),
        (["fine-lines"], [BOTH, PRP, MESO]),
        (["fine-lines", "dehydration"], [MESO, BOTH, PRP]),
        (["fine-lines", "scars"], [PRP, BOTH, MESO]),
        (["dehydration", "scars"], [BOTH, PRP, MESO]),
        (["fine-lines", "joint-pain"], [BOTH, PRP, MESO]),
        (["dehydration", "fine-lines", "joint-pain"], [BOTH, PRP, MESO]),
        (["dehydration"], [MESO]),
        (["scars"], [PRP]),
        (["joint-pain"], []),
    ],
)
def test_ranking(catalogue, codes, order):
    assert ranked(catalogue, *codes) == order


def test_a_first_choice_that_may_not_be_given_is_not_put_first(catalogue):
    sick = conditions(blood_disorder="yes")

    assert ranked(catalogue, "acne-scars", conditions=sick) == [MESO]


def test_first_choice_and_pain_rank_by_what_is_left(catalogue):
    found = option(catalogue, BOTH, "acne-scars", "joint-pain")

    assert found["covers"] == ["acne-scars"]
    assert found["uncovered"] == ["joint-pain"]


def test_mesotherapy_as_first_choice_is_put_first(catalogue):
    def prefer(document):
        for row in document["suitabilities"]:
            if (row["concern"], row["treatment"]) == ("fine-lines", "mesotherapy"):
                row["rating"] = "first-choice"

    changed = release(catalogue, prefer)

    assert ranked(changed, "fine-lines") == [MESO, BOTH, PRP]
    assert ranked(changed, "fine-lines", "scars") == [BOTH, PRP, MESO]


def test_covers_and_uncovered_keep_the_order_of_the_area(catalogue):
    codes = ["scars", "dehydration", "fine-lines", "joint-pain"]

    both = option(catalogue, BOTH, *codes)
    prp = option(catalogue, PRP, *codes)

    assert (both["covers"], both["uncovered"]) == (codes[:3], ["joint-pain"])
    assert (prp["covers"], prp["uncovered"]) == (
        ["scars", "fine-lines"],
        ["dehydration", "joint-pain"],
    )
    assert [one["treatment"] for one in both["courses"]] == ["mesotherapy", "prp"]


# --- laser ---------------------------------------------------------------------------------------

LASER = {"preferences": {"laser": True}}


@pytest.mark.parametrize(
    ("where", "order"),
    [
        ("face", [LIFT, MESO, PRP]),
        ("cheeks", [LIFT, MESO, PRP]),
        ("neck", [BOTH, PRP, MESO]),
        ("scalp", [BOTH, PRP, MESO]),
        ("submental", [BOTH, PRP, MESO]),
    ],
)
def test_laser_is_for_the_face_and_its_parts(catalogue, where, order):
    assert ranked(catalogue, "fine-lines", where=where, **LASER) == order


def test_laser_without_mesotherapy(catalogue):
    assert ranked(catalogue, "scars", **LASER) == [LIFT, PRP]


def test_laser_goes_before_a_treatment_that_covers_more(catalogue):
    assert ranked(catalogue, "fine-lines", "dehydration", **LASER) == [LIFT, MESO, PRP]


def test_no_laser_where_prp_is_not_eligible(catalogue):
    sick = conditions(blood_disorder="yes")

    assert ranked(catalogue, "fine-lines", conditions=sick, **LASER) == [MESO]


@pytest.mark.parametrize(
    "against",
    [
        {"medications": [medicine("isotretinoin", prescribed=True, ongoing=True)]},
        {"medications_reviewed": False},
        {"medications_reviewed": False, "medications": [medicine("paracetamol")]},
    ],
    ids=["taken", "not known", "another listed"],
)
def test_no_laser_while_a_retinoid_is_taken_or_not_ruled_out(catalogue, against):
    assert ranked(catalogue, "fine-lines", **LASER, **against) == [BOTH, PRP, MESO]


def test_laser_again_long_after_a_retinoid(catalogue):
    past = [medicine("isotretinoin", prescribed=True, last_taken_on="2025-01-01")]

    assert ranked(catalogue, "fine-lines", medications=past, **LASER) == [LIFT, MESO, PRP]


def test_laser_left_out_or_refused_changes_nothing(catalogue):
    for wish in ({}, {"laser": False}):
        assert ranked(catalogue, "fine-lines", preferences=wish) == [BOTH, PRP, MESO]


# --- what is said with an option -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("performer", "warnings"),
    [
        (None, []),
        ("specialist-physician", []),
        ("physician", ["requires-specialist-physician"]),
        ("nurse", ["requires-specialist-physician"]),
    ],
)
@pytest.mark.parametrize("mode", ["alternating", "same-session"])
def test_both_together_need_a_specialist(catalogue, mode, performer, warnings):
    changes = {"clinic": {"performer": performer} if performer else {}}
    wished = {"preferences": {"combination": mode}, **changes}

    assert option(catalogue, BOTH, "fine-lines", **wished)["warnings"] == warnings
    assert option(catalogue, PRP, "fine-lines", **wished)["warnings"] == []


def test_adjuncts_go_with_prp_alone(catalogue):
    codes = ["deep-wrinkles", "red-stretch-marks", "fine-lines"]

    for treatments in (PRP, BOTH):
        assert option(catalogue, treatments, *codes)["adjuncts"] == [
            "botulinum-toxin",
            "hyaluronic-acid-filler",
            "laser",
        ]
    assert option(catalogue, MESO, *codes)["adjuncts"] == []


@pytest.mark.parametrize(
    ("where", "notices"), [("face", ["vision-loss"]), ("glabella", ["vision-loss"]), ("neck", [])]
)
def test_vision_is_at_stake_in_the_face(catalogue, where, notices):
    for treatments, expected in ((PRP, notices), (BOTH, notices), (MESO, [])):
        found = option(catalogue, treatments, "fine-lines", where=where)
        assert found["notices"] == expected


@pytest.mark.parametrize("code", ["localized-fat", "cellulite"])
def test_lipolysis_is_not_approved(catalogue, code):
    found = option(catalogue, MESO, code, "fine-lines", where="thighs")
    alone = option(catalogue, PRP, code, "fine-lines", where="thighs")

    assert found["notices"] == ["unapproved-lipolysis"]
    assert alone["notices"] == []


@pytest.mark.parametrize(
    ("codes", "treatments", "changes", "basis"),
    [
        (["fine-lines"], MESO, {}, "L-02 S-01 S-04"),
        (["fine-lines"], PRP, {}, "L-01 L-02 S-02"),
        (["acne-scars"], PRP, {}, "L-01 L-02 S-03"),
        (["acne-scars"], MESO, {}, "L-02 S-01 S-04"),
        (["fine-lines"], BOTH, {}, "L-01 L-02 L-03 S-01 S-02 S-04 S-12 S-13"),
        (
            ["acne-scars"],
            BOTH,
            {"preferences": {"combination": "same-session"}},
            "L-01 L-02 S-01 S-03 S-04 S-12 S-13",
        ),
        (["deep-wrinkles"], PRP, {}, "L-01 L-02 S-02 S-15"),
        (["red-stretch-marks"], PRP, {}, "L-01 L-02 S-02 S-16"),
        (["fine-lines"], PRP, LASER, "L-01 L-02 S-02 S-14"),
    ],
)
def test_basis(catalogue, codes, treatments, changes, basis):
    assert option(catalogue, treatments, *codes, **changes)["basis"] == basis.split()


def test_areas_stand_in_the_order_of_their_first_mention(catalogue):
    asked = concerns(
        ("scars", "back"), ("fine-lines", "face"), ("skin-laxity", "back"), ("scars", "arms")
    )
    response = answer(catalogue, request(concerns=asked))

    assert [(one["area"], one["concerns"]) for one in response["areas"]] == [
        ("back", ["scars", "skin-laxity"]),
        ("face", ["fine-lines"]),
        ("arms", ["scars"]),
    ]


def test_a_third_treatment_is_ranked_last_and_may_stand_alone(catalogue):
    def add(document):
        document["treatments"].append(
            {"code": "microneedling", "name": "", "preparation": "activator"}
        )
        document["protocols"].append(
            {**document["protocols"][0], "code": "needling", "treatment": "microneedling"}
        )
        document["suitabilities"] += [
            {"concern": code, "treatment": "microneedling", "rating": "suitable", "formula": None}
            for code in ("scars", "fine-lines")
        ]

    changed = release(catalogue, add)

    assert ranked(changed, "scars") == [PRP, ("microneedling",)]
    assert ranked(changed, "fine-lines") == [BOTH, PRP, MESO, ("microneedling",)]


def test_a_variant_that_nothing_blocks(catalogue):
    changed = release(catalogue, lambda document: document["variants"][0].update(blocked_by=None))
    taken = [medicine("isotretinoin", prescribed=True, ongoing=True)]

    assert ranked(changed, "fine-lines", medications=taken, **LASER) == [LIFT, MESO, PRP]


def test_a_blocking_rule_of_another_area_does_not_block(catalogue):
    infection = {"kind": "finding", "finding": "infection"}
    rough = rule("X-1", infection, ("prp", "caution"), scope="area")
    changed = release(
        with_rules(catalogue, rough),
        lambda document: document["variants"][0].update(blocked_by="X-1"),
    )

    def order(where):
        rows = [{"finding": "infection", "area": where, "clears_on": "2026-03-01"}]
        return ranked(changed, "fine-lines", where="cheeks", area_findings=rows, **LASER)

    assert order("chin") == [LIFT, MESO, PRP]
    assert order("cheeks") == order("face") == [BOTH, PRP, MESO]


def test_an_allergy_to_everything_in_it_leaves_the_other(catalogue):
    asked = allergic("amino-acids", "peptides", concerns=concerns(("skin-laxity", "face")))

    assert offered(answer(catalogue, asked)) == [PRP]
