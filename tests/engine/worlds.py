"""Anything a request may hold, drawn from a release's whole vocabulary; and rules to add."""

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.engine.cases import rule

FIRST = date(2026, 1, 5)


def codes(document, key):
    return [row["code"] for row in document[key]]


def maybe(key, strategy):
    """The key with a value, or without."""
    return st.one_of(st.just({}), strategy.map(lambda value: {key: value}))


def merged(*parts):
    return st.tuples(*parts).map(lambda found: {key: part[key] for part in found for key in part})


def days(earliest, latest):
    numbers = st.integers(earliest, latest)
    return numbers.map(lambda number: (FIRST + timedelta(days=number)).isoformat())


def some(strategy, most=3):
    return st.lists(strategy, max_size=most)


def answers(document):
    states = st.sampled_from(["yes", "no", "no", "no", "unknown"])
    return st.dictionaries(st.sampled_from(codes(document, "conditions")), states, max_size=15)


def medications(document):
    row = merged(
        st.fixed_dictionaries(
            {
                "medication": st.sampled_from(codes(document, "medications")),
                "prescribed": st.booleans(),
            }
        ),
        maybe("ongoing", st.booleans()),
        maybe("last_taken_on", days(-220, 0)),
    )
    return some(row)


def labs(document):
    units = [
        (test["code"], unit["unit"], float(unit["divisor"]))
        for test in document["lab_tests"]
        for unit in test["units"]
    ]
    scale = {"platelets": 4, "haemoglobin": 0.3}
    row = st.tuples(st.sampled_from(units), st.integers(1, 60), days(-120, 0)).map(
        lambda drawn: {
            "test": drawn[0][0],
            "unit": drawn[0][1],
            "value": drawn[1] * scale.get(drawn[0][0], 1) * drawn[0][2],
            "taken_on": drawn[2],
        }
    )
    return some(row)


def findings(document):
    def row(drawn):
        finding, area, clears_on = drawn
        dated = {"clears_on": clears_on} if finding["clears"] and clears_on else {}
        return {"finding": finding["code"], "area": area, **dated}

    return some(
        st.tuples(
            st.sampled_from(document["findings"]),
            st.sampled_from(codes(document, "areas")),
            st.none() | days(-10, 60),
        ).map(row),
        most=2,
    )


def procedures(document):
    return some(
        st.fixed_dictionaries(
            {
                "procedure": st.sampled_from(codes(document, "procedures")),
                "area": st.sampled_from(codes(document, "areas")),
                "performed_on": days(-40, 0),
            }
        ),
        most=2,
    )


