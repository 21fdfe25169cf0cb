"""Ten worked cases, each typed into the browser from the login to the signed plan."""

import json

import pytest
from django_scopes import scope

from consultations.models import Plan, Proposal
from tests.e2e.clinician import Clinician
from tests.engine.cases import vignettes
from tests.engine.test_worked_cases import reduced

# One session for both, two areas with an infection, hair, a painkiller and Sundays, atopy with
# an allergy, a peel, laser after isotretinoin, two counts, closed days, a separable product.
CHOSEN = ("V02", "V06", "V10", "V18", "V22", "V23", "X01", "X11", "X14", "X17")
CASES = {case["id"]: case for case in vignettes()}


@pytest.fixture
def physician(page, live_server, make_member):
    make_member("physician", username="elif")
    return Clinician(page, live_server.url)


@pytest.fixture
def name(catalogue):
    """`name("treatments", "prp")` is what the release calls it."""

    def find(section, code):
        row = next(one for one in catalogue.document[section] if one["code"] == code)
        return row.get("name") or row["text"]

    return find


@pytest.mark.parametrize("key", CHOSEN)
def test_worked_case_is_typed_in_and_signed(key, physician, clinic, name):
    request, expected = CASES[key]["request"], CASES[key]["expected"]

    physician.log_in("elif")
    physician.add_patient(f"Case {key}", "Worked", request["patient"]["sex"])
    physician.start(request["consulted_on"])
    physician.enter(request)
    physician.leave_by("Propose")
    physician.sees("Proposal")

    for area in expected["areas"]:
        assert shown_options(physician.page, area) == [
            told_option(option, name) for option in area["options"]
        ]
    with scope(clinic=clinic):
        assert reduced(json.loads(Proposal.objects.get().response)) == expected

    open_areas = [area for area in expected["areas"] if area["options"]]
    for area in open_areas:
        physician.accept(area["area"])
    physician.sign()

    days = [
        day
        for area in open_areas
        for course in area["options"][0]["courses"]
        for day in (*course["planned"], *course["optional"])
    ]
    numbered = list(enumerate(sorted(set(days)), start=1))
    assert shown_sessions(physician.page) == numbered
    with scope(clinic=clinic):
        sessions = Plan.objects.get().sessions.order_by("number")
        assert [(one.number, one.planned_on.isoformat()) for one in sessions] == numbered


def told_option(option, name):
    """What the page has to say about an option."""
    return {
        "title": " + ".join(name("treatments", code) for code in option["treatments"]),
        "variant": [name("variants", option["variant"])] if option["variant"] else [],
        "covers": [name("concerns", code) for code in option["covers"]],
        "uncovered": [name("concerns", code) for code in option["uncovered"]],
        "courses": [told_course(course, name) for course in option["courses"]],
        "warnings": [name("warnings", code) for code in option["warnings"]],
        "notices": [name("notices", code) for code in option["notices"]],
    }


def told_course(course, name):
    formulas = []
    for one in course["formulas"]:
        product = f" · {one['product']}" if one["product"] else ""
        ingredients = [name("ingredients", code) for code in one["ingredients"]]
        title = f"{name('formulas', one['formula'])}{product}"
        formulas.append([title, ingredients or ["the clinician selects the ingredients"]])
    return {
        "treatment": name("treatments", course["treatment"]),
        "planned": course["planned"],
        "optional": course["optional"],
        "formulas": formulas,
        "activators": [name("activators", code) for code in course["activators"]],
    }


def shown_options(page, area):
    return page.locator(f"#area-{area['area']} .option").evaluate_all(
        """options => {
          const text = (node) => node.textContent.replace(/\\s+/g, " ").trim();
          const all = (node, css) => [...node.querySelectorAll(css)];
          const own = (node) => {
            const copy = node.cloneNode(true);
            all(copy, ".left-out, .option-variant").forEach((one) => one.remove());
            return text(copy);
          };
          const list = (node) => own(node).split(/\\s*,\\s*/);
          const days = (node, css) => all(node, css).map((one) => one.dateTime);
          const materials = (course, activator) => all(course, ".materials > div")
            .filter((one) => text(one.querySelector("dt")).startsWith("Activator") === activator);
          return options.map((option) => ({
            title: own(option.querySelector("h3")),
            variant: all(option, ".option-variant").map(text),
            covers: all(option, ".fit-yes .fit-concern").map(text),
            uncovered: all(option, ".fit-no .fit-concern").map(text),
            courses: all(option, ".course").map((course) => ({
              treatment: text(course.querySelector("h4").firstChild),
              planned: days(course, ".dates:not(.dates-optional) time"),
              optional: days(course, ".dates-optional time"),
              formulas: materials(course, false).map((one) => [
                text(one.querySelector("dt")), list(one.querySelector("dd")),
              ]),
              activators: materials(course, true).flatMap((one) => list(one.querySelector("dd"))),
            })),
            warnings: all(option, ".heed-warning").map(text),
            notices: all(option, ".heed-notice").map(text),
          }));
        }"""
    )


def shown_sessions(page):
    return [
        (int(number), day)
        for number, day in page.locator(".session").evaluate_all(
            "all => all.map(one => [one.querySelector('.session-number').textContent,"
            " one.querySelector('time').dateTime])"
        )
    ]
