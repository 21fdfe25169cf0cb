"""What differs between two releases, in a curator's words, and nothing left out."""

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treatments.diffing import Kind, Names, compare, trigger_phrase
from treatments.engine import canonical_json
from treatments.models import Rule
from treatments.sentences import trigger_phrase as phrase_of_row

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-1, 400)
    | st.sampled_from(["", "S-07", "mesotherapy", "prp", "platelets", "7", "delay", "words"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "name", "value", "kind", "all", "not", "treatment"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def document(catalogue):
    return json.loads(canonical_json(catalogue.document))


@pytest.fixture
def changed(document):
    return deepcopy(document)


def row(document, section, code):
    return next(one for one in document[section] if one["code"] == code)


def told(old, new):
    return [sentence for change in compare(old, new).changes for sentence in change.sentences]


def places(value):
    """Every place in a document where something can be changed."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, held in steps:
        yield value, step
        if isinstance(held, dict | list):
            yield from places(held)


def mutate(data, document):
    """Replace, remove, add, double or move something, anywhere."""
    found = list(places(document))
    holder, step = found[data.draw(st.integers(0, len(found) - 1), label="place")]
    deed = data.draw(st.sampled_from(["replace", "remove", "add", "double", "reverse"]))
    if deed == "replace":
        holder[step] = data.draw(values)
    elif deed == "remove":
        del holder[step]
    elif deed == "add" and isinstance(holder, dict):
        holder[data.draw(st.sampled_from(["new", "code", "wait_days", "sources"]))] = data.draw(
            values
        )
    elif isinstance(holder, list):
        if deed == "reverse":
            holder.reverse()
        else:
            holder.insert(step, deepcopy(holder[step]))


def without_key(document):
    return canonical_json({name: held for name, held in document.items() if name != "key"})


@settings(max_examples=150, deadline=None)
@given(data=st.data(), steps=st.integers(0, 3))
def test_a_comparison_is_empty_exactly_when_nothing_differs(document, data, steps):
    changed = json.loads(canonical_json(document))
    for _ in range(steps):
        mutate(data, changed)

    there, back = compare(document, changed), compare(changed, document)

    differ = without_key(document) != without_key(changed)
    assert bool(there) is bool(back) is differ
    assert all(one.fields for one in there.changes if one.kind is Kind.CHANGED)
    assert json.loads(json.dumps(there.as_json())) == there.as_json()


@settings(max_examples=200)
@given(one=values, other=values, section=st.sampled_from(["rules", "statements", "new"]))
def test_whatever_a_section_holds_a_difference_is_told(one, other, section):
    found = compare({section: one}, {section: other})

    assert bool(found) is (canonical_json(one) != canonical_json(other))


def test_the_same_document_under_another_key_has_not_changed(document, changed):
    changed["key"] = "2026.2"

    assert not compare(document, changed)
    assert compare(document, changed).as_json() == {
        "counts": {"added": 0, "changed": 0, "removed": 0},
        "groups": [],
    }


def test_a_wait_and_a_source_read_as_a_curator_says_them(document, changed):
    rule = row(changed, "rules", "S-07")
    rule["wait_days"] = 10
    rule["sources"] = ["A080", "A081"]

    (group,) = compare(document, changed).groups

    assert (group.code, group.label) == ("rules", "Rules")
    assert set(group.changes[0].sentences) == {
        "S-07: wait 7 → 10 days",
        "S-07: source added: A081",
    }
    assert group.changes[0].label == rule["title"]


def set_to(section, code, **fields):
    def change(document):
        row(document, section, code).update(fields)

    return change


def move_first_area_last(document):
    document["areas"].append(document["areas"].pop(0))


def drop_a_rule(document):
    document["rules"].remove(row(document, "rules", "S-06"))


def lose_a_side(document):
    row(document, "conflicts", "C1")["sides"].pop(0)


@pytest.mark.parametrize(
    ("change", "group", "sentence"),
    [
        (
            set_to("protocols", "meso-standard", interval_days=7),
            "protocols",
            "interval 14 → 7 days",
        ),
        (set_to("protocols", "meso-standard", planned=5), "protocols", "planned sessions 4 → 5"),
        (
            set_to("protocols", "meso-standard", maintenance_days=None),
            "protocols",
            "maintenance after 90 days → none",
        ),
        (
            set_to("protocols", "meso-standard", concerns=["cellulite"]),
            "protocols",
            "concern added: Cellulite",
        ),
        (
            set_to("rules", "S-11", trigger={"not": {"kind": "condition", "condition": "atopy"}}),
            "rules",
            " is yes → when ",
        ),
        (
            set_to("rules", "S-11", effects=[{"treatment": "mesotherapy", "effect": "exclude"}]),
            "rules",
            "effect Mesotherapy: effect Caution → Exclude",
        ),
        (
            set_to("rules", "S-11", effects=[{"treatment": "prp", "effect": "caution"}]),
            "rules",
            "effect added: Platelet-rich plasma (PRP) (effect: Caution)",
        ),
        (set_to("rules", "S-11", title="Atopy"), "rules", "title: “Prone to allergies” → “Atopy”"),
        (
            set_to("formulas", "hydration", ingredients=[]),
            "formulas",
            "ingredient removed: Hyaluronic acid (required: yes)",
        ),
        (
            set_to("concerns", "joint-pain", refer_to=None),
            "vocabulary",
            "refers to Orthopaedics → none",
        ),
        (set_to("findings", "infection", clears=False), "vocabulary", "clears yes → no"),
        (move_first_area_last, "vocabulary", "now comes after"),
        (set_to("warnings", "confirm-injectable", text="Look."), "notices", "→ “Look.”"),
        (lambda one: one["combinations"][0].update(gap_days=10), "combinations", "gap 7 → 10 days"),
        (
            lambda one: one["suitabilities"][1].update(rating="first-choice"),
            "suitabilities",
            "rating Suitable → First choice",
        ),
        (lambda one: one["statements"]["A080"].update(grade="B"), "statements", "grade D: "),
        (lambda one: one["parameters"].update(age_max=120), "numbers", "age_max: value 130 → 120"),
        (lose_a_side, "conflicts", "side removed: A073 (followed: no, what it says: “often 3”)"),
    ],
)
def test_a_change_stands_in_its_group_in_words(document, changed, change, group, sentence):
    change(changed)

    (found,) = compare(document, changed).groups

    assert found.code == group
    assert any(sentence in line for line in told(document, changed))


def test_only_the_row_that_moved_is_said_to_have_moved(document, changed):
    move_first_area_last(changed)
    last = changed["areas"][-2]["code"]

    assert told(document, changed) == [f"face: now comes after {last}"]


def test_a_removed_rule_is_told_with_all_that_it_said(document, changed):
    drop_a_rule(changed)

    (change,) = compare(document, changed).changes

    assert (change.kind, change.code, change.label) == ("removed", "S-06", "Other blood disorder")
    assert {one.field for one in change.fields} >= {"trigger", "effects", "message", "sources"}
    (back,) = compare(changed, document).changes
    assert back.kind == "added"
    assert [one.sentence for one in back.fields] == [one.sentence for one in change.fields]


def test_a_difference_that_no_sentence_shows_is_shown_as_it_is_written(document, changed):
    row(changed, "rules", "S-07")["trigger"]["relative_to"] = "start"  # without a number of days

    (sentence,) = told(document, changed)

    assert '"relative_to":"consultation"' in sentence
    assert '"relative_to":"start"' in sentence


def test_true_is_not_one(document, changed):
    changed["findings"][0]["clears"] = 1

    assert changed == document
    assert compare(document, changed)


@pytest.mark.django_db
def test_a_trigger_reads_the_same_from_a_release_as_from_its_rows(document):
    names = Names.of(document)
    rules = [one for one in document["rules"] if one["kind"] == "contraindication"]

    phrases = {one["code"]: trigger_phrase(one["trigger"], names) for one in rules}

    rows = Rule.objects.filter(code__in=phrases)
    assert {one.code: phrase_of_row(one) for one in rows} == phrases
    assert len(phrases) > 20


def test_a_nested_trigger_keeps_its_brackets(document):
    names = Names.of(document)
    leaf = {"kind": "condition", "condition": "atopy"}
    trigger = {"all": [leaf, {"any": [{"not": leaf}, {"all": [leaf, leaf]}]}]}

    name = names.name("conditions", "atopy")
    assert trigger_phrase(trigger, names) == (
        f"{name} is yes and ({name} is no or ({name} is yes and {name} is yes))"
    )
