"""Allergies: what they remove, where that shows, and what is mixed from the rest."""

import pytest

from tests.engine.cases import (
    allergic,
    answer,
    area,
    concerns,
    course,
    finding,
    offered,
    release,
    request,
    rules,
    treatment,
    unknown,
)


def mixed(response, where="face"):
    """Formula, product and ingredients, as the first option with mesotherapy has them."""
    options = area(response, where)["options"]
    option = next(one for one in options if "mesotherapy" in one["treatments"])
    return [
        (one["formula"], one["product"], one["ingredients"])
        for one in course(option, "mesotherapy")["formulas"]
    ]


def stocked(*products):
    """`("mix", "a b")`: a product that can be separated; `("mix!", "a b")`: one that cannot."""
    return {
        "products": [
            {
                "product": name.rstrip("!"),
                "ingredients": held.split(),
                "separable": not name.endswith("!"),
            }
            for name, held in products
        ]
    }


@pytest.mark.parametrize(
    ("allergens", "gone"),
    [
        (["vitamin-a"], {"vitamin-a"}),
        (["vitamins"], {"vitamin-a", "vitamin-c", "vitamin-e"}),
        (["amino-acids"], {"amino-acids"}),
        (["vitamins", "peptides"], {"vitamin-a", "vitamin-c", "vitamin-e", "peptides"}),
        (["latex"], set()),
        (["acids"], set()),
    ],
)
def test_an_allergy_to_an_ingredient_or_its_class_removes_it(catalogue, allergens, gone):
    everything = [
        "hyaluronic-acid",
        "vitamin-a",
        "vitamin-c",
        "vitamin-e",
        "amino-acids",
        "peptides",
    ]

    response = answer(catalogue, allergic(*allergens))

    kept = [code for code in everything if code not in gone]
    assert mixed(response) == [("rejuvenation", None, kept)]
    assert ("S-09" in rules(response)) is bool(gone)


@pytest.mark.parametrize(
    ("allergen", "code", "gone"),
    [
        ("bee-venom", "L-16", "hyaluronidase"),
        ("soy", "L-17", "phosphatidylcholine"),
        ("egg", "L-17", "phosphatidylcholine"),
        ("aspirin", "L-18", "salicylic-acid"),
        ("salicylates", "L-18", "salicylic-acid"),
    ],
)
def test_a_cross_reactivity_fires_wherever_its_allergen_is_listed(catalogue, allergen, code, gone):
    asked = concerns(("fine-lines", "face"), ("scars", "back"), ("joint-pain", "knee"))
    response = answer(catalogue, allergic(allergen, concerns=asked))

    assert rules(response) == [code]
    found = finding(response, code)
    assert found["areas"] == ["face", "back", "knee"]
    assert found["effects"] == [{"treatment": None, "ingredient": gone, "effect": "remove"}]
    assert found["because"] == ["allergies[0]"]
    for where in ("face", "back", "knee"):
        assert treatment(response, "mesotherapy", where)["findings"] == [code]
        assert treatment(response, "prp", where)["findings"] == []


def test_what_a_cross_reactivity_removes_is_noticed_where_it_would_be_used(catalogue):
    asked = concerns(("active-acne", "face"), ("fine-lines", "back"))
    response = answer(catalogue, allergic("aspirin", concerns=asked))

    assert finding(response, "S-09")["areas"] == ["face"]
    assert finding(response, "S-09")["effects"] == [
        {"treatment": None, "ingredient": "salicylic-acid", "effect": "remove"}
    ]
    assert finding(response, "L-18")["areas"] == ["face", "back"]
    assert mixed(response) == [("clarifying", None, ["niacinamide"])]


def test_a_removed_ingredient_is_not_looked_for_where_mesotherapy_supports_nothing(catalogue):
    response = answer(
        catalogue,
        allergic(
            "peptides",
            concerns=concerns(("scars", "back")),
            clinic=stocked(("mix", "peptides")),
        ),
    )

    assert rules(response) == []


def test_a_required_ingredient_that_is_gone_takes_the_formula_along(catalogue):
    asked = concerns(("dehydration", "face"), ("fine-lines", "face"))
    response = answer(catalogue, allergic("hyaluronic-acid", concerns=asked))

    assert treatment(response, "mesotherapy")["status"] == "eligible"
    assert treatment(response, "mesotherapy")["covers"] == ["fine-lines"]
    assert mixed(response)[0][0] == "rejuvenation"
    assert area(response)["options"][0]["uncovered"] == ["dehydration"]