def concerns(document):
    """Mostly several in few areas, so that they meet."""
    areas = st.lists(st.sampled_from(codes(document, "areas")), min_size=1, max_size=3, unique=True)
    pairs = areas.flatmap(
        lambda drawn: st.lists(
            st.tuples(st.sampled_from(codes(document, "concerns")), st.sampled_from(drawn)),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
    return pairs.map(lambda found: [{"concern": one, "area": area} for one, area in found])


def clinic(document):
    product = st.tuples(
        st.lists(
            st.sampled_from(codes(document, "ingredients")), min_size=1, max_size=5, unique=True
        ),
        st.booleans(),
    )
    products = some(product).map(
        lambda found: [
            {"product": f"product-{number}", "ingredients": held, "separable": separable}
            for number, (held, separable) in enumerate(found)
        ]
    )
    return merged(
        maybe("closed_weekdays", st.lists(st.integers(1, 7), max_size=4, unique=True)),
        maybe("closed_on", st.lists(days(0, 120), max_size=8)),
        maybe("performer", st.sampled_from(codes(document, "performers"))),
        maybe("products", products),
    )


def allergies(document):
    return some(st.fixed_dictionaries({"allergen": st.sampled_from(codes(document, "allergens"))}))


def requests(document):
    """Sound requests. Most are answered well enough to come to a proposal."""
    return merged(
        st.fixed_dictionaries(
            {
                "consulted_on": st.just(FIRST.isoformat()),
                "patient": st.fixed_dictionaries(
                    {
                        "sex": st.sampled_from(["female", "male", "other"]),
                        "age": st.sampled_from([17, 18, 30, 44, 56, 70]),
                    }
                ),
                "concerns": concerns(document),
                "medications": medications(document),
                "allergies": allergies(document),
            }
        ),
        maybe("start_on", days(0, 90)),
        answers(document).map(
            lambda found: {"conditions": {"pregnancy": "no", "breastfeeding": "no"} | found}
        ),
        maybe("no_known_allergies", st.just(False)),
        maybe("medications_reviewed", st.booleans()),
        maybe("labs", labs(document)),
        maybe("area_findings", findings(document)),
        maybe("procedures", procedures(document)),
        maybe(
            "preferences",
            merged(
                maybe("combination", st.sampled_from(["alternating", "same-session"])),
                maybe("laser", st.booleans()),
            ),
        ),
        maybe("clinic", clinic(document)),
    )


def leaves(document):
    families = st.sampled_from(codes(document, "medication_classes"))
    bounds = st.tuples(st.integers(1, 100), st.integers(1, 200)).map(
        lambda found: {"from": str(found[0]), "below": str(found[0] + found[1])}
    )
    tests = st.sampled_from(codes(document, "lab_tests"))
    return st.one_of(
        st.fixed_dictionaries(
            {
                "kind": st.just("condition"),
                "condition": st.sampled_from(codes(document, "conditions")),
            }
        ),
        st.fixed_dictionaries(
            {
                "kind": st.just("sex"),
                "sexes": st.lists(st.sampled_from(["female", "male", "other"]), unique=True),
            }
        ),
        st.integers(18, 60).map(lambda age: {"kind": "age", "from": age, "below": None}),
        st.fixed_dictionaries(
            {
                "kind": st.just("medication"),
                "classes": st.lists(families, max_size=2, unique=True),
                "medications": st.lists(
                    st.sampled_from(codes(document, "medications")), max_size=2, unique=True
                ),
                "prescribed": st.sampled_from([None, True, False]),
                "within_days": st.sampled_from([None, 7, 30, 180]),
                "relative_to": st.sampled_from(["consultation", "start"]),
                "ongoing_counts": st.booleans(),
            }
        ),
        merged(st.fixed_dictionaries({"kind": st.just("lab"), "test": tests}), bounds),
        tests.map(lambda test: {"kind": "lab-missing", "test": test}),
        st.sampled_from(codes(document, "findings")).map(
            lambda code: {"kind": "finding", "finding": code}
        ),
        st.sampled_from(codes(document, "procedures")).map(
            lambda code: {"kind": "procedure", "procedure": code}
        ),
        st.lists(st.sampled_from(codes(document, "allergens")), max_size=3).map(
            lambda found: {"kind": "allergy", "allergens": found}
        ),
    )


def triggers(document):
    def joined(parts):
        several = st.lists(parts, min_size=1, max_size=3)
        return st.one_of(
            several.map(lambda found: {"all": found}),
            several.map(lambda found: {"any": found}),
            parts.map(lambda part: {"not": part}),
        )

    return st.recursive(leaves(document), joined, max_leaves=5)


def added_rules(document):
    """A contraindication of any kind, made of anything a trigger can read."""
    effects = ["exclude", "exclude-overridable", "ask-prescriber", "delay", "caution"]
    treatments = st.sampled_from([None, *codes(document, "treatments")])
    return st.tuples(
        triggers(document),
        st.lists(st.tuples(treatments, st.sampled_from(effects)), min_size=1, max_size=3),
        st.sampled_from(["all", "treatment", "area"]),
        st.integers(0, 60),
        st.sampled_from(["dated", "unknown"]),
        st.sampled_from(["ask", "note", "note"]),
    ).map(
        lambda drawn: rule(
            "X-1",
            drawn[0],
            *([(None, effect) for _, effect in drawn[1]] if drawn[2] == "all" else drawn[1]),
            scope=drawn[2],
            wait_days=drawn[3],
            ongoing_end=drawn[4],
            when_unknown=drawn[5],
        )
    )
