"""What a patient reads and signs, as sections of plain text in the language of the consent.

The sentences around the curated text and the plan are the program's own; they are frozen with the
consent, so that it reads the same whatever the program says later.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from clinic.dates import long_day
from clinic.digits import local_digits_within
from clinic.text import isolated, with_commas, with_semicolons
from consultations.consents import contents
from consultations.models import Proposal
from treatments.engine import digest_of

Row = Mapping[str, Any]


def reading(proposal: Proposal, treatment: str, language: str) -> dict[str, Any]:
    """The document that is signed, but for the signature. Raises LookupError without a text."""
    about = contents(proposal, treatment, language)
    with translation.override(language):
        return {
            "treatment": treatment,
            "language": language,
            "direction": "rtl" if get_language_bidi() else "ltr",
            "version": about["text"]["version"],
            "title": about["text"]["title"],
            "release": proposal.release.key,
            "subject": digest_of(about),
            "witness": about["text"]["witness"],
            **_people(proposal),
            "sections": local_digits_within(list(_sections(about))),
        }


def _people(proposal: Proposal) -> dict[str, Any]:
    patient = proposal.consultation.patient
    born = patient.birth_date
    details = [patient.number]
    if born:
        details.append(_("born %(day)s") % {"day": long_day(born)})
    return {"patient": {"name": str(patient), "details": details}, "clinic": proposal.clinic.name}


def _sections(about: Row) -> Iterator[dict[str, Any]]:
    text = about["text"]
    yield _section(_("What is done"), paragraphs=_paragraphs(text["body"]))
    yield _section(_("Risks"), items=_lines(text["risks"]))
    yield _section(_("Alternatives"), items=_lines(text["alternatives"]))
    yield _section(_("Your own plan"), groups=[_own(area) for area in about["areas"]])
    overridden = [_overridden(area, one) for area in about["areas"] for one in area["overrides"]]
    yield _section(_("Rules that were overridden for you"), items=overridden)
    heed = [line for area in about["areas"] for line in area["heed"]]
    yield _section(_("To be minded in your case"), items=heed)
    told = [_disagreement(one) for area in about["areas"] for one in area["disagreements"]]
    yield _section(_("Where sources disagree"), items=told)
    yield _section(_("Declaration"), paragraphs=_paragraphs(text["declaration"]))


def _section(
    title: str,
    *,
    paragraphs: Iterable[str] = (),
    items: Iterable[str] = (),
    groups: Iterable[dict[str, Any]] = (),
) -> dict[str, Any]:
    return {
        "title": title,
        "paragraphs": list(paragraphs),
        "items": [str(one) for one in dict.fromkeys(items)],
        "groups": list(groups),
    }


def _own(area: Row) -> dict[str, Any]:
    title = f"{area['area']} ({area['variant']})" if area["variant"] else str(area["area"])
    return {"title": title, "items": list(_own_lines(area))}


def _own_lines(area: Row) -> Iterator[str]:
    yield _("For: %(concerns)s") % {"concerns": with_commas(area["covers"])}
    if "parts" in area:
        yield _("Only here: %(parts)s") % {"parts": with_commas(area["parts"])}
    if "technique" in area:
        yield f"{_('Technique')}: {area['technique']}"
    yield _("Planned sessions: %(days)s") % {"days": _days(area["planned"])}
    if area["optional"]:
        yield _("Optional sessions: %(days)s") % {"days": _days(area["optional"])}
    for mixture in area["mixtures"]:
        yield _mixture(mixture)
    if area["activators"]:
        yield f"{_('Activator, if one is used')}: {with_commas(area['activators'])}"
    for key, text in (
        ("maintenance_on", _("Maintenance from %(day)s")),
        ("review_on", _("Review of the result on %(day)s")),
    ):
        if area[key]:
            yield text % {"day": long_day(date.fromisoformat(area[key]))}


def _mixture(mixture: Row) -> str:
    name = mixture["name"]
    if mixture["product"]:
        name = f"{name} ({mixture['product']})"
    parts = with_commas(mixture["ingredients"]) or _("the clinician selects the ingredients")
    return f"{name}: {parts}"


def _overridden(area: Row, one: Row) -> str:
    """The patient agrees knowing which rule speaks against it, and why it was gone against."""
    return _(
        "%(area)s: a rule speaks against this treatment: “%(rule)s” It is given all the same."
        " Reason: %(reason)s “%(text)s” (%(who)s, %(day)s)"
    ) % {
        "area": area["area"],
        "rule": one["rule"],
        "reason": one["reason"],
        "text": isolated(one["text"]),
        "who": isolated(one["by"]),
        "day": long_day(date.fromisoformat(one["on"])),
    }


def _disagreement(one: Row) -> str:
    told = with_semicolons(f"“{side}”" for side in one["sides"])
    return _("%(topic)s. Sources say different things: %(sides)s") % {
        "topic": one["topic"],
        "sides": told,
    }


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _days(days: Iterable[str]) -> str:
    return with_semicolons(long_day(date.fromisoformat(day)) for day in days)
