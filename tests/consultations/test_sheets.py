"""The care sheet and the full record on paper, in every language."""

import io
import re
import unicodedata

import pypdf
import pytest
from django.urls import reverse

from clinic.digits import LOCAL
from clinic.models import AuditEvent
from clinic.roles import ALLOWED, Action, Role
from consultations import care_paper, paper, record_paper
from consultations.models import Consultation, Plan
from consultations.services import amendments, consents, decisions
from tests.consultations.made import accept, proposed, sign
from tests.consultations.test_paper import text_of
from tests.consultations.test_services_plans import FULL
from treatments.explanations import wording
from treatments.texts import Untranslated, joined, listed, runs_of, said, translated

pytestmark = pytest.mark.usefixtures("open_clinic")
PERSIAN = LOCAL["fa"]
LANGUAGES = ["en", "tr", "el", "fa"]


@pytest.fixture
def plan(clinic, physician, on_the_day):
    """With an override, a note, a withdrawn consent and an amendment."""
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
    accept(second, physician, note="Fears needles.")
    plan = sign(second, physician)
    row = plan.consultation.consents.get(treatment__code="prp")
    consents.withdraw_consent(row, told_by="The patient", reason="Thinks again.", by=physician)
    amendments.amend(plan.consultation, reason="clarified", text="Said once more.", by=physician)
    return plan


def loaded(plan):
    return Plan.objects.with_sessions().get(pk=plan.pk)


def facts(plan):
    return Consultation.objects.with_facts().get(pk=plan.consultation_id)


SHEETS = {
    "plan": lambda plan, language: paper.plan_pdf(loaded(plan), language).content,
    "care": lambda plan, language: care_paper.care_pdf(loaded(plan), language).content,
    "record": lambda plan, language: record_paper.record_pdf(facts(plan), language).content,
}


def pages_of(content):
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        text = unicodedata.normalize("NFKC", page.extract_text())
        yield re.sub(r"\s+", " ", "".join(one for one in text if unicodedata.category(one) != "Cf"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SHEETS)
def test_a_sheet_is_tagged_and_the_same_to_the_byte(plan, kind, language):
    content = SHEETS[kind](plan, language)

    assert SHEETS[kind](plan, language) == content
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in reader.xmp_metadata.stream.get_data()


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("kind", SHEETS)
def test_every_page_says_whose_it_is_and_which_version(plan, kind, language):
    pages = list(pages_of(SHEETS[kind](plan, language)))

    digits = str.maketrans("0123456789", PERSIAN) if language == "fa" else {}
    for number, page in enumerate(pages, start=1):
        assert str(plan.patient).partition(",")[0] in page
        assert plan.digest[7:23] in page
        assert str(number).translate(digits) in page
    if language == "fa":
        assert not any(re.search(r"صفحه\S* [0-9]", page) for page in pages)


@pytest.mark.parametrize("kind", SHEETS)
def test_no_page_holds_the_foot_alone(plan, kind):
    pages = list(pages_of(SHEETS[kind](plan, "fa")))

    assert all(len(page) > 400 for page in pages), [len(page) for page in pages]


def test_the_care_sheet_is_for_the_patient_alone(plan):
    text = text_of(SHEETS["care"](plan, "en"))

    assert "Before a session" in text
    assert "After a session" in text
    assert re.search(r"Session \d+: ", text)
    for one in ("L-08b", "Counted twice", "Fears needles", "Said once more", "overridden"):
        assert one not in text
        assert one == "overridden" or one in text_of(SHEETS["plan"](plan, "en"))


@pytest.mark.parametrize(
    "told",
    [
        "Full record",
        "Concerns and goals",
        "Fine lines, Face",
        "paracetamol",
        "allergy to latex",
        "Pregnancy: no",
        "Not evaluated",
        "rules evaluated",
        "Option 1: ",
        "Decisions",
        "Fears needles.",
        "L-08b: Platelet-rich plasma (PRP), Face",
        "Counted twice.",
        "Consents",
        "Withdrawn on ",
        "Thinks again.",
        "Signatures",
        "Session 1: ",
        "Amendment 1: ",
        "Said once more.",
        "Release 2026.1",
    ],
)
def test_the_record_holds(plan, told):
    text = text_of(SHEETS["record"](plan, "en"))

    assert told.lower() in text.lower()


def test_the_record_holds_every_digest(plan):
    text = text_of(SHEETS["record"](plan, "en")).replace(" ", "")

    for one in plan.consultation.consents.all():
        assert one.digest in text
    assert plan.digest in text
    assert plan.proposal.receipt in text
    assert plan.proposal.release.digest in text


def test_a_record_without_a_plan_has_no_empty_sections(clinic, physician):
    row = proposed(clinic, physician).consultation

    data = record_paper.printed(Consultation.objects.with_facts().get(pk=row.pk), "en")

    titles = {one["title"] for one in data["sections"]}
    assert {"Proposal", "Concerns and goals"} <= titles
    assert titles.isdisjoint({"Consents", "Signatures", "Amendments", "Plan and sessions", "Skin"})
    assert all(one["entries"] for one in data["sections"])


@pytest.fixture
def nothing_translated(monkeypatch):
    def told(self, one):
        return Untranslated(one.text, language="en", wanted=self.language)

    monkeypatch.setattr(translated._Told, "__call__", told)
    wording._wording.cache_clear()
    yield
    wording._wording.cache_clear()


@pytest.mark.usefixtures("nothing_translated")
def test_what_is_missing_in_a_language_falls_back_under_its_own(plan):
    data = paper.printed(loaded(plan), "fa")

    items = [item for session in data["sessions"] for item in session["items"]]
    assert {"foreign": "Mesotherapy", "lang": "en"} in [
        run for one in items for run in one["title"]
    ]
    line = data["care"][0]["lines"][0]["text"]
    assert line["lang"] == "en"
    assert "EN" in text_of(SHEETS["plan"](plan, "fa"))
    assert "EN" not in text_of(SHEETS["care"](plan, "en")).split()


def test_runs_are_cut_where_texts_are_marked():
    face = Untranslated("Face", language="en", wanted="fa")

    assert runs_of("plain") == ["plain"]
    assert runs_of(listed([face, "گردن"])) == [face, ", ", "گردن"]
    sentence = said("100%% of %(area)s on %(n)d", {"area": joined(" + ", [face, "x"]), "n": 2})
    assert runs_of(sentence) == ["100% of ", face, " + ", "x", " on ", "2", ""]


def test_what_people_wrote_runs_in_its_own_direction(plan, physician):
    data = paper.printed(loaded(plan), "fa")

    def isolated(text):
        return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"

    assert data["overrides"][0]["text"] == [isolated("Counted twice.")]
    assert data["overrides"][0]["by"].startswith(f"{isolated(physician)}، ")
    assert data["amendments"][0]["text"] == [isolated("Said once more.")]


# The doors


def addresses(plan):
    return {
        "plan": (
            reverse("consultations:plan-pdf", args=[plan.pk]),
            f"/api/v1/plans/{plan.pk}/pdf/",
            Action.VIEW_PLAN,
        ),
        "care": (
            reverse("consultations:care-pdf", args=[plan.pk]),
            f"/api/v1/plans/{plan.pk}/care/",
            Action.VIEW_PLAN,
        ),
        "record": (
            reverse("consultations:record-pdf", args=[plan.consultation_id]),
            f"/api/v1/consultations/{plan.consultation_id}/record/",
            Action.VIEW_CONSULTATION,
        ),
    }


@pytest.mark.parametrize("kind", SHEETS)
def test_both_doors_give_the_same_bytes_in_the_language_asked_for(
    plan, kind, client_of, api_of, clinic
):
    page, api, _action = addresses(plan)[kind]
    browser, program = client_of("physician"), api_of("physician")
    opened = AuditEvent.objects.filter(action__endswith="-opened", patient=plan.patient_id)

    answers = [one.get(f"{url}?language=fa") for one, url in ((browser, page), (program, api))]

    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].content == answers[1].content == SHEETS[kind](plan, "fa")
    assert {one.actor for one in opened} == {browser.user.pk, program.user.pk}
    assert answers[0].content != browser.get(page).content  # the interface stays in English


