"""Why a treatment stands as it stands in an area, and what would change that."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.text import with_commas
from treatments.enums import EffectKind
from treatments.explanations.changes import Case, Change, Outcome, smallest_changes
from treatments.explanations.edits import (
    Agreement,
    Edit,
    agreeing,
    compounding,
    edits_of,
    overriding,
)
from treatments.explanations.evidence import Disagreement, Ground, disagreements, ground
from treatments.explanations.ingredients import LostFormula, lost_formulas
from treatments.explanations.minding import effects_on, is_minded
from treatments.explanations.told import Fact, day, fact
from treatments.explanations.wording import Row

CLOSED = {"excluded", "overridable", "needs-prescriber", "deferred", "no-formula"}
# In the order in which they are told.
GRAVITY = (
    EffectKind.EXCLUDE,
    EffectKind.REFER,
    EffectKind.EXCLUDE_OVERRIDABLE,
    EffectKind.ASK_PRESCRIBER,
    EffectKind.DELAY,
    "remove",
    EffectKind.CAUTION,
    "warn",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that bears on a treatment. `effect` is its gravest effect on it; `minded` that it
    is to be acknowledged by whoever takes the treatment all the same."""

    ground: Ground
    effect: str
    effect_label: str
    facts: tuple[Fact, ...]
    until: date | None
    overridable: bool
    overridden: bool
    asks: bool
    agreed: bool
    minded: bool
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentAnswer:
    """`waits`: available, but only from `not_before`, which is after the wanted start."""

    code: str
    name: str
    status: str
    status_label: str
    not_before: date | None
    waits: bool
    covers: tuple[str, ...]
    reasons: tuple[Reason, ...]
    lost: tuple[LostFormula, ...]
    changes: tuple[Change, ...]

    @property
    def available(self) -> bool:
        return self.status == "eligible"


def treatment_answer(case: Case, response: Row, area: Row, standing: Row) -> TreatmentAnswer:
    wording, code = case.wording, standing["treatment"]
    not_before = _date(standing["not_before"])
    start = date.fromisoformat(case.request.get("start_on", case.request["consulted_on"]))
    waits = not_before is not None and not_before > start
    found = [one for one in response["findings"] if one["rule"] in standing["findings"]]
    reasons = [reason(case, one, area["area"], code) for one in found]
    return TreatmentAnswer(
        code=code,
        name=wording.name("treatments", code),
        status=standing["status"],
        status_label=status_of_treatment(standing["status"], waits=waits),
        not_before=not_before,
        waits=waits,
        covers=wording.each("concerns", standing["covers"]),
        reasons=tuple(sorted(reasons, key=lambda one: GRAVITY.index(one.effect))),
        lost=lost_formulas(wording, case.request, area, standing),
        changes=_changes(case, area["area"], standing, found, waits=waits),
    )


def reason(case: Case, finding: Row, area: str | None, treatment: str | None) -> Reason:
    effects = effects_on(finding, treatment)
    effect = next(one for one in GRAVITY if one in effects)
    here = {(finding["rule"], area, treatment), (finding["rule"], None, treatment)}
    overridden = effect == EffectKind.EXCLUDE_OVERRIDABLE and not here.isdisjoint(case.overrides)
    agreed = effect == EffectKind.ASK_PRESCRIBER and not here.isdisjoint(case.agreements)
    return Reason(
        ground=ground(case.wording, finding["rule"]),
        effect=effect,
        effect_label=effect_label(effect),
        facts=tuple(fact(case.wording, case.request, path) for path in finding["because"]),
        until=_date(finding["until"]),
        overridable=effect == EffectKind.EXCLUDE_OVERRIDABLE and not overridden,
        overridden=overridden,
        asks=effect == EffectKind.ASK_PRESCRIBER and not agreed,
        agreed=agreed,
        minded=is_minded(finding, treatment),
        disagreements=disagreements(case.wording, rules=[finding["rule"]]),
    )


def _changes(
    case: Case, area: str, standing: Row, found: list[Row], *, waits: bool
) -> tuple[Change, ...]:
    if waits:
        return _waiting(case, area, standing, found)
    if standing["status"] not in CLOSED:
        return ()
    asked = awaited(found, area, standing["treatment"]) - case.agreements
    agreed = [agreeing(asked)] if standing["status"] == "needs-prescriber" else []
    return smallest_changes(
        case,
        [*agreed, *_edits(case, area, standing, found)],
        lambda response: available(response, area, standing["treatment"]),
        area=area,
    )


