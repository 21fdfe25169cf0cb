"""Where sources disagree on what a patient consents to: this treatment, for these concerns."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from treatments.enums import Claim
from treatments.explanations import Wording
from treatments.explanations.evidence import disagreements

Row = Mapping[str, Any]
# Where in a source it stands is for who checks it, not for who consents: “(003:49)”.
_LOCATOR: Final = re.compile(r"\s*\(\d{3}:[\d,\s–-]+\)")  # noqa: RUF001 - as ranges are written
_FEWEST_SIDES: Final = 2


def told_to_patient(
    wording: Wording, *, treatment: str, rules: Collection[str], suited: Collection[Row]
) -> Iterator[dict[str, Any]]:
    """Topics with the positions of their sides.

    Left out is what concerns another treatment alone or concerns that the patient does not have,
    and what only says how much the literature is worth.
    """
    foreign = _foreign_statements(wording, suited)
    cited = {code for row in suited for code in row["sources"]}
    rows = {row["code"]: row for row in wording.document.get("conflicts", ())}
    for one in disagreements(wording, rules=rules, cited=cited):
        row = rows[one.code]
        if _of_others_alone(wording, treatment, row["rules"]) or _of_literature(wording, row):
            continue
        sides = dict.fromkeys(
            _LOCATOR.sub("", side["position"]).strip()
            for side in row["sides"]
            if side["statement"] not in foreign
        )
        if len(sides) >= _FEWEST_SIDES:
            yield {"topic": _LOCATOR.sub("", row["topic"]), "sides": list(sides)}


def _foreign_statements(wording: Wording, suited: Collection[Row]) -> set[str]:
    """What is cited for other concerns or other treatments and not for these."""
    every = wording.document["suitabilities"]
    own = {code for row in suited for code in row["sources"]}
    return {code for row in every for code in row["sources"]} - own


def _of_others_alone(wording: Wording, treatment: str, rules: Iterable[str]) -> bool:
    """Rules on which the course of one treatment rests, and not this one's."""
    told = [_treatments_resting_on(wording, rule) for rule in rules]
    single = {code for one in told if len(one) == 1 for code in one}
    return bool(single) and treatment not in single


def _treatments_resting_on(wording: Wording, rule: str) -> set[str]:
    rows = wording.document["protocols"]
    return {row["treatment"] for row in rows if rule in row["basis"]}


def _of_literature(wording: Wording, row: Row) -> bool:
    known = wording.document["statements"]
    return all(known[side["statement"]]["claim"] == Claim.EVIDENCE for side in row["sides"])
