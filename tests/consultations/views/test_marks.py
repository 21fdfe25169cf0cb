"""Every page in the other languages while no text of the catalogue is translated yet.

The mark of such a text is markup: where only letters may stand, its plain form stands instead.
"""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.urls import Resolver404, resolve, reverse

from consultations.models import Consultation, PrescriberQuestion
from consultations.services import decisions
from consultations.urls import urlpatterns
from tests.consultations.made import accept, consent, decided, proposed, sign
from tests.consultations.records import add_events
from tests.consultations.test_services_plans import FULL
from tests.consultations.test_services_prescribers import WARFARIN, asked
from treatments.explanations import wording
from treatments.texts import Untranslated, translated

LINK = re.compile(r'(?:href|hx-get|data-url)="(/[^"#]*|\?[^"#]*)')
LETTERS_ONLY = re.compile(r"<(title|option|textarea|svg)\b[^>]*>(.*?)</\1>", re.DOTALL)
# What is not a page to read: written to, or a file.
NOT_READ = {
    "start", "save-fields", "pin-note", "keep-note", "change-note", "remove-note", "confirm",
    "answer", "discard-input", "propose", "decide", "withdraw-question",
    "withdraw-override", "prepare", "withdraw-consent", "mark-session", "seen", "start-blast",
    "continue-blast", "cancel-blast", "resume-blast", "keep-as-case", "news",
    "consent-pdf", "plan-pdf", "care-pdf", "record-pdf",
    # Of drafts and of releases that came later: test_worklist.py and test_blast.py open them.
    "blast-radius", "proposal-changed", "plan-changed", "proposal",
}  # fmt: skip


@pytest.fixture
def nothing_translated(monkeypatch):
    def told(self, one):
        return Untranslated(one.text, language="en", wanted=self.language)

    monkeypatch.setattr(translated._Told, "__call__", told)
    wording._wording.cache_clear()
    yield
    wording._wording.cache_clear()


@pytest.fixture
def everything(open_clinic, physician):
    """Consultations in every state, with all that a page can tell of them."""
    by = physician.user
    asked(proposed(open_clinic, by, medications=[WARFARIN]), by)
    proposed(open_clinic, by, medications=[WARFARIN])
    proposed(open_clinic, by, **FULL)
    for finish in (lambda _row: None, signed_with_prp):
        first = proposed(open_clinic, by, **FULL)
        second = decisions.override_rule(
            first.consultation,
            rule="L-08b",
            area="face",
            treatment="prp",
            reason="specialist-agrees",
            text="Agreed.",
            by=by,
        )
        finish((second, by))
    waiting = decided(open_clinic, by)
    consent(waiting, by, "prp")


def signed_with_prp(row):
    proposal, by = row
    accept(proposal, by)
    add_events(sign(proposal, by), by)


class Attributes(HTMLParser):
    """Collects what stands in attributes, names and values."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [f"{name}={value or ''}" for name, value in attrs]


def leaks(page):
    """What holds markup where only letters may stand."""
    parser = Attributes()
    parser.feed(page)
    found = [one for one in parser.found if "<" in one or '"' in one.partition("=")[0]]
    inside = [one[0] for one in LETTERS_ONLY.finditer(page)]
    return found + [one for one in inside if "untranslated" in one]


def starts():
    """What no link leads to while everything is as it is here."""
    yield from map(reverse, ("treatments:catalogue", "consultations:today"))
    yield from (f"/{name}/" for name in ("patients", "plans", "worklist", "overrides"))
    for pk in Consultation.objects.values_list("pk", flat=True):
        for name in ("consents", "sign", "proposals", "comparison", "amend", "safety"):
            yield reverse(f"consultations:{name}", args=[pk])
        yield reverse("consultations:rows", args=[pk, "concerns"])
        yield reverse("consultations:step", args=[pk, "history"])
    question = PrescriberQuestion.objects.get()
    yield reverse("consultations:answer-prescriber", args=[question.pk])


def key_of(address):
    """Pages of one kind that are read alike: one row of each kind of the catalogue is enough."""
    match = resolve(address.partition("?")[0])
    return match.view_name, tuple(one for name, one in match.kwargs.items() if name != "code")


def pages(client, *starts):
    waiting, seen = list(starts), set()
    while waiting:
        address = waiting.pop()
        try:
            name, key = key_of(address)
        except Resolver404:
            continue
        app, _, bare = name.rpartition(":")
        if (name, key) in seen or bare in NOT_READ or app not in {"consultations", "treatments"}:
            continue
        seen.add((name, key))
        response = client.get(address, follow=True)
        page = response.content.decode()
        yield name, address, page
        links = [unescape(one) for one in LINK.findall(page)]
        waiting += [one if one[0] == "/" else address.partition("?")[0] + one for one in links]


@pytest.mark.parametrize("language", ["tr", "el", "fa"])
@pytest.mark.usefixtures("nothing_translated", "everything")
def test_no_mark_of_a_missing_translation_stands_where_only_letters_may(physician, language):
    physician.post(reverse("set_language"), {"language": language, "next": "/"})

    marked, names, found = 0, set(), {}
    for name, address, page in pages(physician, *starts()):
        names.add(name)
        marked += 'class="untranslated"' in page
        if leaked := leaks(page):
            found[address] = leaked[:5]

    assert found == {}
    assert marked > 20
    missed = {one.name for one in urlpatterns} - {one.rpartition(":")[2] for one in names}
    assert missed - NOT_READ == set()


def test_a_mark_in_an_attribute_or_a_title_is_seen():
    mark = '<span class="untranslated"><bdi lang="en" dir="ltr" translate="no">Face</bdi></span>'

    assert leaks(f"<p>{mark}</p>") == []
    for page in ('<p title="{}">', "<title>{}</title>", "<svg><text>{}</text></svg>"):
        assert leaks(page.format(mark)) != []
        assert leaks(page.format("Face [EN]")) == []
