"""What holds of every request and every release."""

import hashlib
import json
from copy import deepcopy
from datetime import date
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine import worlds
from tests.engine.cases import with_rules
from treatments.engine import Catalogue, InvalidRequest, canonical_json, evaluate, parse_facts
from treatments.engine.judgement import judge

LAW = settings(
    max_examples=1000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def answered(catalogue, asked):
    """The response, or None where the clinic has no open day."""
    facts = parse_facts(catalogue, asked)
    try:
        return evaluate(catalogue, facts)
    except InvalidRequest:
        return None


def standings(response):
    return {
        (area["area"], one["treatment"]): (one["status"], one["not_before"])
        for area in response["areas"]
        for one in area["treatments"]
    }


def options(response):
    return [(area, option) for area in response["areas"] for option in area["options"]]


def mixtures(response):
    return [
        mixture
        for _, option in options(response)
        for course in option["courses"]
        for mixture in course["formulas"]
    ]


def sessions(option):
    return {
        course["treatment"]: [
            date.fromisoformat(day) for day in course["planned"] + course["optional"]
        ]
        for course in option["courses"]
    }


@LAW
@given(data=st.data())
def test_an_added_contraindication_never_helps(catalogue, requests, added_rules, data):
    asked = data.draw(requests)
    more = with_rules(catalogue, data.draw(added_rules))

    before, after = answered(catalogue, asked), answered(more, asked)

    if before is None or after is None:
        return
    was = standings(before)
    for key, (status, not_before) in standings(after).items():
        if before["status"] == "evaluated" and status == "eligible":
            assert was[key][0] == "eligible"
            assert not_before >= was[key][1]
    assert before["status"] == "evaluated" or after["status"] != "evaluated"


@LAW
@given(data=st.data())
def test_an_added_allergy_never_gives_an_ingredient_back(catalogue, requests, data):
    asked = data.draw(requests)
    allergen = data.draw(st.sampled_from(worlds.codes(catalogue.document, "allergens")))
    more = {**asked, "allergies": [*asked["allergies"], {"allergen": allergen}]}
    removed = catalogue.allergy_rules.removed

    before, after = parse_facts(catalogue, asked), parse_facts(catalogue, more)

    assert removed(before) <= removed(after)
    response = answered(catalogue, more)
    if response is not None:
        listed = {
            effect["ingredient"]
            for finding in response["findings"]
            for effect in finding["effects"]
            if effect["effect"] == "remove" and effect["treatment"] is None
        }
        assert listed <= removed(after)


@LAW
@given(data=st.data())
def test_nothing_removed_is_given(catalogue, requests, data):
    asked = data.draw(requests)

    removed = catalogue.allergy_rules.removed(parse_facts(catalogue, asked))
    response = answered(catalogue, asked)

    activators = {
        code
        for _, option in options(response or {"areas": []})
        for course in option["courses"]
        for code in course["activators"]
    }
    assert activators.isdisjoint(one["allergen"] for one in asked["allergies"])
    for mixture in mixtures(response or {"areas": []}):
        assert removed.isdisjoint(mixture["ingredients"])


@LAW
@given(data=st.data())
def test_dates_are_open_far_enough_apart_and_never_too_early(catalogue, requests, data):
    asked = data.draw(requests)
    apart = {row["treatment"]: row["min_interval_days"] for row in catalogue.document["protocols"]}
    gap = catalogue.document["combinations"][0]["gap_days"]
    alternating = asked.get("preferences", {}).get("combination") != "same-session"
    closed_weekdays = asked.get("clinic", {}).get("closed_weekdays", [])
    closed_on = asked.get("clinic", {}).get("closed_on", [])

    response = answered(catalogue, asked)

    for area, option in options(response or {"areas": []}):
        found = sessions(option)
        earliest = {one["treatment"]: one["not_before"] for one in area["treatments"]}
        for treatment, days in found.items():
            assert days[0].isoformat() >= earliest[treatment]
            for day in days:
                assert day.isoweekday() not in closed_weekdays
                assert day.isoformat() not in closed_on
            for first, second in pairwise(days):
                assert (second - first).days >= apart[treatment]
        if alternating and len(found) == 2:
            one, other = found.values()
            assert min(abs((left - right).days) for left in one for right in other) >= gap


@LAW
@given(data=st.data())
def test_the_order_of_lists_changes_nothing_but_where_they_lead(catalogue, requests, data):
    asked = data.draw(requests)
    turned = {
        **asked,
        "allergies": data.draw(st.permutations(asked["allergies"])),
        "medications": data.draw(st.permutations(asked["medications"])),
        "conditions": dict(data.draw(st.permutations(list(asked["conditions"].items())))),
    }

    def told(request):
        response = answered(catalogue, request)
        if response is None:
            return None
        return {
            **response,
            "receipt": None,
            "findings": [{**one, "because": None} for one in response["findings"]],
            "conflicts": [one["code"] for one in response["conflicts"]],
        }

    assert told(asked) == told(turned)


@LAW
@given(data=st.data())
def test_the_same_facts_and_release_give_the_same_bytes(catalogue, reproduced, requests, data):
    asked = data.draw(requests)
    untouched = deepcopy(asked)

    first = answered(catalogue, asked)
    again = answered(reproduced, json.loads(json.dumps(asked)))

    assert json.dumps(first) == json.dumps(again)
    assert asked == untouched
    if first is not None:
        told = {key: value for key, value in first.items() if key != "receipt"}
        whole = {"release": catalogue.digest, "request": asked, "response": told}
        digest = hashlib.sha256(canonical_json(whole).encode()).hexdigest()
        assert first["receipt"] == f"sha256:{digest}"


@LAW
@given(data=st.data())
def test_the_index_finds_what_looking_at_every_rule_finds(catalogue, requests, added_rules, data):
    asked = data.draw(requests)
    more = with_rules(catalogue, data.draw(added_rules))
    facts = parse_facts(more, asked)
    areas = more.vocabulary.areas

    found = judge(more, facts)

    for code, rule in more.rulebook.rules.items():
        for area in facts.areas:
            near = areas[area].near if rule.local else None
            verdict = rule.trigger.judge(facts, near)
            fired = code in found.fired and area in found.fired[code].hits
            assert fired is (verdict is True)
            if verdict is None:
                assert code in found.unknown
    for code, lack in found.unknown.items():
        assert lack.needs
        rule = more.rulebook.rules.get(code)
        if rule is not None and not rule.local:
            assert rule.trigger.judge(facts, None) is None


@LAW
@given(data=st.data())
def test_unknown_is_listed_and_never_taken_for_an_answer(catalogue, requests, data):
    """An answer taken back leaves every rule that rested on it among those not evaluated."""
    asked = data.draw(requests)
    code = data.draw(st.sampled_from(sorted(asked["conditions"])))
    less = {**asked, "conditions": {**asked["conditions"], code: "unknown"}}

    judged = judge(catalogue, parse_facts(catalogue, asked))
    taken_back = judge(catalogue, parse_facts(catalogue, less))

    assert set(taken_back.fired) <= set(judged.fired)
    assert set(judged.unknown) <= set(taken_back.unknown)
    assert set(judged.fired) - set(taken_back.fired) <= set(taken_back.unknown)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["face", "fine-lines", "female", "2026-01-05", "yes", "\ud800", "\0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=5) | st.sampled_from(["area", "concern", "sex", "age", "value"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


def places(value, path=()):
    """Every place in a request."""
    yield path
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in inner:
            yield from places(one, (*path, key))


def replaced(value, path, other):
    if not path:
        return other
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], other)
    return copy


