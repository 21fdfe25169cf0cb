"""A signed plan as PDF: the same bytes for the same version, every name as it is written."""

import io
import re
import unicodedata

import pypdf
import pytest

from consultations import paper
from consultations.models import Plan
from consultations.services import amendments, decisions, patients, plans
from tests.consultations.made import accept, proposed, sign, signed
from tests.consultations.test_services_plans import FULL
from treatments.compiler import catalogue_of
from treatments.engine import Catalogue
from treatments.explanations import wording_of
from treatments.models import CareInstruction

pytestmark = pytest.mark.usefixtures("open_clinic")

SECTIONS = {"Rules that were overridden", "Amendments", "Notes"}


@pytest.fixture
def plan(clinic, physician):
    return signed(clinic, physician)


@pytest.fixture
def full_plan(clinic, physician):
    first = proposed(clinic, physician, **FULL)
    second = decisions.override_rule(
        first.consultation,
        rule="L-08b",
        area="face",
        treatment="prp",
        reason="specialist-agrees",
        text="Counted twice.",
        by=physician,
    )
    accept(second, physician)
    return sign(second, physician)


def loaded(plan):
    return Plan.objects.with_sessions().get(pk=plan.pk)


def made(plan, language="en"):
    return paper.plan_pdf(loaded(plan), language).content


