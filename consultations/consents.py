"""Which consents a plan needs, what each is about, and whether it still holds.

A consent holds for what it shows. What it shows is put together here from the decisions and the
release's words; its digest is the consent's ``subject``.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consultations.consent_disagreements import told_to_patient
from consultations.enums import ConsentState, Verdict
from consultations.lifted import overrides_in
from consultations.models import Consent, Decision, Proposal, RuleOverride
from treatments.compiler import catalogue_of
from treatments.engine import digest_of
from treatments.explanations import Wording, wording_of
from treatments.explanations.ingredients import formula_text
from treatments.texts import in_plain_text

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """The consent that one treatment of the plan needs. ``languages`` it can be read in."""

    treatment: str
    name: str
    state: ConsentState
    languages: tuple[str, ...]
    awaits_approval: bool
    consent: Consent | None

    @property
    def given(self) -> bool:
        return self.state == ConsentState.GIVEN

    @property
    def readable(self) -> bool:
        return self.state not in {ConsentState.GIVEN, ConsentState.NO_TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was accepted on a proposal, and the overrides that count in it: loaded once for all
    areas and treatments."""

    decisions: tuple[Decision, ...]
    overrides: tuple[RuleOverride, ...]

    def overridden(self, area: str, treatment: str) -> list[RuleOverride]:
        rows = [row for row in self.overrides if _place_of(row) == (area, treatment)]
        return sorted(rows, key=lambda row: (row.rule, row.made_at, row.pk))


def _place_of(row: RuleOverride) -> tuple[str, str]:
    return row.area.code, row.treatment.code


def needed_for(proposal: Proposal) -> list[Needed]:
    """One for each treatment that was accepted anywhere, in the catalogue's order."""
    taken = taken_of(proposal)
    codes = {code for one in taken.decisions for code in one.option["treatments"]}
    signed = list(_signed(proposal))
    document = catalogue_of(proposal.release).document
    return [
        _needed(proposal, row["code"], taken, [one for one in signed if _is_of(one, row["code"])])
        for row in document["treatments"]
        if row["code"] in codes
    ]


def accepted(proposal: Proposal) -> list[Decision]:
    """The decisions that took an option, in the order of their areas."""
    rows = proposal.decisions.exclude(verdict=Verdict.DECLINED).select_related("area")
    return sorted(rows, key=lambda one: (one.area.position, one.area.code))


def taken_of(proposal: Proposal) -> Taken:
    return Taken(decisions=tuple(accepted(proposal)), overrides=overrides_in(proposal).counted)


def text_of(proposal: Proposal, treatment: str, language: str) -> Row | None:
    """The release's own text, as its curators wrote it in that language."""
    return next((row for row in _texts(proposal, treatment) if row["language"] == language), None)


def contents(
    proposal: Proposal, treatment: str, language: str, taken: Taken | None = None
) -> dict[str, Any]:
    """All that a consent shows but for names: the curated text, and the patient's own plan.

    The language has to have a text. Everything is in the release's words, so the same decisions
    and release always give the same contents.
    """
    text = text_of(proposal, treatment, language)
    if text is None:
        raise LookupError(language)
    wording = wording_of(catalogue_of(proposal.release), language=language)
    taken = taken or taken_of(proposal)
    areas = [
        _area(wording, proposal, decision, treatment)
        | {"overrides": list(_overrides(wording, proposal, taken, decision, treatment))}
        for decision in taken.decisions
        if treatment in decision.option["treatments"]
    ]
    shown = ("title", "version", "body", "risks", "alternatives", "declaration", "witness")
    return {
        "treatment": treatment,
        "language": language,
        "text": {name: text[name] for name in shown},
        "areas": _plain(areas),
    }


def subject_of(
    proposal: Proposal, treatment: str, language: str, taken: Taken | None = None
) -> str:
    return digest_of(contents(proposal, treatment, language, taken))


def _needed(proposal: Proposal, treatment: str, taken: Taken, signed: list[Consent]) -> Needed:
    texts = _texts(proposal, treatment)
    consent = signed[0] if signed else None
    return Needed(
        treatment=treatment,
        name=wording_of(catalogue_of(proposal.release)).name("treatments", treatment),
        state=_state(proposal, treatment, taken, consent),
        languages=tuple(row["language"] for row in texts),
        awaits_approval=not all(row["approved"] for row in texts),
        consent=consent,
    )