def available(response: Row, area: str, treatment: str) -> Outcome | None:
    """From when a treatment is available in an area; None while it is not."""
    for one in response["areas"]:
        for standing in one["treatments"] if one["area"] == area else ():
            if standing["treatment"] != treatment:
                continue
            if standing["status"] == "eligible":
                return Outcome(on=_date(standing["not_before"]))
            if standing["status"] == "needs-prescriber":
                here = [row for row in response["findings"] if row["rule"] in standing["findings"]]
                return Outcome(awaits=awaited(here, area, treatment))
    return None


def awaited(found: list[Row], area: str, treatment: str) -> frozenset[Agreement]:
    """What has to be asked of whoever prescribes before this treatment is given here."""
    return frozenset(
        (row["rule"], area, treatment)
        for row in found
        for one in row["effects"]
        if one["effect"] == EffectKind.ASK_PRESCRIBER and one["treatment"] in (None, treatment)
    )


def _waiting(case: Case, area: str, standing: Row, found: list[Row]) -> tuple[Change, ...]:
    """The first day allowed, checked by starting on it."""
    on, code = standing["not_before"], standing["treatment"]
    text = _("from %(day)s") % {"day": day(on)}
    going_on = [row["medication"] for row in _taken(case.request, found) if row.get("ongoing")]
    if going_on:
        text += _(", counted from a last dose of %(medicines)s on %(day)s") % {
            "medicines": with_commas(case.wording.each("medications", going_on)),
            "day": day(case.request["consulted_on"]),
        }
    else:
        text += _counted_from(case, found, on)

    def apply(request: dict[str, Any]) -> None:
        request["start_on"] = on

    edit = Edit(text=text, subject="start_on", apply=apply)
    found_out = smallest_changes(
        case, [edit], lambda response: available(response, area, code), area=area
    )
    return tuple(replace(change, later=None) for change in found_out)


def _counted_from(case: Case, found: list[Row], on: str) -> str:
    """“ (seven days after the last dose)”: of the rule that the day comes from."""
    for one in found:
        days = case.wording.rules[one["rule"]].get("wait_days")
        if one["until"] == on and days:
            told = _EVENTS.get(one["because"][0].partition("[")[0])
            return " " + told(days) % {"days": days} if told else ""
    return ""


_EVENTS: Mapping[str, Callable[[int], str]] = {
    "medications": lambda days: ngettext(
        "(%(days)d day after the last dose)", "(%(days)d days after the last dose)", days
    ),
    "procedures": lambda days: ngettext(
        "(%(days)d day after the procedure)", "(%(days)d days after the procedure)", days
    ),
    "area_findings": lambda days: ngettext(
        "(%(days)d day after it has cleared)", "(%(days)d days after it has cleared)", days
    ),
}


def _taken(request: Row, found: list[Row]) -> list[Row]:
    paths = {path for one in found if one["until"] for path in one["because"]}
    rows = request.get("medications", ())
    return [row for index, row in enumerate(rows) if f"medications[{index}]" in paths]


def _edits(case: Case, area: str, standing: Row, found: list[Row]) -> Iterator[Edit]:
    treatment, removal = standing["treatment"], standing["status"] == "no-formula"
    for one in found:
        effects = {row["effect"] for row in one["effects"] if row["treatment"] in (None, treatment)}
        if effects <= {EffectKind.CAUTION, "warn"} or (effects == {"remove"} and not removal):
            continue
        rule = case.wording.rules[one["rule"]]
        yield from edits_of(case.wording, case.request, rule, one["because"])
        if EffectKind.EXCLUDE_OVERRIDABLE in effects:
            yield overriding(rule, area, treatment)
    if removal:
        yield from compounding(case.request)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def status_of_treatment(status: str, *, waits: bool = False) -> str:
    if waits:
        return _("Later")
    labels = {
        "eligible": _("Available"),
        "unsupported": _("Not for these concerns"),
        "no-formula": _("No formula left"),
        "excluded": _("Ruled out"),
        "overridable": _("Ruled out unless overridden"),
        "needs-prescriber": _("Ask the prescriber first"),
        "deferred": _("Put off"),
    }
    return labels[status]


def effect_label(effect: str) -> str:
    labels = {
        EffectKind.EXCLUDE: _("rules out"),
        EffectKind.REFER: _("refers"),
        EffectKind.EXCLUDE_OVERRIDABLE: _("rules out, can be overridden"),
        EffectKind.ASK_PRESCRIBER: _("ask the prescriber"),
        EffectKind.DELAY: _("delays"),
        EffectKind.CAUTION: _("caution"),
        "remove": _("leaves an ingredient out"),
        "warn": _("warns"),
    }
    return labels[effect]