def text_of(content):
    """What is read aloud: without the marks of direction, in the plain forms of the letters."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    text = unicodedata.normalize("NFKC", " ".join(page.extract_text() for page in pages))
    return re.sub(r"\s+", " ", "".join(one for one in text if unicodedata.category(one) != "Cf"))


def amend(plan, by, text="The dose was another."):
    return amendments.amend(plan.consultation, reason="recorded-wrongly", text=text, by=by)


def rename(plan, by, **names):
    return patients.update_patient(plan.patient, by=by, version=plan.patient.version, **names)


def test_the_same_version_is_the_same_to_the_byte(full_plan):
    assert made(full_plan) == made(full_plan)


def test_what_happens_later_is_another_version(plan, physician):
    def version():
        return paper.printed(loaded(plan), "en")["version"]

    versions = [version()]
    amend(plan, physician)
    versions.append(version())
    plans.mark_session(plan.sessions.last(), status="cancelled", by=physician)
    versions.append(version())
    rename(plan, physician, family_name="Another")
    versions.append(version())

    assert len(set(versions)) == 4
    assert {one.partition("-")[0] for one in versions} == {plan.digest[7:23]}


@pytest.mark.parametrize(
    ("family_name", "given_name"),
    [
        ("Şahinoğlu", "İpek Çağıl"),  # noqa: RUF001 - as they are written
        ("Παπαδοπούλου", "Ιωάννα Ζωή"),
        ("رضایی", "مریم"),
        ("گلپایگانی", "ژاله"),
        ("Łukaszewicz", "Zoë Ñandú"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_names_are_printed_as_they_are_written(plan, physician, family_name, given_name, language):
    rename(plan, physician, family_name=family_name, given_name=given_name)

    content = made(plan, language)

    title = pypdf.PdfReader(io.BytesIO(content)).metadata.title
    assert f"{family_name}, {given_name}" in title
    text = text_of(content)
    for word in f"{family_name} {given_name}".split():
        assert word in text or word[::-1] in text


def test_names_stand_between_isolates_so_that_none_turns_its_neighbours(full_plan, physician):
    rename(full_plan, physician, family_name="رضایی", given_name="مریم")
    amend(full_plan, physician)

    data = paper.printed(loaded(full_plan), "en")

    name = f"\N{FIRST STRONG ISOLATE}{physician}\N{POP DIRECTIONAL ISOLATE}"
    assert data["patient"]["shown"] == (
        "\N{FIRST STRONG ISOLATE}رضایی, مریم\N{POP DIRECTIONAL ISOLATE}"
    )
    for told in (data["signed"][0], data["overrides"][0]["by"], data["amendments"][0]["by"]):
        assert name in told


def test_sessions_stand_with_their_dates_and_materials(plan):
    text = text_of(made(plan))

    for number, session in enumerate(plan.sessions.all(), start=1):
        assert f"Session {number}: " in text
        assert f"{session.planned_on.day} {session.planned_on:%B %Y}" in text
    assert "Mesotherapy, Face" in text
    assert "Rejuvenation:" in text


def test_overrides_and_amendments_carry_reason_and_name(full_plan, physician):
    amend(full_plan, physician, "First line.\nSecond line.")

    text = text_of(made(full_plan))

    assert "L-08b: Platelet-rich plasma (PRP), Face" in text
    assert "The treating specialist agrees." in text
    assert "Counted twice." in text
    assert "Amendment 1: Something was recorded wrongly" in text
    assert "First line. Second line." in text
    # Signed, overridden, amended; acknowledged; the override stands at each of three sessions too.
    assert text.count(str(physician)) == 3 + 1 + 3
    assert f"Face: acknowledged by {physician} on" in text


def test_empty_sections_are_left_out(plan, full_plan, physician):
    amend(full_plan, physician)

    bare, full = text_of(made(plan)), text_of(made(full_plan))

    assert [one for one in SECTIONS if one in bare] == []
    assert {one for one in SECTIONS if one in full} == SECTIONS - {"Notes"}


def test_care_is_one_list_in_the_order_of_time_counted_from_each_session(plan):
    care = {one["title"]: one["lines"] for one in paper.printed(loaded(plan), "en")["care"]}

    before = care["Before a session"]
    assert len({line["text"] for line in before}) == len(before)
    assert {one for line in before for one in line["treatments"].split(", ")} >= {"Mesotherapy"}
    counted = [line["dates"] for line in before if line["dates"]]
    assert counted
    assert [bool(line["dates"]) for line in before] == sorted(
        (bool(line["dates"]) for line in before), reverse=True
    )
    first = plan.sessions.first().planned_on
    assert all(dates[0]["session"].startswith("Session ") for dates in counted)
    assert first.strftime("%Y") in counted[0][0]["day"]


def test_care_is_told_as_the_plans_own_release_told_it(plan):
    before = made(plan)

    CareInstruction.objects.update(text="Told otherwise since.")

    assert made(plan) == before


def test_a_release_from_before_care_was_in_it_tells_the_care_in_use(plan, monkeypatch):
    document = dict(catalogue_of(plan.proposal.release).document)
    del document["care_instructions"]
    older = wording_of(Catalogue.from_document(document))
    monkeypatch.setattr("consultations.documents.wording_of", lambda _catalogue: older)
    CareInstruction.objects.update(text="Told otherwise since.")

    care = paper.printed(loaded(plan), "en")["care"]

    assert {line["text"] for one in care for line in one["lines"]} == {"Told otherwise since."}


def test_a_cancelled_session_asks_for_no_preparation(plan, physician):
    number = plan.sessions.first().number
    session = f"Session {number}:"

    def prepared():
        lines = [line for one in paper.printed(loaded(plan), "en")["care"] for line in one["lines"]]
        return [day for line in lines for day in line["dates"] if day["session"] == session]

    before = prepared()
    plans.mark_session(plan.sessions.first(), status="cancelled", by=physician)

    assert before != []
    assert prepared() == []
    assert "Cancelled" in text_of(made(plan))


def test_drawings_say_in_words_what_is_marked(plan):
    (face, front) = paper.printed(loaded(plan), "en")["maps"]

    assert face["alt"] == "Face, marked: Face"
    assert front["alt"] == "Front, marked: Face"
    assert face["svg"].count("#1d6069") == 1


def test_the_file_is_not_named_after_the_patient(plan):
    name = paper.plan_pdf(loaded(plan), "en")["Content-Disposition"]

    assert re.fullmatch(r'inline; filename="plan-[0-9a-f]{16}-[0-9a-f]{8}\.pdf"', name)