def test_formulas_stand_once_in_the_order_of_the_concerns(catalogue):
    asked = concerns(("active-acne", "face"), ("hyperpigmentation", "face"), ("acne-scars", "face"))
    response = answer(catalogue, request(concerns=asked))

    assert [formula for formula, _, _ in mixed(response)] == ["clarifying", "brightening"]


@pytest.mark.parametrize(
    ("products", "expected"),
    [
        ([("one", "niacinamide"), ("two", "peptides")], ("two", ["peptides"])),
        ([("one", "peptides vitamin-c"), ("two", "peptides")], ("one", ["peptides", "vitamin-c"])),
        ([("one!", "peptides kojic-acid"), ("two", "peptides")], ("two", ["peptides"])),
        ([("one", "kojic-acid peptides"), ("two", "peptides")], ("one", ["peptides"])),
        ([("one!", "peptides niacinamide")], ("one", ["peptides", "niacinamide"])),
    ],
)
def test_the_first_product_that_will_do(catalogue, products, expected):
    response = answer(
        catalogue,
        allergic(
            "kojic-acid", concerns=concerns(("skin-laxity", "face")), clinic=stocked(*products)
        ),
    )

    assert mixed(response) == [("firming", *expected)]


@pytest.mark.parametrize(
    "products",
    [
        [("one", "niacinamide")],
        [("one", "")],
        [("one!", "peptides kojic-acid"), ("two!", "amino-acids kojic-acid")],
    ],
)
def test_no_product_will_do(catalogue, products):
    response = answer(
        catalogue,
        allergic(
            "kojic-acid", concerns=concerns(("skin-laxity", "face")), clinic=stocked(*products)
        ),
    )

    assert treatment(response, "mesotherapy")["status"] == "no-formula"
    assert offered(response) == [("prp",)]


def test_a_product_must_hold_what_the_formula_requires(catalogue):
    asked = concerns(("dehydration", "face"))

    def product_for(allergies, *products):
        response = answer(
            catalogue, allergic(*allergies, concerns=asked, clinic=stocked(*products))
        )
        found = treatment(response, "mesotherapy")["status"]
        return mixed(response)[0][1] if found == "eligible" else found

    assert product_for(["latex"], ("one", "peptides"), ("two", "hyaluronic-acid")) == "two"
    assert product_for(["hyaluronic-acid"], ("one", "hyaluronic-acid peptides")) == "no-formula"


def test_clinician_selects_takes_any_product_with_something_left(catalogue):
    asked = concerns(("hair-loss", "scalp"))

    def chosen(*products):
        response = answer(
            catalogue, allergic("peptides", concerns=asked, clinic=stocked(*products))
        )
        found = treatment(response, "mesotherapy", "scalp")["status"]
        return mixed(response, "scalp") if found == "eligible" else found

    assert chosen(("one", "peptides"), ("two", "peptides niacinamide")) == [
        ("clinician-selects", "two", ["niacinamide"])
    ]
    assert chosen(("one!", "peptides niacinamide")) == "no-formula"
    assert chosen(("one", "peptides")) == "no-formula"
    assert chosen(("one", "")) == "no-formula"


def test_one_formula_in_two_products_is_one_entry(catalogue):
    asked = concerns(("fine-lines", "face"), ("skin-texture", "face"), ("skin-laxity", "face"))
    clinic = stocked(("one", "vitamin-a"), ("two", "peptides"))
    response = answer(catalogue, request(concerns=asked, clinic=clinic))

    assert mixed(response) == [
        ("rejuvenation", "one", ["vitamin-a"]),
        ("firming", "two", ["peptides"]),
    ]


def test_a_clinician_is_told_to_check_allergens_only_where_nothing_is_named(catalogue):
    asked = concerns(("hair-loss", "scalp"))

    def warned(**changes):
        response = answer(catalogue, {**request(concerns=asked), **changes})
        return [one["warnings"] for one in area(response, "scalp")["options"]]

    listed = {"no_known_allergies": False, "allergies": [{"allergen": "latex"}]}
    assert warned() == [[], [], []]
    assert warned(**listed) == [["check-allergens"], [], ["check-allergens"]]
    assert warned(**listed, clinic=stocked(("one", "peptides"))) == [[], [], []]