@LAW
@given(data=st.data())
def test_whatever_stands_anywhere_is_read_or_refused(catalogue, requests, data):
    asked = data.draw(requests)
    path = data.draw(st.sampled_from(list(places(asked))))
    spoilt = replaced(asked, path, data.draw(ANYTHING))

    told, refused = None, ()
    try:
        told = evaluate(catalogue, parse_facts(catalogue, spoilt))
    except InvalidRequest as refusal:
        refused = refusal.faults

    assert (told is None) is bool(refused)
    assert all(one.message and one.code for one in refused)
    canonical_json([told, [one.path for one in refused]]).encode()


@LAW
@given(data=st.data())
def test_a_response_belongs_to_its_caller(catalogue, requests, data):
    facts = parse_facts(catalogue, data.draw(requests))
    try:
        response = evaluate(catalogue, facts)
    except InvalidRequest:
        return
    kept = json.dumps(response)

    spoil(response)

    assert json.dumps(evaluate(catalogue, facts)) == kept


def spoil(value):
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            spoil(inner)
    value.clear()


def test_a_release_has_the_digest_of_its_content(catalogue, reproduced):
    turned = dict(reversed(catalogue.document.items()))
    other = {**catalogue.document, "key": "another"}

    assert reproduced.digest == catalogue.digest
    assert Catalogue.from_document(turned).digest == catalogue.digest
    assert Catalogue.from_document(other).digest != catalogue.digest
