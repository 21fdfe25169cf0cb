"""The catalogue for clinicians: every row of a release opens, older releases stay as they were."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.roles import Action, Role, allows
from treatments.browsing import KINDS, found, shelf_of
from treatments.browsing.sentences import rule_sentence
from treatments.compiler import NoReleaseInForce
from treatments.engine import canonical_json, digest_of
from treatments.explanations.told import unit_text
from treatments.models import Concern, Ingredient, Release, ReleaseActivation, Rule, Statement
from treatments.sentences import rule_sentence as sentence_of_rows
from treatments.services.releases import publish_release, take_back_activation
from treatments.views import releases

pytestmark = pytest.mark.django_db
LINK = re.compile(r'href="(/catalogue/[^"]*)"')
ALL_OF = "/catalogue/2026.1/"


@pytest.fixture
def reader(client_of):
    return client_of("physician")


@pytest.fixture
def shelf(catalogue):
    return shelf_of(catalogue)


def links(response):
    return {unescape(one).split("#")[0] for one in LINK.findall(response.content.decode())}


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def publish(key="2026.2", **more):
    return publish_release(key, by=None, **more)


def test_every_row_of_the_release_opens_and_every_link_leads_somewhere(reader, shelf):
    rows = {f"{ALL_OF}{one.kind.slug}/{one.code}/" for one in shelf.entries.values()}
    waiting, seen = {"/catalogue/"}, set()

    while waiting:
        address = waiting.pop()
        seen.add(address)
        response = reader.get(address)
        assert response.status_code == 200, address
        waiting |= links(response) - seen

    assert rows <= seen
    assert len(rows) > 500
    assert {slug for slug in KINDS if f"{ALL_OF}{slug}/" not in seen} == set()


def test_every_row_of_the_document_has_a_page(catalogue, shelf):
    sections = {kind.section for kind in KINDS.values()}

    for section, rows in catalogue.document.items():
        if section not in {"key", "parameters"}:
            assert section in sections
            assert len(rows) == sum(place[0] == section for place in shelf.entries)


@pytest.mark.parametrize(
    "address",
    [
        f"{ALL_OF}rules/S-99/",
        f"{ALL_OF}nothing/S-07/",
        f"{ALL_OF}nothing/",
        "/catalogue/2026.77/",
        "/catalogue/nothing/",
        "/catalogue/rules/S-99/",
        f"{ALL_OF}rules/S-07/more/",
    ],
)
def test_what_no_release_holds_is_not_found(address, reader):
    assert reader.get(address).status_code == 404


def test_an_address_without_a_release_leads_to_the_permanent_one(reader):
    assert reader.get("/catalogue/rules/S-07/")["Location"] == f"{ALL_OF}rules/S-07/"
    assert reader.get("/catalogue/rules/")["Location"] == f"{ALL_OF}rules/"


@pytest.mark.parametrize("role", [role.value for role in Role])
@pytest.mark.parametrize(
    "address",
    [
        "/catalogue/",
        ALL_OF,
        "/catalogue/releases/",
        "/catalogue/comparison/",
        f"{ALL_OF}rules/",
        f"{ALL_OF}rules/S-07/",
        f"{ALL_OF}comparison/",
    ],
)
def test_the_catalogue_opens_for_who_may_read_it(role, address, client_of):
    client = client_of(role)

    status = client.get(address).status_code

    assert status == (200 if allows(role, Action.VIEW_CATALOGUE) else 403)
    assert ('href="/catalogue/"' in client.get("/account/").content.decode()) is (status == 200)


def test_a_stranger_is_sent_to_the_login():
    assert Client().get(f"{ALL_OF}rules/S-07/")["Location"].startswith("/login/?next=")


def test_a_rule_reads_as_a_sentence_with_all_that_stands_behind_it(reader):
    text = text_of(reader.get(f"{ALL_OF}rules/S-07/"))

    assert "When last dose of" in text
    assert "delay Mesotherapy 7 days after the last dose" in text
    assert "000:45" in text
    assert "Grade D" in text
    assert "Sources disagree: Medicines that thin the blood" in text
    for position in ("leave out aspirin and NSAIDs for 1 week", "leave out aspirin for two days"):
        assert position in text
    assert "The more cautious statement wins" in text


def test_a_rule_reads_the_same_from_a_release_as_from_its_rows(shelf):
    differ = {}
    rows = Rule.objects.active().exclude(kind__in=["input-conflict", "allergen-warning"])
    for rule in rows.prefetch_related("effects__treatment", "allergens"):
        frozen = rule_sentence(shelf.wording.rules[rule.code], shelf.names)
        frozen = frozen.replace(unit_text("10*9/L"), "10*9/L")
        if frozen != sentence_of_rows(rule):
            differ[rule.code] = (frozen, sentence_of_rows(rule))

    assert differ == {}


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (
            "concerns/hair-loss",
            ["Hair loss / Mesotherapy", "hair stands under PRP alone", "B5-09", "B5-01"],
        ),
        ("concerns/joint-pain", ["Orthopaedics", "Outside what an aesthetic clinic treats"]),
        ("treatments/prp", ["Side effects", "Care instructions", "Protocols", "Techniques"]),
        ("ingredients/salicylic-acid", ["As an allergy", "L-18", "Formulas"]),
        ("never-proposed/calcitonin", ["no accepted use", "P-30"]),
        ("formulas/hydration", ["Hyaluronic acid", "required: yes"]),
        ("protocols/prp-acne-scars", ["6 sessions, 28 days apart (28 to 42)", "S-03", "often 3"]),
        ("conditions/pregnancy", ["Are you pregnant", "L-05"]),
        ("medications/ibuprofen", ["Through its class", "S-07", "L-21"]),
        ("findings/infection", ["L-07"]),
        ("allergens/bee-venom", ["L-16"]),
        ("statements/A080", ["000:45", "S-07", "C15"]),
        ("sources/seed-000", ["A080", "Article for the public"]),
        ("conflicts/C1", ["often 3", "6 to 8 for acne scars", "S-02", "S-03"]),
        ("suitabilities/fine-lines--prp", ["Suitable"]),
        ("combinations/alternating", ["leads", "7 days apart or more"]),
        ("contradictions/platelets", ["both are checked first"]),
        ("warnings/omit-topical-anaesthetic", ["S-10"]),
        ("notices/vision-loss", ["Loss of sight", "L-25"]),
    ],
)
def test_a_row_tells_what_it_says_and_what_uses_it(address, says, reader):
    text = text_of(reader.get(f"{ALL_OF}{address}/"))

    assert [words for words in says if words.lower() not in text.lower()] == []


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("S-07", ("rules", "S-07")),
        ("s-07", ("rules", "S-07")),
        ("hair loss", ("concerns", "hair-loss")),
        ("HÁIR lÖss", ("concerns", "hair-loss")),
        ("loss hair", ("concerns", "hair-loss")),
        ("fine-lines", ("concerns", "fine-lines")),
        ("platelets lifetime", ("rules", "L-20")),
    ],
)
def test_search_finds_by_code_name_and_words(words, first, shelf):
    hits = found(shelf, words)

    assert first in [one.place for one in hits[:3]]


@pytest.mark.parametrize("nothing", ["", "  ", "qqxx", "hair qqxx"])
def test_search_finds_nothing_without_a_word_that_is_there(nothing, shelf):
    assert found(shelf, nothing) == ()


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Güneş lekesi", "gunes LEKESI"),
        ("Güneş lekesi", "GÜNEŞ LEKESİ"),
        ("Işık hasarı", "ISIK"),  # noqa: RUF001 - Turkish, as it is written
        ("Ρυτίδες έκφρασης", "ρυτιδεσ εκφρασησ"),
        ("Ρυτίδες έκφρασης", "ΡΥΤΊΔΕΣ"),
        ("چروک", "چروک"),
    ],
)
def test_search_passes_over_accents_and_case(name, asked, reader):
    Concern.objects.filter(code="fine-lines").update(name=name)
    publish()

    page = reader.get("/catalogue/", {"q": asked})

    assert "/catalogue/2026.2/concerns/fine-lines/" in links(page)
    assert name in page.content.decode()


def test_search_shows_what_was_asked_and_neither_runs_it_nor_breaks(reader):
    page = reader.get("/catalogue/", {"q": "<script>alert(1)</script>" + "x" * 5000})

    assert page.status_code == 200
    assert b"<script>alert" not in page.content
    assert b"Nothing in this release holds all of these words" in page.content


def test_pages_read_the_release_and_never_the_rows_that_are_edited(reader):
    Rule.objects.filter(code="S-07").update(title="Edited since", wait_days=99)
    Statement.objects.filter(code="A080").update(text="Edited since")

    for address in ("", "rules/", "rules/S-07/", "statements/A080/", "?q=edited"):
        text = text_of(reader.get(ALL_OF + address))
        assert "Edited since" not in text
        assert "99 days" not in text


def test_an_older_release_stays_as_it_was_and_says_so(reader):
    Rule.objects.filter(code="S-07").update(title="Edited since")
    Rule.objects.filter(code="L-28").update(active=False)
    publish()

    old = text_of(reader.get(f"{ALL_OF}rules/S-07/"))
    new = text_of(reader.get("/catalogue/2026.2/rules/S-07/"))
    gone = text_of(reader.get(f"{ALL_OF}rules/L-28/"))

    assert "Edited since" not in old
    assert "It is not the release in force." in old
    assert "See the same in release 2026.2" in old
    assert "Edited since" in new
    assert "not the release in force" not in new
    assert "holds no such row" in gone
    assert reader.get("/catalogue/2026.2/rules/L-28/").status_code == 404
    assert "Release 2026.2, published" in text_of(reader.get("/catalogue/"))
    assert reader.get("/catalogue/rules/S-07/")["Location"] == "/catalogue/2026.2/rules/S-07/"


def test_a_release_for_later_can_be_read_but_is_not_in_force(reader):
    publish(effective_at=timezone.now() + timedelta(days=3))

    assert "It is not the release in force." in text_of(reader.get("/catalogue/2026.2/"))
    listed = text_of(reader.get("/catalogue/releases/"))
    assert listed.index("2026.2") < listed.index("2026.1")


def test_a_release_from_before_these_sections_were_kept_opens_too(reader, catalogue):
    """Such a release is made here as it was stored then: without what is for people."""
    document = {
        section: rows
        for section, rows in catalogue.document.items()
        if section
        not in {
            "referrals", "never_proposed", "techniques", "devices", "side_effects",
            "care_instructions", "comparison", "sources",
        }
    } | {"key": "2025.1"}  # fmt: skip
    document["concerns"] = [
        {name: row[name] for name in ("code", "name", "refer_to")} for row in document["concerns"]
    ]
    Release.objects.create(
        key="2025.1", digest=digest_of(document), body=canonical_json(document), note=""
    )

    for address in ("", "concerns/joint-pain/", "statements/A080/", "rules/S-07/", "sources/",
                    "comparison/"):  # fmt: skip
        assert reader.get(f"/catalogue/2025.1/{address}").status_code == 200
    assert "made before comparisons" in text_of(reader.get("/catalogue/2025.1/comparison/"))


def test_before_the_first_release_the_start_says_so(reader, monkeypatch):
    def none():
        raise NoReleaseInForce

    monkeypatch.setattr(releases, "current_release", none)

    assert "No release of the catalogue is in force yet." in text_of(reader.get("/catalogue/"))
    assert reader.get("/catalogue/rules/").status_code == 404
    assert reader.get("/catalogue/comparison/").status_code == 404


def queries(client, address):
    client.get(address)  # the release is compiled once
    with CaptureQueriesContext(connection) as context:
        assert client.get(address).status_code == 200
    return len(context)


@pytest.mark.parametrize(
    "address",
    [
        "/catalogue/",
        "/catalogue/?q=skin",
        f"{ALL_OF}statements/",
        f"{ALL_OF}concerns/hair-loss/",
        f"{ALL_OF}sources/seed-000/",
        "/catalogue/comparison/",
    ],
)
def test_a_page_asks_for_person_release_and_approval_only(address, reader):
    """Session, user, membership; the release in force; whether the clinic approved it. One more
    for a release that is not in force, however much it holds."""
    before, family = queries(reader, address), Ingredient.objects.first().ingredient_class
    for number in range(30):
        row = Concern.objects.create(code=f"new-{number}", name=f"Skin {number}")
        Ingredient.objects.create(
            code=f"new-{number}",
            name="Skin",
            ingredient_class=family,
        )
        row.statements.add(*Statement.objects.all()[:20])
    publish()

    assert before == 5
    assert queries(reader, address.replace("2026.1", "2026.2")) == 5
    assert queries(reader, address) == (6 if "2026.1" in address else 5)


def test_the_list_of_releases_asks_the_same_for_any_number(reader):
    few = queries(reader, "/catalogue/releases/")
    for number in range(2, 6):
        publish(f"2026.{number}")

    assert queries(reader, "/catalogue/releases/") == few


@pytest.mark.parametrize("language", ["fa", "tr", "el"])
def test_pages_stand_in_the_readers_language_and_direction(language, reader):
    reader.cookies["django_language"] = language

    page = reader.get(f"{ALL_OF}rules/S-07/").content.decode()

    assert f'lang="{language}"' in page
    assert f'dir="{"rtl" if language == "fa" else "ltr"}"' in page


def test_a_code_is_found_however_it_is_spelled(reader):
    answer = reader.get(f"{ALL_OF}rules/s-07/")

    assert (answer.status_code, answer["Location"]) == (301, f"{ALL_OF}rules/S-07/")
    assert reader.get("/catalogue/rules/s-07/")["Location"] == f"{ALL_OF}rules/S-07/"
    assert reader.get(f"{ALL_OF}rules/s-99/").status_code == 404


def test_a_conflict_tells_which_rules_follow_it(reader):
    text = text_of(reader.get(f"{ALL_OF}conflicts/C18/"))

    assert "S-15" in text.partition("What uses it")[2]
    assert "No other row names it" not in text


@pytest.mark.parametrize("role", ["medical-lead", "curator"])
def test_a_release_at_the_end_of_the_calendar_breaks_no_page(client_of, clinic, role):
    clinic.timezone = "Asia/Tokyo"
    clinic.save()
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    ReleaseActivation.objects.create(release=Release.objects.get(), effective_at=last)
    reader = client_of(role)

    for address in ("/catalogue/releases/", "/admin/treatments/release/"):
        assert "9999" in reader.get(address).content.decode()


def test_what_was_taken_back_is_never_told_to_be_in_force(reader):
    tomorrow = timezone.now() + timedelta(days=1)
    row = publish(effective_at=tomorrow).activations.get()
    assert text_of(reader.get("/catalogue/releases/")).count("in force from") == 2

    take_back_activation(row, by=None)

    assert text_of(reader.get("/catalogue/releases/")).count("in force from") == 1
