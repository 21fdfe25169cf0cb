"""The safety panel: how the rules in force stand for the facts of a consultation as they are now.

It stores nothing. Whatever goes wrong in here is shown as a check that failed, never as no risk.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from consultations import carried, flow
from consultations.errors import Fault
from consultations.facts import request_of
from consultations.models import Consultation
from consultations.services.proposals import lifted_now, overrides_of
from treatments.compiler import current_catalogue
from treatments.engine import Catalogue, InvalidRequest, evaluate
from treatments.engine import Fault as EngineFault
from treatments.engine.drafts import Draft, read_draft
from treatments.explanations import wording_of
from treatments.explanations.patients import Contradiction, words_of_status
from treatments.explanations.reasons import status_of_treatment
from treatments.explanations.safety import Safety, safety
from treatments.explanations.told import Fact, day

logger = logging.getLogger(__name__)
Row = Mapping[str, Any]
# Who says that a list is whole says it of the list as it stands, not of what is being added.
_WHOLE = {"medications_reviewed": "medications", "no_known_allergies": "allergies"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentLine:
    """How a treatment stands in an area. `tone` is open where something was not evaluated."""

    name: str
    label: str
    tone: str

    @property
    def css(self) -> str:
        return {"clear": "good"}.get(self.tone, self.tone)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLine:
    name: str
    treatments: tuple[TreatmentLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One of the entries that contradict each other, and where on the page it stands."""

    text: str
    place: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A contradiction as it is told at one of its entries."""

    message: str
    own: str
    others: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What the page shows of the check.

    `failed`: the check itself went wrong. Without `safety` the facts cannot be read at all.
    `left_out` are the entries that could not be read, `missing` and `waiting` what stands between
    the facts and a proposal.
    """

    failed: bool = False
    release_key: str = ""
    safety: Safety | None = None
    status: tuple[str, str] | None = None
    areas: tuple[AreaLine, ...] = ()
    left_out: tuple[flow.Missing, ...] = ()
    missing: tuple[flow.Missing, ...] = ()
    waiting: tuple[flow.Missing, ...] = ()
    unconfirmed: int = 0
    clashes: Mapping[str, list[Clash]] = field(default_factory=dict)

    @property
    def idle(self) -> frozenset[str]:
        return self.safety.idle if self.safety else frozenset()


def panel_of(consultation: Consultation, unfinished: Collection[str] = ()) -> Panel:
    """Load the consultation with its facts. ``unfinished`` are fields that somebody has not
    finished: what the record says there does not count as all there is."""
    try:
        return _panel(consultation, unfinished)
    except Exception:
        logger.exception("The safety rules could not be checked for %s.", consultation.pk)
        return Panel(failed=True)


def _panel(consultation: Consultation, unfinished: Collection[str]) -> Panel:
    catalogue, request = current_catalogue(), request_of(consultation)
    request = {key: value for key, value in request.items() if _WHOLE.get(key) not in unfinished}
    overrides = overrides_of(consultation)
    draft = read_draft(catalogue, request)
    checked = safety(catalogue, draft, overrides=overrides) if draft.facts else None
    response, faults = _answer(consultation, catalogue, draft)
    complete = response is not None and not (draft.faults or draft.supposed)
    left_out = _told(draft.faults)
    unconfirmed = carried.faults(consultation)
    missing = [*left_out, *faults, *unconfirmed]
    if draft.supposed and not any(one.path.startswith("concerns") for one in missing):
        missing.insert(0, _no_concern())
    return Panel(
        release_key=catalogue.key,
        safety=checked,
        status=_status(response),
        areas=tuple(_areas(catalogue, draft, response, checked)) if not draft.supposed else (),
        left_out=tuple(flow.missing(left_out)),
        missing=tuple(flow.missing(missing)),
        waiting=tuple(flow.waiting(response)) if complete and response else (),
        unconfirmed=len(unconfirmed),
        clashes=_clashes(consultation, checked),
    )


def _no_concern() -> Fault:
    return Fault(path="concerns", code="empty", message=_("At least one concern is needed."))


def _answer(
    consultation: Consultation, catalogue: Catalogue, draft: Draft
) -> tuple[Row | None, list[Fault]]:
    """What would be answered to as much as can be read."""
    if draft.facts is None:
        return None, []
    try:
        lifted = lifted_now(consultation, catalogue, draft.facts)
        return evaluate(catalogue, draft.facts, **lifted), []
    except InvalidRequest as error:
        return None, _told(error.faults)


def _told(faults: Iterable[EngineFault]) -> list[Fault]:
    return [Fault(path=one.path, code=one.code, message=one.message) for one in faults]


def _status(response: Row | None) -> tuple[str, str] | None:
    if response is None or response["status"] == "evaluated":
        return None
    return words_of_status(response["status"], questions=len(response["missing"]))


def _areas(
    catalogue: Catalogue, draft: Draft, response: Row | None, checked: Safety | None
) -> Iterator[AreaLine]:
    wording = wording_of(catalogue)
    start = draft.request.get("start_on", draft.request["consulted_on"])
    for area in response["areas"] if response else ():
        yield AreaLine(
            name=wording.name("areas", area["area"]),
            treatments=tuple(
                _treatment(wording.name("treatments", one["treatment"]), one, checked, start)
                for one in area["treatments"]
                if one["status"] != "unsupported"
            ),
        )


def _treatment(name: str, standing: Row, checked: Safety | None, start: str) -> TreatmentLine:
    status, not_before = standing["status"], standing["not_before"]
    if status != "eligible":
        tone = "warn" if status in {"needs-prescriber", "deferred"} else "bad"
        label = status_of_treatment(status)
    elif not_before > start:
        tone, label = "warn", _("Not before %(day)s") % {"day": day(not_before)}
    elif checked is None or standing["treatment"] in checked.open_treatments:
        tone, label = "open", _("Not ruled out so far")
    else:
        tone, label = "clear", status_of_treatment(status)
    return TreatmentLine(name=name, label=label, tone=tone)


def _clashes(consultation: Consultation, checked: Safety | None) -> dict[str, list[Clash]]:
    """Each contradiction at each of its entries, by the place on the page."""
    found: dict[str, list[Clash]] = {}
    for one in checked.contradictions if checked else ():
        entries = [_entry(each) for each in _entries(consultation, one)]
        for entry in entries:
            others = tuple(each for each in entries if each is not entry)
            clash = Clash(message=one.message, own=entry.text, others=others)
            found.setdefault(entry.place, []).append(clash)
    return found


def _entries(consultation: Consultation, one: Contradiction) -> tuple[Fact, ...]:
    """A date after the consultation contradicts the consultation's own."""
    if len(one.facts) > 1 or one.code != "future":
        return one.facts
    text = _("consultation on %(day)s") % {"day": day(consultation.consulted_on.isoformat())}
    return (*one.facts, Fact(path="consulted_on", text=text))


def _entry(fact: Fact) -> Entry:
    anchor = flow.anchor_of(fact.path)
    place = "patient" if anchor == flow.PATIENT else anchor
    return Entry(text=fact.text, place=place, anchor=anchor)
