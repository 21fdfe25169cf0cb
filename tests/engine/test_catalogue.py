"""A release that could not be evaluated is refused when it is made ready."""

import pytest

from tests.engine.cases import release, rule, with_rules
from treatments.engine import Catalogue, digest_of
from treatments.engine.canonical import canonical_json

SMOKES = {"kind": "condition", "condition": "tobacco"}


def without_default(document):
    document["protocols"] = [one for one in document["protocols"] if one["concerns"]]


def in_itself(document):
    document["areas"][0]["parent"] = document["areas"][1]["code"]
    document["areas"][1]["parent"] = document["areas"][0]["code"]


BROKEN = {
    "no protocol": without_default,
    "no day between": lambda document: document["protocols"][0].update(interval_days=0),
    "no session": lambda document: document["protocols"][0].update(planned=0),
    "unknown blocker": lambda document: document["variants"][0].update(blocked_by="X-0"),
    "no performer": lambda document: document.update(performers=[]),
    "no such formula": lambda document: document["suitabilities"][0].update(formula="x"),
    "an area in itself": in_itself,
    "no rhythm": lambda document: document["combinations"][0].update(gap_days=None),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=list(BROKEN))
def test_broken_release_is_refused(catalogue, change):
    with pytest.raises(ValueError, match=r"\w"):
        release(catalogue, change)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "cross-reactivity", "allergens": ["latex"], "ingredient": None},
        {"kind": "ingredient-allergy", "treatment": None},
    ],
    ids=["removes nothing", "for no treatment"],
)
def test_broken_allergy_rule_is_refused(catalogue, changes):
    with pytest.raises(ValueError, match="X-1"):
        with_rules(catalogue, rule("X-1", SMOKES, **changes))


def test_unknown_effect_is_refused(catalogue):
    with pytest.raises(ValueError, match="no such effect"):
        with_rules(catalogue, rule("X-1", SMOKES, ("prp", "forbid")))


def test_a_release_keeps_its_key_digest_and_document(catalogue):
    document = {**catalogue.document, "key": "2031.4"}
    made = Catalogue.from_document(document)

    assert (made.key, made.document) == ("2031.4", document)
    assert made.digest == digest_of(document)
    assert made.digest.startswith("sha256:")
    assert len(made.digest) == len("sha256:") + 64


def test_canonical_text():
    assert canonical_json({"b": [1, 2.5, None, True], "a": "é\u2028"}) == (
        '{"a":"é\u2028","b":[1,2.5,null,true]}'
    )
    assert digest_of({}) == (
        "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(float("nan"))