@pytest.mark.parametrize("kind", SHEETS)
def test_a_language_that_is_none_is_refused(plan, kind, client_of, api_of):
    page, api, _action = addresses(plan)[kind]

    assert client_of("physician").get(f"{page}?language=xx").status_code == 404
    assert api_of("physician").get(f"{api}?language=xx").status_code == 400


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("kind", ["care", "record"])
def test_they_open_for_the_roles_of_the_table(plan, kind, role, client_of, other_clinic):
    page, _api, action = addresses(plan)[kind]

    status = client_of(role).get(page).status_code

    assert status == (200 if action in ALLOWED[Role(role)] else 403)
    if status == 200:
        assert client_of(role, at=other_clinic).get(page).status_code == 404


def test_the_plan_page_offers_each_sheet_in_each_language(plan, client_of):
    page = client_of("physician").get(reverse("consultations:plan", args=[plan.pk]))

    text = page.content.decode()
    for address, _api, _action in addresses(plan).values():
        assert f'formaction="{address}"' in text
    for language in LANGUAGES:
        assert f'value="{language}"' in text


@pytest.mark.parametrize("name", ["print-plan", "comparison"])
def test_a_printed_page_is_in_its_own_language_and_the_interface_stays(plan, name, client_of):
    browser = client_of("physician")
    key = plan.pk if name == "print-plan" else plan.consultation_id
    url = reverse(f"consultations:{name}", args=[key])

    sheet = browser.get(f"{url}?language=fa").content.decode()

    assert '<html lang="fa"' in sheet
    assert 'dir="rtl"' in sheet
    assert re.search(rf"[{PERSIAN}]{{4}}", sheet)
    assert '<html lang="en"' in browser.get(url).content.decode()
    assert browser.get(f"{url}?language=xx").status_code == 404


def test_an_english_sheet_keeps_its_digits_in_a_persian_interface(plan, client_of):
    browser = client_of("physician")
    browser.post(reverse("set_language"), {"language": "fa", "next": "/"})
    url = reverse("consultations:print-plan", args=[plan.pk])

    sheet = browser.get(f"{url}?language=en").content.decode()

    assert '<html lang="en"' in sheet
    assert not re.search(rf"[{PERSIAN}]", re.sub(r"<nav.*?</nav>", "", sheet, flags=re.DOTALL))