def _state(
    proposal: Proposal, treatment: str, taken: Taken, consent: Consent | None
) -> ConsentState:
    """The newest counts: whoever took back the last consent does not agree by an older one."""
    languages = {row["language"] for row in _texts(proposal, treatment)}
    if consent is not None and hasattr(consent, "withdrawal"):
        return ConsentState.WITHDRAWN
    if not languages:
        return ConsentState.NO_TEXT
    if consent is None:
        return ConsentState.MISSING
    holds = (
        consent.language in languages
        and subject_of(proposal, treatment, consent.language, taken) == consent.subject
    )
    return ConsentState.GIVEN if holds else ConsentState.CHANGED


def _signed(proposal: Proposal) -> Any:
    rows = Consent.objects.filter(consultation=proposal.consultation_id)
    return rows.select_related("treatment", "taken_by", "withdrawal").order_by("-signed_at", "-id")


def _is_of(consent: Consent, treatment: str) -> bool:
    return bool(consent.treatment.code == treatment)


def _texts(proposal: Proposal, treatment: str) -> list[Row]:
    """None in a release from before releases held them."""
    document = catalogue_of(proposal.release).document
    return [row for row in document.get("consent_texts", ()) if row["treatment"] == treatment]


def _area(
    wording: Wording, proposal: Proposal, decision: Decision, treatment: str
) -> dict[str, Any]:
    option, code = decision.option, decision.area.code
    course = next(one for one in option["courses"] if one["treatment"] == treatment)
    standing = _standing(proposal, code, treatment)
    suited = [
        row
        for row in wording.document["suitabilities"]
        if row["treatment"] == treatment and row["concern"] in option["covers"]
    ]
    formulas = [
        formula_text(wording, json.loads(proposal.request), one) for one in course["formulas"]
    ]
    return {
        "area": wording.name("areas", code),
        "covers": [wording.name("concerns", row["concern"]) for row in suited],
        "variant": wording.name("variants", option["variant"]) if option["variant"] else "",
        "planned": course["planned"],
        "optional": course["optional"],
        "review_on": course["review_on"],
        "maintenance_on": course["maintenance_on"],
        "mixtures": [
            {
                "name": one.name,
                "product": one.product or "",
                "ingredients": [name for _code, name in one.ingredients],
            }
            for one in formulas
        ],
        "activators": list(wording.each("activators", course["activators"])),
        "heed": _heed(wording, option, treatment, standing),
        **_chosen(wording, option, course),
        "disagreements": list(
            told_to_patient(
                wording,
                treatment=treatment,
                rules=[*_own_basis(wording, option, treatment), *standing],
                suited=suited,
            )
        ),
    }


def _chosen(wording: Wording, option: Row, course: Row) -> dict[str, Any]:
    """What the clinician chose beside the proposal; nothing where it was left open, so that what
    was agreed to before this was told holds on."""
    chosen = {
        "technique": wording.name("techniques", course.get("technique", "")),
        "parts": list(wording.each("areas", option.get("parts", []))),
    }
    return {name: value for name, value in chosen.items() if value}


def _overrides(
    wording: Wording, proposal: Proposal, taken: Taken, decision: Decision, treatment: str
) -> Iterator[dict[str, str]]:
    """Rules that were gone against for this treatment here, and why: the patient is told."""
    for row in taken.overridden(decision.area.code, treatment):
        yield {
            "rule": wording.rules.get(row.rule, {}).get("message", row.rule),
            "reason": wording.name("decision_reasons", row.reason),
            "text": row.text,
            "by": str(row.made_by),
            "on": proposal.clinic.day_of(row.made_at).isoformat(),
        }


def _own_basis(wording: Wording, option: Row, treatment: str) -> list[str]:
    """The option's basis but for what only another treatment's course rests on."""
    protocols = wording.document["protocols"]
    own = {code for row in protocols if row["treatment"] == treatment for code in row["basis"]}
    others = {code for row in protocols for code in row["basis"]} - own
    return [code for code in option["basis"] if code not in others]


def _standing(proposal: Proposal, area: str, treatment: str) -> list[str]:
    """The rules that bear on the treatment there."""
    return [
        rule
        for row in json.loads(proposal.response)["areas"]
        if row["area"] == area
        for one in row["treatments"]
        if one["treatment"] == treatment
        for rule in one["findings"]
    ]


def _plain(value: Any) -> Any:
    """Frozen text is letters alone: what is not translated yet says so in them."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return in_plain_text(value) if isinstance(value, str) else value


def _heed(wording: Wording, option: Row, treatment: str, standing: list[str]) -> list[str]:
    """What was found about this patient, and the notices on this treatment."""
    rows = [wording.row("notices", code) for code in option["notices"]]
    notices = [row["text"] for row in rows if row.get("treatment") == treatment]
    found = [wording.rules[code]["message"] for code in standing if code in wording.rules]
    return list(dict.fromkeys([*found, *notices]))