def test_a_doubtful_ingredient_is_to_be_confirmed_wherever_it_is_given(catalogue):
    asked = concerns(("hyperpigmentation", "face"))

    def warned(*allergens, **changes):
        response = answer(catalogue, allergic(*allergens, concerns=asked, **changes))
        return area(response)["options"][0]["warnings"]

    with_salicylate = stocked(("one", "vitamin-c salicylic-acid"))
    assert warned("latex") == ["confirm-injectable"]
    assert warned("kojic-acid") == []
    assert warned("kojic-acid", clinic=with_salicylate) == ["confirm-injectable"]
    assert warned("aspirin", clinic=with_salicylate) == []


@pytest.mark.parametrize(
    ("allergens", "left"),
    [
        (["nucleotides"], ["calcium-chloride"]),
        (["calcium-chloride"], ["nucleotides"]),
        (["calcium-chloride", "nucleotides"], []),
        (["latex"], ["calcium-chloride", "nucleotides"]),
    ],
)
def test_activators(catalogue, allergens, left):
    response = answer(catalogue, allergic(*allergens))

    option = next(one for one in area(response)["options"] if one["treatments"] == ["prp"])
    assert course(option, "prp")["activators"] == left
    if len(left) < 2:
        assert finding(response, "L-22")["effects"] == [
            {"treatment": "prp", "ingredient": code, "effect": "remove"}
            for code in sorted(allergens)
        ]
        assert treatment(response, "prp")["findings"] == ["L-22"]
        assert treatment(response, "mesotherapy")["findings"] == []


@pytest.mark.parametrize("allergen", ["lidocaine", "topical-anaesthetic"])
def test_numbing_cream_is_left_out_of_every_option(catalogue, allergen):
    response = answer(catalogue, allergic(allergen))

    assert all("omit-topical-anaesthetic" in one["warnings"] for one in area(response)["options"])
    assert finding(response, "S-10")["effects"] == [
        {"treatment": None, "ingredient": None, "effect": "warn"}
    ]
    assert all("S-10" in one["findings"] for one in area(response)["treatments"])


def test_allergy_rules_are_unknown_only_while_nothing_was_said(catalogue):
    codes = {"S-09", "S-10", "L-16", "L-17", "L-18", "L-22"}

    def open_rules(asked):
        found = unknown(answer(catalogue, asked))
        return {code for code in codes if found.get(code) == ["allergies"]}

    assert open_rules(request(no_known_allergies=False)) == codes
    assert open_rules(request()) == set()
    assert open_rules(allergic("latex")) == set()


def test_all_removed_ingredients_are_listed_in_order_of_their_codes(catalogue):
    response = answer(catalogue, allergic("vitamins", "aspirin", "latex"))

    found = finding(response, "S-09")
    assert [one["ingredient"] for one in found["effects"]] == [
        "salicylic-acid",
        "vitamin-a",
        "vitamin-c",
        "vitamin-e",
    ]
    assert found["because"] == ["allergies[0]", "allergies[1]"]


def test_an_ingredient_without_a_class_goes_by_its_own_code(catalogue):
    def loosen(document):
        for row in document["ingredients"]:
            row["ingredient_class"] = None

    changed = release(catalogue, loosen)

    assert mixed(answer(changed, allergic("vitamins")))[0][2][1] == "vitamin-a"
    assert "vitamin-a" not in mixed(answer(changed, allergic("vitamin-a")))[0][2]


def test_a_concern_without_a_formula_is_not_covered_by_what_is_mixed(catalogue):
    def forget(document):
        for row in document["suitabilities"]:
            if row["concern"] == "dehydration":
                row["formula"] = None

    asked = request(concerns=concerns(("dehydration", "face"), ("fine-lines", "face")))
    found = treatment(answer(release(catalogue, forget), asked), "mesotherapy")

    assert (found["status"], found["covers"]) == ("eligible", ["fine-lines"])


def requiring_peptides(document):
    for row in document["formulas"]:
        for part in row["ingredients"]:
            part["required"] = part["ingredient"] == "peptides"


def test_what_is_required_is_so_beside_others(catalogue):
    changed = release(catalogue, requiring_peptides)
    shelf = stocked(("one", "vitamin-a"), ("two", "vitamin-a peptides"))

    without = answer(changed, allergic("peptides"))
    from_shelf = answer(changed, request(clinic=shelf))
    not_on_shelf = answer(changed, allergic("peptides", clinic=shelf))

    assert treatment(without, "mesotherapy")["status"] == "no-formula"
    assert mixed(from_shelf) == [("rejuvenation", "two", ["vitamin-a", "peptides"])]
    assert treatment(not_on_shelf, "mesotherapy")["status"] == "no-formula"
